import { createHash } from 'node:crypto';
import { Refusal } from '../errors.ts';
import type { ChangeTx, RowKey, Ports } from '../ports.ts';

/** What makes a request the same one again. */
export interface Once {
  /** The caller's own word for the request; undefined: every request is a new one. */
  readonly key: string | undefined;
  readonly operation: string;
  /** What was asked for, redacted: it must not be found out from its digest. */
  readonly request: object;
}

/** Two requests with one key came at once, and the other was first: its answer is there now. */
export class KeyTaken extends Error {}

/** Whether the same request may have been carried out meanwhile: then its answer is there, or it is refused again. */
export function mayBeSecond(thrown: unknown): boolean {
  return thrown instanceof KeyTaken || (thrown instanceof Refusal && thrown.reason === 'user_exists');
}

/** What tells one request from another. */
export function digestOf({ operation, request }: Omit<Once, 'key'>): string {
  return createHash('sha256')
    .update(JSON.stringify([operation, request]))
    .digest('hex');
}

/** How long an answer is kept, in ms. */
export const ANSWER_KEPT_FOR = 24 * 60 * 60_000;

/**
 * Makes a change once for a key, however often the request comes: what it comes to is stored as JSON in the transaction
 * of the effect, and given again as it was.
 * @param holder whose key it is: a user, or what stands for one where nobody has logged in
 * @throws Refusal `idempotency_conflict` where the key came with another request
 */
export async function answerOnce<Result>(
  ports: Pick<Ports, 'changes' | 'clock'>,
  holder: { readonly userId: string },
  keys: readonly RowKey[],
  once: Once,
  effect: (tx: ChangeTx) => Promise<Result>,
): Promise<Result> {
  const { key } = once;
  if (key === undefined) return ports.changes.change(keys, effect);

  const { userId } = holder;
  const digest = digestOf(once);
  const attempt = (): Promise<Result> =>
    ports.changes.change(keys, async (tx) => {
      const since = ports.clock() - ANSWER_KEPT_FOR;
      const stored = await tx.recall(userId, key, since);
      if (stored && stored.digest !== digest) throw new Refusal('idempotency_conflict');
      if (stored) return JSON.parse(stored.answer) as Result;
      const result = await effect(tx);
      await tx.remember({ userId, key, digest, answer: JSON.stringify(result), time: ports.clock() }, since);
      return result;
    });
  try {
    return await attempt();
  } catch (thrown) {
    if (mayBeSecond(thrown)) return attempt();
    throw thrown;
  }
}
