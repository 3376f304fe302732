import { actionCredentials, ACTION_PATH, type ActionWay } from '../action-credentials.ts';
import { measure, warmUp, type Measured, type Side } from '../measure.ts';
import type { Effort, Row } from '../row.ts';
import type { Stage } from '../stage.ts';
import { ask, askOnce, type Asked } from '../wrk.ts';

/** How long wrk asks in a round, in seconds. */
const SECONDS = 0.25;
/** Rounds that warm up what is measured of ours. */
const WARM_UP = 12;
/** Values die after T and are filled again; more misses than these, and it is not the cache that is measured. */
const HITS_AT_LEAST = 0.95;
/** As many requests as no round gets through: none is sent twice. */
const SIGNED = 10_000;

const JOB_TYPE = 'bench';
const TEN = 10;

type IsRight = (body: Record<string, unknown>) => boolean;

/** @param asked made anew for each round, as its credentials may have to be */
async function side(
  name: string,
  { base, pids }: { readonly base: string; readonly pids: readonly number[] },
  asked: () => readonly Asked[],
  isRight: IsRight,
): Promise<Side> {
  const [first] = asked();
  const length = await askOnce(base, first!, isRight);
  return { name, pids, run: (_, begun) => ask(base, asked(), { seconds: SECONDS, length, begun }) };
}

interface Servers {
  readonly base: string;
  readonly pids: readonly number[];
}

const ourServers = ({ gateway, redis, database }: Stage): Servers => ({
  base: gateway.base,
  pids: [gateway.pid, redis.pid, database.pid],
});

const get = (path: string, token?: string): Asked => ({
  method: 'GET',
  path,
  ...(token !== undefined && { headers: { authorization: token } }),
});

async function addJobs({ call }: Stage, count: number): Promise<string[]> {
  const resources = { volumes: ['vol-1', 'vol-2'], size: 100, zone: 'pek3a', description: 'x'.repeat(200) };
  const directive = { action: 'Read', count: 1 };
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const job = { jobType: JOB_TYPE, jobAction: 'Read', resources, directive };
    ids.push(((await call('POST', '/v1/jobs', job)) as { jobId: string }).jobId);
  }
  return ids;
}

const isJob =
  (jobId: string): IsRight =>
  ({ code, data }) =>
    code === 0 && (data as { jobId: string }).jobId === jobId;

const lists =
  (total: number): IsRight =>
  ({ code, data }) =>
    code === 0 && (data as { total: number }).total === total;

/** Reads through the cache, and makes sure that they were. */
async function cached<Result>(stage: Stage, work: () => Promise<Result>): Promise<Result> {
  await stage.hits();
  const result = await work();
  const hits = await stage.hits();
  if (hits < HITS_AT_LEAST) throw new Error(`the cache answered only ${(100 * hits).toFixed(1)} %`);
  return result;
}

interface OneJob {
  readonly ours: Side;
  readonly jobId: string;
}

const oneJobs = new WeakMap<Stage, Promise<OneJob>>();

/** The same job, and the same call, for all rows about one. */
function oneJob(stage: Stage): Promise<OneJob> {
  const made = oneJobs.get(stage) ?? makeOneJob(stage);
  oneJobs.set(stage, made);
  return made;
}

async function makeOneJob(stage: Stage): Promise<OneJob> {
  const [jobId = ''] = await addJobs(stage, 1);
  const path = `/v1/jobs/${jobId}`;
  const ours = await side('jobgate', ourServers(stage), () => [get(path, stage.token)], isJob(jobId));
  await warmUp(ours, WARM_UP);
  return { ours, jobId };
}

const compare = async (
  stage: Stage,
  ours: Side,
  reference: Side,
  { rounds }: Effort,
  quantity: 'cpu' | 'rate' = 'cpu',
): Promise<(Measured & { way: string })[]> => [
  { way: '', ...(await cached(stage, () => measure(ours, reference, { rounds, times: 1, quantity }))) },
];

const answers: IsRight = ({ code }) => code === 0;

const s1: Row = {
  what: 'one job by id, cached: against the constant answer of bare koa',
  unit: 'call',
  must: 0.8,
  aim: 1.1,
  quantity: 'rate',
  async measure(stage, effort) {
    const { ours } = await oneJob(stage);
    const { base, pid } = await stage.startReference('koa-constant');
    const koa = await side('koa', { base, pids: [pid] }, () => [get('/')], answers);
    return compare(stage, ours, koa, effort, 'rate');
  },
};

const s2: Row = {
  what: 'one job by id, cached: against node:http and one GET of Redis',
  unit: 'call',
  must: 1.7,
  aim: 1.2,
  async measure(stage, effort) {
    const { ours } = await oneJob(stage);
    const { base, pid } = await stage.startReference('node-redis');
    const plain = await side(
      'node:http',
      { base, pids: [pid, stage.redis.pid] },
      () => [get('/one')],
      answers,
    );
    return compare(stage, ours, plain, effort);
  },
};

