import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { insertJobs } from '../../adapters/sql/jobs.ts';
import type { Job } from '../../src/jobs/job.ts';
import { runJobgate } from '../support/built-process.ts';
import { callRest } from '../support/clients.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { ensureServers } from '../support/install-servers.ts';
import { startReplication, type Replication } from '../support/replication.ts';
import { someJob } from '../support/some-job.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const MOST = 1_000;

describe('lists from a replica', () => {
  let servers: Replication;
  let way: TcpProxy;
  let database: TestDatabase;
  let gateway: TestGateway;
  let token: string;
  /** On the same database, with nothing set: every list comes from the primary. */
  let plain: TestGateway;

  before(async () => {
    await ensureServers({ mariadb: true, redis: false });
    servers = await startReplication();
    way = await startTcpProxy(servers.replica.port);
    database = await createTestDatabase(servers.primary.url);
    const DATABASE_URL = database.url;
    plain = await startGateway('servers', { DATABASE_URL });
    gateway = await plain.sibling({
      DATABASE_REPLICA_URL: DATABASE_URL.replace(`:${servers.primary.port}/`, `:${way.port}/`),
      LIST_MAX_LAG_MS: String(MOST),
    });
    token = await plain.logIn();
  });
  afterEach(async () => {
    servers.replica.kill('SIGCONT');
    way.mend();
    await eventually('lists come from the replica again', replicaIsRead);
  });
  after(async () => {
    servers.replica.kill('SIGCONT');
    await plain[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    await way[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });

  /** The jobs of a list of everything, by id, and the total that it tells. */
  async function list(by: TestGateway = gateway): Promise<{ ids: string[]; total: number }> {
    const { body } = await callRest(by, token, '/v1/jobs?per_page=100');
    assert.equal(body.code, 0, JSON.stringify(body));
    return { ids: body.data.jobs.map(({ jobId }: Job) => jobId), total: body.data.total };
  }

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${gateway.base}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(name)) ?? '';
    return Number(line.split(' ').at(-1)?.replace('+Inf', 'Infinity'));
  }

  /** Whether a list, asked for now, comes from the replica. */
  async function replicaIsRead(): Promise<boolean> {
    const before = await metric('jobgate_list_reads_total{server="replica"}');
    await list();
    return (await metric('jobgate_list_reads_total{server="replica"}')) > (before || 0);
  }

  const add = async (): Promise<string> => {
    const { jobId } = someJob();
    await insertJobs(plain.database.db, [{ ...someJob(), jobId }]);
    return jobId;
  };
  const said = (message: string): number =>
    gateway.logged.filter((line) => line.message.includes(message)).length;

  it('are read there, page and total', async () => {
    const { ids, total } = await list(plain);
    await eventually('the replica has them', async () => (await list()).total === total);
    assert.deepEqual(await list(), { ids, total });
    assert.ok(await replicaIsRead());
    assert.ok((await metric('jobgate_replica_lag_seconds')) < MOST / 1000);
  });

  it('are of a state that the replica had a moment ago, and no older than is allowed', async () => {
    await servers.run(servers.replica, 'stop slave sql_thread');
    const jobId = await add();
    const { ids } = await list();
    assert.ok(!ids.includes(jobId), 'it was read from the replica, which does not have it');
    const asked = performance.now();
    await eventually('the primary is asked', async () => (await list()).ids.includes(jobId));
    assert.ok(performance.now() - asked < 3 * MOST);
    await servers.run(servers.replica, 'start slave sql_thread');
  });

  it('are read from the primary while the replica is further behind than is allowed', async () => {
    const before = said('too far behind');
    await servers.delay(3);
    const jobId = await add();
    await eventually('the primary is asked', async () => (await list()).ids.includes(jobId));
    await eventually('it is said', () => said('too far behind') > before);
    for (let time = 0; time < 5; time++) {
      const another = await add();
      assert.ok((await list()).ids.includes(another));
    }
    assert.ok((await metric('jobgate_replica_lag_seconds')) > MOST / 1000);
    assert.equal(said('too far behind'), before + 1, 'it is said once');
    await servers.delay(0);
  });

  it('are read from the replica while it is less far behind', async () => {
    const slow = await plain.sibling({
      DATABASE_REPLICA_URL: servers.onReplica(database.url),
      LIST_MAX_LAG_MS: '20000',
    });
    await servers.delay(1);
    await eventually('the slow gateway uses its replica', () =>
      slow.logged.some(({ message }) => message === 'lists are read from a replica'),
    );
    const jobId = await add();
    assert.ok(!(await list(slow)).ids.includes(jobId));
    await eventually('it is seen', async () => (await list(slow)).ids.includes(jobId));
    await servers.delay(0);
  });

  const failures: Readonly<Record<string, () => void>> = {
    frozen: () => servers.replica.kill('SIGSTOP'),
    'cut off': () => way.cut(),
    'behind a way that swallows everything': () => way.freeze(),
  };
  for (const [what, fail] of Object.entries(failures)) {
    it(`come from the primary within a bounded time when the replica is ${what}`, async () => {
      fail();
      const jobId = await add();
      const answers = Array.from({ length: 30 }, async () => {
        const asked = performance.now();
        await list();
        return performance.now() - asked;
      });
      assert.ok(Math.max(...(await Promise.all(answers))) < 4_000);
      await eventually('the primary is asked', async () => (await list()).ids.includes(jobId));
      const asked = performance.now();
      for (let time = 0; time < 20; time++) await list();
      assert.ok(performance.now() - asked < 2_000, 'nobody waits for the replica any more');
    });
  }

  it('come from the primary when the replica is killed, and from the replica when it is back', async () => {
    servers.replica.kill('SIGKILL');
    const jobId = await add();
    await eventually('the primary is asked', async () => (await list()).ids.includes(jobId));
    await servers.replica.restart();
  });

  it('come from the primary where the replica cannot answer them', async () => {
    const before = said('a replica fails');
    const name = new URL(database.url).pathname.slice(1);
    await servers.run(servers.replica, `rename table ${name}.jobs to ${name}.elsewhere`);
    const jobId = await add();
    assert.ok((await list()).ids.includes(jobId));
    assert.equal(said('a replica fails'), before + 1);
    // Nor could the change be made there.
    await servers.run(
      servers.replica,
      'stop slave',
      `rename table ${name}.elsewhere to ${name}.jobs`,
      'start slave',
    );
  });

  it('show a caller its own change at once where no lag is allowed', async () => {
    await servers.delay(2);
    const body = JSON.stringify({ jobType: 'neonsan', jobAction: 'ScaleNeonSAN' });
    const headers = { 'content-type': 'application/json' };
    for (let time = 0; time < 5; time++) {
      const made = await callRest(plain, token, '/v1/jobs', { method: 'POST', headers, body });
      assert.ok((await list(plain)).ids.includes(made.body.data.jobId));
    }
    await servers.delay(0);
  });

  it('are all: a single job, the newest one and ids are never read from a replica', async () => {
    await servers.run(servers.replica, 'stop slave sql_thread');
    const body = JSON.stringify({ jobType: 'newest', jobAction: 'ScaleNeonSAN' });
    const headers = { 'content-type': 'application/json' };
    const made = await callRest(gateway, token, '/v1/jobs', { method: 'POST', headers, body });
    const { jobId } = made.body.data;
    for (const path of [`/v1/jobs/${jobId}`, '/v1/jobs/latest?job_type=newest']) {
      assert.equal((await callRest(gateway, token, path)).body.data?.jobId, jobId, path);
    }
    for (const query of [`job_ids=${jobId}`, `job_ids=${jobId}&status=pending`]) {
      const named = await callRest(gateway, token, `/v1/jobs?${query}`);
      assert.equal(named.body.data.total, 1, query);
    }
    assert.equal((await callRest(gateway, token, `/v1/jobs/${jobId}/timeline`)).body.data.timeline.length, 1);
    await servers.run(servers.replica, 'start slave sql_thread');
  });

  it('have a doctor, who looks at the replica', async () => {
    const environment = {
      DATABASE_URL: database.url,
      DATABASE_REPLICA_URL: servers.onReplica(database.url),
      LIST_MAX_LAG_MS: String(MOST),
    };
    const examine = async (): Promise<{ ok: boolean; seen: string } | undefined> => {
      const { stdout } = await runJobgate(['doctor', '--json'], environment);
      const { findings } = JSON.parse(stdout) as { findings: { check: string; ok: boolean; seen: string }[] };
      return findings.find(({ check }) => check === `replica 127.0.0.1:${servers.replica.port}`);
    };
    assert.equal((await examine())?.ok, true);
    await servers.run(servers.replica, 'stop slave sql_thread');
    await add();
    const behind = await examine();
    assert.equal(behind?.ok, false);
    assert.match(behind?.seen ?? '', /more than 1000 ms behind/);
    await servers.run(servers.replica, 'start slave sql_thread');
  });

  it('are not read from a server that is another database, or no replica', async () => {
    await using other = await createTestDatabase(servers.primary.url);
    const stranger = await startGateway('servers', { DATABASE_URL: other.url });
    try {
      const wrong: Readonly<Record<string, string>> = {
        'another database': servers.onReplica(other.url),
        'the primary itself': database.url,
      };
      for (const [what, DATABASE_REPLICA_URL] of Object.entries(wrong)) {
        const misled = await plain.sibling({ DATABASE_REPLICA_URL, LIST_MAX_LAG_MS: '1000' });
        await eventually(`${what} is not used`, () =>
          misled.logged.some(({ message }) => message.includes('lists are read from the primary')),
        );
        assert.ok(!misled.logged.some(({ message }) => message === 'lists are read from a replica'));
      }
    } finally {
      await stranger[Symbol.asyncDispose]();
    }
  });
});
