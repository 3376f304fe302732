import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import type { Answer } from '../support/ask.ts';
import { startServing } from '../support/built-process.ts';
import { callAction, callRest } from '../support/clients.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/folder.ts';
import { freePort } from '../support/free-port.ts';
import { ADMIN, startGateway } from '../support/gateway.ts';
import { ensureServers } from '../support/install-servers.ts';
import { findLibfaketime } from '../support/libfaketime.ts';
import { startMariaDb } from '../support/mariadb.ts';
import { startRedis } from '../support/redis.ts';

before(() => ensureServers({ mariadb: true, redis: true, libfaketime: true }));

const READY = /"msg":"ready"/;
const PASSWORD = { BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password };
type Place = { readonly base: string };

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'accept-language': 'en' },
  body: JSON.stringify(body),
});
/** Tries again where it is told to: a busy machine may take its time to connect. */
async function logIn(place: Place): Promise<string> {
  const credentials = post({ name: ADMIN.userId, password: ADMIN.password });
  let token: string | undefined;
  await eventually('one can log in', async () => {
    const { status, body } = await callRest(place, undefined, '/v1/auth', credentials);
    assert.ok(status === 503 || body.code === 0, JSON.stringify(body));
    token = body.data.token;
    return token !== undefined;
  });
  return token ?? '';
}
const create = (place: Place, token: string, resources: object = {}): Promise<Answer> =>
  callRest(place, token, '/v1/jobs', post({ jobType: 'fault', jobAction: 'Fault', resources }));
const createByAction = (place: Place): Promise<Answer> =>
  callAction(place, {
    action: 'CreateJob',
    job_type: 'fault',
    job_action: 'Fault',
    resources: '{}',
    lang: 'en',
  });
const linesWith = (output: string, text: string): number => output.split(text).length - 1;

/** Both conventions say that nothing can be written, and when to try again. */
async function assertUnwritable(place: Place, token: string): Promise<void> {
  const rest = await create(place, token);
  assert.equal(rest.status, 503);
  assert.match(rest.body.data.message, /the database takes no changes now$/);
  assert.ok(rest.headers.get('retry-after'));
  const action = await createByAction(place);
  assert.equal(action.body.ret_code, 5100);
  assert.match(action.body.message, /^ServerBusy, .*the database takes no changes now$/);
  assert.ok(action.headers.get('retry-after'));
}

describe('at the start', () => {
  it('a database that is away is waited for, which is said once', async () => {
    await using server = await startMariaDb();
    await using database = await createTestDatabase(server.url);
    server.kill('SIGKILL');
    await using serving = startServing({ DATABASE_URL: database.url, ...PASSWORD });
    await serving.says(/"msg":"listening"/);
    // Some more looks at the database than one.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    assert.equal((await fetch(`${serving.base}/readyz`)).status, 503);
    await server.restart();
    await serving.says(READY);
    assert.equal(linesWith(serving.output(), 'waiting for the database'), 1);
    assert.equal((await fetch(`${serving.base}/readyz`)).status, 200);
  });

  it('a Redis that is away is done without, which is said once, and used when it comes', async () => {
    await using database = await createTestDatabase();
    const port = await freePort();
    await using serving = startServing({
      DATABASE_URL: database.url,
      REDIS_URL: `redis://127.0.0.1:${port}`,
      ...PASSWORD,
    });
    await serving.says(READY);
    const token = await logIn(serving);
    assert.equal((await create(serving, token)).body.code, 0);
    await using _ = await startRedis({ port });
    await serving.says(/"msg":"redis is back"/);
    await serving.says(/"msg":"the cache is on"/);
    assert.equal(linesWith(serving.output(), 'redis is away'), 1);
  });
});

