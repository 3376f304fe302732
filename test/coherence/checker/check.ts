import { setTimeout as sleep } from 'node:timers/promises';
import { openMysql } from '../../../adapters/sql/open-mysql.ts';
import type { OpenDatabase } from '../../../adapters/sql/open.ts';
import { insertJobs } from '../../../adapters/sql/jobs.ts';
import { migrate } from '../../../adapters/sql/migrate.ts';
import { sampleJobs } from '../../../adapters/wire/sample-jobs.ts';
import { createPasswords } from '../../../src/accounts/passwords.ts';
import type { Role } from '../../../schemas/user.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { createTestDatabase } from '../../support/database.ts';
import type { PrivateServer } from '../../support/private-server.ts';
import { startMariaDb } from '../../support/mariadb.ts';
import { putUser } from '../../support/put-user.ts';
import { startRedis } from '../../support/redis.ts';
import { startSentinelSet, type SentinelSet } from '../../support/sentinel.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { call, closeConnections } from './caller.ts';
import { faultsOf, type FailoverName } from './failovers.ts';
import { faults, type Fault, type FaultName, type Patient } from './faults.ts';
import type { Rule } from './ablations.ts';
import { startInstance } from './instance.ts';
import { mulberry, shuffled } from './mulberry.ts';
import { JOB_TYPE, OWNER, speakAction, speakRest, type Protocol } from './protocols.ts';
import { ownCredentials } from './readers.ts';
import { report, type Report } from './report.ts';
import { PASSWORD } from './sessions.ts';
import { readEffects, readOrder, readTruth } from './truth.ts';
import { startWorkload } from './workload.ts';

export interface CheckOptions {
  /** How long the workload runs, in seconds. */
  readonly seconds: number;
  readonly seed: number;
  /** T of the gateways, in ms. */
  readonly ttl: number;
  readonly say: (line: string) => void;
  /** The faults to make; all of them unless told otherwise, and none where the list is empty. */
  readonly only?: readonly (FaultName | FailoverName)[];
  /** The rule that the gateways leave out. */
  readonly ablation?: Rule;
  /** How long half of the changes wait between block and COMMIT, in ms; not at all unless told. */
  readonly slowChanges?: number;
  /** How long nothing happens before each fault, in ms. */
  readonly calm?: number;
  /** Ends with the first violation, rather than after `seconds`. */
  readonly untilCaught?: boolean;
  /** Started for this run unless they are given. */
  readonly servers?: Servers;
}

const ADMIN = { name: 'usr-00000000', password: 'checker-password' } as const;
/** The one who logs in and out all the time: that the account changes must not disturb the others. */
const OPERATOR = { name: 'usr-sessions', password: 'another-password' } as const;
/** Whose the jobs are that come and go. */
const OF_OWNER = { name: OWNER, password: 'a-third-password' } as const;
interface Person {
  readonly name: string;
  readonly password: string;
}

/** Few, so that each is written often within T. */
const JOBS = 6;
const CALM = 1_500;

/** What the instances need, and what leads them astray. */
export interface Servers extends AsyncDisposable {
  readonly database: PrivateServer;
  readonly redis: PrivateServer;
  readonly otherRedis: PrivateServer;
  /** Used by the instances in place of the one Redis, where there is one; other faults happen then. */
  readonly set?: SentinelSet;
}

