import type { Log } from '../../src/ports.ts';

/** Why a call is refused before it is looked at. */
export type Because = 'calls' | 'bodies' | 'database';

/** Refusals that are so far apart belong to different times of load; in ms. */
const QUIET = 5_000;

/** Two lines for each time of load, however many calls it costs. */
export function tellOfRefusals(log: Log): (because: Because) => void {
  let refused: Partial<Record<Because, number>> | undefined;
  let last = 0;
  const end = (): void => {
    const left = last + QUIET - performance.now();
    if (left > 0) return void setTimeout(end, left).unref();
    log.info({ refused }, 'calls are not refused any more');
    refused = undefined;
  };
  return (because) => {
    last = performance.now();
    if (!refused) {
      log.warn({ because }, 'calls are refused: there are more than can be carried');
      refused = {};
      setTimeout(end, QUIET).unref();
    }
    refused[because] = (refused[because] ?? 0) + 1;
  };
}
