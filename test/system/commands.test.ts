import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { runJobgate, startServing } from '../support/built-process.ts';
import { callRest } from '../support/clients.ts';
import { createTestDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { freshSettings } from '../support/fresh-settings.ts';
import { STORES } from '../support/gateway.ts';

/** Runs commands that must succeed; each answers in JSON. */
function answersOf(environment: NodeJS.ProcessEnv) {
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every form
  return async (...parameters: string[]): Promise<any> => {
    const { status, stdout, stderr } = await runJobgate([...parameters, '--json'], environment);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  };
}

for (const store of STORES) {
  describe(`the command line on the ${store} store`, () => {
    it('loads the sample jobs once, however often it is asked', async () => {
      await using fresh = await freshSettings(store);
      const seed = async () => JSON.parse((await runJobgate(['seed', '--json'], fresh.environment)).stdout);
      assert.deepEqual(await seed(), { loaded: 3 });
      assert.deepEqual(await seed(), { loaded: 0 });
    });

    it('changes users while a gateway serves, and what it changes counts for the next call', async () => {
      await using fresh = await freshSettings(store);
      const { environment } = fresh;
      const jobgate = answersOf(environment);
      await jobgate('seed');
      const added = await jobgate('user', 'add', 'usr-00000000', '--role', 'user');
      assert.match(added.password, /^\S{16}$/);

      await using serving = startServing(environment);
      await serving.says(/"msg":"ready"/);
      const logIn = (password: string) =>
        callRest(serving, undefined, '/v1/auth', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'usr-00000000', password }),
        });
      const token: string = (await logIn(added.password)).body.data.token;
      const session = () => callRest(serving, token, '/v1/auth');
      assert.equal((await session()).body.data.role, 'user');
      assert.equal((await session()).body.data.role, 'user');

      await jobgate('user', 'role', 'usr-00000000', 'operator');
      assert.equal((await session()).body.data.role, 'operator');
      await jobgate('user', 'deactivate', 'usr-00000000');
      assert.equal((await session()).status, 401);
      assert.equal((await logIn(added.password)).body.code, 11005);
      await jobgate('user', 'activate', 'usr-00000000');
      assert.equal((await session()).status, 200);

      const stdin = await runJobgate(
        ['user', 'passwd', 'usr-00000000', '--password-stdin', '--json'],
        environment,
        'brand new password\n',
      );
      assert.deepEqual([stdin.status, JSON.parse(stdin.stdout)], [0, { user_id: 'usr-00000000' }]);
      assert.equal((await session()).status, 401);
      assert.equal((await logIn(added.password)).body.code, 11006);
      assert.equal((await logIn('brand new password')).body.code, 0);
    });

    it('says what is wrong with a user that it cannot add or change', async () => {
      await using fresh = await freshSettings(store);
      const { environment } = fresh;
      await runJobgate(['user', 'add', 'usr-1'], environment);
      for (const [parameters, input, said] of [
        [['user', 'add', 'usr-1'], '', /this user exists already/],
        [['user', 'add', 'two words'], '', /user_id/],
        [['user', 'add', 'activate'], '', /user_id is a word that no id may be/],
        [['user', 'add', 'usr-2', '--password-stdin'], 'short', /password must have at least 8 characters/],
        [['user', 'passwd', 'usr-9'], '', /no such user/],
        [['user', 'role', 'usr-1', 'king'], '', /user, operator, admin/],
        [['user', 'email', 'usr-1', 'nobody'], '', /email must be an e-mail address/],
        [['user', 'revoke', 'usr-9'], '', /no such user/],
      ] as const) {
        const { status, stderr } = await runJobgate(parameters, environment, input);
        assert.equal(status, 1);
        assert.match(stderr, said);
      }
    });

    it('keeps addresses, ends sessions, and shows who changed what', async () => {
      await using fresh = await freshSettings(store);
      const { environment } = fresh;
      const jobgate = answersOf(environment);
      const { password } = await jobgate(
        'user',
        'add',
        'usr-1',
        '--role',
        'admin',
        '--email',
        'a@example.com',
      );
      await jobgate('user', 'add', 'usr-2');
      await jobgate('user', 'email', 'usr-1', 'b@example.com');
      await using serving = startServing(environment);
      await serving.says(/"msg":"ready"/);
      const { body } = await callRest(serving, undefined, '/v1/auth', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'usr-1', password }),
      });
      const { token } = body.data as { token: string };
      await jobgate('user', 'revoke', 'usr-1');
      assert.equal((await callRest(serving, token, '/v1/auth')).status, 401);

      const { users } = await jobgate('user', 'list');
      const [first, second] = users;
      assert.deepEqual([first.user_id, first.email, first.active], ['usr-1', 'b@example.com', true]);
      assert.match(first.last_login_time, /^\d{4}-/);
      assert.deepEqual(Object.keys(second), ['user_id', 'role', 'active', 'create_time']);

      const { changes } = await jobgate('user', 'audit', 'usr-1');
      assert.deepEqual(
        // oxlint-disable-next-line typescript/no-explicit-any -- it was parsed from an answer
        changes.map((each: any) => [each.who, each.operation, each.user_id, each.fields, each.address]),
        [
          ['command line', 'revoke-tokens', 'usr-1', ['tokens'], hostname()],
          ['command line', 'change-user', 'usr-1', ['email'], hostname()],
          ['command line', 'create-user', 'usr-1', ['role', 'email', 'password'], hostname()],
        ],
      );
      const { changes: older } = await jobgate(
        'user',
        'audit',
        '--limit',
        '1',
        '--before',
        `${changes[1].number}`,
      );
      assert.deepEqual([older.length, older[0].user_id], [1, 'usr-2']);
      const { stdout } = await runJobgate(['user', 'audit', '--limit', '2'], environment);
      assert.equal(stdout.trimEnd().split('\n').length, 2);
      assert.match(stdout, /\tcommand line\trevoke-tokens\tusr-1\ttokens\t/);
      for (const wrong of ['0', 'many', '-1']) {
        assert.equal((await runJobgate(['user', 'audit', '--limit', wrong], environment)).status, 1);
      }
    });

    it('finds nothing wrong with a healthy set-up', async () => {
      await using fresh = await freshSettings(store);
      await runJobgate(['migrate'], fresh.environment);
      const { status, stdout } = await runJobgate(['doctor', '--json'], fresh.environment);
      assert.deepEqual([JSON.parse(stdout).healthy, status], [true, 0], stdout);
    });

    it('finds missing migrations, and exits with 1', async () => {
      await using fresh = await freshSettings(store);
      const { status, stdout } = await runJobgate(['doctor'], fresh.environment);
      assert.equal(status, 1);
      assert.match(stdout, /WRONG migrations: pending: 0001-jobs/);
    });
  });
}

