import type { Knex } from 'knex';

/** A queue for connections that was empty within this time is a burst, which passes; in ms. */
const STANDING = 500;

/** The queue for the connections of a pool. */
export interface Crowd {
  /**
   * Whether one more would wait too long: the queue has not been empty for a while, and is not short.
   * Changes come later than reads, when their bodies are read: they may make it longer.
   */
  reads(): boolean;
  changes(): boolean;
  /** The connections in use and unused, and how many wait for one. */
  now(): { readonly used: number; readonly free: number; readonly waiting: number };
}

interface Pool {
  readonly max: number;
  numPendingAcquires(): number;
  numUsed(): number;
  numFree(): number;
}

/** Looks at the pool that a database's connections come from. */
export function watchPool(db: Knex, clock: () => number = () => performance.now()): Crowd {
  const pool = (db.client as { pool: Pool }).pool;
  let emptyAt = clock();
  /** A short queue keeps the connections busy; half a turn of theirs is as long as one waits in it. */
  const short = Math.max(4, Math.ceil(pool.max / 2));

  const isCrowded = (most: number): boolean => {
    const waiting = pool.numPendingAcquires();
    if (waiting === 0) emptyAt = clock();
    return waiting >= most && clock() - emptyAt > STANDING;
  };
  return {
    reads: () => isCrowded(short),
    changes: () => isCrowded(2 * short),
    now: () => ({ used: pool.numUsed(), free: pool.numFree(), waiting: pool.numPendingAcquires() }),
  };
}
