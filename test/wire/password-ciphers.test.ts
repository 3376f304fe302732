import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants, createPublicKey, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { callRaw, callRest, type Answer } from '../support/clients.ts';
import { findProgram } from '../support/find-program.ts';
import { temporaryFolder } from '../support/folder.ts';
import { ADMIN, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { assertAction, assertRest } from './assert-convention.ts';

const { privateKey: PEM } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const encrypt = (key: string, text: string | Buffer, oaepHash = 'sha256'): string =>
  `rsa:${publicEncrypt({ key, oaepHash, padding: constants.RSA_PKCS1_OAEP_PADDING }, Buffer.from(text)).toString('base64')}`;

for (const store of STORES) {
  describe(`the forms of PASSWORD on the ${store} store`, () => {
    let gateway: TestGateway;
    let publicKey: string;
    before(async () => {
      const limits = { LOGIN_FAILURES_PER_USER: '3', LOGIN_FAILURES_PER_ADDRESS: '1000' };
      gateway = await startGateway(store, {
        ...limits,
        ...(store === 'servers' && { PASSWORD_PRIVATE_KEY: PEM }),
      });
      publicKey = (await callRest(gateway, undefined, '/v1/auth/key')).body.data.publicKey;
    });
    after(() => gateway[Symbol.asyncDispose]());

    const call = (
      PASSWORD: string,
      USER_ID: string = ADMIN.userId,
      at: TestGateway = gateway,
    ): Promise<Answer> => {
      const body = new URLSearchParams({ action: 'DescribeJobs', lang: 'en', USER_ID, PASSWORD });
      return callRaw(at, '/iaas/', { method: 'POST', body });
    };

    it('are told with the public key, to who has no credentials', async () => {
      const answer = await callRest(gateway, undefined, '/v1/auth/key');
      assertRest(answer, 0);
      assert.deepEqual(Object.keys(answer.body.data), ['algorithm', 'publicKey']);
      assert.equal(answer.body.data.algorithm, 'RSA-OAEP-SHA256');
      const key = createPublicKey(publicKey);
      assert.deepEqual([key.type, key.asymmetricKeyType], ['public', 'rsa']);
      assert.ok(!answer.text.includes('PRIVATE'));
    });

    it('are base64, and a cipher text, each new and none of them twice the same', async () => {
      const ciphers = [encrypt(publicKey, ADMIN.password), encrypt(publicKey, ADMIN.password)];
      assert.notEqual(ciphers[0], ciphers[1]);
      for (const password of [base64(ADMIN.password), ...ciphers]) assertAction(await call(password), 0);
      await gateway.addUser('usr-unicode', 'user', '密码 😀 contraseña');
      assertAction(await call(encrypt(publicKey, '密码 😀 contraseña'), 'usr-unicode'), 0);
      assertAction(await call(base64('密码 😀 contraseña'), 'usr-unicode'), 0);
    });

    const openssl = findProgram('openssl');
    it('are what openssl makes of the key', { skip: openssl ? false : 'there is no openssl' }, async () => {
      await using folder = await temporaryFolder();
      const file = join(folder.path, 'public.pem');
      await writeFile(file, publicKey);
      const oaep = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'];
      const options = oaep.flatMap((option) => ['-pkeyopt', option]);
      const cipher = execFileSync(
        openssl ?? '',
        ['pkeyutl', '-encrypt', '-pubin', '-inkey', file, ...options],
        {
          input: ADMIN.password,
        },
      );
      assertAction(await call(`rsa:${cipher.toString('base64')}`), 0);
      // A form that does not escape plus signs.
      const form = `action=DescribeJobs&USER_ID=${ADMIN.userId}&PASSWORD=rsa:${cipher.toString('base64')}`;
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      assertAction(await callRaw(gateway, '/iaas/', { method: 'POST', headers, body: form }), 0);
    });

    it('that cannot be decrypted are wrong passwords, and count as failures', async () => {
      const wrong = await call(base64('wrong password'), 'usr-w0');
      assertAction(wrong, 1200, 'DescribeJobsResponse');
      const other = generateKeyPairSync('rsa', {
        modulusLength: 2048,
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      });
      for (const [index, password] of [
        encrypt(publicKey, 'wrong password'),
        encrypt(other.publicKey, ADMIN.password),
        encrypt(publicKey, ADMIN.password, 'sha1'),
        encrypt(publicKey, Buffer.from([0xff, 0xfe])),
        encrypt(publicKey, ''),
        `rsa:${Buffer.alloc(256, 7).toString('base64')}`,
        'rsa:AAAA',
      ].entries()) {
        const userId = `usr-wrong-${index}`;
        await gateway.addUser(userId, 'user', ADMIN.password);
        const codes: number[] = [];
        for (let i = 0; i < 5; i++) {
          const answer = await call(password, userId);
          codes.push(answer.body.ret_code);
          if (i < 3) assert.deepEqual(answer.body, wrong.body);
        }
        assert.deepEqual(codes, [1200, 1200, 1200, 2500, 2500], password);
        assertAction(await call(base64(ADMIN.password), userId), 2500);
      }
    });

    it('that are no base64 are malformed, and not counted', async () => {
      for (const password of [
        'rsa:',
        'rsa:!',
        'rsa: ',
        'RSA:AAAA',
        `rsa:${'A'.repeat(4_000)}`,
        '=',
        'not base64!',
      ]) {
        for (let i = 0; i < 5; i++) assertAction(await call(password), 1200, 'DescribeJobsResponse');
      }
      assertAction(await call(base64(ADMIN.password)), 0);
    });

    it('are those of PASSWORD_CIPHERS alone', async () => {
      const cipher = encrypt(publicKey, ADMIN.password);
      const plain = base64(ADMIN.password);
      for (const [ciphers, cipherCode, plainCode] of [
        ['base64', 1200, 0],
        ['rsa', 0, 1200],
        ['rsa,base64', 0, 0],
      ] as const) {
        const own = await gateway.sibling({ PASSWORD_CIPHERS: ciphers });
        const answers = [await call(cipher, ADMIN.userId, own), await call(plain, ADMIN.userId, own)];
        assert.deepEqual(
          answers.map(({ body }) => body.ret_code),
          [cipherCode, plainCode],
          ciphers,
        );
        for (const { body } of answers) {
          if (body.ret_code !== 0) assert.match(body.message, /this form of PASSWORD is not accepted here/);
        }
      }
    });
  });
}

it('a gateway without a key for passwords says so, and takes base64', async () => {
  await using gateway = await startGateway('servers');
  const answer = await callRest(gateway, undefined, '/v1/auth/key', { headers: { 'accept-language': 'en' } });
  assertRest(answer, 10009);
  assert.match(answer.body.data.message, /no key for passwords/);
  const body = new URLSearchParams({
    action: 'DescribeJobs',
    lang: 'en',
    USER_ID: ADMIN.userId,
    PASSWORD: 'rsa:AAAA',
  });
  const refused = await callRaw(gateway, '/iaas/', { method: 'POST', body });
  assertAction(refused, 1200);
  assert.match(refused.body.message, /this form of PASSWORD is not accepted here/);
});
