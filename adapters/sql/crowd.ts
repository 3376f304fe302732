import type { Knex } from 'knex';

/**
 * So long a call may wait for a connection, as far as can be foreseen; in ms. A change has come further than a read, and
 * what a read by id brings is cached: without it, all who ask for the same come to the database.
 */
const PATIENCE = { lists: 50, changes: 100, reads: 200 } as const;
/** How fast the queue moves is measured over so long, in ms, and forgotten after so long without one. */
const WINDOW = 100;
const FRESH = 5_000;

/** The queue for the connections of a pool. */
export interface Crowd {
  /** Whether one more of a kind would wait too long. */
  crowded(kind: keyof typeof PATIENCE): boolean;
  /** Counts what has been begun until it is over. @param call takes one connection, sooner or later */
  follow<Answer>(call: Promise<Answer>): Promise<Answer>;
  /** The connections in use and unused, and how many wait for one. */
  now(): { readonly used: number; readonly free: number; readonly waiting: number };
}

interface Pool {
  readonly max: number;
  numPendingAcquires(): number;
  numUsed(): number;
  numFree(): number;
}

/**
 * Looks at the pool that a database's connections come from. How long one more would wait is the length of the queue over
 * how fast it moves. The queue is counted here: the pool learns of a call some turns of the promises after it was let in,
 * and hundreds may be let in meanwhile.
 */
export function watchPool(db: Knex, clock: () => number = () => performance.now()): Crowd {
  const pool = (db.client as { pool: Pool }).pool;
  /** A short queue keeps the connections busy, however slow it is. */
  const short = Math.max(4, Math.ceil(pool.max / 2));
  let inside = 0;
  /** How many of those inside left since `began`, while others waited. */
  let left = 0;
  let began = 0;
  /** How many leave in a ms while others wait, and when that was found. */
  let pace: { readonly perMs: number; readonly at: number } | undefined;

  const measure = (least: number): void => {
    const now = clock();
    const took = now - began;
    if (took < least) return;
    const perMs = left / took;
    pace = { perMs: pace === undefined ? perMs : (perMs + pace.perMs) / 2, at: now };
    began = now;
    left = 0;
  };

  const enter = (): void => {
    if (++inside !== pool.max + 1) return;
    // The first that waits.
    began = clock();
    left = 0;
    if (pace && began - pace.at > FRESH) pace = undefined;
  };
  const leave = (): void => {
    if (inside-- <= pool.max) return;
    left++;
    measure(inside === pool.max ? WINDOW / 4 : WINDOW);
  };

  return {
    crowded(kind) {
      const waiting = inside - pool.max;
      const patience = PATIENCE[kind];
      if (waiting < (short * patience) / PATIENCE.lists) return false;
      measure(WINDOW);
      // A burst that has just come: nobody knows yet how long it will stand.
      return pace !== undefined && waiting >= pace.perMs * patience;
    },
    async follow(call) {
      enter();
      try {
        return await call;
      } finally {
        leave();
      }
    },
    now: () => ({ used: pool.numUsed(), free: pool.numFree(), waiting: pool.numPendingAcquires() }),
  };
}
