import assert from 'node:assert/strict';
import { constants, publicEncrypt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { callRaw, callRest } from '../support/clients.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';
import { callSigned, newKey } from '../support/sign.ts';

/** The machine's own address, by which it reaches itself as a stranger would. */
const own = Object.values(networkInterfaces())
  .flat()
  .find((each) => each && !each.internal && each.family === 'IPv4')?.address;
const skip = own === undefined ? 'this machine has no address but loopback' : false;

describe('passwords over plain HTTP, where they are refused', () => {
  let gateway: TestGateway;
  let behindProxy: TestGateway;
  before(async () => {
    gateway = await startGateway('embedded', { PASSWORD_OVER_HTTP: 'refuse', HOST: '0.0.0.0' });
    behindProxy = await gateway.sibling({ TRUSTED_PROXIES: `loopback${own ? `,${own}` : ''}` });
  });
  after(() => gateway[Symbol.asyncDispose]());

  const at = (instance: TestGateway, host = '127.0.0.1') => ({
    base: instance.base.replace('127.0.0.1', host),
  });
  const headersOf = (proto?: string): Record<string, string> =>
    proto === undefined ? {} : { 'x-forwarded-proto': proto };

  async function byAction(where: { base: string }, proto?: string, password?: string): Promise<number> {
    const PASSWORD = password ?? Buffer.from(ADMIN.password).toString('base64');
    const body = new URLSearchParams({ action: 'DescribeJobs', lang: 'en', USER_ID: ADMIN.userId, PASSWORD });
    const answer = await callRaw(where, '/iaas/', { method: 'POST', body, headers: headersOf(proto) });
    if (answer.body.ret_code !== 0) assert.match(answer.body.message, /not taken over plain HTTP/);
    return answer.body.ret_code;
  }

  async function byRest(where: { base: string }, proto?: string): Promise<number> {
    const answer = await callRest(where, undefined, '/v1/auth', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': 'en', ...headersOf(proto) },
      body: JSON.stringify({ name: ADMIN.userId, password: ADMIN.password }),
    });
    if (answer.body.code !== 0) assert.match(answer.body.data.message, /not taken over plain HTTP/);
    return answer.status;
  }

  it('are taken from the machine itself', async () => {
    assert.deepEqual([await byAction(at(gateway)), await byRest(at(gateway))], [0, 200]);
    // Nobody's word is believed where no proxy is trusted.
    assert.deepEqual([await byAction(at(gateway), 'http'), await byRest(at(gateway), 'http')], [0, 200]);
  });

  it('are refused from elsewhere, whatever the caller says of its way', { skip }, async () => {
    for (const proto of [undefined, 'https', 'http']) {
      assert.deepEqual(
        [await byAction(at(gateway, own), proto), await byRest(at(gateway, own), proto)],
        [1200, 401],
      );
    }
  });

  for (const [proto, taken] of [
    ['https', true],
    ['HTTPS', true],
    [undefined, true],
    ['http', false],
    ['HTTP', false],
    // Two proxies, each with its own word: one of the ways could be read.
    ['http, http', false],
    ['http, https', false],
    ['https,http', false],
    ['https, https', true],
  ] as const) {
    it(`are ${taken ? 'taken' : 'refused'} from a trusted proxy that says ${proto ?? 'nothing'}`, async () => {
      const expected = taken ? [0, 200] : [1200, 401];
      for (const host of own ? ['127.0.0.1', own] : ['127.0.0.1']) {
        const where = at(behindProxy, host);
        assert.deepEqual([await byAction(where, proto), await byRest(where, proto)], expected, host);
      }
    });
  }

  it('may come encrypted, or give way to a signature', { skip }, async () => {
    const { publicKey } = (await callRest(gateway, undefined, '/v1/auth/key')).body.data;
    const how = { key: publicKey, oaepHash: 'sha256', padding: constants.RSA_PKCS1_OAEP_PADDING };
    const cipher = publicEncrypt(how, Buffer.from(ADMIN.password)).toString('base64');
    assert.equal(await byAction(at(gateway, own), undefined, `rsa:${cipher}`), 0);
    const key = await newKey(gateway);
    assert.equal((await callSigned(at(gateway, own), key, { action: 'DescribeJobs' })).body.ret_code, 0);
    const token = await gateway.logIn();
    assert.equal((await callRest(at(gateway, own), token, '/v1/auth')).status, 200);
  });
});
