import type { EntryCache, EntryValue } from '../../src/coherence/ports.ts';
import type { Clock, EntryKey } from '../../src/ports.ts';

type Entry =
  | { readonly is: 'value'; readonly value: EntryValue; readonly until: number }
  | { readonly is: 'lease'; readonly token: string; readonly since: number; readonly until: number }
  /** Since when, by token, the oldest first. */
  | { readonly is: 'block'; readonly since: ReadonlyMap<string, number> };

const LEASE_FRESH = 500;

/** The run id of the one process that has the embedded store's cache; the first migration registers it. */
export const EMBEDDED_RUN_ID = 'embedded';

/**
 * Entries in this process, for the embedded store. Its epoch never changes: entries cannot outlive the process,
 * and another process that writes to the store changes `generation`, which empties the cache.
 * @param ttl T, in ms
 * @param most how many entries may stand; blocks are not counted out
 */
export function createMemoryEntryCache(parts: {
  readonly ttl: number;
  readonly most: number;
  readonly clock: Clock;
  readonly generation: () => number;
}): EntryCache {
  const { ttl, most, clock, generation } = parts;
  const entries = new Map<string, Entry>();
  let seen = generation();

  /** What stands, after what is too old was removed; everything but blocks is, when another process has written. */
  const standing = (key: EntryKey): Entry | undefined => {
    const now = generation();
    if (now !== seen) {
      for (const [name, entry] of entries) if (entry.is !== 'block') entries.delete(name);
      seen = now;
    }
    const entry = entries.get(nameOf(key));
    if (entry && entry.is !== 'block' && entry.until <= clock()) {
      entries.delete(nameOf(key));
      return undefined;
    }
    return entry;
  };

  const put = (key: EntryKey, entry: Entry): void => {
    entries.delete(nameOf(key));
    for (const [name, oldest] of entries) {
      if (entries.size < most) break;
      if (oldest.is !== 'block') entries.delete(name);
    }
    entries.set(nameOf(key), entry);
  };

  /** Takes away the block of this token. */
  const remove = (key: EntryKey, token: string): void => {
    const entry = entries.get(nameOf(key));
    if (entry?.is !== 'block' || !entry.since.has(token)) return;
    const since = new Map(entry.since);
    since.delete(token);
    if (since.size > 0) entries.set(nameOf(key), { is: 'block', since });
    else entries.delete(nameOf(key));
  };

  return {
    runId: () => EMBEDDED_RUN_ID,
    identify: async () => EMBEDDED_RUN_ID,
    epoch: async () => undefined,
    setEpoch: async (epoch) => epoch,

    async get(_epoch, keys) {
      return keys.map((key) => {
        const entry = standing(key);
        return entry?.is === 'value' ? entry.value : undefined;
      });
    },

    async lease(_epoch, key, token) {
      const entry = standing(key);
      if (entry?.is === 'value') return { is: 'hit' };
      if (entry?.is === 'block') {
        const [holder, since] = entry.since.entries().next().value as [string, number];
        return { is: 'blocked', age: clock() - since, token: holder };
      }
      if (entry && clock() - entry.since < LEASE_FRESH) return { is: 'wait' };
      put(key, { is: 'lease', token, since: clock(), until: clock() + ttl });
      return { is: 'lease' };
    },

    async fill(_epoch, key, token, value) {
      const entry = standing(key);
      if (entry?.is === 'lease' && entry.token === token)
        put(key, { is: 'value', value, until: entry.until });
    },

    async block(_epoch, keys, token) {
      for (const key of keys) {
        const present = key.kind === 'newest' ? standing(key) : undefined;
        const others = present?.is === 'block' ? present.since : [];
        put(key, { is: 'block', since: new Map([...others, [token, clock()]]) });
      }
      return true;
    },

    async publish(_epoch, key, token) {
      // Between the commit and now another process may have written the row anew: a reader fetches the value.
      remove(key, token);
    },

    async abort(_epoch, keys, token) {
      for (const key of keys) remove(key, token);
    },
  };
}

function nameOf({ kind, id }: EntryKey): string {
  return `${kind}:${id}`;
}

/** The cache where there is no Redis: it holds nothing, and the database answers every read. */
export const noEntryCache: EntryCache = {
  runId: () => undefined,
  identify: async () => undefined,
  epoch: async () => undefined,
  setEpoch: async (epoch) => epoch,
  get: async (_epoch, keys) => keys.map(() => undefined),
  lease: async () => ({ is: 'no-epoch' }),
  fill: async () => {},
  block: async () => false,
  publish: async () => {},
  abort: async () => {},
};
