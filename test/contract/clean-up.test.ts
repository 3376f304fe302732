import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Knex } from 'knex';
import { cleanUp, type Removed } from '../../adapters/sql/clean-up.ts';
import { addRecords } from '../../adapters/sql/job-records.ts';
import { openMysql } from '../../adapters/sql/open-mysql.ts';
import type { OpenDatabase, Transact } from '../../adapters/sql/open.ts';
import { toSqlTime } from '../../adapters/sql/time.ts';
import type { JobRecord } from '../../src/jobs/job-record.ts';
import { eventually } from '../support/eventually.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';
import { finishedRecord } from '../support/some-record.ts';
import { statementsOf, usesIndex } from '../support/statements.ts';

const NOW = Date.UTC(2024, 5, 1, 12);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const never = new AbortController().signal;

for (const name of DATABASES) {
  describe(`cleaning up the ${name} database`, () => {
    let store: FreshStore;
    let db: Knex;
    before(async () => {
      store = await openFreshStore(name);
      db = store.database.db;
      await addUser(db);
    });
    after(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      for (const table of [
        'tokens',
        'seen_signatures',
        'idempotency_keys',
        'jobs',
        'job_events',
        'deleted_jobs',
      ]) {
        await db(table).delete();
      }
    });

    const clean = (
      differs: { retention?: number; stop?: AbortSignal; database?: OpenDatabase } = {},
    ): Promise<Removed | undefined> =>
      cleanUp(differs.database ?? store.database, {
        now: NOW,
        retention: differs.retention,
        stop: differs.stop ?? never,
      });

    it('removes tokens and keys a while after they expired, and no others', async () => {
      await addTokens(db, { good: NOW + 1, just: NOW - 4 * MINUTE, old: NOW - 6 * MINUTE });
      await addKeys(db, {
        good: NOW - DAY + 1,
        just: NOW - DAY - 4 * MINUTE,
        old: NOW - DAY - 6 * MINUTE,
        older: NOW - 9 * DAY,
      });
      const signed = (digest: string, expires: number) => ({
        digest,
        user_id: 'usr-clean',
        answer: '{}',
        expire_time: toSqlTime(expires),
      });
      await db('seen_signatures').insert([
        signed('good', NOW + 1),
        signed('just', NOW - 4 * MINUTE),
        signed('old', NOW - 6 * MINUTE),
      ]);
      assert.deepEqual(await clean(), {
        tokens: 1,
        one_time_tokens: 0,
        seen_signatures: 1,
        idempotency_keys: 2,
      });
      assert.deepEqual(await db('tokens').orderBy('digest').pluck('digest'), ['good', 'just']);
      assert.deepEqual(await db('idempotency_keys').orderBy('idempotency_key').pluck('idempotency_key'), [
        'good',
        'just',
      ]);
      assert.deepEqual(await db('seen_signatures').orderBy('digest').pluck('digest'), ['good', 'just']);
      assert.deepEqual(await clean(), {
        tokens: 0,
        one_time_tokens: 0,
        seen_signatures: 0,
        idempotency_keys: 0,
      });
    });

    it('tells keys apart that differ in one of their columns', async () => {
      const old = NOW - 9 * DAY;
      await addKeys(db, { a: old, b: NOW }, 'usr-a');
      await addKeys(db, { a: NOW, b: old }, 'usr-b');
      assert.equal((await clean())?.idempotency_keys, 2);
      const left = (await db('idempotency_keys').orderBy('user_id').select('user_id', 'idempotency_key')) as {
        user_id: string;
        idempotency_key: string;
      }[];
      assert.deepEqual(
        left.map((row) => `${row.user_id} ${row.idempotency_key}`),
        ['usr-a b', 'usr-b a'],
      );
    });

    it('takes no more than 500 rows in a transaction, and 100 with a statement', async () => {
      await addKeys(db, numbered(1_201, NOW - 9 * DAY));
      let removed: Removed | undefined;
      const statements = await statementsOf(db, async () => void (removed = await clean()));
      assert.equal(removed?.idempotency_keys, 1_201);
      const rows: number[] = [];
      const transactions: number[] = [];
      for (const { sql, bindings } of statements) {
        if (sql.startsWith('COMMIT')) transactions.push(rows.splice(0).reduce((sum, each) => sum + each, 0));
        // Each row is named by its two columns; the last binding is the time.
        if (/^delete from .idempotency_keys/.test(sql)) rows.push((bindings.length - 1) / 2);
        assert.ok(rows.every((each) => each <= 100));
      }
      assert.deepEqual(
        transactions.filter((each) => each > 0),
        [500, 500, 201],
      );
    });

    it('leaves a key that was renewed after it was found', async () => {
      await addKeys(db, { renewed: NOW - 9 * DAY, old: NOW - 9 * DAY });
      const database = {
        ...store.database,
        alone: <T>(purpose: string, work: (transact: Transact) => Promise<T>) =>
          store.database.alone(purpose, (transact) =>
            work(async (steps) => {
              const result = await transact(steps);
              await db('idempotency_keys')
                .where('idempotency_key', 'renewed')
                .update({ create_time: toSqlTime(NOW) });
              return result;
            }),
          ),
      };
      assert.equal((await clean({ database }))?.idempotency_keys, 1);
      assert.deepEqual(await db('idempotency_keys').pluck('idempotency_key'), ['renewed']);
    });

    it('deletes jobs that were hidden for long, with their timelines, and keeps their last versions', async () => {
      const record = (hiddenTime: number | undefined): JobRecord => finishedRecord({ hiddenTime });
      const [old, young, seen] = [record(NOW - 31 * DAY), record(NOW - 29 * DAY), record(undefined)] as [
        JobRecord,
        JobRecord,
        JobRecord,
      ];
      await addRecords(db, [old, young, seen]);
      assert.deepEqual(await clean({ retention: 30 * DAY }), {
        tokens: 0,
        one_time_tokens: 0,
        seen_signatures: 0,
        idempotency_keys: 0,
        jobs: 1,
      });
      const left = [young.job.jobId, seen.job.jobId].toSorted();
      assert.deepEqual(await db('jobs').orderBy('job_id').pluck('job_id'), left);
      assert.deepEqual([...new Set<string>(await db('job_events').orderBy('job_id').pluck('job_id'))], left);
      const [row] = (await db('deleted_jobs').select('*')) as { job_id: string; version: number }[];
      assert.deepEqual({ ...row }, { job_id: old.job.jobId, version: old.job.version });
    });

    it('keeps hidden jobs for ever without a retention', async () => {
      await addRecords(db, [finishedRecord({ hiddenTime: NOW - 9_999 * DAY })]);
      assert.deepEqual(await clean(), {
        tokens: 0,
        one_time_tokens: 0,
        seen_signatures: 0,
        idempotency_keys: 0,
      });
      assert.equal((await db('jobs').pluck('job_id')).length, 1);
    });

    it('remembers the later version of a job that was brought back and deleted again', async () => {
      const first = finishedRecord({ hiddenTime: NOW - 9 * DAY });
      await addRecords(db, [first]);
      await clean({ retention: DAY });
      const job = { ...first.job, version: first.job.version + 1 };
      const event = { ...first.timeline.at(-1), version: job.version } as JobRecord['timeline'][number];
      await addRecords(db, [{ ...first, job, timeline: [...first.timeline, event] }]);
      assert.equal((await clean({ retention: DAY }))?.jobs, 1);
      assert.deepEqual(await db('deleted_jobs').pluck('version'), [job.version]);
    });

    it('deletes many hidden jobs in small transactions, and one however long its timeline is', async () => {
      const long = finishedRecord({ hiddenTime: NOW - 9 * DAY, changes: 700 });
      const many = Array.from({ length: 250 }, () => finishedRecord({ hiddenTime: NOW - 8 * DAY }));
      await addRecords(db, [long, ...many]);
      let removed: Removed | undefined;
      const statements = await statementsOf(db, async () => void (removed = await clean({ retention: DAY })));
      assert.equal(removed?.jobs, 251);
      const deletes = statements.filter(({ sql }) => /^delete from .jobs/.test(sql));
      assert.deepEqual(
        deletes.map(({ bindings }) => bindings.length),
        [1, 100, 100, 50],
      );
      assert.equal((await db('job_events').pluck('version')).length, 0);
    });

    it('stops after the batch that is under way', async () => {
      await addKeys(db, numbered(1_200, NOW - 9 * DAY));
      const stop = new AbortController();
      const onDelete = ({ sql }: { sql: string }): void => {
        if (/^delete from .idempotency_keys/.test(sql)) stop.abort();
      };
      db.on('query', onDelete);
      try {
        assert.equal((await clean({ stop: stop.signal }))?.idempotency_keys, 500);
      } finally {
        db.removeListener('query', onDelete);
      }
      assert.equal((await db('idempotency_keys').pluck('digest')).length, 700);
    });

    it('does nothing while another process is at it, and goes on after', async () => {
      await addKeys(db, { old: NOW - 9 * DAY });
      const elsewhere = store.openAgain();
      await elsewhere.alone('janitor', async () => {
        assert.equal(await clean(), undefined);
        assert.equal(await db('idempotency_keys').first('digest').then(Boolean), true);
      });
      assert.equal((await clean())?.idempotency_keys, 1);
    });

    it('lets go of the lock where the work fails', async () => {
      await assert.rejects(
        store.database.alone('janitor', () => Promise.reject(new Error('half-way'))),
        { message: 'half-way' },
      );
      assert.deepEqual(await clean(), {
        tokens: 0,
        one_time_tokens: 0,
        seen_signatures: 0,
        idempotency_keys: 0,
      });
    });

    if (name === 'embedded') return;

    it('reads no table from one end to the other', async () => {
      const old = NOW - 9 * DAY;
      await addKeys(db, { ...numbered(2_000, NOW), ...numbered(50, old, 'old') });
      await addTokens(db, { ...numbered(2_000, NOW), ...numbered(50, old, 'old') });
      const records = Array.from({ length: 2_000 }, (_, index) =>
        finishedRecord({ hiddenTime: index < 20 ? old : undefined }),
      );
      for (let from = 0; from < 2_000; from += 500) await addRecords(db, records.slice(from, from + 500));
      await db.raw('analyze table idempotency_keys, tokens, jobs, job_events');
      await usesIndex(db, () => clean({ retention: DAY }), [
        'idempotency_keys',
        'tokens',
        'jobs',
        'job_events',
      ]);
    });

    it('loses the lock with its connection, and cannot go on without it', async () => {
      const elsewhere = store.openAgain();
      const holding = store.database.alone('janitor', async (transact) => {
        const [[{ id }]] = await transact((trx) => trx.raw('select connection_id() as id'));
        await elsewhere.db.raw(`kill ${id}`);
        assert.equal(await elsewhere.alone('janitor', async () => 'free'), 'free');
        await transact((trx) => trx('tokens').delete());
      });
      await assert.rejects(holding, /closed|lost|reset|ended|EPIPE/i);
      assert.equal(await store.database.alone('janitor', async () => 'free'), 'free');
    });

    it('loses the lock where it is silent for long, as a frozen process is, and cannot go on', async () => {
      const [[{ name: schema }]] = await db.raw('select database() as name');
      const url = new URL(process.env.TEST_DATABASE_URL ?? '');
      url.pathname = `/${schema}`;
      const impatient = openMysql(url.href, { poolSize: 2, silentMost: 1 });
      try {
        let free: string | undefined;
        const holding = impatient.alone('janitor', async (transact) => {
          await eventually('the lock is free', async () => {
            free = await store.database.alone('janitor', async () => 'free');
            return free !== undefined;
          });
          await transact((trx) => trx('tokens').delete());
        });
        await assert.rejects(holding, /closed|lost|reset|ended|EPIPE/i);
        assert.equal(free, 'free');
      } finally {
        await impatient.close();
      }
    });

    it('gives its connection back with the patience that it had', async () => {
      const own = store.openAgain();
      const patience = async (): Promise<unknown> =>
        (await own.db.raw('select @@session.wait_timeout as patience'))[0][0].patience;
      const before = await patience();
      await own.alone('janitor', async () => {});
      assert.equal(await patience(), before);
    });

    it('holds the lock of migrations for longer than an idle transaction may last', async () => {
      const elsewhere = store.openAgain();
      await store.database.migrationLock(async () => {
        await elsewhere.db.raw('select sleep(6)');
        const [[{ free }]] = await elsewhere.db.raw(
          "select is_free_lock(concat('jobgate-migrate-', database())) as free",
        );
        assert.equal(free, 0);
      });
    });
  });
}