describe('the command line', () => {
  it('stops the start with every wrong setting named', async () => {
    await using folder = await temporaryFolder();
    const { status, stderr } = await runJobgate(['serve'], {
      DATA_DIR: folder.path,
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
      ACTION_TIME_ZONE: 'Mars/Olympus',
      REDIS_URL: 'redis://127.0.0.1:1',
      BOOTSTRAP_ADMIN_PASSWORD_FILE: join(folder.path, 'none'),
      TRUSTED_PROXIES: 'everyone',
    });
    assert.equal(status, 2);
    for (const name of [
      'PORT',
      'LOG_LEVEL',
      'ACTION_TIME_ZONE',
      'REDIS_URL',
      'BOOTSTRAP_ADMIN_PASSWORD',
      'TRUSTED_PROXIES',
    ]) {
      assert.match(stderr, new RegExp(`^  ${name} must`, 'm'));
    }
  });

  it('tells its version', async () => {
    const { status, stdout } = await runJobgate(['--version'], {});
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.deepEqual([status, stdout], [0, `${version}\n`]);
  });

  it('names the port that is in use', async () => {
    await using folder = await temporaryFolder();
    await using serving = startServing({ DATA_DIR: folder.path });
    await serving.says(/"msg":"ready"/);
    await using other = await temporaryFolder();
    const port = new URL(serving.base).port;
    const { status, stderr } = await runJobgate(['serve'], { DATA_DIR: other.path, PORT: port });
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`port ${port} .* is in use: set PORT`));
  });

  it('reads a secret from the file that its setting names', async () => {
    await using folder = await temporaryFolder();
    await using database = await createTestDatabase();
    const file = join(folder.path, 'url');
    await writeFile(file, `${database.url}\n`);
    const { status, stdout } = await runJobgate(['seed', '--json'], { DATABASE_URL_FILE: file });
    assert.deepEqual([status, JSON.parse(stdout)], [0, { loaded: 3 }]);
  });

  it('finds an unreachable database and cache, and says how to mend them', async () => {
    const environment = {
      DATABASE_URL: 'mysql://root@127.0.0.1:1/none',
      REDIS_URL: 'redis://127.0.0.1:1',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'jobgate@example.com',
    };
    const { status, stdout } = await runJobgate(['doctor'], environment);
    assert.equal(status, 1);
    assert.match(stdout, /WRONG database: .*\n +check DATABASE_URL/);
    assert.match(stdout, /WRONG cache: .*\n +check REDIS_URL/);
    assert.match(stdout, /WRONG mail: 127\.0\.0\.1:1: .*\n +check SMTP_URL/);
  });
});
