import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { actionUser, callAction, callRest } from '../support/clients.ts';
import { ADMIN, startGateway, STORES } from '../support/gateway.ts';
import { callSigned, newKey } from '../support/sign.ts';

const DESCRIBE = { action: 'DescribeJobs', lang: 'en', limit: 1 };

for (const store of STORES) {
  describe(`the secrets of access keys on the ${store} store`, () => {
    it('open for their own key and owner alone', async () => {
      await using gateway = await startGateway(store);
      for (const user of ['usr-a', 'usr-b']) await gateway.addUser(user, 'user');
      const [mine, theirs] = [await newKey(gateway, 'usr-a'), await newKey(gateway, 'usr-b')];
      const rows = gateway.database.db('access_keys');
      const [row] = await rows.clone().where('access_key_id', mine.id);
      // Whoever may write into the table gives the key of another a secret that it knows, or gives it away.
      await rows.clone().where('access_key_id', theirs.id).update({ sealed_secret: row.sealed_secret });
      await rows.clone().where('access_key_id', mine.id).update({ owner: ADMIN.userId });
      for (const id of [theirs.id, mine.id]) {
        const { body } = await callSigned(gateway, { id, secret: mine.secret }, DESCRIBE);
        assert.equal(body.ret_code, 5000);
      }
      const causes = gateway.logged
        .filter(({ level }) => level === 'error')
        .map(({ facts }) => String(facts.cause));
      assert.deepEqual(
        causes.map((cause) => /the secret of (\S+) opens with no key of KEY_ENCRYPTION_KEY/.exec(cause)?.[1]),
        [theirs.id, mine.id],
      );
    });

    it('open with an older key, and are sealed with the newest', async () => {
      const [older, newer] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
      await using gateway = await startGateway(store, { KEY_ENCRYPTION_KEY: older });
      const key = await newKey(gateway);
      const both = await gateway.sibling({ KEY_ENCRYPTION_KEY: `${newer},${older}` });
      assert.equal((await callSigned(both, key, DESCRIBE)).body.ret_code, 0);
      const made = await newKey(both);
      const alone = await gateway.sibling({ KEY_ENCRYPTION_KEY: newer });
      assert.equal((await callSigned(alone, made, DESCRIBE)).body.ret_code, 0);
      assert.equal((await callSigned(alone, key, DESCRIBE)).body.ret_code, 5000);
      assert.equal((await callSigned(gateway, made, DESCRIBE)).body.ret_code, 5000);
    });
  });
}

describe('a gateway on the servers without KEY_ENCRYPTION_KEY', () => {
  it('does all but access keys, and says why', async () => {
    await using gateway = await startGateway('servers');
    const key = await newKey(gateway);
    const without = await gateway.sibling({ KEY_ENCRYPTION_KEY: '' });
    const why = /access keys are not set up on this gateway: it has no KEY_ENCRYPTION_KEY/;

    const signed = await callSigned(without, key, DESCRIBE);
    assert.equal(signed.body.ret_code, 1200);
    assert.match(signed.body.message, why);
    const creation = await callAction(without, { action: 'CreateAccessKey', lang: 'en' });
    assert.equal(creation.body.ret_code, 1400);
    assert.match(creation.body.message, why);
    const token = await without.logIn();
    const byRest = await callRest(without, token, '/v1/keys', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': 'en' },
      body: '{}',
    });
    assert.deepEqual([byRest.body.code, byRest.body.data.reason], [10015, 'operation_not_allowed']);
    assert.match(byRest.body.data.message, why);

    for (const action of ['DescribeJobs', 'DescribeAccessKeys']) {
      assert.equal((await callAction(without, { action }, actionUser())).body.ret_code, 0);
    }
    const job = { action: 'CreateJob', job_type: 'plain', job_action: 'Test' };
    assert.equal((await callAction(without, job)).body.ret_code, 0);
    assert.equal((await callRest(without, token, '/v1/jobs')).body.code, 0);
    // A key that must end can be ended here as well.
    assert.equal(
      (await callAction(without, { action: 'DeleteAccessKeys', access_keys: key.id })).body.ret_code,
      0,
    );
    assert.equal((await callSigned(gateway, key, DESCRIBE)).body.ret_code, 1200);
    assert.equal((await callRest(without, undefined, '/v1/auth/key')).body.code, 10009);
  });
});
