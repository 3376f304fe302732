import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Knex } from 'knex';
import {
  INDEXES,
  mergeAlong,
  type Along,
  type Asked,
  type Merge,
  type OtherWay,
} from '../../adapters/sql/choose-way.ts';
import { foldDeltas } from '../../adapters/sql/counts/fold.ts';
import { isKept, levelOf } from '../../adapters/sql/counts/words.ts';
import { insertJobs } from '../../adapters/sql/jobs.ts';
import { wordsOf } from '../../adapters/sql/match-jobs.ts';
import {
  findCombinations,
  mergeAgain,
  mergeAnew,
  readMerged,
  type Combinations,
} from '../../adapters/sql/merge-jobs.ts';
import { readPage } from '../../adapters/sql/read-page.ts';
import { rememberCombinations } from '../../adapters/sql/remember-combinations.ts';
import { toJob, type JobRow } from '../../adapters/sql/rows.ts';
import type { Job } from '../../src/jobs/job.ts';
import type { JobFilter, JobOrder, JobPage } from '../../src/ports.ts';
import { mulberry } from '../coherence/checker/mulberry.ts';
import { filtersOf } from '../support/count-subsets.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';
import { someJob } from '../support/some-job.ts';
import { statementsOf } from '../support/statements.ts';

const JOBS = 1_500;
const START = Date.UTC(2024, 0, 1);
const WORDS = {
  owner: ['usr-0', 'usr-1', 'usr-rare'],
  jobType: ['t0', 'T0', 't1'],
  jobAction: ['a0', 'a1'],
  status: ['successful', 'successful', 'successful', 'failed', 'working', 'working '],
  preStatus: ['step1', 'pending', ''],
};
const ORDERS: readonly JobOrder[] = [
  { by: 'createTime', descending: true },
  { by: 'createTime', descending: false },
  { by: 'updateTime', descending: true },
  { by: 'updateTime', descending: false },
];
const HIDDEN = '2024-06-01 00:00:00.000';
const MOST = 100;

type Tried = OtherWay | (Along & { readonly is: 'merge' });

