import { KeyTaken } from '../../src/jobs/answer-once.ts';
import type { ChangeTx } from '../../src/ports.ts';
import type { Queries } from './transaction.ts';
import { ask, isDeadlock, isDuplicate } from './ask.ts';
import { fromSqlTime, toSqlTime } from './time.ts';

/** What a transaction may do with the answers that are kept for keys. */
export function answerChanges(trx: Queries): Pick<ChangeTx, 'recall' | 'remember'> {
  return {
    recall: (userId, key, since) =>
      ask(async () => {
        const row = (await trx('idempotency_keys')
          .where({ user_id: userId, idempotency_key: key })
          .where('create_time', '>=', toSqlTime(since))
          .first()) as { digest: string; answer: string; create_time: string } | undefined;
        return (
          row && { userId, key, digest: row.digest, answer: row.answer, time: fromSqlTime(row.create_time) }
        );
      }),

    remember: ({ userId, key, digest, answer, time }, since) =>
      ask(async () => {
        const own = { user_id: userId, idempotency_key: key };
        const columns = { digest, answer, create_time: toSqlTime(time) };
        try {
          await trx('idempotency_keys').insert({ ...own, ...columns });
        } catch (thrown) {
          if (!isDuplicate(thrown)) throw thrown;
          if (!(await renew(trx, own, columns, since))) throw new KeyTaken();
        }
      }),
  };
}

/** Puts an answer in place of one that is too old and was not removed yet; false where the present one is not. */
async function renew(trx: Queries, own: object, columns: object, since: number): Promise<boolean> {
  try {
    const renewed = await trx('idempotency_keys')
      .where(own)
      .where('create_time', '<', toSqlTime(since))
      .update(columns);
    return renewed === 1;
  } catch (thrown) {
    // Two requests that found it too old at once: the server has rolled this one back, and the other goes on.
    if (isDeadlock(thrown)) return false;
    throw thrown;
  }
}
