import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import knex from 'knex';
import { startServing } from '../support/built-process.ts';
import { callAction, callRaw, callRest, type Answer } from '../support/clients.ts';
import { createTestDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';

const ADMIN_ID = 'usr-00000000';
const JSON_TYPE = { 'content-type': 'application/json' };

/** Keys whose values are secrets, in the spellings that callers think of. */
const SECRET_KEYS = [
  ['password', 'PASSWORD', 'Passwd', 'pwd', 'dbPassword', 'DB_PASSWORD', 'db-password', 'db.password.1'],
  ['token', 'accessToken', 'X-Auth-Token', 'secret', 'client secret', 'secret_key', 'SecretKey', 'secretkey'],
  ['secret_access_key', 'secretAccessKey', 'private_key', 'sshPrivateKey', 'signature', 'Signature'],
  ['new pass\\u0077ord'],
].flat();

/** Secrets, each different, and what may be known of each of them. */
class Canaries {
  readonly all: string[] = [];

  /** A new secret. */
  next(): string {
    const secret = `canary${randomBytes(9).toString('hex')}`;
    this.all.push(secret);
    return secret;
  }

  /** A secret that is a number. */
  nextNumber(digits = 15): string {
    const number = Array.from({ length: digits }, () => randomInt(1, 10)).join('');
    this.all.push(number);
    return number;
  }

  /** The secrets that can be read in a text, plain or in base64. */
  in(text: string): string[] {
    return this.all.filter((secret) =>
      [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')].some((form) => text.includes(form)),
    );
  }
}

/** An object full of secrets: in its own keys, deep inside, in lists, as numbers, under keys that stand in secrets. */
function freeData(canaries: Canaries): string {
  const quoted = (): string => `"${canaries.next()}"`;
  const each = (): string => SECRET_KEYS.map((key) => `"${key}":${quoted()}`).join(',');
  const wrapped =
    `"token":[${quoted()},{"a":${quoted()}}],"secret":{"${canaries.next()}":${quoted()}},` +
    `"pwd":${canaries.nextNumber()},"private_key":{"list":[[${quoted()}]]}`;
  return `{${each()},"deep":{"list":[{${each()}},[{${wrapped}}]]},"kept":"visible"}`;
}

/** Sends secrets through every door, in good calls and bad ones; answers all that was answered. */
async function sing(base: string, password: string, canaries: Canaries): Promise<string[]> {
  const answers: string[] = [];
  const keep = (answer: Answer): Answer => {
    answers.push(JSON.stringify([...answer.headers]) + answer.text);
    return answer;
  };
  const gateway = { base };
  const admin = { userId: ADMIN_ID, password };
  const credentials = { USER_ID: ADMIN_ID, PASSWORD: Buffer.from(password).toString('base64') };
  const action = async (parameters: Record<string, string>): Promise<Answer> =>
    keep(await callAction(gateway, parameters, admin));
  const raw = async (path: string, init: RequestInit): Promise<Answer> =>
    keep(await callRaw(gateway, path, init));
  const logIn = (name: string, secret: unknown): Promise<Answer> =>
    callRaw(gateway, '/v1/auth', {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ name, password: secret }),
    });
  const logged = await logIn(ADMIN_ID, password);
  const token = logged.body.data.token as string;
  // The one answer in which it stands is that of the log-in.
  canaries.all.push(token);
  const rest = async (method: string, path: string, body?: string, headers = {}): Promise<Answer> =>
    keep(
      await callRest(gateway, token, path, {
        method,
        headers: { ...(body !== undefined && JSON_TYPE), ...headers },
        body: body ?? null,
      }),
    );
  const ok = (answer: Answer): Answer => {
    assert.equal(answer.body.ret_code ?? answer.body.code, 0, answer.text.slice(0, 300));
    return answer;
  };
  const data = (): string => freeData(canaries);
  const secret = (): string => canaries.next();

  // Good calls, by every door.
  const content = { job_type: 'canary', job_action: 'Sing' };
  const made = ok(
    await action({
      action: 'CreateJob',
      ...content,
      resources: data(),
      directive: data(),
      client_token: 'form',
    }),
  );
  const { job_id: jobId } = made.body as { job_id: string };
  ok(
    await action({
      action: 'ModifyJobAttributes',
      job_id: jobId,
      ...content,
      resources: data(),
      directive: data(),
    }),
  );
  const head = Object.entries({ action: 'CreateJob', ...credentials, ...content })
    .map(([name, value]) => `"${name}":${JSON.stringify(value)}`)
    .join(',');
  const asJson = { method: 'POST', headers: JSON_TYPE };
  ok(await raw('/iaas/', { ...asJson, body: `{${head},"directive":${data()},"resources":${data()}}` }));
  ok(await raw('/iaas', { ...asJson, body: `{${head},"directive":${JSON.stringify(data())}}` }));
  const camel = '"jobType":"canary","jobAction":"Sing"';
  const key = { 'idempotency-key': 'rest' };
  const posted = ok(
    await rest('POST', '/v1/jobs', `{${camel},"resources":${data()},"directive":${data()}}`, key),
  );
  const path = `/v1/jobs/${posted.body.data.jobId}`;
  ok(
    await rest('PUT', path, `{${camel},"resources":${data()},"directive":${data()}}`, { 'if-match': '"1"' }),
  );
  for (const answer of [
    await rest('GET', path),
    await rest('GET', '/v1/jobs?job_type=canary'),
    await rest('GET', '/v1/jobs/latest'),
    await rest('GET', `${path}/timeline`),
    await action({ action: 'DescribeJobs', job_ids: jobId }),
    await action({ action: 'DescribeLatestJob' }),
  ]) {
    ok(answer);
  }

  // Calls that are refused.
  const twice = secret();
  for (const body of [
    `{"jobType":"canary","directive":${data()}}`,
    `{${camel},"owner":"-","directive":${data()}}`,
    `{${camel},"directive":{"a":1,"a":2,"password":"${secret()}"}}`,
    `{${camel},"directive":{"a":1e999,"password":"${secret()}"}}`,
    `{${camel},"directive":{"token":{"${twice}":1,"${twice}":2}}}`,
    `{${camel},"directive":{"password":${canaries.nextNumber(30)}}}`,
    `{${camel},"directive":{"password":"${secret()}","password":"${secret()}"}}`,
    `{${camel},"directive":"password=${secret()}"}`,
    `{${camel},"directive":[{"password":"${secret()}"}]}`,
    `{${camel},"password":"${secret()}","token":"${secret()}"}`,
    `{"jobType":{"password":"${secret()}"},"jobAction":["${secret()}"],"owner":{"token":"${secret()}"}}`,
    `{${camel},"directive":{"password":"${secret()}"`,
    `{${camel},"directive":{"password":"${secret()}}}`,
    `[{"password":"${secret()}"}]`,
    `"${secret()}"`,
    `{${camel},"directive":{"password":"${secret()}","long":"${'x'.repeat(1_100_000)}"}}`,
    `{${camel},"directive":{"password":"${secret()}","deep":${'['.repeat(200)}${']'.repeat(200)}}}`,
  ]) {
    await rest('POST', '/v1/jobs', body);
    await rest('PUT', path, body);
    await raw('/iaas/', { ...asJson, body: `{${head},${body.slice(1)}` });
    await raw('/iaas/', { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
    await raw('/iaas/', { method: 'POST', headers: { 'content-encoding': 'gzip', ...JSON_TYPE }, body });
  }
  await rest('POST', '/v1/jobs', `{${camel},"directive":${data()}}`, key);
  await rest('PUT', path, `{${camel},"directive":${data()}}`, { 'if-match': '"1"' });
  await rest('PUT', '/v1/jobs/j-00000000', `{${camel},"directive":${data()}}`);
  await rest('POST', '/v1/nowhere', `{"password":"${secret()}"}`);
  await rest('GET', `/v1/jobs?token=${secret()}&password=${secret()}`);
  await rest('GET', `/v1/nowhere?access_token=${secret()}`);
  await rest('POST', `/v1/auth?password=${secret()}`, `{"name":"${ADMIN_ID}","password":"${secret()}"}`);
  await action({ action: 'LaunchRocket', directive: data(), password: secret() });
  await action({ action: 'CreateJob', directive: data() });
  await action({ action: 'CreateJob', ...content, directive: data().slice(0, -1) });
  await action({ action: 'CreateJob', ...content, directive: `password=${secret()}` });
  await action({
    action: 'ModifyJobStatus',
    job_id: jobId,
    status: 'No',
    token: secret(),
    signature: secret(),
  });
  await action({ action: 'CreateJob', ...content, directive: data(), client_token: 'form' });

  // Credentials: wrong, misplaced, malformed.
  const base64 = (text: string): string => encodeURIComponent(Buffer.from(text).toString('base64'));
  const inQuery = `/iaas/?action=DescribeJobs&USER_ID=${ADMIN_ID}&PASSWORD=`;
  await raw(`${inQuery}${base64(secret())}`, {});
  await raw(`${inQuery}${base64(secret())}`, { method: 'POST', body: '' });
  await raw(`${inQuery}${secret()}!`, { method: 'POST', body: `PASSWORD=${secret()}` });
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  await raw('/iaas/', { ...form, body: `action=DescribeJobs&USER_ID=usr-none&PASSWORD=${base64(secret())}` });
  await raw('/iaas/', { ...form, body: `action=DescribeJobs&USER_ID=${ADMIN_ID}&PASSWORD=${secret()}!` });
  await raw('/iaas/', {
    ...form,
    body: `action=DescribeJobs&PASSWORD=${secret()}%ff&directive=${secret()}%e0`,
  });
  for (const name of [ADMIN_ID, 'usr-none']) keep(await logIn(name, secret()));
  for (const wrong of [[secret()], { password: secret() }, `${secret()}${'x'.repeat(2_000)}`]) {
    keep(await logIn(ADMIN_ID, wrong));
  }
  await raw('/v1/auth', { ...asJson, body: `{"name":"${ADMIN_ID}","password":"${secret()}` });
  for (const headers of [
    { authorization: secret() },
    { authorization: `Bearer ${secret()}` },
    { authorization: `Basic ${Buffer.from(`${ADMIN_ID}:${secret()}`).toString('base64')}` },
    { authorization: `two words ${secret()}` },
    { cookie: `session=${secret()}`, 'x-auth-token': secret(), 'proxy-authorization': secret() },
  ]) {
    await raw('/v1/jobs', { headers });
    await raw('/v1/auth/verify', { headers });
    await raw('/iaas/', { headers });
  }
  const ended = (await logIn(ADMIN_ID, password)).body.data.token as string;
  canaries.all.push(ended);
  for (const method of ['GET', 'DELETE', 'GET', 'DELETE'])
    keep(await callRest(gateway, ended, '/v1/auth', { method }));
  return answers;
}

/** Every row of every table. */
async function dumpDatabase(url: string): Promise<string> {
  const db = knex({ client: 'mysql2', connection: url });
  try {
    const [tables] = (await db.raw('show tables')) as [Record<string, string>[]];
    const names = tables.flatMap((row) => Object.values(row));
    assert.ok(names.includes('jobs') && names.includes('idempotency_keys'));
    const rows = await Promise.all(names.map(async (name) => [name, await db(name)]));
    return JSON.stringify(rows);
  } finally {
    await db.destroy();
  }
}

/** Every key with its value. */
async function dumpRedis(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    let dump = '';
    for (const key of await redis.keys('*')) {
      const type = await redis.type(key);
      // It may have gone meanwhile: others use this server too.
      if (type === 'none') continue;
      const values = {
        string: () => redis.getBuffer(key).then(String),
        hash: () => redis.hgetall(key).then((value) => JSON.stringify(value)),
        zset: () => redis.zrange(key, '0', '-1').then((members) => JSON.stringify(members)),
      }[type];
      assert.ok(values, `this test cannot read a ${type}`);
      dump += `${key} ${await values()}\n`;
    }
    return dump;
  } finally {
    redis.disconnect();
  }
}

async function dumpFolder(folder: string): Promise<string> {
  const names = await readdir(folder);
  assert.ok(names.includes('jobgate.db'));
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
  return files.join('\n');
}

describe('a secret that callers send', () => {
  it('is in no table, no cache entry, no log line and no answer, on MySQL and Redis', async () => {
    await using database = await createTestDatabase();
    const canaries = new Canaries();
    const password = canaries.next();
    await using serving = startServing({
      DATABASE_URL: database.url,
      REDIS_URL: process.env.TEST_REDIS_URL,
      // So that the entries are there still when they are looked at.
      CACHE_TTL_MS: '60000',
      BOOTSTRAP_ADMIN_PASSWORD: password,
      LOG_LEVEL: 'trace',
    });
    await serving.says(/"msg":"ready"/);
    const answers = await sing(serving.base, password, canaries);
    const redis = await dumpRedis(String(process.env.TEST_REDIS_URL));
    const tables = await dumpDatabase(database.url);
    assert.equal(await serving.end(), 0);

    assert.ok(canaries.all.length > 500);
    assert.ok(tables.includes('visible') && redis.includes('visible'), 'the jobs are there');
    assert.ok(answers.some((answer) => answer.includes('visible')));
    assert.match(serving.output(), /"operation":"create-job"/);
    assert.deepEqual(canaries.in(tables), [], 'tables');
    assert.deepEqual(canaries.in(redis), [], 'cache');
    assert.deepEqual(canaries.in(serving.output()), [], 'logs');
    for (const answer of answers) assert.deepEqual(canaries.in(answer), [], answer.slice(0, 1_000));
  });

  it('is in no file, no log line and no answer of the embedded store', async () => {
    await using folder = await temporaryFolder();
    const canaries = new Canaries();
    const password = canaries.next();
    await using serving = startServing({
      DATA_DIR: folder.path,
      BOOTSTRAP_ADMIN_PASSWORD: password,
      LOG_LEVEL: 'trace',
    });
    await serving.says(/"msg":"ready"/);
    const answers = await sing(serving.base, password, canaries);
    const running = await dumpFolder(folder.path);
    assert.equal(await serving.end(), 0);

    assert.ok(running.includes('visible'), 'the jobs are there');
    assert.deepEqual(canaries.in(running + (await dumpFolder(folder.path))), [], 'files');
    assert.deepEqual(canaries.in(serving.output()), [], 'logs');
    for (const answer of answers) assert.deepEqual(canaries.in(answer), [], answer.slice(0, 1_000));
  });
});
