import { setTimeout as sleep } from 'node:timers/promises';
import { openMysql } from '../../../adapters/sql/open-mysql.ts';
import { insertJobs } from '../../../adapters/sql/jobs.ts';
import { migrate } from '../../../adapters/sql/migrate.ts';
import { sampleJobs } from '../../../adapters/wire/sample-jobs.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { createTestDatabase } from '../../support/database.ts';
import { startMariaDb } from '../../support/mariadb.ts';
import { startRedis } from '../../support/redis.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { call, closeConnections } from './caller.ts';
import { faults, type Patient } from './faults.ts';
import type { Ablation } from './ablations.ts';
import { judge, type Operation, type Truth, type Violation } from './history.ts';
import { startInstance } from './instance.ts';
import { mulberry, startWorkload, type Seen } from './workload.ts';

export interface CheckOptions {
  /** How long the workload runs, in seconds. */
  readonly seconds: number;
  readonly seed: number;
  /** T of the gateways, in ms. */
  readonly ttl: number;
  readonly say: (line: string) => void;
  /** The faults to make; all of them unless told otherwise. */
  readonly only?: readonly (keyof typeof faults)[];
  /** The rule that the gateways leave out. */
  readonly ablation?: Ablation;
}

/** What a run came to. */
export interface Report {
  readonly reads: number;
  readonly writes: number;
  /** Shares of reads of jobs written within the last T that the cache answered. */
  readonly calmHits: number;
  readonly faultHits: number;
  readonly incidents: Readonly<Record<string, number>>;
  readonly moments: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

const ADMIN = { name: 'usr-00000000', password: 'checker-password' } as const;
/** Few, so that each is written often within T. */
const JOBS = 6;
const CALM = 1_500;
/** What each instance does at which moment, when a fault tells it to. */
const AT_MOMENTS = [
  'after lease=freeze:0.05,after work=die:0.1,after commit=freeze:0.2',
  'after load=freeze:0.05,after block=die:0.1,after commit=die:0.1,before lock=freeze:0.05',
];

/**
 * Drives two instances over both protocols on real servers, breaks things, and judges what clients saw.
 * @throws Error where the set-up does not come up
 */
export async function check(options: CheckOptions): Promise<Report> {
  const undo: (() => unknown)[] = [];
  try {
    return await run(options, undo);
  } finally {
    for (const each of undo.toReversed()) await each();
  }
}

async function run(
  { seconds, seed, ttl, say, only, ablation }: CheckOptions,
  undo: (() => unknown)[],
): Promise<Report> {
  const keep = <Thing extends AsyncDisposable>(thing: Thing): Thing => {
    undo.push(() => thing[Symbol.asyncDispose]());
    return thing;
  };
  const database = keep(await startMariaDb());
  const redis = keep(await startRedis());
  const otherRedis = keep(await startRedis());
  const own = await createTestDatabase(database.url);
  const ways = [keep(await startTcpProxy(redis.port)), keep(await startTcpProxy(redis.port))];

  const direct = openMysql(own.url, { poolSize: 2 });
  undo.push(() => direct.close());
  await migrate(direct);
  const jobs = newJobs();
  await insertJobs(direct.db, jobs);

  const instances = await Promise.all(
    ways.map((way, index) =>
      startInstance(`gateway ${index + 1}`, {
        DATABASE_URL: own.url,
        REDIS_URL: `redis://127.0.0.1:${way.port}`,
        CACHE_TTL_MS: String(ttl),
        BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        FAULTS: AT_MOMENTS[index],
        ABLATION: ablation,
      }),
    ),
  );
  for (const instance of instances) undo.push(() => instance.stop());
  undo.push(closeConnections);

  const random = mulberry(seed);
  const patient: Patient = { instances, database, redis, otherRedis, ways };
  const ids = jobs.map((job) => job.jobId);
  const workload = startWorkload(instances, ids, await logIn(instances[0]?.port ?? 0), seed + 1);
  const incidents: Record<string, number> = {};
  const end = performance.now() + seconds * 1000;
  let bag: string[] = [];
  while (performance.now() < end) {
    workload.phase = 'calm';
    await sleep(CALM + ttl);
    if (bag.length === 0) bag = shuffled(only ?? Object.keys(faults), random);
    const fault = bag.pop() as string;
    incidents[fault] = (incidents[fault] ?? 0) + 1;
    say(`${((end - performance.now()) / 1000).toFixed(0)} s left: ${fault}`);
    workload.phase = 'fault';
    await faults[fault]?.(patient, random);
    await sleep(ttl * 2);
  }
  await workload.stop();
  return report(workload.record, await readTruth(direct.db, ids), incidents, instances, ttl);
}

function newJobs(): Job[] {
  const [sample] = sampleJobs();
  if (!sample) throw new Error('there are no sample jobs');
  return Array.from({ length: JOBS }, (_, index) => ({
    ...sample,
    jobId: `j-checked${index}`,
    status: 'pending',
    preStatus: '',
    version: 1,
  }));
}

async function logIn(port: number): Promise<{ token: string; form: string }> {
  const answer = await call(
    port,
    'POST',
    '/v1/auth',
    { 'content-type': 'application/json' },
    JSON.stringify(ADMIN),
  );
  if (answer?.body.code !== 0) throw new Error(`cannot log in: ${JSON.stringify(answer?.body)}`);
  const { token } = answer.body.data as { token: string };
  const password = encodeURIComponent(Buffer.from(ADMIN.password).toString('base64'));
  return { token, form: `USER_ID=${ADMIN.name}&PASSWORD=${password}` };
}

function shuffled(names: readonly string[], random: () => number): string[] {
  return names
    .map((name) => [random(), name] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, name]) => name);
}

