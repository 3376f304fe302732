import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenDatabase } from './open.ts';
import type { OpenReplica } from './open-replica.ts';
import { openPositions } from './replica-positions.ts';
import { POSITION_PATIENCE, watchReplica, type Mark, type WatchOptions } from './watch-replica.ts';
import { TookTooLong, within } from './within.ts';

/** Replicas of the database, and how far each is known to have come. */
export interface Replicas<Store> {
  /**
   * Asks a replica that lacks nothing which was acknowledged more than the allowed lag ago. Where there is none, or where
   * it fails or takes too long, the primary is asked.
   */
  ask<Answer>(question: (store: Store) => Promise<Answer>): Promise<Answer>;
  close(): Promise<void>;
}

/** Where a list was read. */
export type ListServer = 'primary' | 'replica';

/** So long a replica may take for a list before the primary is asked in its place, in ms. */
const LIST_PATIENCE = 1_000;
/** Positions are asked for so many times within the allowed lag, in bounds of ms. */
const LOOKS_WITHIN_LAG = 5;
const LEAST_INTERVAL = 50;
const MOST_INTERVAL = 1_000;

/**
 * Looks after replicas. The lag is measured by positions in the primary's log alone: a replica that has come to a position
 * has all that was acknowledged before the primary was asked for it. So neither the clocks of servers nor what a
 * replica says of its own lag are relied on.
 */
export function createReplicas<Store>(
  primary: { readonly database: OpenDatabase; readonly store: Store },
  replicas: readonly { readonly replica: OpenReplica; readonly store: Store }[],
  options: WatchOptions & { readonly count: (server: ListServer) => void },
): Replicas<Store> {
  const { most, count } = options;
  const positions = openPositions(primary.database);
  const watched = replicas.map(({ replica, store }) => watchReplica(replica, store, options));
  const stop = new AbortController();
  let marks: Mark[] = [];
  let turn = 0;

  const look = async (): Promise<void> => {
    const time = performance.now();
    const position = await within(POSITION_PATIENCE, positions.present()).catch(() => undefined);
    marks = marks.filter((mark) => performance.now() - mark.time <= most);
    if (position !== undefined) marks.push({ time, position });
    await Promise.all(watched.map((each) => each.look(marks)));
    turn++;
  };
  const watch = async (): Promise<void> => {
    const interval = Math.min(Math.max(most / LOOKS_WITHIN_LAG, LEAST_INTERVAL), MOST_INTERVAL);
    while (!stop.signal.aborted) {
      await look();
      await sleep(interval, undefined, { signal: stop.signal }).catch(() => {});
    }
  };
  const watching = watch();

  return {
    async ask(question) {
      const good = watched.filter((each) => each.isGood());
      // All that is asked between two looks goes to one replica: what belongs together is read in one place.
      const replica = good[turn % good.length];
      if (replica) {
        try {
          const answer = await within(LIST_PATIENCE, question(replica.store));
          count('replica');
          return answer;
        } catch (cause) {
          // A list may be slow by itself; whether the replica is, the next look tells.
          if (!(cause instanceof TookTooLong)) replica.fail(cause);
        }
      }
      count('primary');
      return question(primary.store);
    },
    async close() {
      stop.abort();
      await watching;
      await Promise.all(watched.map((each) => each.close()));
    },
  };
}
