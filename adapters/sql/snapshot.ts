import type { Knex } from 'knex';
import type { Snapshot } from '../../src/ports.ts';
import type { Dialect } from './dialect.ts';
import { toEpochState, type EpochRow } from './rows.ts';

/** The columns of the epoch's row, which is `e` in the query. */
export function epochColumns(db: Knex, dialect: Dialect): (string | Knex.Raw)[] {
  return ['e.epoch', 'e.mode', 'e.redis_run_id', 'e.ttl', db.raw(`${dialect.offFor} as off_for`)];
}

/**
 * Rows by id together with the epoch's row, in one statement: what it says of both was true at one moment.
 * @param key the column of the ids
 * @param narrow leaves out rows that are not to be seen
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a driver's rows have no type of their own
export async function readSnapshot<Row, Seen>(
  db: Knex,
  dialect: Dialect,
  table: string,
  key: string,
  ids: readonly string[],
  see: (row: Row) => Seen,
  narrow: (join: Knex.JoinClause) => unknown = () => {},
): Promise<Snapshot<Seen>> {
  const found = (await db('cache_epoch as e')
    .leftJoin(`${table} as t`, (join) => {
      narrow(join.onIn(`t.${key}`, [...ids]));
    })
    .select('t.*', ...epochColumns(db, dialect))) as (Row & EpochRow)[];
  const [first] = found;
  if (!first) throw new Error('the table cache_epoch is empty: the database was not migrated');
  const rows = new Map<string, Seen>();
  for (const row of found) {
    const id = (row as Record<string, unknown>)[key];
    if (typeof id === 'string') rows.set(id, see(row));
  }
  return { epoch: toEpochState(first), rows };
}
