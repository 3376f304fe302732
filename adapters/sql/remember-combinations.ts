import type { Combinations } from './merge-jobs.ts';

/**
 * What a process found out for lists that are asked for again and again: words and a time, no jobs. It may be out of date:
 * the statement that uses it tells.
 */
export interface CombinationMemory {
  /** `too many` is remembered as well; undefined where nothing is. */
  recall(list: string): Combinations | 'too many' | undefined;
  keep(list: string, found: Combinations | 'too many'): void;
}

/** In ms. A page may be looked for among all that was created since. */
const KEPT = 5_000;
const MOST = 200;

/** @param now in ms */
export function rememberCombinations(now: () => number = () => performance.now()): CombinationMemory {
  const lists = new Map<string, { readonly found: Combinations | 'too many'; readonly time: number }>();
  return {
    recall(list) {
      const kept = lists.get(list);
      return kept && now() - kept.time < KEPT ? kept.found : undefined;
    },
    keep(list, found) {
      // The oldest stands first.
      lists.delete(list);
      lists.set(list, { found, time: now() });
      if (lists.size <= MOST) return;
      for (const oldest of lists.keys()) {
        lists.delete(oldest);
        return;
      }
    },
  };
}
