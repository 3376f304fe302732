import type { Knex } from 'knex';
import type { AccountStore } from '../../src/ports.ts';
import { accessKeyStore } from './access-keys.ts';
import { ask, isDuplicate } from './ask.ts';
import type { Dialect } from './dialect.ts';
import { toAccount, toStoredUser, type UserRow } from './rows.ts';
import { readSnapshot } from './snapshot.ts';
import { fromSqlTime, toSqlTime } from './time.ts';

/** Users, tokens and access keys in the database. */
export function createAccountStore(db: Knex, dialect: Dialect): AccountStore {
  return {
    read: (userIds) => ask(() => readSnapshot(db, dialect, 'users', 'user_id', userIds, toAccount)),

    findUser: (userId) =>
      ask(async () => {
        const row = await findRow(db, userId);
        return row && toStoredUser(row);
      }),

    listUsers: () =>
      ask(async () => ((await db('users').orderBy('user_id').select('*')) as UserRow[]).map(toStoredUser)),

    addUser: ({ userId, role, passwordHash, createTime }) =>
      ask(async () => {
        const row = {
          user_id: userId,
          role,
          active: true,
          password_hash: passwordHash,
          create_time: toSqlTime(createTime),
          version: 1,
        };
        try {
          await db('users').insert(row);
          return true;
        } catch (thrown) {
          if (isDuplicate(thrown)) return false;
          throw thrown;
        }
      }),

    countUsers: () =>
      ask(async () => {
        const [row] = (await db('users').count({ total: '*' })) as { total: number | string }[];
        return Number(row?.total ?? 0);
      }),

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
          await dialect.lockRow(trx, 'users', 'user_id', userId, true);
          const present = await findRow(trx, userId);
          if (present?.version !== version) return false;
          await trx('tokens').insert({
            digest,
            user_id: userId,
            create_time: toSqlTime(now),
            expire_time: toSqlTime(expireTime),
          });
          return true;
        }),
      ),

    ...accessKeyStore(db),
  };
}

async function findRow(db: Knex, userId: string): Promise<UserRow | undefined> {
  return (await db('users').where('user_id', userId).first()) as UserRow | undefined;
}
