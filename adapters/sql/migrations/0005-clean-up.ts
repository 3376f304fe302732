import type { Knex } from 'knex';
import { exactText } from './exact-text.ts';

// MySQL commits each of these at once. An index on millions of rows takes long, so that a process may well be ended
// between two: what is there already is passed over.
async function up(db: Knex): Promise<void> {
  if (!(await db.schema.hasTable('deleted_jobs'))) {
    const exact = await exactText(db);
    await db.schema.createTable('deleted_jobs', (table) => {
      exact(table);
      table.string('job_id', 18).notNullable().primary();
      // The last one that it had: whoever brings the job back must begin above it.
      table.integer('version').unsigned().notNullable();
    });
  }
  await addIndex(db, 'idempotency_keys', 'create_time', 'idempotency_keys_by_create_time');
  await addIndex(db, 'tokens', 'expire_time', 'tokens_by_expire_time');
  await addIndex(db, 'jobs', 'hidden_time', 'jobs_by_hidden_time');
}

async function addIndex(db: Knex, table: string, column: string, name: string): Promise<void> {
  if (db.client.dialect !== 'mysql') {
    // Few jobs are hidden: the others cost nothing, and no list of them is ever led over this index.
    const few = column === 'hidden_time' ? `where ${column} is not null` : '';
    await db.raw(`create index ${name} on ${table} (${column}) ${few}`);
    return;
  }
  const present: unknown = await db('information_schema.statistics')
    .whereRaw('table_schema = database()')
    .where({ table_name: table, index_name: name })
    .first('index_name');
  if (!present) await db.raw(`create index ${name} on ${table} (${column})`);
}

async function down(db: Knex): Promise<void> {
  for (const [table, name] of [
    ['jobs', 'jobs_by_hidden_time'],
    ['tokens', 'tokens_by_expire_time'],
    ['idempotency_keys', 'idempotency_keys_by_create_time'],
  ] as const) {
    await db.schema.alterTable(table, (altered) => {
      altered.dropIndex([], name);
    });
  }
  await db.schema.dropTable('deleted_jobs');
}

export const cleanUp: Knex.Migration = { up, down };
