import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { Refusal } from '../errors.ts';
import type { Passwords } from '../ports.ts';

/** The cost of a hash: OWASP's second choice for argon2id (19 MiB, two passes, one lane), about 20 ms of one core. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Each hash takes memory and a thread; more at once than the thread pool can run would stop everything else. */
const AT_ONCE = 2;
/** Longer queues only make callers wait for an answer that they gave up on. */
const WAITING_MOST = 100;

/** argon2id with a bound on how many are under way. */
export function createPasswords(): Passwords {
  const limit = pLimit(AT_ONCE);
  let decoy: Promise<string> | undefined;

  const makeDecoy = (): Promise<string> =>
    hash('no password hashes to this', COST).catch((thrown: unknown) => {
      decoy = undefined;
      throw thrown;
    });

  const bounded = <T>(work: () => Promise<T>): Promise<T> => {
    if (limit.pendingCount >= WAITING_MOST) {
      throw new Refusal('unavailable', { detail: 'busy', retryAfter: 1 });
    }
    return limit(work);
  };

  return {
    hash: async (password) => bounded(() => hash(password, COST)),
    async verify(password, stored, admit) {
      const against = stored ?? (await (decoy ??= makeDecoy()));
      const matches = await bounded(async () => {
        await admit?.();
        return verify(against, password);
      });
      return matches && stored !== undefined;
    },
  };
}
