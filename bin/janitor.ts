import { setTimeout as sleep } from 'node:timers/promises';
import type { Removed } from '../adapters/sql/clean-up.ts';
import type { Log } from '../src/ports.ts';
import type { Config } from './config.ts';

export interface Janitor {
  /** Ends it after the batch that is under way. */
  stop(): Promise<void>;
}

const DAY = 24 * 60 * 60_000;

/** How long hidden jobs are kept, in ms; undefined: for ever. */
export function retentionOf({ retentionDays }: Config): number | undefined {
  return retentionDays === undefined ? undefined : retentionDays * DAY;
}

/**
 * Cleans up again and again. Instances that were started together do not do it at the same time.
 * @param interval from the end of one time to the next on the average, in ms
 * @param clean does it once; undefined where another instance is at it
 */
export function startJanitor(
  interval: number,
  log: Log,
  clean: (stop: AbortSignal) => Promise<Removed | undefined>,
): Janitor {
  const stop = new AbortController();
  const ended = keepCleaning(interval, log, clean, stop.signal);
  return {
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

async function keepCleaning(
  interval: number,
  log: Log,
  clean: (stop: AbortSignal) => Promise<Removed | undefined>,
  stop: AbortSignal,
): Promise<void> {
  let failing = false;
  for (;;) {
    await sleep(interval * (0.5 + Math.random()), undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return;
    try {
      const removed = await clean(stop);
      if (removed && Object.values(removed).some((rows) => rows > 0)) {
        log.info({ removed }, 'expired rows were removed');
      }
      failing = false;
    } catch (cause) {
      if (!failing) log.warn({ cause }, 'expired rows cannot be removed now');
      failing = true;
    }
  }
}
