import type { Claim } from '../accounts/credentials.ts';
import { signatureDigest } from '../accounts/judge-signature.ts';
import { mayBeSecond } from '../jobs/answer-once.ts';
import type { Changes, ChangeTx, RowKey } from '../ports.ts';

/** Clocks of instances may differ: a call is remembered for longer than its signature holds; in ms. */
const KEPT_LONGER = 24 * 60 * 60_000;

/**
 * Changes for one signed call: whoever sends it again, by a retry or because it was overheard, changes nothing and is
 * told what it came to. It is remembered in the transaction of the effect, so that this holds whatever breaks.
 * An operation makes one change.
 */
export function actOnce(
  changes: Changes,
  userId: string,
  { signature, until }: NonNullable<Claim['signed']>,
): Changes {
  return {
    async change<Result>(keys: readonly RowKey[], work: (tx: ChangeTx) => Promise<Result>): Promise<Result> {
      const digest = signatureDigest(signature);
      const attempt = (): Promise<Result> =>
        changes.change(keys, async (tx) => {
          const before = await tx.recallSigned(digest);
          if (before !== undefined) return (JSON.parse(before) as { result: Result }).result;
          const result = await work(tx);
          const answer = JSON.stringify({ result });
          await tx.rememberSigned({ digest, userId, answer, expireTime: until + KEPT_LONGER });
          return result;
        });
      try {
        return await attempt();
      } catch (thrown) {
        // The same call, or one with the same key, was carried out between our look and our effect.
        if (mayBeSecond(thrown)) return attempt();
        throw thrown;
      }
    },
  };
}
