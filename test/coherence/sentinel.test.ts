import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Hooks } from '../../bin/open-gateway.ts';
import { callRest } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { ensureServers } from '../support/install-servers.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { startSentinelSet, type SentinelSet } from '../support/sentinel.ts';
import { ablations } from './checker/ablations.ts';

/** Longer than most failovers take: an old value that a replica holds is still alive when it becomes the master. */
const T = 2_500;

/** Two gateways on a Sentinel set, a job, and what was acknowledged of it. */
interface Pair extends AsyncDisposable {
  readonly gateways: readonly TestGateway[];
  /** Reports another status; a change may be refused in a failover. */
  write(): Promise<void>;
  /** Reads the job by each gateway: whether the cache had it, and whether it was older than what was acknowledged. */
  read(): Promise<{ readonly cached: boolean; readonly stale: boolean }[]>;
  cacheIsOn(): Promise<void>;
  /** The run id that the cache is on with, or was. */
  registered(): Promise<string>;
}

async function startPair(set: SentinelSet, ttl: number, hooks: Hooks = {}): Promise<Pair> {
  const first = await startGateway('servers', { REDIS_URL: set.url, CACHE_TTL_MS: String(ttl) }, hooks);
  const gateways = [first, await first.sibling()];
  const token = await first.logIn();
  const headers = { 'content-type': 'application/json' };
  const made = await callRest(first, token, '/v1/jobs', {
    method: 'POST',
    headers,
    body: JSON.stringify({ jobType: 'neonsan', jobAction: 'ScaleNeonSAN' }),
  });
  const path = `/v1/jobs/${made.body.data.jobId}`;
  let acknowledged = 1;
  const pair: Pair = {
    gateways,
    async write() {
      const body = JSON.stringify({ status: `step${acknowledged}` });
      const gateway = gateways[acknowledged % gateways.length]!;
      const { body: answer } = await callRest(gateway, token, path, { method: 'PATCH', headers, body });
      if (answer.code === 0) acknowledged = answer.data.version;
      else assert.equal(answer.code, 10000, JSON.stringify(answer));
    },
    read: () =>
      Promise.all(
        gateways.map(async (gateway) => {
          const least = acknowledged;
          const answer = await callRest(gateway, token, path);
          assert.equal(answer.body.code, 0, answer.text);
          const requestId = answer.headers.get('x-request-id');
          const line = gateway.logged.findLast(({ facts }) => facts['requestId'] === requestId);
          return { cached: line?.facts['cached'] === true, stale: answer.body.data.version < least };
        }),
      ),
    cacheIsOn: () =>
      eventually('both answer from the cache', async () => {
        await pair.read();
        return (await pair.read()).every(({ cached }) => cached);
      }),
    async registered() {
      const row = (await first.database.db('cache_epoch').first('redis_run_id')) as { redis_run_id: string };
      return row.redis_run_id;
    },
    [Symbol.asyncDispose]: () => first[Symbol.asyncDispose](),
  };
  return pair;
}

/** The master, when its replicas hold the job as it was before a change that both gateways have read. */
async function masterAhead(set: SentinelSet, pair: Pair): Promise<PrivateServer> {
  await set.whole(1);
  await pair.cacheIsOn();
  const master = await set.master();
  await set.starveReplicas(master);
  await pair.write();
  await pair.read();
  return master;
}

// A failover that is commanded is for the checker: `npm run check:coherence -- --sentinel`.
describe('two gateways on a Sentinel set', () => {
  let set: SentinelSet;
  let pair: Pair;
  before(async () => {
    await ensureServers({ mariadb: false, redis: true });
    // A server that was the master stays away: the next failover need not wait until it is a replica.
    set = await startSentinelSet({ replicas: 3 });
    pair = await startPair(set, T);
  });
  after(async () => {
    await pair[Symbol.asyncDispose]();
    await set[Symbol.asyncDispose]();
  });

  /** Reads, and where it is said writes, until the sentinels have another master, and on until it is used. */
  async function liveThrough(old: PrivateServer, writes: boolean): Promise<void> {
    const before = await pair.registered();
    let over = false;
    const changed = set.masterIsNot(old).finally(() => (over = true));
    for (let hit = false; !hit;) {
      if (writes && !over) await pair.write();
      const used = await pair.registered();
      const seen = await pair.read();
      assert.ok(!seen.some(({ stale }) => stale), 'an older state was read');
      hit = over && used !== before && seen.every(({ cached }) => cached);
    }
    await changed;
  }

  it('show nothing older, and hit the cache again, when the master is killed and nobody writes', async () => {
    const master = await masterAhead(set, pair);
    master.kill('SIGKILL');
    await liveThrough(master, false);
  });

  it('show nothing older, and hit the cache again, when the master is frozen under writes', async () => {
    const master = await masterAhead(set, pair);
    master.kill('SIGSTOP');
    await liveThrough(master, true);
  });

  it('show what is older where they do not compare run ids', async () => {
    await using blind = await startPair(set, 2 * T, { alter: ablations['no run id'].alter });
    const master = await masterAhead(set, blind);
    master.kill('SIGKILL');
    await eventually('an older state is read', async () => (await blind.read()).some(({ stale }) => stale));
  });
});
