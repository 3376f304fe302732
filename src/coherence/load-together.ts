import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntryKey } from '../ports.ts';

/** No read fills more entries than this. */
const KEYS_MOST = 500;

/**
 * One read of the database.
 * @param keys the entries that it may fill
 * @param sent to be called before the database is asked
 */
export type Load<Found> = (keys: readonly EntryKey[], sent: () => void) => Promise<Found>;

/** A read of the database that is about to be sent, and those who wait for it. */
interface Flight<Found> {
  /** The epoch that its readers would fill; undefined: they may not use the cache. */
  readonly epoch: number | undefined;
  readonly keys: Map<string, EntryKey>;
  /** Keys may still be added. */
  collects: boolean;
  readonly found: Promise<Found>;
}

/**
 * Joins reads of the same. When an entry of the cache dies, all who poll that job come at once; each of them by itself would
 * take a connection of the database for the same row. A reader joins a read that was not sent yet, never one that was: what
 * that brings may be older than what its reader must see.
 * @param joined is told of the entries of a reader that did not take a read of its own
 * @returns what reads, or joins a read of the same name; `load` is used where it reads
 */
export function joinLoads<Found>(
  joined: (keys: readonly EntryKey[], epoch: number | undefined) => void,
): (name: string, keys: readonly EntryKey[], epoch: number | undefined, load: Load<Found>) => Promise<Found> {
  const standing = new Map<string, Flight<Found>>();

  const begin = (name: string, epoch: number | undefined, load: Load<Found>): Flight<Found> => {
    const leave = async (): Promise<Found> => {
      await nextTurn();
      flight.collects = false;
      const close = (): void => {
        if (standing.get(name) === flight) standing.delete(name);
      };
      try {
        return await load([...flight.keys.values()], close);
      } finally {
        close();
      }
    };
    const flight: Flight<Found> = { epoch, keys: new Map(), collects: true, found: leave() };
    standing.set(name, flight);
    return flight;
  };

  const mayJoin = (flight: Flight<Found>, keys: readonly EntryKey[], epoch: number | undefined): boolean => {
    if (flight.epoch !== epoch) return false;
    if (flight.collects && flight.keys.size + keys.length <= KEYS_MOST) return true;
    return keys.every((key) => flight.keys.has(nameOf(key)));
  };

  return (name, keys, epoch, load) => {
    let flight = standing.get(name);
    if (flight && mayJoin(flight, keys, epoch)) joined(keys, epoch);
    else flight = begin(name, epoch, load);
    if (flight.collects) for (const key of keys) flight.keys.set(nameOf(key), key);
    return flight.found;
  };
}

function nameOf({ kind, id }: EntryKey): string {
  return `${kind} ${id}`;
}
