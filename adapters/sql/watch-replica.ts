import type { Log } from '../../src/ports.ts';
import type { OpenReplica } from './open-replica.ts';
import { openPositions, type Position } from './replica-positions.ts';
import { within } from './within.ts';

/** Where the primary was at a time, by this process's clock: what was acknowledged before is in its log by then. */
export interface Mark {
  readonly time: number;
  readonly position: Position;
}

/** What is known of a replica. */
export interface WatchedReplica<Store> {
  readonly store: Store;
  /** Whether it lacks nothing that was acknowledged more than the allowed lag ago, and has not failed lately. */
  isGood(): boolean;
  /** Finds the newest of these marks that it has come to. */
  look(marks: readonly Mark[]): Promise<void>;
  /** It is not good for a while, and who waits for an answer of it gets an error. */
  fail(cause: unknown): void;
  close(): Promise<void>;
}

/** So long a server may take to tell its position, in ms. */
export const POSITION_PATIENCE = 1_000;
/** A replica that failed is left alone for so long, in ms. */
const PAUSE_AFTER_FAILURE = 3_000;

export interface WatchOptions {
  /** The allowed lag, in ms. */
  readonly most: number;
  readonly storeId: string;
  readonly log: Log;
  /** Told at each look how far a replica is behind, at the most, in ms. */
  readonly lag: (name: string, milliseconds: number) => void;
}

export function watchReplica<Store>(
  replica: OpenReplica,
  store: Store,
  { most, storeId, log, lag }: WatchOptions,
): WatchedReplica<Store> {
  const { name } = replica;
  const positions = openPositions(replica);
  /** It has everything that was acknowledged before. */
  let has = -Infinity;
  let pausedUntil = -Infinity;
  let told = '';

  const tell = (level: 'info' | 'warn', message: string, facts: object = {}): void => {
    if (told !== message) log[level]({ replica: name, ...facts }, message);
    told = message;
  };
  const isGood = (): boolean => performance.now() - has <= most && performance.now() >= pausedUntil;
  const fail = (cause: unknown): void => {
    has = -Infinity;
    pausedUntil = performance.now() + PAUSE_AFTER_FAILURE;
    lag(name, Infinity);
    tell('warn', 'a replica fails: lists are read from the primary', { cause });
    replica.abandon();
  };
  return {
    store,
    isGood,
    fail,
    async look(marks) {
      if (performance.now() < pausedUntil) return;
      try {
        const wanted = marks.map(({ position }) => position);
        const reached = await within(POSITION_PATIENCE, positions.reached(storeId, wanted));
        const last = marks.findLast((_, index) => reached[index]);
        if (last) has = Math.max(has, last.time);
        lag(name, performance.now() - has);
        if (isGood()) tell('info', 'lists are read from a replica');
        else tell('warn', 'a replica is too far behind: lists are read from the primary', { most });
      } catch (cause) {
        fail(cause);
      }
    },
    async close() {
      replica.abandon();
      await replica.close();
    },
  };
}
