import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { startServing, type ServingProcess } from '../support/built-process.ts';
import { callAction, callRest, type Answer } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';

const ROUNDS = 4;
const REQUESTS = 40;
const AT_ONCE = 8;
const ATTEMPTS = 100;
/** Longer than one request takes; in ms. */
const LATEST_KILL = 5;

interface Request {
  readonly key: string;
  readonly byAction: boolean;
}

describe('clients that repeat a request with its key after a gateway was killed', () => {
  let survivor: TestGateway;
  let token: string;
  before(async () => {
    survivor = await startGateway('servers');
    token = await survivor.logIn();
  });
  after(() => survivor[Symbol.asyncDispose]());

  const startVictim = async (): Promise<ServingProcess> => {
    const { databaseUrl, redisUrl } = survivor.config;
    const victim = startServing({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl });
    await victim.says(/"msg":"ready"/);
    return victim;
  };

  /** Kills it at a random moment while requests are under way. */
  async function killAmidst(victim: ServingProcess, acknowledged: () => number): Promise<void> {
    const enough = randomInt(REQUESTS - AT_ONCE);
    await eventually('requests are answered', () => acknowledged() >= enough, 1);
    await sleep(Math.random() * LATEST_KILL);
    await victim.end('SIGKILL');
  }

  const create = (at: { base: string }, jobType: string, { key, byAction }: Request): Promise<Answer> =>
    byAction
      ? callAction(at, {
          action: 'CreateJob',
          lang: 'en',
          job_type: jobType,
          job_action: 'Test',
          client_token: key,
        })
      : callRest(at, token, '/v1/jobs', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify({ jobType, jobAction: 'Test' }),
        });

  const idIn = (answer: Answer): string | undefined =>
    (answer.body?.ret_code ?? answer.body?.code) === 0
      ? (answer.body.job_id ?? answer.body.data.jobId)
      : undefined;

  /** Asks until it is answered; only what may pass is waited for. */
  async function repeat(ask: () => Promise<Answer>): Promise<string> {
    for (let left = ATTEMPTS; left > 0; left--) {
      const answer = await ask();
      const jobId = idIn(answer);
      if (jobId !== undefined) return jobId;
      assert.equal(answer.body.ret_code ?? answer.body.code, answer.body.action ? 5100 : 10000, answer.text);
      await sleep(100);
    }
    throw new Error('the surviving gateway never answered');
  }

  const rowsOf = async (table: string, column: string, values: readonly string[]): Promise<unknown[]> =>
    (await survivor.database.db(table).whereIn(column, [...values])) as unknown[];

  for (let round = 1; round <= ROUNDS; round++) {
    it(`have one job for each key, at kill ${round}`, async () => {
      const jobType = `killed-${round}`;
      const requests = Array.from({ length: REQUESTS }, (_, index) => ({
        key: `${jobType}-${index}`,
        byAction: index % 2 === 0,
      }));
      await using victim = await startVictim();
      const { base } = victim;
      const limit = pLimit(AT_ONCE);
      const acknowledged = new Map<string, string>();
      const sent = requests.map((request) =>
        limit(async () => {
          const answer = await create({ base }, jobType, request).catch(() => undefined);
          const jobId = answer && idIn(answer);
          if (jobId !== undefined) acknowledged.set(request.key, jobId);
        }),
      );
      await killAmidst(victim, () => acknowledged.size);
      await Promise.all(sent);

      const jobIds = await Promise.all(
        requests.map((request) => limit(() => repeat(() => create(survivor, jobType, request)))),
      );
      requests.forEach(({ key }, index) => {
        if (acknowledged.has(key)) assert.equal(jobIds[index], acknowledged.get(key), key);
      });
      assert.equal(new Set(jobIds).size, REQUESTS);
      assert.equal((await rowsOf('jobs', 'job_type', [jobType])).length, REQUESTS);
      assert.equal((await rowsOf('job_events', 'job_id', jobIds)).length, REQUESTS);
      const keys = requests.map((request) => request.key);
      assert.equal((await rowsOf('idempotency_keys', 'idempotency_key', keys)).length, REQUESTS);
    });
  }

  it('have canceled each job once, and its timeline has a row for each version', async () => {
    const jobType = 'killed-cancels';
    const jobIds = await Promise.all(
      Array.from({ length: REQUESTS }, (_, index) =>
        repeat(() => create(survivor, jobType, { key: `${jobType}-${index}`, byAction: false })),
      ),
    );
    await using victim = await startVictim();
    const { base } = victim;
    const limit = pLimit(AT_ONCE);
    const cancel = (at: { base: string }, jobId: string, index: number): Promise<Answer> =>
      callRest(at, token, `/v1/jobs/${jobId}/cancel`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `cancel-${index}` },
        body: '{"note":"enough"}',
      });
    let acknowledged = 0;
    const sent = jobIds.map((jobId, index) =>
      limit(async () => {
        const answer = await cancel({ base }, jobId, index).catch(() => undefined);
        if (answer && idIn(answer) !== undefined) acknowledged++;
        return answer;
      }),
    );
    await killAmidst(victim, () => acknowledged);
    const seenBefore = await Promise.all(sent);

    await Promise.all(
      jobIds.map((jobId, index) =>
        limit(async () => {
          assert.equal(await repeat(() => cancel(survivor, jobId, index)), jobId);
          const again = await cancel(survivor, jobId, index);
          const before = seenBefore[index];
          if (before && idIn(before) !== undefined) assert.equal(again.text, before.text);
          const { data: job } = (await callRest(survivor, token, `/v1/jobs/${jobId}`)).body;
          assert.deepEqual([job.status, job.preStatus, job.version], ['canceled', 'pending', 2]);
          const { data } = (await callRest(survivor, token, `/v1/jobs/${jobId}/timeline`)).body;
          assert.deepEqual(
            data.timeline.map((row: Record<string, unknown>) => [
              row.version,
              row.status,
              row.userId,
              row.note,
            ]),
            [
              [1, 'pending', ADMIN.userId, ''],
              [2, 'canceled', ADMIN.userId, 'enough'],
            ],
          );
        }),
      ),
    );
  });
});
