import type { Knex } from 'knex';
import type { AccountStore, ChangeTx, Purpose, StoredOneTimeToken } from '../../src/ports.ts';
import { answerChanges } from './answers.ts';
import type { Queries } from './transaction.ts';
import { ask } from './ask.ts';
import { fromSqlTime, toSqlTime } from './time.ts';

interface OneTimeTokenRow {
  digest: string;
  purpose: Purpose;
  user_id: string;
  create_time: string;
  expire_time: string;
}

/** Tokens of log-ins and of mails in the database, outside of changes. */
export function tokenStore(
  db: Knex,
): Pick<AccountStore, 'findToken' | 'addToken' | 'findOneTimeToken' | 'addOneTimeToken'> {
  return {
    findToken: (digest) =>
      ask(async () => {
        const row = (await db('tokens as t')
          .join('users as u', 'u.user_id', 't.user_id')
          .where('t.digest', digest)
          .first('t.digest', 't.user_id', 't.expire_time', 'u.version')) as
          { digest: string; user_id: string; expire_time: string; version: number } | undefined;
        if (!row) return undefined;
        const expireTime = fromSqlTime(row.expire_time);
        return { digest: row.digest, userId: row.user_id, expireTime, version: row.version };
      }),

    addToken: ({ digest, userId, expireTime }, version, now) =>
      ask(() =>
        db.transaction(async (trx) => {
          // One statement notes the log-in, compares the version and locks the account. No reader of the cache is told
          // of a log-in: the version stays.
          const found = await trx('users')
            .where({ user_id: userId, version })
            .update({ last_login_time: toSqlTime(now) });
          if (found === 0) return false;
          await trx('tokens').insert({
            digest,
            user_id: userId,
            create_time: toSqlTime(now),
            expire_time: toSqlTime(expireTime),
          });
          return true;
        }),
      ),

    findOneTimeToken: (digest) => ask(() => findOneTimeToken(db, digest)),

    addOneTimeToken: (token, version, answer) =>
      ask(() =>
        db.transaction(async (trx) => {
          const { userId, purpose, createTime } = token;
          const account = trx('users').where({ user_id: userId, version });
          if ((await account.update({ version })) === 0) return false;
          if (answer) await answerChanges(trx).remember(answer, answer.since);
          await trx('one_time_tokens')
            .where({ user_id: userId, purpose })
            .where('expire_time', '<', toSqlTime(createTime))
            .delete();
          await trx('one_time_tokens').insert(fromOneTimeToken(token));
          return true;
        }),
      ),
  };
}

/** What a change may do to the tokens of a user whose account it has locked. */
export function tokenChanges(
  trx: Queries,
): Pick<ChangeTx, 'removeTokens' | 'oneTimeToken' | 'insertOneTimeToken' | 'removeOneTimeTokens'> {
  return {
    removeTokens: (userId, digest) =>
      ask(async () => {
        const query = trx('tokens').where('user_id', userId);
        if (digest !== undefined) void query.where('digest', digest);
        await query.delete();
        await trx('users')
          .where('user_id', userId)
          .update({ version: trx.raw('version + 1') });
      }),

    oneTimeToken: (digest) => ask(() => findOneTimeToken(trx, digest)),

    insertOneTimeToken: (token) =>
      ask(async () => void (await trx('one_time_tokens').insert(fromOneTimeToken(token)))),

    removeOneTimeTokens: (userId, purposes) =>
      ask(async () => {
        await trx('one_time_tokens')
          .where('user_id', userId)
          .whereIn('purpose', [...purposes])
          .delete();
      }),
  };
}

async function findOneTimeToken(db: Queries, digest: string): Promise<StoredOneTimeToken | undefined> {
  const row = (await db('one_time_tokens').where('digest', digest).first()) as OneTimeTokenRow | undefined;
  return (
    row && {
      digest: row.digest,
      purpose: row.purpose,
      userId: row.user_id,
      createTime: fromSqlTime(row.create_time),
      expireTime: fromSqlTime(row.expire_time),
    }
  );
}

function fromOneTimeToken(token: StoredOneTimeToken): OneTimeTokenRow {
  return {
    digest: token.digest,
    purpose: token.purpose,
    user_id: token.userId,
    create_time: toSqlTime(token.createTime),
    expire_time: toSqlTime(token.expireTime),
  };
}
