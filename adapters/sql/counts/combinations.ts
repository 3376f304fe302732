import type { Knex } from 'knex';
import type { JobFilter } from '../../../src/ports.ts';
import { matchWords } from '../match-jobs.ts';
import { keyOf, levelOf, type Word } from './words.ts';

/**
 * The combinations of these words that jobs which match have, and maybe some that no job has any more; those that are
 * not folded yet stand among the deltas.
 * @param words of a level that is kept
 */
export function combinationsOf(db: Knex, words: readonly Word[], filter: JobFilter): Knex.QueryBuilder {
  const columns = [...words];
  const counted = db('job_counts')
    .where(keyOf(levelOf(words)))
    .select(columns);
  return matchWords(counted, filter).union(matchWords(db('job_count_deltas').select(columns), filter));
}
