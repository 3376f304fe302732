import type { Knex } from 'knex';
import { alter } from '../counts/triggers.ts';
import { hasIndex } from './has-index.ts';

const WORDS_BUT_OWNER = 'job_type, job_action, status, pre_status';
/** Hidden jobs stand apart; the others in the order of a list. */
const IN_ORDER = 'hidden_time, create_time, job_id';

const BEFORE = {
  jobs_by_words: `${WORDS_BUT_OWNER}, owner, hidden_time, create_time, update_time, job_id`,
} as const;
const NOW = {
  // The last column is for lists that are ordered by it: all that they need is in the index.
  jobs_by_words: `${WORDS_BUT_OWNER}, owner, ${IN_ORDER}, update_time`,
  jobs_by_words_but_owner: `${WORDS_BUT_OWNER}, ${IN_ORDER}`,
} as const;

/** Jobs that have the same words come to stand in the order of their creation. */
async function up(db: Knex): Promise<void> {
  // A server does it all or nothing, but may have done it for a process that then was ended.
  if (!(await hasIndex(db, 'jobs_by_words_but_owner'))) await replaceIndexes(db, BEFORE, NOW);
}

async function down(db: Knex): Promise<void> {
  await replaceIndexes(db, NOW, BEFORE);
}

/**
 * In one statement of a server, which reads and writes the table meanwhile: instances of the version before name
 * `jobs_by_words` in theirs, and never miss it.
 */
async function replaceIndexes(
  db: Knex,
  present: Readonly<Record<string, string>>,
  next: Readonly<Record<string, string>>,
): Promise<void> {
  if (db.client.dialect === 'mysql') {
    const changes = [
      ...Object.keys(present).map((name) => `drop index ${name}`),
      ...Object.entries(next).map(([name, columns]) => `add index ${name} (${columns})`),
    ];
    await alter(db, `alter table jobs ${changes.join(', ')}, algorithm = inplace, lock = none`);
    return;
  }
  for (const name of Object.keys(present)) await db.raw(`drop index ${name}`);
  for (const [name, columns] of Object.entries(next)) {
    await db.raw(`create index ${name} on jobs (${columns})`);
  }
}

export const jobsInOrder: Knex.Migration = { up, down };
