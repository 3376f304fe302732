import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Knex } from 'knex';
import { addRecords, readRecords, type RecordFilter } from '../../adapters/sql/job-records.ts';
import { createLedger } from '../../adapters/sql/ledger.ts';
import type { JobRecord } from '../../src/jobs/job-record.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';
import { finishedRecord } from '../support/some-record.ts';
import { statementsOf, usesIndex } from '../support/statements.ts';

const idsOf = (records: readonly JobRecord[]): string[] => records.map(({ job }) => job.jobId);

for (const name of DATABASES) {
  describe(`records of jobs on the ${name} database`, () => {
    let store: FreshStore;
    let db: Knex;
    before(async () => {
      store = await openFreshStore(name);
      db = store.database.db;
    });
    after(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      for (const table of ['jobs', 'job_events', 'deleted_jobs']) await db(table).delete();
    });

    async function pagesOf(filter: RecordFilter = { withHidden: true }): Promise<(readonly JobRecord[])[]> {
      const pages: (readonly JobRecord[])[] = [];
      for await (const page of readRecords(db, filter)) pages.push(page);
      return pages;
    }
    const all = async (filter?: RecordFilter): Promise<JobRecord[]> => (await pagesOf(filter)).flat();

    it('are read as they were put in, in the order of the ids', async () => {
      const records = [
        finishedRecord({ jobId: 'j-bbbbbbbb', directive: '{ "10" : [1.50], "2":"🙂\\n" }' }),
        finishedRecord({ jobId: 'j-aaaaaaaa', hiddenTime: Date.UTC(2025, 0, 1) + 7 }),
        finishedRecord({ jobId: 'j-Zzzzzzzz', changes: 40 }),
        { ...finishedRecord({ jobId: 'j-0000000a' }), timeline: [] },
      ];
      const { added, present, deleted } = await addRecords(db, records);
      assert.deepEqual([added.size, present.size, deleted.size], [4, 0, 0]);
      const [b, a, z, none] = records;
      assert.deepEqual(await all(), [none, z, a, b]);
    });

    it('are left alone where a job of the id stands already', async () => {
      const standing = finishedRecord();
      const hidden = finishedRecord({ hiddenTime: Date.UTC(2025, 0, 1) });
      await addRecords(db, [standing, hidden]);
      const fresh = finishedRecord();
      const { added, present } = await addRecords(db, [
        { ...standing, job: { ...standing.job, version: 99 } },
        { ...hidden, hiddenTime: undefined },
        fresh,
      ]);
      assert.deepEqual([...added], [fresh.job.jobId]);
      assert.deepEqual([...present.values()], [standing, hidden]);
      assert.deepEqual(await all(), [standing, hidden, fresh]);
    });

    it('come back only above the version at which they were deleted', async () => {
      const record = finishedRecord({ changes: 5 });
      const { jobId } = record.job;
      for (const [last, comes] of [
        [6, false],
        [5, false],
        [4, true],
      ] as const) {
        await db('deleted_jobs').delete();
        await db('deleted_jobs').insert({ job_id: jobId, version: last });
        const { added, deleted } = await addRecords(db, [record]);
        assert.equal(added.has(jobId), comes);
        assert.equal(deleted.get(jobId), comes ? undefined : last);
        assert.equal((await all()).length, comes ? 1 : 0);
      }
    });

    it('take the place of timelines that have no job', async () => {
      const record = finishedRecord();
      await addRecords(db, [record]);
      await db('jobs').delete();
      const other = finishedRecord({ jobId: record.job.jobId, changes: 2 });
      await addRecords(db, [other]);
      assert.deepEqual(await all(), [other]);
    });

    it('are put in together, or none of them', async () => {
      const records = [finishedRecord(), finishedRecord(), finishedRecord({ owner: 'x'.repeat(10) })];
      const broken = { ...finishedRecord(), timeline: [{ ...records[0]?.timeline[0], note: null }] };
      await assert.rejects(addRecords(db, [...records, broken as unknown as JobRecord]));
      assert.deepEqual(await all(), []);
      assert.equal((await db('job_events').pluck('version')).length, 0);
    });

    it('are read by owner, type, time of creation, and with hidden ones where they are asked for', async () => {
      const day = (number: number): number => Date.UTC(2024, 0, number);
      const records = [
        finishedRecord({ owner: 'usr-a', createTime: day(1) }),
        finishedRecord({ owner: 'usr-b', createTime: day(2), jobType: 'other' }),
        finishedRecord({ owner: 'usr-a', createTime: day(3), hiddenTime: day(40) }),
        finishedRecord({ owner: 'usr-a ', createTime: day(4), jobType: 'other' }),
      ];
      await addRecords(db, records);
      const [one, two, three, four] = idsOf(records);
      for (const [filter, expected] of [
        [{}, [one, two, four]],
        [{ withHidden: true }, [one, two, three, four]],
        [{ owner: 'usr-a' }, [one]],
        [{ owner: 'usr-a', withHidden: true }, [one, three]],
        [{ jobType: 'other' }, [two, four]],
        [{ createdAfter: day(1) }, [two, four]],
        [{ createdBefore: day(2) }, [one]],
        [{ createdAfter: day(1), createdBefore: day(4), jobType: 'other' }, [two]],
        [{ owner: 'nobody' }, []],
      ] as const) {
        assert.deepEqual(idsOf(await all(filter)), expected, JSON.stringify(filter));
      }
    });

    it('come in pages of 500 at most, none twice and none left out', async () => {
      const records = Array.from({ length: 1_203 }, (_, index) =>
        finishedRecord({ owner: index % 2 ? 'usr-odd' : 'usr-even' }),
      );
      for (let from = 0; from < records.length; from += 300) {
        await addRecords(db, records.slice(from, from + 300));
      }
      const pages = await pagesOf();
      assert.deepEqual(
        pages.map((page) => page.length),
        [500, 500, 203],
      );
      assert.deepEqual(idsOf(pages.flat()), idsOf(records));
      const odd = records.filter(({ job }) => job.owner === 'usr-odd');
      assert.deepEqual(idsOf(await all({ owner: 'usr-odd' })), idsOf(odd));
    });

    it('come in smaller pages where they are large', async () => {
      const resources = JSON.stringify({ text: 'x'.repeat(1024 * 1024) });
      const records = Array.from({ length: 9 }, () => finishedRecord({ resources }));
      records.push(finishedRecord({ resources: JSON.stringify({ text: 'x'.repeat(6 * 1024 * 1024) }) }));
      records.push(finishedRecord());
      for (const record of records) await addRecords(db, [record]);
      const pages = await pagesOf();
      assert.deepEqual(
        pages.map((page) => page.length),
        [3, 3, 3, 1, 1],
      );
      assert.deepEqual(idsOf(pages.flat()), idsOf(records));
    });

    it('are read each with the timeline that fits it, whatever changes meanwhile', async () => {
      const { job } = finishedRecord({ changes: 3 });
      await addRecords(db, [finishedRecord({ ...job, changes: 3 })]);
      const writer = store.openAgain();
      const ledger = createLedger(writer.db, writer.dialect);
      let version = job.version;
      const ended = new AbortController();
      const writing = (async () => {
        while (!ended.signal.aborted) {
          const tx = await ledger.begin([{ kind: 'job', id: job.jobId }]);
          try {
            const next = { ...job, version: ++version, updateTime: job.updateTime + version };
            await tx.updateJob({ job: next, userId: 'usr-worker', note: '' });
            await tx.commit();
          } finally {
            await tx.rollback();
          }
        }
      })();
      try {
        const versions = new Set<number>();
        const until = performance.now() + 20_000;
        while (versions.size < 15 && performance.now() < until) {
          const [record] = await all();
          assert.equal(record?.timeline.at(-1)?.version, record?.job.version);
          assert.equal(record?.timeline.length, record?.job.version);
          versions.add(record?.job.version ?? 0);
        }
        assert.ok(versions.size >= 15, 'it was read in many states');
      } finally {
        ended.abort();
        await writing;
      }
    });

    if (name === 'embedded') return;

    it('are put in once by several that bring the same at once', async () => {
      const records = Array.from({ length: 60 }, () => finishedRecord());
      const others = Array.from({ length: 3 }, () => store.openAgain().db);
      const outcomes = await Promise.all([db, ...others].map((each) => addRecords(each, records)));
      assert.equal(
        outcomes.reduce((sum, { added }) => sum + added.size, 0),
        60,
      );
      for (const { added, present } of outcomes) assert.equal(added.size + present.size, 60);
      assert.deepEqual(await all(), records);
    });

    it('are found by index alone, whatever is asked for', async () => {
      for (let from = 0; from < 4; from++) {
        await addRecords(
          db,
          Array.from({ length: 500 }, () => finishedRecord()),
        );
      }
      for (let from = 0; from < 2_000; from += 500) {
        const rows = Array.from({ length: 500 }, (_, index) => ({
          job_id: `j-gone${from + index}`,
          version: 1,
        }));
        await db('deleted_jobs').insert(rows);
      }
      await db.raw('analyze table jobs, job_events, deleted_jobs');
      const statements = await statementsOf(db, () => all({ owner: 'nobody' }));
      assert.ok(statements.every(({ sql }) => !sql.includes('job_events')));
      await usesIndex(db, () => all({ owner: 'usr-00000001' }), ['jobs', 'job_events']);
      const again = Array.from({ length: 20 }, () => finishedRecord());
      await usesIndex(db, () => addRecords(db, again), ['jobs', 'job_events', 'deleted_jobs']);
    });
  });
}
