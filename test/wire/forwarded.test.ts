import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { callRest } from '../support/clients.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';

for (const store of STORES) {
  describe(`an address that a proxy tells, on the ${store} store`, () => {
    let behind: TestGateway;
    let direct: TestGateway;
    let token: string;
    before(async () => {
      behind = await startGateway(store, { TRUSTED_PROXIES: 'loopback' });
      direct = await behind.sibling({ TRUSTED_PROXIES: '' });
      token = await behind.logIn();
    });
    after(() => behind[Symbol.asyncDispose]());

    /** The address under which a change is written down that came with such a header. */
    const writtenFor = async (gateway: TestGateway, headers: Record<string, string>): Promise<string> => {
      const init = {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{}',
      };
      const { body } = await callRest(gateway, token, '/v1/keys', init);
      assert.equal(body.code, 0, JSON.stringify(body));
      const id = String(body.data.accessKeyId);
      const row = (await gateway.database.db('audit_trail').where('access_key_id', id).first()) as {
        address: string;
      };
      await callRest(gateway, token, `/v1/keys/${id}`, { method: 'DELETE' });
      return row.address;
    };

    it('counts where the proxy is trusted, with a port or without', async () => {
      for (const [told, address] of [
        ['198.51.100.7', '198.51.100.7'],
        ['198.51.100.7:4711', '198.51.100.7'],
        ['[2001:db8::1]:443', '2001:db8::1'],
        ['2001:db8::1', '2001:db8::1'],
        ['203.0.113.9, 198.51.100.7', '198.51.100.7'],
      ] as const) {
        assert.equal(await writtenFor(behind, { 'x-forwarded-for': told }), address, told);
      }
    });

    it('is that of the connection where it is none', async () => {
      for (const told of ['x'.repeat(5_000), 'unknown', '999.1.1.1', '<script>', '1.2.3.4.5', ':::']) {
        assert.equal(await writtenFor(behind, { 'x-forwarded-for': told }), '127.0.0.1', told.slice(0, 20));
      }
    });

    it('is nothing where no proxy is trusted, nor in any other header', async () => {
      for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'client-ip', 'true-client-ip']) {
        assert.equal(await writtenFor(direct, { [header]: '198.51.100.7' }), '127.0.0.1', header);
      }
      assert.equal(await writtenFor(behind, { forwarded: 'for=198.51.100.7' }), '127.0.0.1');
    });

    it('is known of who hangs up before the answer', async () => {
      const body = '{"accessKeyName":"gone"}';
      const lines = [
        'POST /v1/keys HTTP/1.1',
        'Host: a',
        `Authorization: ${token}`,
        'Content-Type: application/json',
      ];
      const bytes = [...lines, `Content-Length: ${body.length}`, '', body].join('\r\n');
      const hangUp = async (): Promise<void> => {
        const socket = connect(Number(new URL(behind.base).port), '127.0.0.1');
        await new Promise<void>((done) => socket.write(bytes, () => done()));
        socket.destroy();
      };
      const rows = () =>
        behind.database.db('access_keys').where('access_key_name', 'gone').select('access_key_id');
      // Whose hanging up is seen before the body is has asked for nothing.
      await eventually('five keys are made', async () => {
        await hangUp();
        return (await rows()).length >= 5;
      });
      const ids = ((await rows()) as { access_key_id: string }[]).map(({ access_key_id: id }) => id);
      const told = await behind.database.db('audit_trail').whereIn('access_key_id', ids).select('address');
      assert.deepEqual(
        [...new Set((told as { address: string }[]).map(({ address }) => address))],
        ['127.0.0.1'],
      );
      assert.deepEqual(
        behind.logged.filter(({ level }) => level === 'error'),
        [],
      );
    });
  });
}
