import { Refusal } from '../errors.ts';
import type { Clock, EpochState, Log } from '../ports.ts';
import type { EntryCache, Ledger } from './ports.ts';

/** A fence waits until every value of the epoch is dead; the surplus covers clocks whose rates differ. */
export const WRITE_AFTER_FENCE = 1.1;
const ON_AFTER_FENCE = 1.2;
const ON_AFTER_FENCE_EXTRA = 500;
/** An instance that alone cannot reach the cache must not keep turning it off for the others; in ms. */
const FENCE_PAUSE_WHEN_CUT_OFF = 30_000;

/**
 * What this instance knows of the epoch. It may know an old one for a while: the entries of an old epoch die
 * within T, and none can be added once the epoch has moved.
 */
export interface EpochKeeper {
  /** The epoch under which the cache may be used now; undefined: read the database, cache nothing. */
  usable(): number | undefined;
  /** Takes note of the epoch's row, which comes with every read of the database. */
  observe(state: EpochState): void;
  /** Turns the cache off everywhere because a writer of `epoch` cannot block entries in it. */
  fence(epoch: number): Promise<void>;
  /** Looks after the epoch: fences a cache that lost its state, turns a fenced one on again. */
  tick(): Promise<void>;
  /** The epoch as this instance knows it; undefined before the first look. */
  known(): EpochState | undefined;
  /** True while this instance cannot reach the cache that others use, and may not turn it off again. */
  cutOff(): boolean;
}

export function createEpochKeeper(parts: {
  readonly ledger: Ledger;
  readonly cache: EntryCache;
  readonly clock: Clock;
  readonly log: Log;
}): EpochKeeper {
  const { ledger, cache, clock, log } = parts;
  let known: EpochState | undefined;
  let fencedAt = -Infinity;

  const observe = (state: EpochState): void => {
    // Answers may overtake each other; an epoch begins off, is turned on once, and ends with the next one.
    const older =
      known && (state.epoch < known.epoch || (state.epoch === known.epoch && !state.on && known.on));
    if (older) return;
    if (known && known.on !== state.on) {
      log.info({ epoch: state.epoch, on: state.on }, state.on ? 'the cache is on' : 'the cache is off');
    }
    known = state;
  };

  const fence = async (epoch: number): Promise<void> => {
    const cut = cache.runId() === undefined;
    if (cut && clock() - fencedAt < FENCE_PAUSE_WHEN_CUT_OFF) {
      throw new Refusal('unavailable', { detail: 'busy', retryAfter: 5 });
    }
    fencedAt = clock();
    log.warn({ epoch, cut }, 'the cache is turned off: entries could not be blocked, or it lost its state');
    await ledger.fence(epoch);
    observe(await ledger.epoch());
  };

  const turnOn = async (runId: string, after: number): Promise<void> => {
    if (!(await ledger.turnOn(runId, after, (epoch) => cache.setEpoch(epoch)))) return;
    fencedAt = -Infinity;
    observe(await ledger.epoch());
  };

  return {
    usable: () => (known?.on && cache.runId() === known.runId ? known.epoch : undefined),
    observe,
    known: () => known,
    fence,
    async tick() {
      const state = await ledger.epoch();
      observe(state);
      // A fencer that died after its COMMIT leaves this to whoever comes by.
      if (!state.on && state.offFor < 0) await ledger.settle();
      const runId = await cache.identify();
      if (runId === undefined) return;
      if (!state.on) {
        const after = state.ttl * ON_AFTER_FENCE + ON_AFTER_FENCE_EXTRA;
        if (state.offFor > after) await turnOn(runId, after);
      } else if (runId !== state.runId || (await cache.epoch()) !== state.epoch) {
        await fence(state.epoch);
      } else {
        // It reaches what the others use, as it does where it turned the cache on: should it lose that, it is another loss.
        fencedAt = -Infinity;
      }
    },
    cutOff: () =>
      known?.on === true && cache.runId() === undefined && clock() - fencedAt < FENCE_PAUSE_WHEN_CUT_OFF,
  };
}