for (const name of DATABASES) {
  describe(`each way to a page of jobs on the ${name} database`, () => {
    let store: FreshStore;
    let db: Knex;
    before(async () => {
      store = await openFreshStore(name);
      db = store.database.db;
      await insertJobs(db, jobsOf(mulberry(1), JOBS));
      await hide(db, 100);
    });
    after(() => store[Symbol.asyncDispose]());

    /** Undefined where there are too many combinations to merge; it may not give up for any other reason. */
    const readBy = async (way: Tried, asked: Asked): Promise<readonly Job[] | undefined> => {
      const { dialect } = store.database;
      if (way.is !== 'merge') return readPage(db, dialect, asked, way);
      const found = await findCombinations(db, dialect, asked, { ...way, most: MOST });
      return found && ((await readMerged(db, dialect, asked, way, found))?.jobs ?? []);
    };

    const compare = async (seed: number): Promise<void> => {
      const random = mulberry(seed);
      const visible = ((await db('jobs').whereNull('hidden_time')) as JobRow[]).map(toJob);
      const tried = new Map<string, number>();
      for (const filter of filtersOf(WORDS, random)) {
        const order = ORDERS[Math.floor(random() * ORDERS.length)]!;
        const expected = visible.filter((job) => matches(job, filter)).toSorted(byOrder(order));
        for (const page of pagesOf(expected, order, random)) {
          for (const way of waysTo(filter, order)) {
            const jobs = await readBy(way, { filter, order, page });
            if (!jobs) continue;
            const what = JSON.stringify({ filter, order, page, way });
            assert.deepEqual(idsOf(jobs), idsOf(cut(expected, order, page)), what);
            tried.set(way.is, (tried.get(way.is) ?? 0) + 1);
          }
        }
      }
      for (const is of ['walk', 'gather', 'merge', 'any']) assert.ok((tried.get(is) ?? 0) > 50, is);
    };

    it('leads to the same jobs, whether counts are folded, or not, or in part', async () => {
      await compare(2);
      await foldDeltas(store.database);
      await compare(3);
      await insertJobs(db, jobsOf(mulberry(4), 100, { jobType: ['new', 't0'], owner: ['usr-new', 'usr-0'] }));
      await hide(db, 50);
      await compare(5);
    });

    const FILTER: JobFilter = { status: ['successful'], jobType: ['t1', 'newest'] };
    const ASKED: Asked = { filter: FILTER, order: ORDERS[0]!, page: { offset: 0, limit: 20 } };
    const along = mergeAlong(ASKED)!;
    const find = () => findCombinations(db, store.database.dialect, ASKED, { ...along, most: MOST });
    const merged = async (found: Combinations, limit = 20): Promise<string[] | undefined> => {
      const asked = { ...ASKED, page: { offset: 0, limit } };
      const list = await readMerged(db, store.database.dialect, asked, along, found);
      return list && idsOf(list.jobs);
    };

    it('does not merge a page when a job has got other words since they were looked for', async () => {
      const found = (await find())!;
      assert.equal((await merged(found))?.length, 20);
      const [last] = (await merged(found))!;
      // It matches before and after, by a combination that was not there.
      await db('jobs').where('job_id', last!).update({ job_type: 'newest' });
      assert.equal(await merged(found), undefined);
      assert.ok((await merged((await find())!))!.includes(last!));
    });

    it('does not merge a page when jobs that were to fill it are gone, but for a few', async () => {
      const found = (await find())!;
      assert.notEqual(found.end, undefined);
      const finish = async (count: number): Promise<unknown> =>
        db('jobs')
          .whereIn('job_id', (await merged(found, count))!)
          .update({ hidden_time: HIDDEN });
      await finish(10);
      assert.equal((await merged(found))?.length, 20);
      for (let time = 0; time < 10 && (await merged(found)); time++) await finish(20);
      assert.equal(await merged(found), undefined);
      assert.equal((await merged((await find())!))!.length, 20);
    });

    it('goes another way where there are too many combinations', async () => {
      const { dialect } = store.database;
      const filter: JobFilter = { status: ['failed'], jobType: ['many'] };
      const actions = Array.from({ length: 150 }, (_, index) => `action-${index}`);
      await insertJobs(
        db,
        actions.map((jobAction) => someJob({ jobType: 'many', status: 'failed', jobAction })),
      );
      const asked = { ...ASKED, filter };
      const memory = rememberCombinations();
      const way: Merge = { is: 'merge', ...along, most: MOST, otherwise: { is: 'gather' } };
      assert.equal(await mergeAnew(db, dialect, asked, way, memory), undefined);
      // And does not look for them again.
      const statements = await statementsOf(db, async () => {
        assert.equal(await mergeAgain(db, dialect, asked, memory), undefined);
      });
      assert.equal(statements.length, 0);
      assert.equal(memory.recall(asked, along.index), 'too many');
    });

    it('takes one statement when it is gone again, and leads to what is true by then', async () => {
      const { dialect } = store.database;
      const memory = rememberCombinations();
      const random = mulberry(6);
      const way: Merge = { is: 'merge', ...along, most: MOST, otherwise: { is: 'gather' } };
      const used = { first: 0, again: 0, outOfDate: 0 };
      for (let time = 0; time < 60; time++) {
        const visible = ((await db('jobs').whereNull('hidden_time')) as JobRow[]).map(toJob);
        const right = visible.filter((job) => matches(job, FILTER)).toSorted(byOrder(ORDERS[0]!));
        const known = memory.recall(ASKED, along.index) !== undefined;
        const again = await mergeAgain(db, dialect, ASKED, memory);
        used[again ? 'again' : known ? 'outOfDate' : 'first']++;
        const list = again ?? (await mergeAnew(db, dialect, ASKED, way, memory));
        assert.deepEqual(idsOf(list!.jobs), idsOf(right.slice(0, 20)), String(time));
        assert.equal(list?.total, right.length);
        const row = db('jobs').where('job_id', right[Math.floor(random() * 20)]!.jobId);
        if (time % 10 === 0) await insertJobs(db, jobsOf(random, 20, { jobType: ['t1', 'newest'] }));
        else if (time % 7 === 0) await row.update({ job_type: 'newest', job_action: `a-${time}` });
        else if (time % 3 === 0) await row.update({ status: 'failed' });
        else if (time % 2 === 0) await row.update({ hidden_time: HIDDEN });
      }
      assert.equal(used.first, 1);
      assert.ok(used.outOfDate > 3 && used.again > 30, JSON.stringify(used));
    });

    it('does not use what is remembered while counts are not to be trusted', async () => {
      const { dialect } = store.database;
      const found = (await find())!;
      await db('job_count_state').update({ trusted: false });
      assert.equal(await readMerged(db, dialect, ASKED, along, found), undefined);
      await db('job_count_state').update({ trusted: true });
      assert.notEqual(await readMerged(db, dialect, ASKED, along, found), undefined);
    });
  });
}

