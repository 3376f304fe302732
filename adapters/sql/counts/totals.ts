import type { Knex } from 'knex';
import type { JobFilter } from '../../../src/ports.ts';
import { isOfWords, matchJobs, matchWords, wordsOf } from '../match-jobs.ts';
import { keyOf, levelFor, levelOf, type Level, type Word } from './words.ts';

/** How many jobs a filter matches, and what tells how to list them. */
export interface Totals {
  readonly total: number;
  /** Whether it comes from the counts: every combination of words that jobs have stands there. */
  readonly counted: boolean;
  /** How many jobs have one word of the filter, where it asks for one of its kind alone; about. */
  readonly having: ReadonlyMap<Word, number>;
  /** How many jobs there are; about. */
  readonly all: number;
}

/** The columns that tell a total. */
export type Counted = Readonly<Record<'trusted' | 'folded' | 'waiting', number | string | null>>;

type Row = Counted & Readonly<Record<string, number | string | null>>;

/**
 * Counts exactly, by the counts where the filter is of words alone: as many rows are read as there are combinations of
 * words, however many jobs have them. Counts and what is still to be folded are read in one statement, which sees one
 * moment.
 */
export async function readTotals(db: Knex, filter: JobFilter): Promise<Totals> {
  if (!isOfWords(filter)) return countRows(db, filter);
  const words = wordsOf(filter);
  const sumAt = (level: Level): Knex.QueryBuilder => sumOf(db, level);
  const single = [...words].flatMap(([word, asked]) =>
    asked.length === 1 ? [[word, asked[0]!] as const] : [],
  );
  // Only a choice between several ways asks for more than the total.
  const sizes = words.size > 1 ? single : [];
  const query = db('job_count_state').select(
    ...totalColumns(db, filter),
    sumAt(0).as('every'),
    ...sizes.map(([word, asked]) =>
      sumAt(levelOf([word]))
        .where(word, asked)
        .as(word),
    ),
  );
  const row = (await query.first()) as Row | undefined;
  const total = row && totalOf(row);
  if (row === undefined || total === undefined) return countRows(db, filter);
  const number = (column: string): number => Number(row[column] ?? 0);
  return {
    total,
    counted: true,
    having: new Map(sizes.map(([word]) => [word, number(word)])),
    all: number('every'),
  };
}

/** Columns for any statement that say how many jobs have the words of a filter, as {@link totalOf} reads them. */
export function totalColumns(db: Knex, filter: JobFilter): readonly Knex.QueryBuilder[] {
  const level = levelFor(levelOf([...wordsOf(filter).keys()]));
  return [
    db('job_count_state').where('id', 1).select('trusted').as('trusted'),
    matchWords(sumOf(db, level), filter).as('folded'),
    matchWords(db('job_count_deltas').sum('delta'), filter).as('waiting'),
  ];
}

/** Undefined where the counts are not to be trusted. */
export function totalOf({ trusted, folded, waiting }: Counted): number | undefined {
  return Number(trusted) ? Number(folded ?? 0) + Number(waiting ?? 0) : undefined;
}

const sumOf = (db: Knex, level: Level): Knex.QueryBuilder => db('job_counts').where(keyOf(level)).sum('jobs');

async function countRows(db: Knex, filter: JobFilter): Promise<Totals> {
  const [row] = (await matchJobs(db('jobs'), filter).count({ total: '*' })) as { total: number | string }[];
  return { total: Number(row?.total ?? 0), counted: false, having: new Map(), all: 0 };
}
