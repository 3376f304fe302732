import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { migrate } from '../../adapters/sql/migrate.ts';
import { migrationSource } from '../../adapters/sql/migrations/index.ts';
import { openMysql } from '../../adapters/sql/open-mysql.ts';
import { openSqlite } from '../../adapters/sql/open-sqlite.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import { createTestDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { DATABASES, type DatabaseName } from '../support/fresh-store.ts';

const OPTIONS = { migrationSource, tableName: 'jobgate_migrations' };
const TIME = '2024-01-01 00:00:00.000';

/** A database with the first migrations, in use. */
async function olderDatabase(name: DatabaseName): Promise<AsyncDisposable & { database: OpenDatabase }> {
  const place = name === 'server' ? await createTestDatabase() : await temporaryFolder();
  const database = 'url' in place ? openMysql(place.url, { poolSize: 4 }) : openSqlite(place.path);
  const { db } = database;
  for (let applied = 0; applied < 4; applied++) await db.migrate.up(OPTIONS);
  const states = { status: 'failed', pre_status: 'working', version: 2 };
  const job = { job_type: 'a', job_action: 'b', owner: 'usr-a', resources: '{}', ...states };
  const times = { create_time: TIME, update_time: TIME };
  await db('jobs').insert([
    { ...job, ...times, job_id: 'j-seen0001', hidden_time: null },
    { ...job, ...times, job_id: 'j-hidden01', hidden_time: TIME },
  ]);
  await db('idempotency_keys').insert({
    user_id: 'usr-a',
    idempotency_key: 'k',
    digest: '',
    answer: '[]',
    create_time: TIME,
  });
  return {
    database,
    async [Symbol.asyncDispose]() {
      await database.close();
      await place[Symbol.asyncDispose]();
    },
  };
}

for (const name of DATABASES) {
  describe(`the migration for cleaning up, on the ${name} database`, () => {
    it('is applied to tables with rows, and keeps them', async () => {
      await using older = await olderDatabase(name);
      const { db } = older.database;
      const applied = await migrate(older.database);
      assert.equal(applied[0], '0005-clean-up');
      assert.deepEqual(await db('jobs').orderBy('job_id').pluck('job_id'), ['j-hidden01', 'j-seen0001']);
      assert.equal((await db('idempotency_keys').pluck('digest')).length, 1);
      assert.deepEqual(await db('deleted_jobs').pluck('job_id'), []);
    });

    it('can be taken back and applied again', async () => {
      await using older = await olderDatabase(name);
      const { db } = older.database;
      await db.migrate.up({ ...OPTIONS, name: '0005-clean-up' });
      await db.migrate.down({ ...OPTIONS, name: '0005-clean-up' });
      assert.equal(await db.schema.hasTable('deleted_jobs'), false);
      assert.equal((await migrate(older.database))[0], '0005-clean-up');
    });

    if (name === 'embedded') return;

    it('goes on where the process that applied it was ended', async () => {
      await using older = await olderDatabase(name);
      const { db } = older.database;
      await db.migrate.up({ ...OPTIONS, name: '0005-clean-up' });
      await db('jobgate_migrations').where('name', '0005-clean-up').delete();
      await db.raw('drop index jobs_by_hidden_time on jobs');
      const [, applied] = (await db.migrate.up(OPTIONS)) as [number, string[]];
      assert.deepEqual(applied, ['0005-clean-up']);
      const [indexes] = (await db.raw('show index from jobs where Key_name = ?', [
        'jobs_by_hidden_time',
      ])) as [unknown[]];
      assert.equal(indexes.length, 1);
    });
  });
}
