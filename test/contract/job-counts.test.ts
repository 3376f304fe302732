import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { cleanUp } from '../../adapters/sql/clean-up.ts';
import { foldDeltas, manyWait } from '../../adapters/sql/counts/fold.ts';
import { isTrusted, recount } from '../../adapters/sql/counts/recount.ts';
import { changesAreNoted, createTriggers, dropTriggers } from '../../adapters/sql/counts/triggers.ts';
import { addRecords } from '../../adapters/sql/job-records.ts';
import { insertJobs } from '../../adapters/sql/jobs.ts';
import { createLedger } from '../../adapters/sql/ledger.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import { Refusal } from '../../src/errors.ts';
import type { Job } from '../../src/jobs/job.ts';
import type { ChangeTx } from '../../src/ports.ts';
import { mulberry } from '../coherence/checker/mulberry.ts';
import { filtersOf, wrongTotals } from '../support/count-subsets.ts';
import { DATABASES, openFreshStore, type DatabaseName, type FreshStore } from '../support/fresh-store.ts';
import { someJob } from '../support/some-job.ts';

const FOLDER = fileURLToPath(new URL('../support/fold-for-ever.ts', import.meta.url));
const WORDS = {
  owner: ['usr-a', 'usr-b', 'usr-A', 'usr-a '],
  jobType: ['neonsan', 'QingCloud', 'x'],
  jobAction: ['Deploy', 'Scale', 'deploy'],
  status: ['pending', 'working', 'step1', 'successful', 'failed'],
  preStatus: ['', 'pending', 'working', 'step1'],
};
const never = new AbortController().signal;

for (const name of DATABASES) {
  describe(`the counts of jobs on the ${name} database`, () => {
    let store: FreshStore;
    let database: OpenDatabase;
    let db: Knex;
    before(async () => {
      store = await openFreshStore(name);
      database = store.database;
      db = database.db;
    });
    after(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      for (const table of ['jobs', 'job_events', 'deleted_jobs']) await db(table).delete();
      await recount(database);
    });

    /** Connections of another instance. Two of SQLite's in one process would wait for each other by stopping it. */
    const another = (): OpenDatabase => (name === 'server' ? store.openAgain() : database);
    const wrong = (seed: number): Promise<readonly object[]> =>
      wrongTotals(db, database.dialect.snapshot, filtersOf(WORDS, mulberry(seed)));
    const insertSome = (seed: number, count: number): Promise<number> => {
      const random = mulberry(seed);
      return insertJobs(
        db,
        Array.from({ length: count }, () => someJob(wordsBy(random))),
      );
    };

    it('add up to what is in the table, before they are folded, while, and after', async () => {
      await insertSome(1, 300);
      assert.deepEqual(await wrong(1), []);
      assert.equal(await foldDeltas(database), 300);
      assert.deepEqual(await wrong(2), []);
      await insertSome(2, 100);
      assert.deepEqual(await wrong(3), []);
      await foldDeltas(database);
      assert.deepEqual(await wrong(4), []);
      assert.deepEqual(await recount(database), { ...(await recount(database)), wrong: 0, trusted: true });
    });

    it('stay right while many write, fold, and are killed at it', async () => {
      await insertSome(3, 100);
      const stop = new AbortController();
      let killing = true;
      const folders = killFolders(name, store.place).finally(() => (killing = false));
      const writers = Array.from({ length: 4 }, (_, writer) =>
        writeALot(another(), 100 + writer, () => killing),
      );
      const folding = (async () => {
        while (!stop.signal.aborted) {
          await foldDeltas(database);
          await sleep(5);
        }
      })();
      const writing = Promise.all(writers);
      let judged = 0;
      const judging = (async () => {
        // Totals and table are compared at one moment, whatever is under way.
        do {
          assert.deepEqual(await wrong(++judged), []);
          await sleep(5);
        } while (!stop.signal.aborted);
      })();
      const done = await writing.finally(() => stop.abort());
      await Promise.all([folding, judging, folders]);
      for (const kind of ['insert', 'update', 'hide', 'import', 'delete']) {
        assert.ok(
          done.some((kinds) => kinds.has(kind)),
          `nobody did: ${kind}`,
        );
      }
      assert.deepEqual(await wrong(999), []);
      await foldDeltas(database);
      assert.deepEqual(await wrong(1_000), []);
      const proved = await recount(database);
      assert.equal(proved?.wrong, 0);
    });

    it('count what another program writes, and nothing that is taken back', async () => {
      const [seen, gone, hidden] = [someJob({ owner: 'usr-a' }), someJob(), someJob()];
      await insertJobs(db, [seen, gone, hidden]);
      await db('jobs').where('job_id', gone.jobId).delete();
      await db('jobs').where('job_id', hidden.jobId).update({ hidden_time: '2024-01-01 00:00:00.000' });
      await db('jobs').where('job_id', seen.jobId).update({ owner: 'usr-b', status: 'failed' });
      const trx = await db.transaction();
      await trx('jobs').update({ job_type: 'x' });
      await trx.rollback();
      assert.deepEqual(await wrong(5), []);
      await db('jobs').where('job_id', hidden.jobId).update({ hidden_time: null });
      assert.deepEqual(await wrong(6), []);
    });

    it('keep no rows for words that are no longer in use', async () => {
      await insertSome(7, 50);
      await foldDeltas(database);
      await db('jobs').delete();
      await foldDeltas(database);
      assert.deepEqual(await db('job_counts').select('*'), []);
      assert.deepEqual(await wrong(7), []);
    });

    it('are proved, and mended where they are wrong', async () => {
      await insertSome(8, 80);
      await foldDeltas(database);
      await insertSome(9, 20);
      assert.equal((await recount(database))?.wrong, 0);
      await db('job_counts').where('level', 31).limit(1).update({ jobs: 77 }).where('jobs', '>', 0);
      await db('job_counts').where({ level: 8, status: 'failed' }).delete();
      await db('job_counts').insert({ level: 0, owner: 'x', ...emptyWords(), jobs: 3 });
      assert.notDeepEqual(await wrong(8), []);
      const found = await recount(database);
      assert.ok(found?.wrong && found.wrong > 2);
      assert.deepEqual(await wrong(8), []);
      assert.equal((await recount(database))?.wrong, 0);
    });

    it('are mended while others write', async () => {
      await insertSome(10, 50);
      const writing = Promise.all([1, 2].map((writer) => writeALot(another(), 200 + writer)));
      for (let time = 0; time < 4; time++) {
        await db('job_counts').insert({ level: 31, ...emptyWords(), owner: `usr-${time}`, jobs: 5 });
        assert.ok((await recount(database))?.wrong);
      }
      await writing;
      assert.deepEqual(await wrong(10), []);
      assert.equal((await recount(database))?.wrong, 0);
    });

    it('are not used once changes are not noted, and again when they are', async () => {
      await insertSome(11, 30);
      await db.transaction((trx) => dropTriggers(trx));
      await insertSome(12, 30);
      assert.equal(await changesAreNoted(db), false);
      const found = await recount(database);
      assert.equal(found?.trusted, true);
      assert.equal(found?.wrong, undefined);
      assert.deepEqual(await wrong(11), []);
    });

    it('are looked after without leaving anything behind', async () => {
      await insertSome(13, 10);
      await foldDeltas(database);
      assert.equal(await changesAreNoted(db), true);
      assert.equal((await db('jobs').select('job_id')).length, 10);
      assert.equal(await manyWait(database, 0), false);
    });

    it('wait in one place only while another changes them', async () => {
      const other = store.openAgain();
      await database.alone('job-counts', async () => {
        assert.equal(await foldDeltas(other), undefined);
        assert.equal(await recount(other), undefined);
        await insertSome(14, 5);
        assert.deepEqual(await wrong(14), []);
      });
    });

    it('can be made while the table is in use, by whoever may', async () => {
      await insertSome(15, 5);
      assert.equal(await db.transaction((trx) => createTriggers(trx)), true);
      assert.equal(await isTrusted(db), true);
      assert.equal(await changesAreNoted(db), true);
    });
  });
}