function jobsOf(random: () => number, count: number, words: Partial<typeof WORDS> = {}): readonly Job[] {
  const pick = (of: readonly string[]): string => of[Math.floor(random() * of.length)]!;
  return Array.from({ length: count }, () => {
    const own = Object.fromEntries(
      Object.entries({ ...WORDS, ...words }).map(([field, of]) => [field, pick(of)]),
    );
    // Several jobs of one millisecond.
    const createTime = START + Math.floor(random() * JOBS * 0.7) * 60_000;
    const owner = own.owner === 'usr-rare' && random() < 0.95 ? 'usr-0' : own.owner!;
    return someJob({
      ...own,
      owner,
      createTime,
      updateTime: createTime + Math.floor(random() * 50) * 600_000,
    });
  });
}

async function hide(db: Knex, count: number): Promise<void> {
  const some = (await db('jobs')
    .whereNull('hidden_time')
    .orderBy('job_id')
    .limit(count)
    .pluck('job_id')) as string[];
  await db('jobs').whereIn('job_id', some).update({ hidden_time: HIDDEN });
}

/** All that lead to the page. */
function waysTo(filter: JobFilter, order: JobOrder): readonly Tried[] {
  const asked = wordsOf(filter);
  const single = [...asked].flatMap(([word, words]) => (words.length === 1 ? [word] : []));
  const ways: Tried[] = [{ is: 'any' }, { is: 'gather' }];
  if (order.by === 'updateTime') return [...ways, { is: 'walk', index: 'jobs_by_update_time' }];
  for (const { index, words } of INDEXES) {
    if (words.every((word) => single.includes(word))) ways.push({ is: 'walk', index });
    if (
      words.length > 0 &&
      isKept(levelOf(words)) &&
      [...asked.keys()].every((word) => words.includes(word))
    ) {
      ways.push({ is: 'merge', index, words });
    }
  }
  return ways;
}

function pagesOf(expected: readonly Job[], order: JobOrder, random: () => number): readonly JobPage[] {
  const count = expected.length;
  const any = Math.floor(random() * (count + 1));
  const cursor = expected[Math.floor(random() * count)];
  const end = Math.max(0, count - 3);
  const pages: readonly JobPage[] = [
    { offset: 0, limit: 20 },
    { offset: 0, limit: 1 },
    { offset: any, limit: 7 },
    { offset: end, limit: 20 },
    { offset: count, limit: 20 },
  ];
  if (!cursor) return pages;
  return [...pages, { offset: 0, limit: 20, after: { time: cursor[order.by], jobId: cursor.jobId } }];
}

const FIELDS = ['owner', 'jobType', 'jobAction', 'status', 'preStatus'] as const;

const matches = (job: Job, filter: JobFilter): boolean =>
  FIELDS.every((field) => filter[field]?.includes(job[field]) ?? true);

const byOrder =
  ({ by, descending }: JobOrder) =>
  (one: Job, other: Job): number => {
    const later = one[by] - other[by] || Buffer.compare(Buffer.from(one.jobId), Buffer.from(other.jobId));
    return descending ? -later : later;
  };

function cut(expected: readonly Job[], order: JobOrder, { offset, limit, after }: JobPage): readonly Job[] {
  const from = after
    ? expected.findIndex((job) => job[order.by] === after.time && job.jobId === after.jobId) + 1
    : 0;
  return expected.slice(from + offset, from + offset + limit);
}

const idsOf = (jobs: readonly Job[]): string[] => jobs.map((job) => job.jobId);