type Db = ReturnType<typeof openMysql>['db'];

async function readTruth(db: Db, ids: readonly string[]): Promise<Truth> {
  const rows = (await db('job_events').select('job_id', 'version', 'status')) as {
    job_id: string;
    version: number;
    status: string;
  }[];
  const truth = new Map(ids.map((id) => [id, new Map([[1, 'pending']])]));
  for (const row of rows) truth.get(row.job_id)?.set(row.version, row.status);
  return truth;
}

function report(
  { reads, writes, open, errors }: Seen,
  truth: Truth,
  incidents: Record<string, number>,
  instances: Patient['instances'],
  ttl: number,
): Report {
  const versionOf = new Map<string, number>();
  for (const [job, versions] of truth) {
    for (const [version, mark] of versions) versionOf.set(`${job} ${mark}`, version);
  }
  const acknowledged = writes.map((write) => ({
    ...write,
    version: Number.isNaN(write.version) ? (versionOf.get(`${write.job} ${write.mark}`) ?? 0) : write.version,
  }));
  // A write without an answer that the timeline knows took place, at a time that nobody can tell.
  const unknown = open.flatMap(({ job, mark, invoked, where }): Operation[] => {
    const version = versionOf.get(`${job} ${mark}`);
    return version === undefined
      ? []
      : [{ kind: 'write', job, mark, invoked, where, version, returned: Infinity }];
  });
  const moments: Record<string, number> = {};
  for (const instance of instances) {
    for (const [moment, count] of instance.faults) moments[moment] = (moments[moment] ?? 0) + count;
  }
  return {
    reads: reads.length,
    writes: writes.length,
    calmHits: shareOfHits(reads, acknowledged, 'calm', ttl),
    faultHits: shareOfHits(reads, acknowledged, 'fault', ttl),
    incidents,
    moments,
    errors: Object.fromEntries(errors),
    violations: judge([...reads, ...acknowledged, ...unknown], truth),
  };
}

/** Only reads of jobs that were written within the last T can show a lie. */
function shareOfHits(reads: Seen['reads'], writes: readonly Operation[], phase: string, ttl: number): number {
  const lastWrite = new Map<string, number[]>();
  for (const { job, returned } of writes) {
    const times = lastWrite.get(job) ?? [];
    lastWrite.set(job, times);
    times.push(returned);
  }
  for (const times of lastWrite.values()) times.sort((a, b) => a - b);
  let fresh = 0;
  let hits = 0;
  for (const read of reads) {
    // Lists never come from the cache.
    if (read.phase !== phase || read.requestId === '') continue;
    const before = (lastWrite.get(read.job) ?? []).findLast((time) => time <= read.invoked);
    if (before === undefined || read.invoked - before > ttl) continue;
    fresh++;
    if (read.instance.cached(read.requestId)) hits++;
  }
  return fresh === 0 ? 0 : hits / fresh;
}
