import { setTimeout as sleep } from 'node:timers/promises';
import { foldDeltas, manyWait } from '../adapters/sql/counts/fold.ts';
import { isTrusted, recount } from '../adapters/sql/counts/recount.ts';
import { changesAreNoted } from '../adapters/sql/counts/triggers.ts';
import type { OpenDatabase } from '../adapters/sql/open.ts';
import type { Log } from '../src/ports.ts';

export interface CountKeeper {
  /** Ends it after what is under way. */
  stop(): Promise<void>;
}

/** How often it is looked whether there is something to do, in ms. */
const EVERY = 1_000;
/** So many changes are added up by each count without anybody noticing. */
const MANY = 256;
/** After so many looks the counts are tried again where they could not be made. */
const AGAIN_AFTER = 60;

/**
 * Keeps the counts of jobs: makes them where they are missing, and folds changes into them, one instance at a time. Totals
 * are exact without it, and slow by and by.
 */
export function startCountKeeper(database: OpenDatabase, log: Log, every: number = EVERY): CountKeeper {
  const stop = new AbortController();
  const ended = keepCounting(database, log, every, stop.signal);
  return {
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

async function keepCounting(
  database: OpenDatabase,
  log: Log,
  every: number,
  stop: AbortSignal,
): Promise<void> {
  let failing = false;
  let refused = false;
  // A database that was brought back without its triggers must not be believed.
  let inUse = false;
  for (let look = 0; !stop.aborted; look++) {
    try {
      if (!inUse && (!refused || look % AGAIN_AFTER === 0)) {
        const made = await makeCounts(database, log);
        if (made === false && !refused) {
          log.warn(
            {},
            'totals are counted row by row: the database user may not make triggers; see jobgate doctor',
          );
        }
        inUse = made === true;
        refused = made === false;
      }
      if (await manyWait(database, MANY)) await foldDeltas(database, stop);
      if (failing) log.info({}, 'job counts are kept again');
      failing = false;
    } catch (cause) {
      if (!failing) log.warn({ cause }, 'job counts cannot be kept now');
      failing = true;
    }
    await sleep(every * (0.5 + Math.random()), undefined, { signal: stop }).catch(() => {});
  }
}

/** Whether they are in use now; undefined where another instance is making them. */
async function makeCounts(database: OpenDatabase, log: Log): Promise<boolean | undefined> {
  if ((await isTrusted(database.db)) && (await changesAreNoted(database.db))) return true;
  const found = await recount(database);
  if (found?.trusted) log.info({ counts: found.counts }, 'job counts are in use');
  return found?.trusted;
}