const s3: Row = {
  what: 'one job by id, cached: against koa, knex and a naive cache beside',
  unit: 'call',
  must: 0.65,
  aim: 0.4,
  async measure(stage, effort) {
    const { ours, jobId } = await oneJob(stage);
    const { base, pid } = await stage.startReference('koa-cache-aside', { sameTables: true });
    const pids = [pid, stage.redis.pid, stage.database.pid];
    const asked = (): Asked[] => [get(`/v1/jobs/${jobId}`, stage.token)];
    return compare(stage, ours, await side('cache-aside', { base, pids }, asked, answers), effort);
  },
};

const s4: Row = {
  what: 'one job by id, cached: against fastify and mysql2 without a cache',
  unit: 'call',
  must: 0.3,
  aim: 0.18,
  async measure(stage, effort) {
    const { ours, jobId } = await oneJob(stage);
    return compare(stage, ours, await withoutCache(stage, `/v1/jobs/${jobId}`, isJob(jobId)), effort);
  },
};

const s5: Row = {
  what: 'ten jobs by id in one call, cached: against node:http and one MGET',
  unit: 'call',
  must: 1.7,
  aim: 1.3,
  async measure(stage, effort) {
    const ids = await addJobs(stage, TEN);
    const path = `/v1/jobs?job_ids=${ids.join(',')}`;
    const ours = await side('jobgate', ourServers(stage), () => [get(path, stage.token)], lists(TEN));
    const { base, pid } = await stage.startReference('node-redis');
    const pids = [pid, stage.redis.pid];
    return compare(
      stage,
      ours,
      await side('node:http', { base, pids }, () => [get('/ten')], Array.isArray),
      effort,
    );
  },
};

const s6: Row = {
  what: 'one job by id, cached: action API against the same operation over REST',
  unit: 'call',
  must: 1.25,
  aim: 1.1,
  async measure(stage, { rounds }) {
    const [jobId = ''] = await addJobs(stage, 1);
    const asked = [get(`/v1/jobs?job_ids=${jobId}`, stage.token)];
    const rest = await side('REST', ourServers(stage), () => asked, lists(1));
    const hasIt: IsRight = ({ job_set: jobs }) =>
      (jobs as { job_id: string }[] | undefined)?.[0]?.job_id === jobId;
    const measured = [];
    for (const by of Object.keys(actionCredentials) as ActionWay[]) {
      const action = await side(`action, ${by}`, ourServers(stage), () => callsBy(by, stage, jobId), hasIt);
      await warmUp(action, WARM_UP);
      // The two differ by less than the others: it takes more rounds to tell by how much.
      const more = 3 * rounds;
      const result = await cached(stage, () => measure(action, rest, { rounds: more, times: 1 }));
      measured.push({ way: by, ...result });
    }
    return measured;
  },
};

/** A form with USER_ID and PASSWORD, as the API's own sample sends it; signed calls are GETs, as those of its clients. */
function callsBy(by: ActionWay, { caller }: Stage, jobId: string): Asked[] {
  const call = (parameters: Readonly<Record<string, string>>): string =>
    new URLSearchParams(actionCredentials[by]({ action: 'DescribeJobs', ...parameters }, caller)).toString();
  if (by === 'USER_ID and PASSWORD') {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return [{ method: 'POST', path: ACTION_PATH, headers, body: call({ job_ids: jobId }) }];
  }
  return Array.from({ length: SIGNED }, () => get(`${ACTION_PATH}?${call({ 'jobs.1': jobId })}`));
}

const s7: Row = {
  what: 'the latest job of a type, cached: against fastify and mysql2 without a cache',
  unit: 'call',
  must: 1,
  aim: 0.4,
  async measure(stage, effort) {
    const [jobId = ''] = await addJobs(stage, 1);
    const path = `/v1/jobs/latest?job_type=${JOB_TYPE}`;
    const ours = await side('jobgate', ourServers(stage), () => [get(path, stage.token)], isJob(jobId));
    return compare(stage, ours, await withoutCache(stage, path, isJob(jobId)), effort);
  },
};

const s8: Row = {
  what: 'CPU of Redis for one cached read: against plain GETs',
  unit: 'call',
  must: 0.3,
  aim: 0.2,
  async measure(stage, effort) {
    const { ours } = await oneJob(stage);
    const { base } = await stage.startReference('node-redis');
    const pids = [stage.redis.pid];
    const plain = await side('GET', { base, pids }, () => [get('/one')], answers);
    return compare(stage, { ...ours, pids }, plain, effort);
  },
};

async function withoutCache(stage: Stage, path: string, isRight: IsRight): Promise<Side> {
  const { base, pid } = await stage.startReference('fastify-mysql', { sameTables: true });
  return side('fastify', { base, pids: [pid, stage.database.pid] }, () => [get(path, stage.token)], isRight);
}

/** Every read whose speed is promised. */
export const reads: Readonly<Record<string, Row>> = {
  S1: s1,
  S2: s2,
  S3: s3,
  S4: s4,
  S5: s5,
  S6: s6,
  S7: s7,
  S8: s8,
};
