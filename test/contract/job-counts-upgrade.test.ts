import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { recount } from '../../adapters/sql/counts/recount.ts';
import { changesAreNoted, definerOfTriggers } from '../../adapters/sql/counts/triggers.ts';
import { createJobStore } from '../../adapters/sql/jobs.ts';
import { migrate } from '../../adapters/sql/migrate.ts';
import { migrationNames, migrationSource } from '../../adapters/sql/migrations/index.ts';
import { openMysql } from '../../adapters/sql/open-mysql.ts';
import { openSqlite } from '../../adapters/sql/open-sqlite.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import { mulberry } from '../coherence/checker/mulberry.ts';
import { filtersOf, wrongTotals } from '../support/count-subsets.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/folder.ts';
import { DATABASES, type DatabaseName } from '../support/fresh-store.ts';

const OPTIONS = { migrationSource, tableName: 'jobgate_migrations' };
const TIME = '2024-01-01 00:00:00.000';
const WORDS = {
  owner: ['usr-a', 'usr-b'],
  jobType: ['x', 'y'],
  jobAction: ['Deploy'],
  status: ['pending', 'working', 'failed'],
  preStatus: ['', 'pending'],
};
const BEFORE = migrationNames.indexOf('0008-job-counts');

/** A database of the version before, with jobs of which some are hidden. */
async function olderDatabase(name: DatabaseName) {
  const place = name === 'server' ? await createTestDatabase() : await temporaryFolder();
  const open = (): OpenDatabase =>
    'url' in place ? openMysql(place.url, { poolSize: 6 }) : openSqlite(place.path);
  const database = open();
  const { db } = database;
  for (let applied = 0; applied < BEFORE; applied++) await db.migrate.up(OPTIONS);
  const random = mulberry(1);
  for (let index = 0; index < 200; index++) await writeAsBefore(db, index, random);
  return {
    database,
    url: 'url' in place ? place.url : '',
    random,
    async [Symbol.asyncDispose]() {
      await database.close();
      await place[Symbol.asyncDispose]();
    },
  };
}

/** What the version before writes: it knows the table of jobs alone. */
async function writeAsBefore(db: Knex, index: number, random: () => number): Promise<void> {
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)]!;
  const words = {
    owner: pick(WORDS.owner),
    job_type: pick(WORDS.jobType),
    job_action: pick(WORDS.jobAction),
    status: pick(WORDS.status),
    pre_status: pick(WORDS.preStatus),
  };
  const jobId = (number: number): string => `j-${String(number).padStart(8, '0')}`;
  const times = { create_time: TIME, update_time: TIME };
  await db('jobs').insert({ job_id: jobId(index), ...words, ...times, resources: '{}', version: 1 });
  const another = jobId(Math.floor(random() * index));
  await db('jobs')
    .where('job_id', another)
    .update({ status: pick(WORDS.status), version: 2 });
  if (random() < 0.2) await db('jobs').where('job_id', another).update({ hidden_time: TIME });
}

