import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import type { Answer } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { ensureServers } from '../support/install-servers.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { startRedis } from '../support/redis.ts';
import {
  callSigned,
  newKey,
  sendPairs,
  signParameters,
  type Parameters,
  type TestKey,
} from '../support/sign.ts';
import { assertSame, WRITES } from './signed-writes.ts';

const POST = { method: 'POST' } as const;

for (const store of STORES) {
  describe(`a signed write on the ${store} store`, () => {
    let redis: PrivateServer | undefined;
    let first: TestGateway;
    let second: TestGateway;
    let key: TestKey;
    before(async () => {
      await ensureServers({ mariadb: false, redis: true });
      redis = store === 'servers' ? await startRedis() : undefined;
      first = await startGateway(store, { CACHE_TTL_MS: '300', ...(redis && { REDIS_URL: redis.url }) });
      second = await first.sibling();
      key = await newKey(first);
    });
    after(async () => {
      await first[Symbol.asyncDispose]();
      await redis?.stop();
    });

    const sign = (action: string, parameters: Parameters) =>
      signParameters(key, { action, lang: 'en', ...parameters }, POST);
    const send = (gateway: TestGateway, pairs: ReturnType<typeof sign>) => sendPairs(gateway, pairs, POST);
    const call = (parameters: Parameters) => callSigned(first, key, { lang: 'en', ...parameters }, POST);
    const jobOf = async (jobId: string) =>
      (await call({ action: 'DescribeJobs', 'jobs.1': jobId, verbose: 1 })).body.job_set[0];

    for (const [action, prepare] of Object.entries(WRITES)) {
      it(`acts once when ${action} comes again, at any instance`, async () => {
        const { parameters, effects } = await prepare(first, first.database);
        const pairs = sign(action, parameters);
        const answer = await send(first, pairs);
        assert.equal(answer.body.ret_code, 0, answer.text);
        for (const gateway of [first, second, second]) {
          assertSame(action, answer.body, (await send(gateway, pairs)).body);
        }
        assert.equal(await effects(), 1);
      });

      it(`acts once when ${action} comes twenty times at once`, async () => {
        const { parameters, effects } = await prepare(first, first.database);
        const pairs = sign(action, parameters);
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, index) => send(index % 2 ? second : first, pairs)),
        );
        const done = answers.filter(({ body }) => body.ret_code === 0);
        assert.equal(
          done.length,
          action === 'CreateAccessKey' ? 1 : 20,
          answers.map(({ text }) => text).join('\n'),
        );
        for (const { body } of answers) if (body.ret_code !== 0) assertSame(action, undefined, body);
        assert.equal(new Set(done.map(({ text }) => text)).size, 1);
        assert.equal(await effects(), 1);
      });
    }

    it('does not take a job back when it comes again after a later change', async () => {
      const creation = sign('CreateJob', { job_type: 'later', job_action: 'Test' });
      const { body } = await send(first, creation);
      const jobId: string = body.job_id;
      const step = (status: string) => sign('ModifyJobStatus', { job_id: jobId, status });
      const replaced = sign('ModifyJobAttributes', { job_id: jobId, job_type: 'first', job_action: 'Test' });
      const [one, two] = [step('step1'), step('step2')];
      for (const pairs of [replaced, one, two]) assert.equal((await send(first, pairs)).body.ret_code, 0);
      await call({ action: 'ModifyJobAttributes', job_id: jobId, job_type: 'second', job_action: 'Test' });
      const stands = await jobOf(jobId);
      assert.deepEqual([stands.status, stands.job_type, stands.version], ['step2', 'second', 5]);
      for (const pairs of [creation, replaced, one, two]) {
        for (const gateway of [second, first]) {
          assert.deepEqual((await send(gateway, pairs)).body, {
            ...body,
            action: `${pairs.find(([name]) => name === 'action')?.[1]}Response`,
          });
          assert.deepEqual(await jobOf(jobId), stands);
        }
      }
    });

    it('does not disable a key again that was enabled since', async () => {
      const { id, secret } = await newKey(first);
      const set = (status: string) => sign('ModifyAccessKeyAttributes', { access_key: id, status });
      const disabled = set('disabled');
      for (const pairs of [disabled, set('active')])
        assert.equal((await send(first, pairs)).body.ret_code, 0);
      assert.equal((await send(second, disabled)).body.ret_code, 0);
      const answer = await callSigned(second, { id, secret }, { action: 'DescribeJobs' });
      assert.equal(answer.body.ret_code, 0);
    });

    it('acts once together with a client_token, whichever of the two tells that it is the same', async () => {
      const content = { job_type: 'token', job_action: 'Test', client_token: `token-${store}` };
      const [one, other] = [sign('CreateJob', content), sign('CreateJob', content)];
      const answers: Answer[] = await Promise.all(
        Array.from({ length: 12 }, (_, index) => send(index % 2 ? first : second, index % 3 ? one : other)),
      );
      for (const pairs of [one, other]) answers.push(await send(second, pairs));
      assert.deepEqual([...new Set(answers.map(({ body }) => body.ret_code))], [0]);
      assert.equal(new Set(answers.map(({ body }) => body.job_id)).size, 1);
      const conflict = await call({ action: 'CreateJob', ...content, job_action: 'Other' });
      assert.equal(conflict.body.ret_code, 2110);
      assert.equal((await first.database.db('jobs').where('job_type', 'token')).length, 1);
    });

    it('that was refused may come again, and acts then', async () => {
      const jobId: string = (await call({ action: 'CreateJob', job_type: 'again', job_action: 'Test' })).body
        .job_id;
      const hide = sign('DeleteJobs', { 'jobs.1': jobId });
      assert.equal((await send(first, hide)).body.ret_code, 1400);
      assert.equal((await call({ action: 'CancelJobs', jobs: jobId })).body.ret_code, 0);
      assert.equal((await send(second, hide)).body.ret_code, 0);
      assert.deepEqual((await send(first, hide)).body.job_ids, [jobId]);
    });

    if (store === 'embedded') return;

    /** Each begins an incident, and says how it ends. */
    const incidents: Record<string, (server: PrivateServer) => Promise<() => Promise<void>>> = {
      async 'is killed'(server) {
        server.kill('SIGKILL');
        return () => server.restart();
      },
      async 'is frozen'(server) {
        server.kill('SIGSTOP');
        return async () => server.kill('SIGCONT');
      },
      async 'is emptied'(server) {
        const client = new Redis(server.url);
        await client.flushall();
        client.disconnect();
        return async () => {};
      },
    };
    for (const [incident, happen] of Object.entries(incidents)) {
      it(`acts once when Redis ${incident} while it comes many times`, async () => {
        for (const [action, prepare] of Object.entries(WRITES)) {
          const { parameters, effects } = await prepare(first, first.database);
          const pairs = sign(action, parameters);
          const sent = Array.from({ length: 6 }, (_, index) => send(index % 2 ? second : first, pairs));
          assert.ok(redis);
          const end = await happen(redis);
          try {
            const answers = await Promise.all(sent);
            for (const { body, text } of answers) {
              assert.ok(
                [0, 5100, ...(action === 'CreateAccessKey' ? [1400] : [])].includes(body.ret_code),
                text,
              );
            }
            // Whoever was told to come back does.
            await eventually(`${action} is carried out`, async () => {
              const { body } = await send(second, pairs);
              return body.ret_code === 0 || body.ret_code === 1400;
            });
            assert.equal(await effects(), 1, action);
          } finally {
            await end();
          }
        }
      });
    }
  });
}