/** @param sentinels whether the instances use a Sentinel set */
export async function startServers(sentinels = false): Promise<Servers> {
  const [database, redis, otherRedis, set] = await Promise.all([
    startMariaDb(),
    startRedis(),
    startRedis(),
    sentinels ? startSentinelSet({ replicas: 2 }) : undefined,
  ]);
  return {
    database,
    redis,
    otherRedis,
    ...(set && { set }),
    async [Symbol.asyncDispose]() {
      await Promise.all([database.stop(), redis.stop(), otherRedis.stop(), set?.[Symbol.asyncDispose]()]);
    },
  };
}

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
  {
    seconds,
    seed,
    ttl,
    say,
    only,
    ablation,
    slowChanges = 0,
    calm = CALM,
    untilCaught = false,
    servers,
  }: CheckOptions,
  undo: (() => unknown)[],
): Promise<Report> {
  const keep = <Thing extends AsyncDisposable>(thing: Thing): Thing => {
    undo.push(() => thing[Symbol.asyncDispose]());
    return thing;
  };
  const { database, redis, otherRedis, set } = servers ?? keep(await startServers());
  const { url } = keep(await createTestDatabase(database.url));
  const ways = [keep(await startTcpProxy(redis.port)), keep(await startTcpProxy(redis.port))];
  const databaseWays = [keep(await startTcpProxy(database.port)), keep(await startTcpProxy(database.port))];

  const direct = openMysql(url, { poolSize: 2 });
  undo.push(() => direct.close());
  await migrate(direct);
  const jobs = newJobs();
  await insertJobs(direct.db, jobs);

  const instances = await Promise.all(
    ways.map((way, index) =>
      startInstance(`gateway ${index + 1}`, {
        DATABASE_URL: url.replace(`:${database.port}/`, `:${databaseWays[index]?.port}/`),
        REDIS_URL: set?.url ?? `redis://127.0.0.1:${way.port}`,
        CACHE_TTL_MS: String(ttl),
        BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        ABLATION: ablation,
        SLOW_CHANGES: String(slowChanges),
      }),
    ),
  );
  for (const instance of instances) undo.push(() => instance.stop());
  undo.push(closeConnections);
  // Only a store without users gets its admin from the first instance.
  await addOther(direct, OPERATOR, 'operator');
  await addOther(direct, OF_OWNER, 'user');

  const random = mulberry(seed);
  const patient: Patient = { instances, database, redis, otherRedis, ways, databaseWays, ttl };
  const speak = async (user: Person): Promise<Protocol[]> => [
    speakRest(await logIn(instances[0]?.port ?? 0, user)),
    speakAction(asForm(user)),
  ];
  const protocols = await speak(ADMIN);
  const workload = startWorkload({
    instances,
    protocols,
    owned: await speak(OF_OWNER),
    jobs: jobs.map(({ jobId, jobAction: name }) => ({ jobId, name })),
    user: OPERATOR,
    random: mulberry(seed + 1),
    ttl,
  });
  const { record } = workload;
  const beginning = [...jobs.map(({ jobId }) => jobId), ...protocols.map(ownCredentials), PASSWORD];
  const incidents: Record<string, number> = {};
  const reportNow = async (): Promise<Report> => {
    // What is seen from here on may be newer than what the database is about to say.
    const seen = { ...record, reads: [...record.reads], writes: [...record.writes] };
    const truth = await readTruth(direct.db, beginning, seen);
    const effects = await readEffects(direct.db, seen);
    const order = await readOrder(direct.db);
    return report(seen, { truth, effects, order }, incidents, instances, ttl);
  };
  const possible: Readonly<Record<string, Fault>> = set ? faultsOf(set) : faults;
  const suffer = async (fault: string): Promise<void> => {
    incidents[fault] = (incidents[fault] ?? 0) + 1;
    say(`${((end - performance.now()) / 1000).toFixed(0)} s left: ${fault}`);
    workload.phase = 'fault';
    await possible[fault]!(patient, random);
    await sleep(ttl);
    if (!untilCaught) await sleep(ttl);
  };
  const end = performance.now() + seconds * 1000;
  let bag: string[] = [];
  while (performance.now() < end) {
    workload.phase = 'calm';
    await sleep(calm + ttl);
    if (bag.length === 0) bag = shuffled<string>(only ?? Object.keys(possible), random);
    const fault = bag.pop();
    if (fault) await suffer(fault);
    if (untilCaught && (await reportNow()).violations.length > 0) break;
  }
  await workload.stop();
  return reportNow();
}

function newJobs(): Job[] {
  const [sample] = sampleJobs();
  if (!sample) throw new Error('there are no sample jobs');
  return Array.from({ length: JOBS }, (_, index) => ({
    ...sample,
    jobId: `j-checked${index}`,
    jobType: JOB_TYPE,
    jobAction: `lasting-${index}`,
    resources: JSON.stringify({ made: 1 }),
    status: 'pending',
    preStatus: '',
    version: 1,
  }));
}

async function addOther(
  { db, dialect }: OpenDatabase,
  { name, password }: Person,
  role: Role,
): Promise<void> {
  const passwordHash = await createPasswords().hash(password);
  await putUser({ db, dialect }, { userId: name, role, passwordHash });
}

async function logIn(port: number, user: Person): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await call(port, 'POST', '/v1/auth', headers, JSON.stringify(user));
  if (answer?.body.code !== 0) throw new Error(`cannot log in: ${JSON.stringify(answer?.body)}`);
  return (answer.body.data as { token: string }).token;
}

function asForm({ name, password }: Person): string {
  const PASSWORD = Buffer.from(password).toString('base64');
  return new URLSearchParams({ USER_ID: name, PASSWORD }).toString();
}