describe('while it runs', () => {
  it('a database that is away is said once beside the calls, and met again when it is back', async () => {
    await using server = await startMariaDb();
    await using database = await createTestDatabase(server.url);
    await using serving = startServing({ DATABASE_URL: database.url, ...PASSWORD });
    await serving.says(READY);
    const token = await logIn(serving);
    server.kill('SIGKILL');
    await serving.says(/the epoch cannot be looked after now/);
    const { status, headers, body } = await create(serving, token);
    assert.equal(status, 503);
    assert.match(body.data.message, /the database cannot be reached$/);
    assert.ok(headers.get('retry-after'));
    assert.equal((await createByAction(serving)).body.ret_code, 5100);
    assert.equal((await fetch(`${serving.base}/readyz`)).status, 503);
    await server.restart();
    await serving.says(/the epoch is looked after again/);
    await eventually('it is written again', async () => (await create(serving, token)).body.code === 0);
    assert.equal(linesWith(serving.output(), 'the epoch cannot be looked after now'), 1);
    // What operators are told of each call that failed.
    assert.match(serving.output(), /"reason":"unavailable","detail":"database".*"because":"/);
  });

  it('a database that is read-only is read, and changes are refused with the reason', async () => {
    await using server = await startMariaDb();
    await using database = await createTestDatabase(server.url);
    const root = await createConnection(server.url);
    const name = new URL(database.url).pathname.slice(1);
    try {
      await root.query("create user 'jobgate'@'127.0.0.1' identified by 'of-no-rights'");
      await root.query(`grant all on ${name}.* to 'jobgate'@'127.0.0.1'`);
      const url = new URL(database.url);
      url.username = 'jobgate';
      url.password = 'of-no-rights';
      await using gateway = await startGateway('servers', { DATABASE_URL: url.href });
      const token = await gateway.logIn();
      const { body } = await create(gateway, token);
      await root.query('set global read_only = 1');
      await assertUnwritable(gateway, token);
      const read = await callRest(gateway, token, `/v1/jobs/${body.data.jobId}`);
      assert.equal(read.body.data.version, 1);
      assert.equal((await callRest(gateway, token, '/v1/jobs')).body.code, 0);
      const told = gateway.logged.find(({ facts }) => facts.detail === 'database-unwritable');
      assert.match(String(told?.facts.because), /read-only/);
      await root.query('set global read_only = 0');
      assert.equal((await create(gateway, token)).body.code, 0);
    } finally {
      await root.end();
    }
  });

  it('an embedded store whose disk is full is read, and written again when there is room', async () => {
    await using folder = await temporaryFolder();
    // No file of the process may grow beyond this; who passes it is not ended, but told by the system.
    const limited = ['bash', '-c', 'trap "" XFSZ; ulimit -S -f 3072; exec "$@"', 'limited'];
    await using serving = startServing({ DATA_DIR: folder.path, ...PASSWORD }, limited);
    await serving.says(READY);
    const token = await logIn(serving);
    const written: string[] = [];
    // What is left when a large one does not fit may be enough for a small one.
    for (const length of [300_000, 30_000, 0]) {
      await eventually('the disk is full', async () => {
        const { status, body } = await create(serving, token, { text: 'x'.repeat(length) });
        if (status === 200) written.push(body.data.jobId);
        return status === 503;
      });
    }
    await assertUnwritable(serving, token);
    assert.ok(written.length > 0);
    for (const jobId of written) {
      assert.equal((await callRest(serving, token, `/v1/jobs/${jobId}`)).body.data.version, 1);
    }
    await serving.says(/"detail":"database-unwritable".*"because":"/);
    await promisify(execFile)('prlimit', ['--pid', String(serving.pid), '--fsize=unlimited']);
    assert.equal((await create(serving, token)).body.code, 0);
  });
});

describe('a clock that is set while the gateway runs', () => {
  it('moves what is about the time of day, and nothing that is about how long something takes', async () => {
    await using folder = await temporaryFolder();
    const time = join(folder.path, 'time');
    const set = (offset: string): Promise<void> => writeFile(time, `${offset}\n`);
    await set('+0');
    await using database = await createTestDatabase();
    await using redis = await startRedis();
    await using serving = startServing({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      ...PASSWORD,
      LD_PRELOAD: findLibfaketime(),
      FAKETIME_TIMESTAMP_FILE: time,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
    await serving.says(/"msg":"ready"/);
    const token = await logIn(serving);
    const whoAmI = async (): Promise<number> => (await callRest(serving, token, '/v1/auth')).status;

    await set('+25h');
    assert.equal(await whoAmI(), 401);
    const later = await create(serving, await logIn(serving));
    assert.equal(later.body.code, 0);
    await set('-2h');
    assert.equal(await whoAmI(), 200);
    const { body } = await callRest(serving, token, `/v1/jobs/${later.body.data.jobId}`);
    assert.equal(body.data.version, 1);
    // A change that waits for the cache to be off waits no longer because the clock goes back meanwhile.
    redis.kill('SIGKILL');
    const waiting = create(serving, token);
    await serving.says(/"msg":"the cache is turned off/);
    await set('-30h');
    assert.equal((await waiting).body.code, 0);
    assert.equal((await create(serving, token)).body.code, 0);
    assert.equal((await fetch(`${serving.base}/readyz`)).status, 200);
    // The library takes its shared memory with it only where the process ends by itself.
    assert.equal(await serving.end(), 0);
  });
});
