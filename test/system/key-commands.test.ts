import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { runJobgate, startServing, type Ended, type ServingProcess } from '../support/built-process.ts';
import { createTestDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { STORES } from '../support/gateway.ts';
import { callSigned, type TestKey } from '../support/sign.ts';

const newEncryptionKey = (): string => randomBytes(32).toString('base64');

for (const store of STORES) {
  describe(`jobgate key on the ${store} store`, () => {
    const old = newEncryptionKey();
    let environment: NodeJS.ProcessEnv;
    let disposable: AsyncDisposable;
    let serving: ServingProcess;
    before(async () => {
      if (store === 'embedded') {
        const folder = await temporaryFolder();
        [environment, disposable] = [{ DATA_DIR: folder.path }, folder];
      } else {
        const database = await createTestDatabase();
        environment = { DATABASE_URL: database.url, REDIS_URL: process.env.TEST_REDIS_URL };
        disposable = database;
      }
      environment = { ...environment, KEY_ENCRYPTION_KEY: old };
      await run(['user', 'add', 'usr-a']);
      serving = startServing(environment);
      await serving.says(/"msg":"ready"/);
    });
    after(async () => {
      await serving[Symbol.asyncDispose]();
      await disposable[Symbol.asyncDispose]();
    });

    const run = (parameters: string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> =>
      runJobgate(parameters, { ...environment, ...more });
    const ask = async (parameters: string[], more: NodeJS.ProcessEnv = {}) => {
      const { status, stdout, stderr } = await run([...parameters, '--json'], more);
      assert.equal(status, 0, stderr);
      return JSON.parse(stdout);
    };
    const add = async (...more: string[]): Promise<TestKey> => {
      const answer = await ask(['key', 'add', 'usr-a', ...more]);
      assert.deepEqual(Object.keys(answer), ['access_key_id', 'secret_access_key']);
      return { id: answer.access_key_id, secret: answer.secret_access_key };
    };
    const code = async (key: TestKey): Promise<number> =>
      (await callSigned(serving, key, { action: 'DescribeJobs' })).body.ret_code;

    it('adds, lists, disables, enables and removes keys while a gateway serves', async () => {
      const key = await add('--name', '部署 key');
      assert.equal(await code(key), 0);
      const { access_keys: listed } = await ask(['key', 'list', 'usr-a']);
      assert.equal(listed.length, 1);
      const { create_time: createTime, last_used_time: _used, ...shown } = listed[0];
      assert.deepEqual(shown, {
        access_key_id: key.id,
        access_key_name: '部署 key',
        owner: 'usr-a',
        status: 'active',
      });
      assert.match(createTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.ok(!(await run(['key', 'list'])).stdout.includes(key.secret));

      assert.deepEqual(await ask(['key', 'disable', key.id]), { access_key_id: key.id, status: 'disabled' });
      assert.equal(await code(key), 1200);
      assert.deepEqual(await ask(['key', 'enable', key.id]), { access_key_id: key.id, status: 'active' });
      assert.equal(await code(key), 0);
      assert.deepEqual(await ask(['key', 'remove', key.id]), { access_key_id: key.id });
      assert.equal(await code(key), 1200);
      assert.deepEqual(await ask(['key', 'list', 'usr-a']), { access_keys: [] });
      assert.ok(!serving.output().includes(key.secret));
    });

    // Each command is a process of its own: what does not depend on the store is shown once.
    if (store === 'embedded') return;

    it('says what it cannot do', async () => {
      for (const [parameters, said] of [
        [['add', 'usr-none'], /no such user/],
        [['list', 'usr-none'], /no such user/],
        [['add', 'usr-a', '--name', 'x'.repeat(65)], /access_key_name must have at most 64 characters/],
        [['remove', 'NOSUCHKEY'], /no such resource/],
        [['disable', 'NOSUCHKEY'], /no such resource/],
      ] as const) {
        const { status, stdout, stderr } = await run(['key', ...parameters]);
        assert.deepEqual([status, stdout], [1, ''], parameters.join(' '));
        assert.match(stderr, said);
      }
    });

    it('encrypts secrets with a new key, after which the old one may go', async () => {
      const key = await add();
      const recent = newEncryptionKey();
      const both = { KEY_ENCRYPTION_KEY: `${recent},${old}` };
      assert.deepEqual(await ask(['key', 'rotate'], both), { resealed: 1, lost: [] });
      assert.deepEqual(await ask(['key', 'rotate'], both), { resealed: 0, lost: [] });
      // Who serves with the old key alone remembers the secret for a while; a new process knows the new key.
      await using later = startServing({ ...environment, KEY_ENCRYPTION_KEY: recent });
      await later.says(/"msg":"ready"/);
      const answer = await callSigned(later, key, { action: 'DescribeJobs' });
      assert.equal(answer.body.ret_code, 0);

      // The other way round the key is lost: it is named wherever that matters.
      const rotated = await run(['key', 'rotate', '--json']);
      assert.deepEqual([rotated.status, JSON.parse(rotated.stdout)], [1, { resealed: 0, lost: [key.id] }]);
      const told = await run(['key', 'rotate']);
      assert.match(told.stdout, new RegExp(`${key.id} opens with no key of KEY_ENCRYPTION_KEY`));
      const doctor = await run(['doctor']);
      assert.equal(doctor.status, 1);
      assert.match(doctor.stdout, new RegExp(`WRONG access keys: .*${key.id}`));
      const healthy = await run(['doctor'], both);
      assert.equal(healthy.status, 0, healthy.stdout);
      assert.equal((await ask(['key', 'rotate'], { KEY_ENCRYPTION_KEY: `${old},${recent}` })).resealed, 1);
      assert.deepEqual(await ask(['key', 'remove', key.id]), { access_key_id: key.id });
    });
  });
}
