import type { Knex } from 'knex';
import type { JobOrder } from '../../src/ports.ts';
import type { Asked } from './choose-way.ts';
import { cutPage, ORDER_COLUMNS } from './match-jobs.ts';
import type { JobRow } from './rows.ts';

/** From here on a page is looked for by the index alone, and from the nearer end. */
export const DEEP = 1_000;

/**
 * The rows of a page, in order.
 * @param matching a query of jobs, which are `t` in it
 * @param idsAlone only ids are sorted and passed over, not whole rows; a page far on is always looked for like that
 * @param more further columns
 */
export async function readRows<Row extends JobRow = JobRow>(
  db: Knex,
  { order, page }: Asked,
  matching: Knex.QueryBuilder,
  {
    idsAlone = false,
    more = [],
  }: { idsAlone?: boolean; more?: readonly (Knex.Raw | Knex.QueryBuilder)[] } = {},
): Promise<readonly Row[]> {
  const cut = cutPage(matching, order, page, 't.');
  if (!idsAlone && page.offset < DEEP) return (await cut.select('t.*', ...more)) as Row[];
  const chosen = db.from(cut.select('t.job_id').as('p')).join('jobs as j', 'j.job_id', 'p.job_id');
  // To sort whole rows once more, a server would write them to a table of its own.
  return ((await chosen.select('j.*', ...more)) as Row[]).toSorted(compareRows(order));
}

function compareRows({ by, descending }: JobOrder): (one: JobRow, other: JobRow) => number {
  const column = ORDER_COLUMNS[by];
  const key = (row: JobRow): string => row[column] + row.job_id;
  const sign = descending ? -1 : 1;
  return (one, other) => (key(one) < key(other) ? -sign : sign);
}
