import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { runJobgate, startServing } from '../support/built-process.ts';
import { callRaw, callRest } from '../support/clients.ts';
import { createTestDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';

const READY = /"msg":"ready"/;
const run = promisify(execFile);

describe('the first start on an empty folder', () => {
  it('shows the admin’s password once, and calls for both protocols that work when pasted', async () => {
    await using folder = await temporaryFolder();
    await using serving = startServing({ DATA_DIR: folder.path });
    await serving.says(READY);
    const [, password] = await serving.says(/^Password: (\S+)/m);
    assert.match(serving.output(), new RegExp(`^Data: ${folder.path} `, 'm'));

    const pasted = serving
      .output()
      .split('\n')
      .filter((line) => line.startsWith('  '))
      .join('\n');
    const { stdout } = await run('bash', ['-c', `${pasted.replace('\n  TOKEN', '\necho\n  TOKEN')}\n`]);
    const [action, rest] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(action.job.job_id, 'j-3K2CQ4h6');
    assert.equal(rest.data.jobId, 'j-3K2CQ4h6');
    assert.equal(await serving.end(), 0);

    await using again = startServing({ DATA_DIR: folder.path });
    await again.says(READY);
    assert.ok(!again.output().includes('Password:'));
    const logLines = serving
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    assert.ok(!logLines.some((line) => line.includes(String(password))));
  });

  it('takes BOOTSTRAP_ADMIN_PASSWORD for the admin, and prints no password', async () => {
    await using folder = await temporaryFolder();
    await using serving = startServing({
      DATA_DIR: folder.path,
      BOOTSTRAP_ADMIN_PASSWORD: 'bootstrap-secret',
    });
    await serving.says(READY);
    const answer = await callRaw(serving, '/v1/auth', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'usr-00000000', password: 'bootstrap-secret' }),
    });
    assert.equal(answer.body.code, 0);
    assert.ok(!serving.output().includes('Password:'));
    assert.ok(!serving.output().includes('bootstrap-secret'));
  });
});

describe('the start on servers', () => {
  const servers = (url: string): NodeJS.ProcessEnv => ({
    DATABASE_URL: url,
    REDIS_URL: process.env.TEST_REDIS_URL,
  });

  it('migrates an empty database once when instances start together, with one admin and no samples', async () => {
    await using database = await createTestDatabase();
    const environment = { ...servers(database.url), BOOTSTRAP_ADMIN_PASSWORD: 'bootstrap-secret' };
    const instances = [1, 2, 3].map(() => startServing(environment));
    try {
      await Promise.all(instances.map((instance) => instance.says(READY)));
      const migrated = instances.filter((instance) => instance.output().includes('"applied"'));
      assert.equal(migrated.length, 1);
      const { stdout } = await runJobgate(['user', 'list', '--json'], environment);
      assert.deepEqual(
        JSON.parse(stdout).users.map((user: { user_id: string }) => user.user_id),
        ['usr-00000000'],
      );
      for (const instance of instances) assert.equal(await instance.end(), 0);
    } finally {
      for (const instance of instances) await instance[Symbol.asyncDispose]();
    }
  });

  it('says that there is no user where none was bootstrapped', async () => {
    await using database = await createTestDatabase();
    await using serving = startServing(servers(database.url));
    await serving.says(/there is no user yet/);
  });

  it('waits unready for migrations where MIGRATE_ON_START is off, and answers in both conventions meanwhile', async () => {
    await using database = await createTestDatabase();
    const environment = { ...servers(database.url), MIGRATE_ON_START: 'off' };
    await using serving = startServing(environment);
    await serving.says(/run jobgate migrate/);
    await serving.says(/"msg":"listening"/);
    const { base } = serving;
    assert.equal((await fetch(`${base}/readyz`)).status, 503);
    assert.equal((await fetch(`${base}/healthz`)).status, 200);
    const rest = await callRest(serving, 'token', '/v1/jobs');
    assert.deepEqual([rest.status, rest.headers.get('x-error-code')], [503, '10000']);
    assert.ok(rest.headers.get('retry-after'));
    const action = await fetch(`${base}/iaas/?action=DescribeJobs`);
    assert.deepEqual([action.status, ((await action.json()) as { ret_code: number }).ret_code], [200, 5100]);

    const { stdout } = await runJobgate(['migrate', '--json'], environment);
    assert.ok(JSON.parse(stdout).applied.length > 0);
    await serving.says(READY);
    assert.equal((await fetch(`${base}/readyz`)).status, 200);
    assert.deepEqual(JSON.parse((await runJobgate(['migrate', '--json'], environment)).stdout).applied, []);
  });

  it('waits for a database that is away, says so, and becomes ready when it comes', async () => {
    const { ensureServers } = await import('../support/install-servers.ts');
    const { startMariaDb } = await import('../support/mariadb.ts');
    await ensureServers({ mariadb: true, redis: false });
    await using server = await startMariaDb();
    await using database = await createTestDatabase(server.url);
    server.kill('SIGKILL');
    await using serving = startServing({
      DATABASE_URL: database.url,
      BOOTSTRAP_ADMIN_PASSWORD: 'bootstrap-secret',
    });
    await serving.says(/waiting for the database/);
    await server.restart();
    await serving.says(READY);
  });
});

describe('the end', () => {
  it('comes to `npm start` by a signal to npm, and leaves no process behind', async () => {
    await using folder = await temporaryFolder();
    // The build is there already, and other tests are using it.
    const npm = spawn('npm', ['start', '--silent', '--ignore-scripts'], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: folder.path, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    for await (const chunk of npm.stdout) {
      output += String(chunk);
      if (READY.test(output)) npm.kill('SIGTERM');
    }
    // The pipe has ended: whoever held it is gone.
    assert.match(output, /"msg":"stopped"/);
  });

  it('lets a call in flight finish, answers new ones no more, and exits with 0', async () => {
    await using folder = await temporaryFolder();
    await using serving = startServing({
      DATA_DIR: folder.path,
      BOOTSTRAP_ADMIN_PASSWORD: 'bootstrap-secret',
    });
    await serving.says(READY);
    // A log-in takes a while to judge the password.
    const inFlight = callRaw(serving, '/v1/auth', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'usr-00000000', password: 'bootstrap-secret' }),
    });
    await serving.says(READY);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const ended = serving.end('SIGTERM');
    assert.equal((await inFlight).status, 200);
    assert.equal(await ended, 0);
    await assert.rejects(fetch(`${serving.base}/healthz`));
  });
});
