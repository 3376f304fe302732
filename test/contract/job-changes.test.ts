import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createJobStore } from '../../adapters/sql/jobs.ts';
import { createLedger } from '../../adapters/sql/ledger.ts';
import { fromJobEvent } from '../../adapters/sql/rows.ts';
import type { Ledger, LedgerTx } from '../../src/coherence/ports.ts';
import { KeyTaken } from '../../src/jobs/answer-once.ts';
import type { Job } from '../../src/jobs/job.ts';
import type { JobChange, JobStore, RowKey } from '../../src/ports.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';
import { someJob } from '../support/some-job.ts';
import { finishedRecord } from '../support/some-record.ts';

const NOW = Date.UTC(2024, 5, 1, 12, 0, 0, 123);
const DAY_BEFORE = NOW - 24 * 60 * 60_000;
/** As somebody leaves it. */
const by = (job: Job): JobChange => ({ job, userId: 'usr-a', note: '' });

const ORDER = { by: 'createTime', descending: true } as const;

for (const name of DATABASES) {
  describe(`changes of jobs on the ${name} database`, () => {
    let store: FreshStore;
    let ledger: Ledger;
    let jobs: JobStore;
    before(async () => {
      store = await openFreshStore(name);
      ledger = createLedger(store.database.db, store.database.dialect);
      jobs = createJobStore(store.database.db, store.database.dialect);
    });
    after(() => store[Symbol.asyncDispose]());

    /** Does it in a transaction and commits; nothing of it stays where it fails. */
    async function inTx<Result>(
      work: (tx: LedgerTx) => Promise<Result>,
      keys: readonly RowKey[] = [],
    ): Promise<Result> {
      const tx = await ledger.begin(keys);
      try {
        const result = await work(tx);
        await tx.commit();
        return result;
      } finally {
        await tx.rollback();
      }
    }
    async function inserted(differs: Partial<Job> = {}): Promise<Job> {
      const job = someJob(differs);
      await inTx((tx) => tx.insertJob(by(job)));
      return job;
    }
    const read = async (jobId: string): Promise<Job | undefined> =>
      (await jobs.read([jobId])).rows.get(jobId);

    it('insert a job with all that belongs to it', async () => {
      const job = someJob({
        jobType: '类型 🙂',
        jobAction: '🙂'.repeat(64),
        owner: 'o'.repeat(64),
        status: 's'.repeat(32),
        preStatus: '',
        resources: '{"10":1,\n "a":"\\u0041 ä 🙂"}',
        directive: `{"long":"${'中🙂'.repeat(50_000)}"}`,
        createTime: NOW,
        updateTime: NOW + 1,
        version: 4_000_000_000,
      });
      await inTx(async (tx) => {
        assert.equal(await tx.job(job.jobId), undefined);
        await tx.insertJob(by(job));
        assert.deepEqual(await tx.job(job.jobId), job);
      });
      assert.deepEqual(await read(job.jobId), job);
    });

    it('insert no job under the id of another, hidden ones counted', async () => {
      const job = await inserted();
      await assert.rejects(inTx((tx) => tx.insertJob(by({ ...job, status: 'other' }))));
      await inTx((tx) => tx.hideJob(by({ ...job, version: job.version + 1 })));
      await assert.rejects(inTx((tx) => tx.insertJob(by(job))));
    });

    it('store a job’s next version whole, absent data too', async () => {
      const job = await inserted({ directive: '{"a":1}' });
      const next: Job = {
        ...job,
        jobType: 'next',
        jobAction: 'Next',
        status: 'failed',
        preStatus: job.status,
        resources: '{"next":1}',
        directive: undefined,
        updateTime: NOW,
        version: 2,
      };
      await inTx(async (tx) => {
        await tx.updateJob(by(next));
        assert.deepEqual(await tx.job(job.jobId), next);
      });
      assert.deepEqual(await read(job.jobId), next);
    });

    it('store no version but the next', async () => {
      const job = await inserted({ version: 5 });
      for (const version of [4, 5, 7])
        await assert.rejects(inTx((tx) => tx.updateJob(by({ ...job, status: 'other', version }))));
      await assert.rejects(inTx((tx) => tx.updateJob(by(someJob({ version: 2 })))));
      assert.deepEqual(await read(job.jobId), job);
    });

    it('touch no job whose id differs in case alone', async () => {
      const lower = await inserted({ jobId: `j-case${name.slice(0, 4)}a` });
      const upper = await inserted({ jobId: `j-case${name.slice(0, 4)}A` });
      await inTx((tx) => tx.updateJob(by({ ...lower, status: 'moved', version: 2 })));
      await inTx((tx) => tx.hideJob(by({ ...lower, version: 3 })));
      assert.deepEqual(await read(upper.jobId), upper);
    });

    describe('make untrue which job is the newest', () => {
      const scopesOf = (owner: string, ...jobTypes: string[]): string[] =>
        [
          ' ',
          `${owner} `,
          ...jobTypes.flatMap((jobType) => [` ${jobType}`, `${owner} ${jobType}`]),
        ].toSorted();
      /** The names of the scopes that the work makes untrue, of the job as it was locked. */
      const unsettledBy = (job: Job, work: (tx: LedgerTx) => Promise<unknown>): Promise<string[]> =>
        inTx(
          async (tx) => {
            assert.deepEqual(tx.unsettled(), []);
            await work(tx);
            const keys = tx.unsettled();
            assert.deepEqual(
              new Set(keys.map(({ kind }) => kind)),
              new Set(keys.length > 0 ? ['newest'] : []),
            );
            return keys.map(({ id }) => id).toSorted();
          },
          [{ kind: 'job', id: job.jobId }],
        );

      it('by creating a job: of its type and of any, of its owner and of all', async () => {
        const job = someJob({ owner: 'usr-x', jobType: 'a b' });
        assert.deepEqual(await unsettledBy(job, (tx) => tx.insertJob(by(job))), scopesOf('usr-x', 'a b'));
      });

      it('by hiding one', async () => {
        const job = await inserted({ owner: 'usr-x', jobType: 'a' });
        const hide = (tx: LedgerTx) => tx.hideJob(by({ ...job, version: 2 }));
        assert.deepEqual(await unsettledBy(job, hide), scopesOf('usr-x', 'a'));
      });

      it('by giving one another type: of the old and of the new', async () => {
        const job = await inserted({ owner: 'usr-x', jobType: 'a' });
        const become = (tx: LedgerTx) => tx.updateJob(by({ ...job, jobType: 'b', version: 2 }));
        assert.deepEqual(await unsettledBy(job, become), scopesOf('usr-x', 'a', 'b'));
      });

      it('by no other change of one', async () => {
        const job = await inserted();
        const next = { ...job, status: 'moved', jobAction: 'other', resources: '{"x":1}', version: 2 };
        assert.deepEqual(await unsettledBy(job, (tx) => tx.updateJob(by(next))), []);
      });

      it('by bringing jobs that readers see, each scope once', async () => {
        const seen = [1, 2].map(() => finishedRecord({ owner: 'usr-x', jobType: 'a' }));
        const hidden = finishedRecord({ owner: 'usr-y', hiddenTime: NOW });
        const bring = (tx: LedgerTx) => tx.insertRecords([...seen, hidden]);
        assert.deepEqual(await unsettledBy(someJob(), bring), scopesOf('usr-x', 'a'));
      });
    });

    it('keep a hidden job’s row, and keep it from every reader', async () => {
      const job = await inserted({ jobType: 'hide me' });
      await inTx(async (tx) => {
        await tx.hideJob(by({ ...job, version: 2 }));
        assert.equal(await tx.job(job.jobId), undefined);
      });
      const filter = { jobType: ['hide me'] };
      assert.equal(await read(job.jobId), undefined);
      const none = { jobs: [], total: 0 };
      assert.deepEqual(await jobs.list(filter, ORDER, { offset: 0, limit: 10 }), none);
      assert.deepEqual(await jobs.list({ jobIds: [job.jobId] }, ORDER, { offset: 0, limit: 10 }), none);
      assert.equal((await jobs.newest({ jobType: 'hide me' })).job, undefined);
      const rows = (await store.database.db('jobs').where('job_id', job.jobId)) as unknown[];
      assert.equal(rows.length, 1);
    });

    it('tell the events of a job in the order of its versions, whatever the order they came in', async () => {
      const job = await inserted();
      const event = (version: number) => ({
        status: `step ${version}`,
        preStatus: '',
        time: NOW + version,
        userId: 'usr-someone',
        note: '🙂'.repeat(1024),
        version,
      });
      const keep = (jobId: string, version: number) =>
        store.database.db('job_events').insert(fromJobEvent(jobId, event(version)));
      for (const version of [3, 10, 2]) await keep(job.jobId, version);
      await keep(someJob().jobId, 4);
      const [first, ...later] = await jobs.timeline(job.jobId);
      assert.equal(first?.version, job.version);
      assert.deepEqual(later, [2, 3, 10].map(event));
      await assert.rejects(inTx((tx) => tx.updateJob(by({ ...job, status: 'again', version: 2 }))));
      assert.deepEqual(await read(job.jobId), job);
      assert.deepEqual(await jobs.timeline('j-00000none'), []);
    });

    const stored = (key: string, more: object = {}) => ({
      userId: 'usr-a',
      key,
      digest: 'd'.repeat(64),
      answer: '[{"a":"🙂"}]',
      time: NOW,
      ...more,
    });

    it('recall the answer of a key, of its user alone, byte by byte', async () => {
      await inTx((tx) => tx.remember(stored('Key-1'), DAY_BEFORE));
      await inTx((tx) => tx.remember(stored('Key-1', { userId: 'usr-b', answer: '[]' }), DAY_BEFORE));
      await inTx(async (tx) => {
        assert.deepEqual(await tx.recall('usr-a', 'Key-1', DAY_BEFORE), stored('Key-1'));
        assert.equal((await tx.recall('usr-b', 'Key-1', DAY_BEFORE))?.answer, '[]');
        for (const [userId, key] of [
          ['usr-a', 'key-1'],
          ['usr-a', 'Key-1 '],
          ['usr-A', 'Key-1'],
          ['usr-c', 'Key-1'],
        ] as const) {
          assert.equal(await tx.recall(userId, key, DAY_BEFORE), undefined);
        }
      });
    });

    it('recall an answer until it is too old', async () => {
      await inTx((tx) => tx.remember(stored('aged'), DAY_BEFORE));
      await inTx(async (tx) => {
        assert.ok(await tx.recall('usr-a', 'aged', NOW));
        assert.equal(await tx.recall('usr-a', 'aged', NOW + 1), undefined);
      });
    });

    it('take a key anew whose answer is too old, and tell one that is taken', async () => {
      await inTx((tx) => tx.remember(stored('anew', { time: DAY_BEFORE - 1, answer: 'old' }), 0));
      await inTx((tx) => tx.remember(stored('anew', { answer: 'new' }), DAY_BEFORE));
      await inTx(async (tx) => {
        assert.equal((await tx.recall('usr-a', 'anew', DAY_BEFORE))?.answer, 'new');
      });
      const again = inTx((tx) => tx.remember(stored('anew'), DAY_BEFORE));
      await assert.rejects(again, (thrown) => thrown instanceof KeyTaken);
    });

    it('create no job whose id was that of a deleted one', async () => {
      const job = someJob();
      await store.database.db('deleted_jobs').insert({ job_id: job.jobId, version: 7 });
      await assert.rejects(
        inTx((tx) => tx.insertJob(by(job))),
        { message: `job ${job.jobId} was deleted: its id cannot be used again` },
      );
      assert.equal(await read(job.jobId), undefined);
    });

    it('leave nothing behind when they are rolled back', async () => {
      const present = await inserted();
      const fresh = someJob();
      const failing = inTx(async (tx) => {
        await tx.insertJob(by(fresh));
        await tx.updateJob(by({ ...present, status: 'other', version: 2 }));
        await tx.hideJob(by({ ...present, status: 'other', version: 3 }));
        await tx.remember(stored('undone'), DAY_BEFORE);
        throw new Error('half-way');
      });
      await assert.rejects(failing, { message: 'half-way' });
      assert.equal(await read(fresh.jobId), undefined);
      assert.deepEqual(await read(present.jobId), present);
      assert.equal((await jobs.timeline(present.jobId)).length, 1);
      await inTx(async (tx) => {
        assert.equal(await tx.recall('usr-a', 'undone', DAY_BEFORE), undefined);
      });
    });

    if (name === 'embedded') return;

    it('show no one else anything before they are committed', async () => {
      const job = someJob();
      const elsewhere = createJobStore(store.openAgain().db, store.database.dialect);
      const tx = await ledger.begin([]);
      try {
        await tx.insertJob(by(job));
        assert.equal((await elsewhere.read([job.jobId])).rows.size, 0);
        assert.deepEqual(await elsewhere.timeline(job.jobId), []);
        await tx.commit();
      } finally {
        await tx.rollback();
      }
      assert.deepEqual((await elsewhere.read([job.jobId])).rows.get(job.jobId), job);
      assert.equal((await elsewhere.timeline(job.jobId)).length, 1);
    });

    it('renew a key that is too old once, where several remember it at once', async () => {
      // Each holds a share of the row once it found it: some then wait for each other.
      for (let round = 0; round < 10; round++) {
        const key = `renewed-${round}`;
        await inTx((tx) => tx.remember(stored(key, { time: DAY_BEFORE - 1 }), 0));
        const outcomes = await Promise.all(
          Array.from({ length: 4 }, (_, index) =>
            inTx((tx) => tx.remember(stored(key, { answer: `${index}` }), DAY_BEFORE)).then(
              () => 'remembered',
              (thrown: unknown) => (thrown instanceof KeyTaken ? 'taken' : thrown),
            ),
          ),
        );
        assert.deepEqual(outcomes.map(String).toSorted(), ['remembered', 'taken', 'taken', 'taken']);
        const answer = await inTx(async (tx) => (await tx.recall('usr-a', key, DAY_BEFORE))?.answer);
        assert.equal(answer, String(outcomes.indexOf('remembered')));
      }
    });

    for (const [outcome, end] of [
      ['taken where the first is committed', (tx: LedgerTx) => tx.commit()],
      ['free where the first is rolled back', (tx: LedgerTx) => tx.rollback()],
    ] as const) {
      it(`wait for another that remembers the same key at once: it is ${outcome}`, async () => {
        const key = outcome.slice(0, 5).trim();
        const first = await ledger.begin([]);
        const second = await ledger.begin([]);
        try {
          await first.remember(stored(key, { answer: 'first' }), DAY_BEFORE);
          const waiting = second.remember(stored(key, { answer: 'second' }), DAY_BEFORE).then(
            () => 'remembered',
            (thrown: unknown) => (thrown instanceof KeyTaken ? 'taken' : thrown),
          );
          await end(first);
          const expected = key === 'taken' ? 'taken' : 'remembered';
          assert.equal(await waiting, expected);
          if (expected === 'remembered') await second.commit();
        } finally {
          await first.rollback();
          await second.rollback();
        }
        await inTx(async (tx) => {
          const answer = (await tx.recall('usr-a', key, DAY_BEFORE))?.answer;
          assert.equal(answer, key === 'taken' ? 'first' : 'second');
        });
      });
    }
  });
}
