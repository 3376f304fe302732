import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Redis } from 'ioredis';
import { openMysql } from '../../adapters/sql/open-mysql.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import { tokenDigest } from '../../src/accounts/credentials.ts';
import type { Moment } from '../../src/coherence/steps.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { call, closeConnections, type Answer } from './checker/caller.ts';
import { startInstance, type Instance } from './checker/instance.ts';

const ADMIN = { name: 'usr-00000000', password: 'checker-password' };
const JSON_TYPE = { 'content-type': 'application/json' };
/** Every moment of a change, in its order. */
const MOMENTS: readonly Moment[] = [
  'before lock',
  'after lock',
  'after work',
  'after block',
  'after commit',
  'after publish',
];

const AROUND_THE_EFFECT: ReadonlySet<Moment> = new Set(['after block', 'after work', 'after commit']);

const PASSWORD = 'a password that was chosen';
const TOKEN = (name: string): string => `a one-time token for ${name}`.padEnd(43, '.');

describe('a gateway that dies in the middle of a write', () => {
  let own: TestDatabase;
  let direct: OpenDatabase;
  let environment: NodeJS.ProcessEnv;
  let survivor: Instance;
  before(async () => {
    own = await createTestDatabase();
    direct = openMysql(own.url, { poolSize: 2 });
    environment = {
      DATABASE_URL: own.url,
      REDIS_URL: process.env.TEST_REDIS_URL,
      BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
      CACHE_TTL_MS: '500',
    };
    survivor = await startInstance('survivor', environment);
  });
  after(async () => {
    await survivor.stop();
    closeConnections();
    await direct.close();
    await own[Symbol.asyncDispose]();
  });

  const send = (
    instance: Instance,
    method: string,
    path: string,
    headers: object,
    body: object,
  ): Promise<Answer> =>
    call(instance.port ?? 0, method, path, { ...JSON_TYPE, ...headers }, JSON.stringify(body));

  const newest = (authorization: string, jobType: string): Promise<Answer> =>
    call(survivor.port ?? 0, 'GET', `/v1/jobs/latest?job_type=${jobType}`, { authorization }, '');

  async function logIn(): Promise<string> {
    const answer = await send(survivor, 'POST', '/v1/auth', {}, ADMIN);
    assert.equal(answer?.body.code, 0);
    return (answer.body.data as { token: string }).token;
  }

  for (const moment of ['after block', 'after commit'] as const) {
    it(`${moment} leaves a block behind, from which a reader frees the newest job`, async () => {
      const authorization = await logIn();
      const mortal = await startInstance('mortal', environment);
      const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
      try {
        const job = { jobType: `left-${moment}`.replaceAll(' ', '-'), jobAction: 'Survive' };
        const { jobType } = job;
        const older = await send(survivor, 'POST', '/v1/jobs', { authorization }, job);
        mortal.plan({ [moment]: { fault: 'die', chance: 1 } });
        // The plan is on its way, while the call is.
        await sleep(100);
        assert.equal(await send(mortal, 'POST', '/v1/jobs', { authorization }, job), undefined);
        const told = await newest(authorization, jobType);
        assert.equal(told?.body.code, 0);
        assert.equal(isDeepStrictEqual(told.body, older?.body), moment === 'after block');

        const [key = ''] = await redis.keys(`jobgate:*:newest: ${jobType}`);
        const [token = ''] = await redis.zrange(key, 0, '-1');
        await newest(authorization, jobType);
        assert.equal(await redis.zcard(key), 1);
        // As if so much time had passed.
        await redis.zincrby(key, -8_001, token);
        await eventually('it is freed', async () => {
          assert.deepEqual((await newest(authorization, jobType))?.body, told.body);
          return (await redis.type(key)) === 'string';
        });
      } finally {
        redis.disconnect();
        await mortal.stop();
      }
    });
  }

  for (const moment of MOMENTS) {
    it(`${moment} has one effect, once the client has retried with its key elsewhere`, async () => {
      const authorization = await logIn();
      const mortal = await startInstance('mortal', environment);
      try {
        const key = `key ${moment}`.replaceAll(' ', '-');
        const headers = { authorization, 'idempotency-key': key };
        const job = { jobType: key, jobAction: 'Survive' };
        const older = await send(survivor, 'POST', '/v1/jobs', { authorization }, job);
        for (let times = 0; times < 3; times++) {
          assert.deepEqual((await newest(authorization, key))?.body, older?.body);
        }
        mortal.plan({ [moment]: { fault: 'die', chance: 1 } });
        // The plan is on its way, while the call is.
        await sleep(100);
        const lost = await send(mortal, 'POST', '/v1/jobs', headers, job);
        assert.equal(lost, undefined);
        assert.deepEqual([...mortal.faults.keys()], [`die ${moment}`]);

        const first = await send(survivor, 'POST', '/v1/jobs', headers, job);
        const again = await send(survivor, 'POST', '/v1/jobs', headers, job);
        assert.equal(first?.body.code, 0, JSON.stringify(first?.body));
        assert.deepEqual(again?.body, first.body);

        const idOf = (answer: Answer): string =>
          ((answer as NonNullable<Answer>).body.data as { jobId: string }).jobId;
        const jobId = idOf(first);
        const ids = (await direct.db('jobs').where('job_type', key).pluck('job_id')) as string[];
        assert.deepEqual(new Set(ids), new Set([idOf(older), jobId]));
        assert.equal(ids.length, 2);
        assert.deepEqual(await direct.db('job_events').where('job_id', jobId).pluck('version'), [1]);
        const read = await call(survivor.port ?? 0, 'GET', `/v1/jobs/${jobId}`, { authorization }, '');
        assert.deepEqual(read?.body, first.body);
        for (let times = 0; times < 3; times++) {
          assert.deepEqual((await newest(authorization, key))?.body, first.body);
        }
      } finally {
        await mortal.stop();
      }
    });

    // Every start of a gateway takes its time: the moments around the effect will do for accounts.
    if (!AROUND_THE_EFFECT.has(moment)) continue;
    it(`${moment} makes one user and sets one password, once the client has retried elsewhere`, async () => {
      const authorization = await logIn();
      const name = `usr-${moment}`.replaceAll(' ', '-');
      await direct.db('one_time_tokens').insert({
        digest: tokenDigest(TOKEN(name)),
        purpose: 'reset',
        user_id: ADMIN.name,
        create_time: '2020-01-01 00:00:00.000',
        expire_time: '2120-01-01 00:00:00.000',
      });
      const reset = { token: TOKEN(name), password: ADMIN.password, confirmation: ADMIN.password };
      for (const [path, body, operation, about] of [
        ['/v1/users', { userId: name, password: PASSWORD }, 'create-user', name],
        ['/v1/users/reset_password', reset, 'reset-password', ADMIN.name],
      ] as const) {
        const audited = async (): Promise<number> =>
          (await direct.db('audit_trail').where({ operation, about })).length;
        const before = await audited();
        const mortal = await startInstance('mortal', environment);
        try {
          const headers = { authorization, 'idempotency-key': name };
          mortal.plan({ [moment]: { fault: 'die', chance: 1 } });
          // The plan is on its way, while the call is.
          await sleep(100);
          assert.equal(await send(mortal, 'POST', path, headers, body), undefined);

          const first = await send(survivor, 'POST', path, headers, body);
          const again = await send(survivor, 'POST', path, headers, body);
          assert.equal(first?.body.code, 0, JSON.stringify(first?.body));
          assert.deepEqual(again?.body, first.body);
          assert.equal(await audited(), before + 1);
        } finally {
          await mortal.stop();
        }
      }
      const credentials = { name, password: PASSWORD };
      assert.equal((await send(survivor, 'POST', '/v1/auth', {}, credentials))?.body.code, 0);
    });
  }
});
