import type { Knex } from 'knex';
import { dialectOf } from '../dialect.ts';
import { LEVELS, wordsIn, WORDS, type Level, type Word } from './words.ts';

/** Jobs that have these words, more than before or fewer. */
export type Change = Readonly<Record<Word, string>> & { readonly jobs: number };

type Row = Readonly<Record<Word, string>> & { readonly level: Level; readonly jobs: number };

const ROWS_PER_STATEMENT = 200;
/** A statement names so many keys: the server compares each row that it finds with each of them. */
const KEYS = 50;

/** Changes the counts at every level. Nobody else may do so meanwhile. */
export async function addToCounts(trx: Knex.Transaction, changes: readonly Change[]): Promise<void> {
  const combinations = sum(changes.map((change) => ({ ...change, level: 0 })));
  const rows = sum(LEVELS.flatMap((level) => combinations.map((change) => atLevel(level, change))));
  const added = trx.raw(`job_counts.jobs + ${dialectOf(trx).newValue('jobs')}`);
  for (const some of chunks(rows, ROWS_PER_STATEMENT)) {
    await trx('job_counts')
      .insert([...some])
      .onConflict(['level', ...WORDS])
      .merge({ jobs: added });
  }
  // Words that went out of use must not make every sum longer for ever.
  const fewer = rows.filter(({ jobs }) => jobs < 0);
  for (const some of chunks(fewer, KEYS)) {
    await trx('job_counts')
      .where('jobs', 0)
      .where((any) => some.forEach(({ jobs: _jobs, ...key }) => void any.orWhere(key)))
      .delete();
  }
}

function atLevel(level: Level, change: Change): Row {
  const kept = new Set(wordsIn(level));
  const words = Object.fromEntries(WORDS.map((word) => [word, kept.has(word) ? change[word] : '']));
  return { ...(words as Record<Word, string>), level, jobs: change.jobs };
}

/** One row for each key, in the order of the keys, without those that nothing is left of. */
function sum(rows: readonly Row[]): readonly Row[] {
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify([row.level, ...WORDS.map((word) => row[word])]);
    byKey.set(key, { ...row, jobs: row.jobs + (byKey.get(key)?.jobs ?? 0) });
  }
  return [...byKey].filter(([, { jobs }]) => jobs !== 0).map(([, row]) => row);
}

function* chunks<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
