/** More keys than this are asked for by several commands: one long command keeps Redis from everyone else. */
const KEYS_MOST = 500;

interface Waiting<Found> {
  /** Where its keys stand among those of the batch. */
  readonly places: readonly number[];
  readonly resolve: (found: readonly Found[]) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Asks for many keys by one command: those that are wanted until the event loop comes round, each once. No key joins a
 * command that was sent already, since what that reads may be older than what its reader must see.
 * @param ask answers the keys in their order
 * @returns answers the keys of one reader in their order; one promise for all of them, as readers are many
 */
export function createBatch<Found>(
  ask: (keys: readonly string[]) => Promise<readonly Found[]>,
): (keys: readonly string[]) => Promise<readonly Found[]> {
  let places = new Map<string, number>();
  let waiting: Waiting<Found>[] = [];

  const flush = (): void => {
    const keys = [...places.keys()];
    const readers = waiting;
    places = new Map();
    waiting = [];
    askInParts(keys, ask).then(
      (found) => {
        for (const { places, resolve } of readers) resolve(places.map((place) => found[place] as Found));
      },
      (cause: unknown) => {
        for (const { reject } of readers) reject(cause);
      },
    );
  };

  const placeOf = (key: string): number => {
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, places.size);
    return places.size - 1;
  };

  return (keys) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ places: keys.map(placeOf), resolve, reject });
    });
}

async function askInParts<Found>(
  keys: readonly string[],
  ask: (keys: readonly string[]) => Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  if (keys.length <= KEYS_MOST) return ask(keys);
  const parts = [];
  for (let start = 0; start < keys.length; start += KEYS_MOST) {
    parts.push(ask(keys.slice(start, start + KEYS_MOST)));
  }
  return (await Promise.all(parts)).flat();
}
