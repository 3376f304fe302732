import type { Asked } from './choose-way.ts';
import type { Combinations } from './merge-jobs.ts';

/**
 * What a process found out for lists that are asked for again and again: words and a time, no jobs. It may be out of date:
 * the statement that uses it tells.
 */
export interface CombinationMemory {
  /**
   * `too many` is remembered as well; undefined where nothing is.
   * @param index of whose words the combinations are
   */
  recall(asked: Asked, index: string): Combinations | 'too many' | undefined;
  keep(asked: Asked, index: string, found: Combinations | 'too many'): void;
  forget(asked: Asked, index: string): void;
}

/** In ms. A page may be looked for among all that was created since. */
const KEPT = 5_000;
const MOST = 200;

/** @param now in ms */
export function rememberCombinations(now: () => number = () => performance.now()): CombinationMemory {
  const lists = new Map<string, { readonly found: Combinations | 'too many'; readonly time: number }>();
  return {
    recall(asked, index) {
      const kept = lists.get(keyOf(asked, index));
      return kept && now() - kept.time < KEPT ? kept.found : undefined;
    },
    forget: (asked, index) => void lists.delete(keyOf(asked, index)),
    keep(asked, index, found) {
      const list = keyOf(asked, index);
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

const keyOf = ({ filter, order, page }: Asked, index: string): string =>
  JSON.stringify([index, filter, order, page.offset + page.limit, page.after]);
