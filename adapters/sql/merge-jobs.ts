import type { Knex } from 'knex';
import type { JobList } from '../../src/ports.ts';
import { mergeAlong, type Along, type Asked, type Merge } from './choose-way.ts';
import { combinationsOf, othersThan } from './counts/combinations.ts';
import { totalColumns, totalOf, type Counted } from './counts/totals.ts';
import type { Word } from './counts/words.ts';
import type { Dialect } from './dialect.ts';
import { cutPage, matchTimes, ORDER_COLUMNS, wordsOf } from './match-jobs.ts';
import { readRows } from './read-rows.ts';
import type { CombinationMemory } from './remember-combinations.ts';
import { toJob, type JobRow } from './rows.ts';

/** What a page is merged from. */
export interface Combinations {
  readonly all: readonly Readonly<Record<Word, string>>[];
  /** The page is full before this time, in the order of the list; undefined where there are too few jobs to tell. */
  readonly end: string | undefined;
}

type Cut = Readonly<Record<Word, string>> & { readonly cut: string | null };

type Row = JobRow & Counted & { readonly others: number | string };

/** So many jobs of one combination may change between two statements. */
export const SPARE = 10;

/**
 * The list by what is remembered of it, in one statement.
 * @returns undefined where nothing is, or where it is true no longer
 */
export async function mergeAgain(
  db: Knex,
  dialect: Dialect,
  asked: Asked,
  memory: CombinationMemory,
): Promise<JobList | undefined> {
  const along = mergeAlong(asked);
  const found = along && memory.recall(asked, along.index);
  if (!found || found === 'too many') return undefined;
  const list = await readMerged(db, dialect, asked, along, found);
  if (!list) memory.forget(asked, along.index);
  return list;
}

/**
 * The list by the combinations of now, which are remembered.
 * @returns undefined where there are too many, or where they change meanwhile
 */
export async function mergeAnew(
  db: Knex,
  dialect: Dialect,
  asked: Asked,
  way: Merge,
  memory: CombinationMemory,
): Promise<JobList | undefined> {
  const found = await findCombinations(db, dialect, asked, way);
  memory.keep(asked, way.index, found ?? 'too many');
  return found && readMerged(db, dialect, asked, way, found);
}

/**
 * The combinations of the index's words that match, and the time by which one of them fills the page by itself: none has
 * more jobs before it than the page needs, however many it has in all.
 * @returns undefined where there are too many
 */
export async function findCombinations(
  db: Knex,
  dialect: Dialect,
  { filter, order, page }: Asked,
  { index, words, most }: Along & { readonly most: number },
): Promise<Combinations | undefined> {
  const column = `t.${ORDER_COLUMNS[order.by]}`;
  const same = words.map((word) => `t.${word} = c.${word}`).join(' and ');
  const jobs = matchTimes(db.from(db.raw(dialect.by(index, 'jobs', 't'))).whereRaw(same), filter, 't.');
  const last = { ...page, offset: page.offset + page.limit + SPARE - 1, limit: 1 };
  const combinations = combinationsOf(db, words, filter).limit(most + 1);
  const rows = (await db
    .from(db.raw('? as c', [combinations]))
    .select(words.map((word) => `c.${word}`))
    .select(cutPage(jobs.select(column), order, last, 't.').as('cut'))) as Cut[];
  if (rows.length > most) return undefined;
  const cuts = rows.flatMap(({ cut }) => cut ?? []).toSorted();
  return { all: rows.map(({ cut: _cut, ...each }) => each), end: order.descending ? cuts.at(-1) : cuts[0] };
}

/**
 * The page of the combinations that were found a moment ago, and the total, both of one moment.
 * @returns undefined where there are others by now, or where jobs that were to fill the page are gone
 */
export async function readMerged(
  db: Knex,
  dialect: Dialect,
  { filter, order, page }: Asked,
  { index, words }: Along,
  { all, end }: Combinations,
): Promise<JobList | undefined> {
  const [first] = all;
  if (!first) return undefined;
  const jobs = matchTimes(db.from(db.raw(dialect.by(index, 'jobs', 't'))), filter, 't.');
  const asked = wordsOf(filter);
  const fixed = words.filter((word) => all.length === 1 || asked.get(word)?.length === 1);
  const free = words.filter((word) => !fixed.includes(word));
  for (const word of fixed) void jobs.where(`t.${word}`, first[word]);
  if (free.length > 0) {
    void jobs.whereIn(
      free.map((word) => `t.${word}`),
      all.map((each) => free.map((word) => each[word])),
    );
  }
  if (end !== undefined) {
    void jobs.where(`t.${ORDER_COLUMNS[order.by]}`, order.descending ? '>=' : '<=', end);
  }
  const more = [othersThan(db, words, filter, all), ...totalColumns(db, filter)];
  const rows = await readRows<Row>(db, { filter, order, page }, jobs, { more });
  const [row] = rows;
  const full = rows.length === page.limit || end === undefined;
  if (!row || !full || Number(row.others) !== 0) return undefined;
  const total = totalOf(row);
  return total === undefined ? undefined : { jobs: rows.map(toJob), total };
}
