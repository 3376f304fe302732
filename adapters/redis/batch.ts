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
 * command that was sent already, since what that reads may be older than what its reader must see. The keys of one reader
 * stand in one command: what it is answered was true at one moment.
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
    // It was full, and nobody has come since.
    if (readers.length === 0) return;
    ask(keys).then(
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
      if (places.size + keys.length > KEYS_MOST) flush();
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ places: keys.map(placeOf), resolve, reject });
    });
}