for (const name of DATABASES) {
  describe(`counting the jobs of an older ${name} database`, () => {
    it('makes exact totals while instances of the version before go on writing', async () => {
      await using older = await olderDatabase(name);
      const { database, random } = older;
      const { db, dialect } = database;
      let written = 200;
      const stop = new AbortController();
      const writing = (async () => {
        while (!stop.signal.aborted) {
          await writeAsBefore(db, written++, random);
          await sleep(1);
        }
      })();
      try {
        assert.equal((await migrate(database))[0], '0008-job-counts');
        // Not counted yet, and exact all the same.
        const uncounted = await wrongTotals(db, dialect.snapshot, [{}, { owner: ['usr-a'] }]);
        assert.deepEqual(
          uncounted.map((each) => ({ ...each, total: 'right' })),
          uncounted.map((each) => ({ ...each, total: 'right', counted: false })),
        );
        assert.equal(uncounted.length, 2);
        for (const each of uncounted as { total: number; right: number }[])
          assert.equal(each.total, each.right);

        const found = await recount(database);
        assert.equal(found?.trusted, true);
        const filters = filtersOf(WORDS, mulberry(3));
        assert.deepEqual(await wrongTotals(db, dialect.snapshot, filters), []);
        const before = written;
        await eventually('fifty more jobs are written', () => written >= before + 50);
        assert.deepEqual(await wrongTotals(db, dialect.snapshot, filters), []);
      } finally {
        stop.abort();
        await writing;
      }
      assert.equal((await recount(database))?.wrong, 0);
    });

    it('can be taken back and done again', async () => {
      await using older = await olderDatabase(name);
      const { database } = older;
      const { db, dialect } = database;
      await migrate(database);
      await recount(database);
      for (let taken = migrationNames.length; taken > BEFORE; taken--) await db.migrate.down(OPTIONS);
      assert.equal(await db.schema.hasTable('job_counts'), false);
      await writeAsBefore(db, 900, older.random);
      assert.deepEqual(await migrate(database), migrationNames.slice(BEFORE));
      await recount(database);
      assert.deepEqual(await wrongTotals(db, dialect.snapshot, filtersOf(WORDS, mulberry(4))), []);
    });

    if (name === 'embedded') return;

    it('goes on where the process that did it was ended', async () => {
      await using older = await olderDatabase(name);
      const { db } = older.database;
      await db.migrate.up(OPTIONS);
      await db('jobgate_migrations').where('name', '0008-job-counts').delete();
      await db.raw('drop trigger jobs_counted_update');
      await db.raw('drop index jobs_by_words on jobs');
      assert.deepEqual(await migrate(older.database), migrationNames.slice(BEFORE));
      assert.equal(await changesAreNoted(db), true);
      assert.equal((await recount(older.database))?.trusted, true);
    });

    it('does without counts where its user may not make triggers, until it may', async () => {
      await using older = await olderDatabase(name);
      await using user = await lesserUser(older.url, older.database.db);
      const { database } = user;
      const { db, dialect } = database;
      await migrate(database);
      assert.equal((await recount(database))?.trusted, false);
      await writeAsBefore(older.database.db, 900, older.random);
      const store = createJobStore(db, dialect);
      const [row] = (await db('jobs').whereNull('hidden_time').count({ total: '*' })) as { total: number }[];
      const page = { offset: 0, limit: 10 };
      const { total } = await store.list({}, { by: 'createTime', descending: true }, page);
      assert.equal(total, Number(row?.total));

      await user.grant('trigger');
      // What a connection may do, the server has told it at its beginning.
      const again = user.open();
      try {
        assert.equal((await recount(again))?.trusted, true);
      } finally {
        await again.close();
      }
      assert.deepEqual(await wrongTotals(db, dialect.snapshot, filtersOf(WORDS, mulberry(5))), []);
    });

    it('knows the triggers by what they do, where their user may not see them', async () => {
      await using older = await olderDatabase(name);
      await using user = await lesserUser(older.url, older.database.db);
      await migrate(older.database);
      await recount(older.database);
      assert.equal((await recount(user.database))?.trusted, true);
      assert.equal(await definerOfTriggers(user.database.db), undefined);
    });

    it('makes the triggers anew in the name of who counts, before another user is removed', async () => {
      await using older = await olderDatabase(name);
      const first = await lesserUser(older.url, older.database.db);
      await first.grant('trigger');
      const granted = first.open();
      await migrate(granted);
      await granted.close();
      assert.match((await definerOfTriggers(older.database.db)) ?? '', /^lesser/);
      assert.equal((await recount(older.database))?.trusted, true);
      assert.equal(await definerOfTriggers(older.database.db), undefined);
      await first[Symbol.asyncDispose]();
      await writeAsBefore(older.database.db, 900, older.random);
      assert.equal((await recount(older.database))?.wrong, 0);
    });

    it('does not wait for transactions that do not end, and lets others read meanwhile', async () => {
      await using older = await olderDatabase(name);
      const { db } = older.database;
      const long = await db.transaction();
      await long('jobs').first('job_id');
      const migrating = migrate(older.database);
      try {
        for (let time = 0; time < 20; time++) {
          assert.equal((await db('jobs').limit(1).pluck('job_id')).length, 1);
          await sleep(50);
        }
      } finally {
        await long.rollback();
      }
      assert.deepEqual(await migrating, migrationNames.slice(BEFORE));
    });
  });
}

/** A user of the database without the right to make triggers. */
async function lesserUser(url: string, admin: Knex) {
  const name = `lesser_${new URL(url).pathname.slice(-8)}`;
  const schema = new URL(url).pathname.slice(1);
  const grant = (rights: string): Promise<unknown> =>
    admin.raw(`grant ${rights} on ${schema}.* to '${name}'@'127.0.0.1'`).then(() => {});
  await admin.raw(`create user '${name}'@'127.0.0.1' identified by 'secret'`);
  await grant('select, insert, update, delete, create, drop, alter, index, references');
  const own = new URL(url);
  own.username = name;
  own.password = 'secret';
  const open = (): OpenDatabase => openMysql(own.href, { poolSize: 4 });
  const database = open();
  return {
    database,
    open,
    grant,
    async [Symbol.asyncDispose]() {
      await database.close();
      await admin.raw(`drop user '${name}'@'127.0.0.1'`);
    },
  };
}