function emptyWords(): Record<string, string> {
  return { job_type: '', job_action: '', status: '', pre_status: '' };
}

function wordsBy(random: () => number): Partial<Job> {
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)]!;
  return Object.fromEntries(Object.entries(WORDS).map(([field, words]) => [field, pick(words)]));
}

/** Starts programs that fold and kills them, one after the other. */
async function killFolders(name: DatabaseName, place: string): Promise<void> {
  for (let killed = 0; killed < KILLED; killed++) {
    const child = spawn(process.execPath, ['--import', 'tsx', FOLDER, name, place], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await sleep(20 + 13 * (killed % 7));
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}

const ROUNDS = 60;
const KILLED = 4;

/** Does to jobs all that the gateway, an import and the janitor do; answers what it did. */
async function writeALot(
  database: OpenDatabase,
  seed: number,
  goesOn: () => boolean = () => false,
): Promise<ReadonlySet<string>> {
  const random = mulberry(seed);
  const ledger = createLedger(database.db, database.dialect);
  const own: Job[] = [];
  const done = new Set<string>();
  const inTx = async (jobId: string, work: (tx: ChangeTx) => Promise<void>): Promise<void> => {
    const tx = await ledger.begin([{ kind: 'job', id: jobId }]);
    try {
      await work(tx);
      // Some change their mind.
      if (random() < 0.9) await tx.commit();
    } finally {
      await tx.rollback();
    }
  };
  const kinds: Record<string, () => Promise<void>> = {
    async insert() {
      const job = someJob(wordsBy(random));
      await inTx(job.jobId, (tx) => tx.insertJob({ job, userId: 'usr-a', note: '' }));
      own.push(job);
    },
    async update() {
      const job = own[Math.floor(random() * own.length)];
      if (!job) return;
      await inTx(job.jobId, async (tx) => {
        const present = await tx.job(job.jobId);
        if (!present) return;
        const next = { ...present, ...wordsBy(random), version: present.version + 1 };
        await tx.updateJob({ job: next, userId: 'usr-a', note: '' });
      });
    },
    async hide() {
      const job = own[Math.floor(random() * own.length)];
      if (!job) return;
      await inTx(job.jobId, async (tx) => {
        const present = await tx.job(job.jobId);
        if (!present) return;
        await tx.hideJob({ job: { ...present, version: present.version + 1 }, userId: 'usr-a', note: '' });
      });
    },
    async import() {
      const jobs = Array.from({ length: 20 }, () => someJob(wordsBy(random)));
      own.push(...jobs);
      const records = jobs.map((job, index) => ({
        job,
        hiddenTime: index % 3 === 0 ? job.updateTime : undefined,
        timeline: [],
      }));
      await addRecords(database.db, records);
    },
    async delete() {
      await cleanUp(database, { now: Date.UTC(2030, 0, 1), retention: 1, stop: never });
    },
  };
  for (let round = 0; round < ROUNDS || goesOn(); round++) {
    await sleep(1);
    const kind = ['insert', 'insert', 'update', 'update', 'update', 'hide', 'import', 'delete'][
      Math.floor(random() * 8)
    ]!;
    try {
      await kinds[kind]!();
      done.add(kind);
    } catch (thrown) {
      // SQLite has one writer, and a wait for it may be too long.
      if (!(thrown instanceof Refusal || /busy|locked/i.test(String(thrown)))) throw thrown;
    }
  }
  return done;
}
