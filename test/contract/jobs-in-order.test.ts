import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Knex } from 'knex';
import { insertJobs } from '../../adapters/sql/jobs.ts';
import { migrate } from '../../adapters/sql/migrate.ts';
import { migrationNames, migrationSource } from '../../adapters/sql/migrations/index.ts';
import { openMysql } from '../../adapters/sql/open-mysql.ts';
import { openSqlite } from '../../adapters/sql/open-sqlite.ts';
import { createTestDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { DATABASES, type DatabaseName } from '../support/fresh-store.ts';
import { someJob } from '../support/some-job.ts';

const OPTIONS = { migrationSource, tableName: 'jobgate_migrations' };
const NAME = '0009-jobs-in-order';
const JOBS = 20_000;
const IN_ORDER = ['owner', 'hidden_time', 'create_time', 'job_id', 'update_time'];

/** A database of the version before, with jobs. */
async function olderDatabase(name: DatabaseName) {
  const place = name === 'server' ? await createTestDatabase() : await temporaryFolder();
  const database = 'url' in place ? openMysql(place.url, { poolSize: 6 }) : openSqlite(place.path);
  for (let applied = 0; applied < migrationNames.indexOf(NAME); applied++)
    await database.db.migrate.up(OPTIONS);
  return {
    database,
    async [Symbol.asyncDispose]() {
      await database.close();
      await place[Symbol.asyncDispose]();
    },
  };
}

async function columnsOf(db: Knex, index: string): Promise<string[]> {
  if (db.client.dialect !== 'mysql') {
    return ((await db.raw(`pragma index_info(${index})`)) as { name: string }[]).map(({ name }) => name);
  }
  const rows = (await db('information_schema.statistics')
    .whereRaw('table_schema = database()')
    .where({ table_name: 'jobs', index_name: index })
    .orderBy('seq_in_index')
    .select('column_name as name')) as { name: string }[];
  return rows.map((row) => row.name);
}

for (const name of DATABASES) {
  describe(`the indexes of words of an older ${name} database`, () => {
    it('come into the order of lists, may be taken back, and are made once', async () => {
      await using older = await olderDatabase(name);
      const { database } = older;
      const { db } = database;
      const before = await columnsOf(db, 'jobs_by_words');
      assert.deepEqual(await migrate(database), migrationNames.slice(migrationNames.indexOf(NAME)));
      assert.deepEqual((await columnsOf(db, 'jobs_by_words')).slice(4), IN_ORDER);
      assert.equal((await columnsOf(db, 'jobs_by_words_but_owner')).length, 7);

      await db.migrate.down({ ...OPTIONS, name: NAME });
      assert.deepEqual(await columnsOf(db, 'jobs_by_words'), before);
      assert.deepEqual(await columnsOf(db, 'jobs_by_words_but_owner'), []);

      // The process that did it was ended before it could say so.
      await migrate(database);
      await db('jobgate_migrations').where('name', NAME).delete();
      assert.deepEqual(await migrate(database), [NAME]);
      assert.deepEqual((await columnsOf(db, 'jobs_by_words')).slice(4), IN_ORDER);
    });

    if (name === 'embedded') return;

    it('are never missing to instances of the version before, which read and write meanwhile', async () => {
      await using older = await olderDatabase(name);
      const { database } = older;
      const { db } = database;
      for (let made = 0; made < JOBS; made += 1_000) {
        await insertJobs(
          db,
          Array.from({ length: 1_000 }, () => someJob()),
        );
      }
      const stop = new AbortController();
      let [reads, writes] = [0, 0];
      const reading = (async () => {
        for (; !stop.signal.aborted; reads++) {
          await db.raw(
            "select job_id from jobs force index (jobs_by_words) where job_type = 'neonsan' limit 5",
          );
        }
      })();
      const writing = (async () => {
        for (; !stop.signal.aborted; writes++) await insertJobs(db, [someJob()]);
      })();
      try {
        await migrate(database);
      } finally {
        stop.abort();
        await Promise.all([reading, writing]);
      }
      assert.ok(reads > 10 && writes > 5, `${reads} reads and ${writes} writes`);
      const [row] = (await db('jobs').count({ jobs: '*' })) as { jobs: number }[];
      const [[indexed]] = (await db.raw(
        'select count(*) as jobs from jobs force index (jobs_by_words_but_owner) where job_type = ?',
        ['neonsan'],
      )) as [{ jobs: number }[]];
      assert.deepEqual([Number(row?.jobs), Number(indexed?.jobs)], [JOBS + writes, JOBS + writes]);
    });
  });
}
