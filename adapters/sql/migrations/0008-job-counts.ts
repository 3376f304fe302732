import type { Knex } from 'knex';
import { alter, createTriggers, dropTriggers } from '../counts/triggers.ts';
import { WORDS } from '../counts/words.ts';
import { exactText } from './exact-text.ts';
import { hasIndex } from './has-index.ts';

const LONGEST = { owner: 64, job_type: 64, job_action: 64, status: 32, pre_status: 32 } as const;

const INDEXES = {
  // Hidden jobs stand apart, so that lists and counts of the others do not meet them.
  jobs_by_time: ['hidden_time', 'create_time', 'job_id'],
  // Finds the jobs of a combination of words, and holds all that a list is ordered by.
  jobs_by_words: [
    'job_type',
    'job_action',
    'status',
    'pre_status',
    'owner',
    'hidden_time',
    'create_time',
    'update_time',
    'job_id',
  ],
} as const;

/** What the first of the above does as well. */
const REPLACED = {
  jobs_by_create_time: ['create_time', 'job_id'],
  jobs_by_hidden_time: ['hidden_time'],
} as const;

// MySQL commits each of these at once, and an index on millions of rows takes long: what is there is passed over.
async function up(db: Knex): Promise<void> {
  const exact = await exactText(db);
  const words = (table: Knex.CreateTableBuilder): void => {
    exact(table);
    for (const word of WORDS) table.string(word, LONGEST[word]).notNullable();
  };
  if (!(await db.schema.hasTable('job_counts'))) {
    await db.schema.createTable('job_counts', (table) => {
      // Which of the words the row is about; the others are empty.
      table.integer('level').unsigned().notNullable();
      words(table);
      table.bigInteger('jobs').notNullable();
      table.primary(['level', ...WORDS]);
    });
  }
  if (!(await db.schema.hasTable('job_count_deltas'))) {
    await db.schema.createTable('job_count_deltas', (table) => {
      table.bigIncrements('number');
      words(table);
      table.integer('delta').notNullable();
    });
  }
  if (!(await db.schema.hasTable('job_count_state'))) {
    await db.schema.createTable('job_count_state', (table) => {
      exact(table);
      table.integer('id').notNullable().primary();
      // Whether counts and deltas add up to what the table of jobs holds. While they do not, it is counted itself.
      table.boolean('trusted').notNullable();
    });
  }
  for (const [name, columns] of Object.entries(INDEXES)) await addIndex(db, name, columns);
  for (const name of Object.keys(REPLACED)) await dropIndex(db, name);
  const noted = await createTriggers(db);
  // From here on every change is noted. Where there are jobs already, an instance counts them while it serves.
  const filled = await db('jobs').first('job_id');
  await db('job_count_state').where('id', 1).delete();
  await db('job_count_state').insert({ id: 1, trusted: noted && !filled });
}

async function down(db: Knex): Promise<void> {
  await dropTriggers(db);
  for (const [name, columns] of Object.entries(REPLACED)) await addIndex(db, name, columns);
  for (const name of Object.keys(INDEXES)) await dropIndex(db, name);
  for (const table of ['job_count_state', 'job_count_deltas', 'job_counts']) await db.schema.dropTable(table);
}

async function addIndex(db: Knex, name: string, columns: readonly string[]): Promise<void> {
  if (!(await hasIndex(db, name))) await alter(db, `create index ${name} on jobs (${columns.join(', ')})`);
}

async function dropIndex(db: Knex, name: string): Promise<void> {
  if (!(await hasIndex(db, name))) return;
  await alter(db, db.client.dialect === 'mysql' ? `drop index ${name} on jobs` : `drop index ${name}`);
}

export const jobCounts: Knex.Migration = { up, down };
