import type { Knex } from 'knex';
import { readTotals } from '../../adapters/sql/counts/totals.ts';
import { matchJobs } from '../../adapters/sql/match-jobs.ts';
import type { JobFilter } from '../../src/ports.ts';

const FIELDS = ['owner', 'jobType', 'jobAction', 'status', 'preStatus'] as const;

export type WordLists = Readonly<Record<(typeof FIELDS)[number], readonly string[]>>;

/** A filter for every combination of fields: by one word each, and by two. */
export function filtersOf(words: WordLists, random: () => number): readonly JobFilter[] {
  const pick = (field: keyof WordLists, count: number): readonly string[] => {
    const from = Math.floor(random() * words[field].length);
    return [...words[field].slice(from), ...words[field].slice(0, from)].slice(0, count);
  };
  return Array.from({ length: 1 << FIELDS.length }, (_, subset) =>
    FIELDS.filter((_, index) => subset & (1 << index)),
  ).flatMap((fields) =>
    [1, 2].map(
      (count) => Object.fromEntries(fields.map((field) => [field, pick(field, count)])) as JobFilter,
    ),
  );
}

/** Totals that differ from what is in the table at the same moment, or that were not taken from the counts. */
export async function wrongTotals(
  db: Knex,
  snapshot: Knex.TransactionConfig,
  filters: readonly JobFilter[],
): Promise<readonly object[]> {
  const wrong: object[] = [];
  for (const filter of filters) {
    await db.transaction(async (trx) => {
      const { total, counted } = await readTotals(trx, filter);
      const [row] = (await matchJobs(trx('jobs'), filter).count({ total: '*' })) as {
        total: number | string;
      }[];
      const right = Number(row?.total);
      if (total !== right || !counted) wrong.push({ filter, total, counted, right });
    }, snapshot);
  }
  return wrong;
}
