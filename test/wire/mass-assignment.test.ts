import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { actionUser, callAction, callRest, type Answer } from '../support/clients.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';

/** Fields that the gateway alone sets, in the spelling of bodies of the REST API. */
const OF_JOBS = {
  jobId: 'j-00000000',
  status: 'successful',
  preStatus: 'step4',
  createTime: '2000-01-01T00:00:00.000Z',
  updateTime: '2000-01-01T00:00:00.000Z',
  version: 99,
  hiddenTime: '2000-01-01T00:00:00.000Z',
} as const;
const OF_USERS = {
  active: true,
  passwordHash: 'x',
  createTime: '2000-01-01T00:00:00.000Z',
  lastLoginTime: '2000-01-01T00:00:00.000Z',
  version: 99,
  invited: true,
} as const;
const OF_KEYS = {
  secretAccessKey: 'x'.repeat(40),
  sealedSecret: 'x',
  createTime: '2000-01-01T00:00:00.000Z',
  lastUsedTime: '2000-01-01T00:00:00.000Z',
} as const;

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

for (const store of STORES) {
  describe(`fields that only the gateway sets, on the ${store} store`, () => {
    let gateway: TestGateway;
    let token: string;
    let jobId: string;
    let accessKeyId: string;
    before(async () => {
      gateway = await startGateway(store);
      await gateway.addUser('usr-plain', 'user');
      token = await gateway.logIn('usr-plain');
      jobId = (await action({ action: 'CreateJob', job_type: 't', job_action: 'a' })).body.job_id;
      accessKeyId = (await action({ action: 'CreateAccessKey' })).body.access_key_id;
    });
    after(() => gateway[Symbol.asyncDispose]());

    const action = (sent: Record<string, string>): Promise<Answer> =>
      callAction(gateway, sent, actionUser('usr-plain'));
    const rest = (method: string, path: string, body: object, by = token): Promise<Answer> =>
      callRest(gateway, by, path, {
        method,
        headers: { 'content-type': 'application/json', 'accept-language': 'en' },
        body: JSON.stringify(body),
      });
    const rows = async (): Promise<string> => {
      const { db } = gateway.database;
      const users = await db('users').select(
        'user_id',
        'role',
        'active',
        'password_hash',
        'version',
        'email',
      );
      return JSON.stringify([await db('jobs').orderBy('job_id'), users, await db('access_keys')]);
    };

    /** Each field by itself is refused by name, and changes nothing. */
    const refuseEach = async (
      method: string,
      path: () => string,
      good: object,
      fields: object,
    ): Promise<void> => {
      const before = await rows();
      for (const [name, value] of Object.entries(fields)) {
        const { body } = await rest(method, path(), { ...good, [name]: value });
        assert.equal(body.code, 10001, name);
        assert.deepEqual(Object.keys(body.data.parameters), [name]);
      }
      assert.equal(await rows(), before);
    };

    const content = { jobType: 't', jobAction: 'a' };
    it('are refused by name in the body of a new job', () =>
      refuseEach('POST', () => '/v1/jobs', content, OF_JOBS));
    it('are refused by name where a job is replaced, its owner too', () =>
      refuseEach('PUT', () => `/v1/jobs/${jobId}`, content, { ...OF_JOBS, owner: 'usr-00000000' }));
    it('are refused by name in the body of an access key, the one of another too', async () => {
      await refuseEach('POST', () => '/v1/keys', {}, OF_KEYS);
      await refuseEach('PATCH', () => `/v1/keys/${accessKeyId}`, {}, { ...OF_KEYS, owner: 'usr-00000000' });
    });

    it('are refused by name in the body of a user, also to an admin', async () => {
      const admin = await gateway.logIn();
      for (const [name, value] of Object.entries(OF_USERS)) {
        const made = await rest(
          'POST',
          '/v1/users',
          { userId: 'usr-new', password: 'a good one', [name]: value },
          admin,
        );
        const changed = await rest('PATCH', '/v1/users/usr-plain', { [name]: value }, admin);
        for (const { body } of [made, changed]) assert.deepEqual(Object.keys(body.data.parameters), [name]);
      }
    });

    it('give nobody another role', async () => {
      const before = await rows();
      for (const extra of [{ role: 'admin' }, { role: 'admin', status: 'active' }]) {
        assert.equal(
          (await rest('PATCH', '/v1/users/usr-plain', extra)).body.data.reason,
          'permission_denied',
        );
        const sent = { action: 'ModifyUserAttributes', user_id: 'usr-plain', ...extra };
        assert.equal((await action(sent)).body.ret_code, 1400);
      }
      const password = {
        oldPassword: 'a good password',
        newPassword: 'another one',
        confirmation: 'another one',
      };
      const changed = await rest('PUT', '/v1/users/usr-plain/password', { ...password, role: 'admin' });
      assert.deepEqual(Object.keys(changed.body.data.parameters), ['role']);
      assert.equal(await rows(), before);
    });

    it('mean nothing in the action API, in either spelling', async () => {
      const odd = Object.entries({ ...OF_USERS, ...OF_KEYS, ...OF_JOBS }).flatMap(([name, value]) => [
        [name, String(value)],
        [snake(name), String(value)],
      ]);
      // These name what the action itself is about, or which version the caller saw.
      const sent = odd.filter(([name = '']) => !['job_id', 'version'].includes(name));
      const made = await action({
        ...Object.fromEntries(sent),
        action: 'CreateJob',
        job_type: 't',
        job_action: 'a',
      });
      assert.equal(made.body.ret_code, 0, made.text);
      const { data } = (await callRest(gateway, token, `/v1/jobs/${made.body.job_id}`)).body;
      assert.deepEqual(
        [data.status, data.preStatus, data.version, data.owner],
        ['pending', '', 1, 'usr-plain'],
      );
      assert.ok(Date.parse(data.createTime) > Date.parse('2020-01-01'));
      const key = await action({ ...Object.fromEntries(sent), action: 'CreateAccessKey' });
      assert.notEqual(key.body.secret_access_key, OF_KEYS.secretAccessKey);
      assert.deepEqual([key.body.owner, key.body.status], ['usr-plain', 'active']);
    });
  });
}