function numbered(rows: number, time: number, prefix = 'n'): Record<string, number> {
  return Object.fromEntries(Array.from({ length: rows }, (_, index) => [`${prefix}-${index}`, time]));
}

async function addUser(db: Knex): Promise<void> {
  const user = { role: 'user', active: true, password_hash: '', create_time: toSqlTime(NOW), version: 1 };
  await db('users').insert({ user_id: 'usr-a', ...user });
}

async function insertAll(db: Knex, table: string, rows: readonly object[]): Promise<void> {
  for (let from = 0; from < rows.length; from += 200) await db(table).insert(rows.slice(from, from + 200));
}

/** @param expire the times, in ms, by the digests */
async function addTokens(db: Knex, expire: Readonly<Record<string, number>>): Promise<void> {
  const rows = Object.entries(expire).map(([digest, time]) => ({
    digest,
    user_id: 'usr-a',
    create_time: toSqlTime(0),
    expire_time: toSqlTime(time),
  }));
  await insertAll(db, 'tokens', rows);
}

/** @param made the times, in ms, by the keys */
async function addKeys(db: Knex, made: Readonly<Record<string, number>>, userId = 'usr-a'): Promise<void> {
  const rows = Object.entries(made).map(([key, time]) => ({
    user_id: userId,
    idempotency_key: key,
    digest: '',
    answer: '[]',
    create_time: toSqlTime(time),
  }));
  await insertAll(db, 'idempotency_keys', rows);
}
