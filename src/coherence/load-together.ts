import { setImmediate as nextTurn } from 'node:timers/promises';

/** More rows than this are not asked for at once. */
const ROWS_MOST = 500;

/** A read of the database that is about to be sent, and those who wait for it. */
interface Flight<Row> {
  /** The epoch that its readers would fill; undefined: they may not use the cache. */
  readonly epoch: number | undefined;
  readonly ids: Set<string>;
  /** Rows may still be added. */
  collects: boolean;
  readonly rows: Promise<ReadonlyMap<string, Row>>;
}

/**
 * Joins reads of rows of one kind. When an entry of the cache dies, all who poll that job come at once; each of them by
 * itself would take a connection of the database for the same row. A reader joins a read that was not sent yet, never one
 * that was: what that brings may be older than what its reader must see.
 * @param fly reads rows by id, and calls `sent` before it asks the database
 * @param joined is told of what did not take a read of its own
 */
export function joinLoads<Row>(
  fly: (
    ids: readonly string[],
    epoch: number | undefined,
    sent: () => void,
  ) => Promise<ReadonlyMap<string, Row>>,
  joined: (ids: readonly string[], epoch: number | undefined) => void,
): (ids: readonly string[], epoch: number | undefined) => Promise<ReadonlyMap<string, Row>> {
  let standing: Flight<Row> | undefined;

  const begin = (ids: readonly string[], epoch: number | undefined): Flight<Row> => {
    const leave = async (): Promise<ReadonlyMap<string, Row>> => {
      await nextTurn();
      flight.collects = false;
      const close = (): void => {
        if (standing === flight) standing = undefined;
      };
      try {
        return await fly([...flight.ids], epoch, close);
      } finally {
        close();
      }
    };
    const flight: Flight<Row> = { epoch, ids: new Set(ids), collects: true, rows: leave() };
    return flight;
  };

  const mayJoin = (flight: Flight<Row>, ids: readonly string[], epoch: number | undefined): boolean => {
    if (flight.epoch !== epoch) return false;
    if (flight.collects && flight.ids.size + ids.length <= ROWS_MOST) return true;
    return ids.every((id) => flight.ids.has(id));
  };

  return (ids, epoch) => {
    if (!standing || !mayJoin(standing, ids, epoch)) {
      standing = begin(ids, epoch);
      return standing.rows;
    }
    for (const id of ids) standing.ids.add(id);
    joined(ids, epoch);
    return standing.rows;
  };
}
