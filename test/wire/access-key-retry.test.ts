import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { callAction, callRest, type Answer } from '../support/clients.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { assertAction, assertRest } from './assert-convention.ts';

for (const store of STORES) {
  describe(`making an access key with a key of one's own, on the ${store} store`, () => {
    let gateway: TestGateway;
    let token: string;
    before(async () => {
      gateway = await startGateway(store, { KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') });
      token = await gateway.logIn();
    });
    after(() => gateway[Symbol.asyncDispose]());

    const create = (key: string, body: object): Promise<Answer> =>
      callRest(gateway, token, '/v1/keys', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      });
    const countKeys = async (): Promise<number> =>
      (await callRest(gateway, token, '/v1/keys')).body.data.total as number;

    it('tells a retry the same key and the same secret, and makes no other', async () => {
      const before = await countKeys();
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => create('once', { accessKeyName: 'laptop' })),
      );
      for (const answer of answers) {
        assertRest(answer, 0);
        assert.equal(answer.text, answers[0]?.text);
      }
      const byAction = await callAction(gateway, {
        action: 'CreateAccessKey',
        client_token: 'once',
        access_key_name: 'laptop',
      });
      assertAction(byAction, 0);
      assert.equal(byAction.body.secret_access_key, answers[0]?.body.data.secretAccessKey);
      assert.equal(await countKeys(), before + 1);
    });

    it('refuses the key with another request', async () => {
      assertRest(await create('other', { accessKeyName: 'one' }), 0);
      assertRest(await create('other', { accessKeyName: 'two' }), 10017);
    });

    it('keeps no secret in clear for that', async () => {
      const { secretAccessKey } = (await create('clear', {})).body.data as { secretAccessKey: string };
      const rows = JSON.stringify([
        await gateway.database.db('idempotency_keys').select('*'),
        await gateway.database.db('access_keys').select('*'),
      ]);
      assert.match(secretAccessKey, /^[A-Za-z0-9]{40}$/);
      assert.equal(rows.includes(secretAccessKey), false);
    });
  });
}
