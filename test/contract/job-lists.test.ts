import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Knex } from 'knex';
import { foldDeltas } from '../../adapters/sql/counts/fold.ts';
import { createJobStore, insertJobs } from '../../adapters/sql/jobs.ts';
import { inOrder, matchJobs } from '../../adapters/sql/match-jobs.ts';
import type { JobFilter, JobOrder, JobStore } from '../../src/ports.ts';
import { mulberry } from '../coherence/checker/mulberry.ts';
import { filtersOf } from '../support/count-subsets.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';
import { someJob } from '../support/some-job.ts';
import { statementsOf } from '../support/statements.ts';

const JOBS = 3_000;
const START = Date.UTC(2024, 0, 1);
const WORDS = {
  owner: ['usr-0', 'usr-1', 'usr-2', 'usr-3', 'usr-rare'],
  jobType: ['t0', 't1', 't2'],
  jobAction: ['a0', 'a1', 'a2', 'a3'],
  status: ['successful', 'successful', 'successful', 'successful', 'failed', 'working'],
  preStatus: ['step1', 'step2', 'pending', ''],
};
const ORDERS: readonly JobOrder[] = [
  { by: 'createTime', descending: true },
  { by: 'createTime', descending: false },
  { by: 'updateTime', descending: true },
];

for (const name of DATABASES) {
  describe(`lists of jobs on the ${name} database`, () => {
    let store: FreshStore;
    let db: Knex;
    let jobs: JobStore;
    before(async () => {
      store = await openFreshStore(name);
      db = store.database.db;
      jobs = createJobStore(db, store.database.dialect);
      const random = mulberry(1);
      const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)]!;
      const made = Array.from({ length: JOBS }, () => {
        const words = Object.fromEntries(Object.entries(WORDS).map(([field, of]) => [field, pick(of)]));
        // Several jobs of one millisecond.
        const createTime = START + Math.floor(random() * JOBS) * 60_000;
        const owner = random() < 0.002 ? 'usr-rare' : words.owner === 'usr-rare' ? 'usr-0' : words.owner;
        return someJob({
          ...words,
          owner: owner!,
          createTime,
          updateTime: createTime + Math.floor(random() * 1e8),
        });
      });
      await insertJobs(db, made);
      await db('jobs')
        .whereIn(
          'job_id',
          made.slice(0, 200).map((job) => job.jobId),
        )
        .update({ hidden_time: '2024-06-01 00:00:00.000' });
    });
    after(() => store[Symbol.asyncDispose]());

    const right = async (filter: JobFilter, order: JobOrder): Promise<string[]> =>
      (await inOrder(matchJobs(db('jobs'), filter), order, '').pluck('job_id')) as string[];

    const compare = async (seed: number): Promise<void> => {
      const random = mulberry(seed);
      for (const filter of filtersOf(WORDS, random)) {
        for (const order of ORDERS) {
          const expected = await right(filter, order);
          const offset = random() < 0.5 ? 0 : Math.floor(random() * (expected.length + 2));
          const { jobs: found, total } = await jobs.list(filter, order, { offset, limit: 20 });
          const what = JSON.stringify({ filter, order, offset });
          assert.equal(total, expected.length, what);
          assert.deepEqual(
            found.map((job) => job.jobId),
            expected.slice(offset, offset + 20),
            what,
          );
          const last = found.at(-1);
          if (!last) continue;
          const after = { time: last[order.by], jobId: last.jobId };
          const next = await jobs.list(filter, order, { offset: 0, limit: 20, after });
          const place = expected.indexOf(last.jobId) + 1;
          assert.deepEqual(
            next.jobs.map((job) => job.jobId),
            expected.slice(place, place + 20),
            what,
          );
        }
      }
    };

    it('show the right page whatever is asked for, with counts that are folded, or not, or in part', async () => {
      await compare(2);
      await foldDeltas(store.database);
      await compare(3);
      await insertJobs(db, [
        someJob({ owner: 'usr-rare', jobType: 'new', jobAction: 'a0', status: 'failed', preStatus: 'step1' }),
        someJob({ owner: 'usr-0', jobType: 'new', jobAction: 'new', status: 'new', preStatus: '' }),
      ]);
      await compare(4);
      await db('job_count_state').update({ trusted: false });
      await compare(5);
      await db('job_count_state').update({ trusted: true });
    });

    it('show pages from anywhere in the middle to the end, by number', async () => {
      const order = ORDERS[0]!;
      for (const filter of [{}, { status: ['successful'] }, { jobType: ['t0', 't1', 't2'] }]) {
        const expected = await right(filter, order);
        for (const offset of [999, 1_000, 1_001, Math.floor(expected.length / 2), expected.length - 3]) {
          const { jobs: found, total } = await jobs.list(filter, order, { offset, limit: 20 });
          assert.equal(total, expected.length);
          assert.deepEqual(
            found.map((job) => job.jobId),
            expected.slice(offset, offset + 20),
            String(offset),
          );
        }
        const beyond = { offset: expected.length, limit: 20 };
        assert.deepEqual(await jobs.list(filter, order, beyond), { jobs: [], total: expected.length });
      }
    });

    it('are empty, and say so, before all times', async () => {
      const list = await jobs.list({ createdBefore: 0 }, ORDERS[0]!, { offset: 0, limit: 20 });
      assert.deepEqual(list, { jobs: [], total: 0 });
    });

    it('do not look for what the counts know is not there', async () => {
      const filter = { owner: ['usr-rare'], status: ['none'] };
      const asked = await statementsOf(db, () => jobs.list(filter, ORDERS[0]!, { offset: 0, limit: 20 }));
      assert.equal(asked.length, 1);
      assert.doesNotMatch(asked[0]!.sql, /from `jobs`/);
    });

    it('gather what is rare by the combinations that there are, and walk along an index to what is not', async () => {
      await foldDeltas(store.database);
      await db('job_count_deltas').delete();
      const by = async (filter: JobFilter): Promise<string> => {
        const page = { offset: 0, limit: 20 };
        const asked = await statementsOf(db, () => jobs.list(filter, ORDERS[0]!, page));
        return asked.map(({ sql }) => sql).join('\n');
      };
      assert.match(
        await by({ jobType: ['t1'], status: ['failed'], preStatus: ['step1'] }),
        /_join jobs as t force index \(jobs_by_words\)|join jobs as t indexed by jobs_by_words\b/,
      );
      assert.match(await by({ owner: ['usr-rare'], status: ['failed'] }), /jobs_by_owner\b/);
      assert.match(await by({ owner: ['usr-1'], status: ['successful'] }), /jobs_by_owner\b/);
      assert.match(await by({ jobType: ['t0'], status: ['successful', 'working'] }), /jobs_by_type/);
      assert.match(await by({ owner: ['usr-1'], jobType: ['t1'] }), /jobs_by_owner_and_type/);
      assert.match(await by({}), /jobs_by_time/);
    });
  });
}
