/** More keys than this are asked for by several commands: one long command keeps Redis from everyone else. */
const KEYS_MOST = 500;

interface Waiting<Found> {
  readonly promise: Promise<Found>;
  readonly resolve: (found: Found) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Asks for many keys by one command: those that are wanted until the event loop comes round, each once. No key joins a
 * command that was sent already, since what that reads may be older than what its reader must see.
 * @param ask answers the keys in their order
 */
export function createBatch<Found>(
  ask: (keys: readonly string[]) => Promise<readonly Found[]>,
): (key: string) => Promise<Found> {
  let waiting = new Map<string, Waiting<Found>>();

  const flush = (): void => {
    const batch = waiting;
    waiting = new Map();
    const all = [...batch];
    for (let start = 0; start < all.length; start += KEYS_MOST) {
      const part = all.slice(start, start + KEYS_MOST);
      ask(part.map(([key]) => key)).then(
        (found) => part.forEach(([, { resolve }], index) => resolve(found[index] as Found)),
        (cause: unknown) => part.forEach(([, { reject }]) => reject(cause)),
      );
    }
  };

  return (key) => {
    const present = waiting.get(key);
    if (present) return present.promise;
    if (waiting.size === 0) setImmediate(flush);
    const { promise, resolve, reject } = defer<Found>();
    waiting.set(key, { promise, resolve, reject });
    return promise;
  };
}

function defer<Found>(): Waiting<Found> {
  let resolve!: (found: Found) => void;
  let reject!: (cause: unknown) => void;
  const promise = new Promise<Found>((take, refuse) => {
    resolve = take;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
