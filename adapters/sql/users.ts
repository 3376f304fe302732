import type { Knex } from 'knex';
import { emailKey } from '../../src/accounts/user.ts';
import { Refusal } from '../../src/errors.ts';
import type { AccountStore, ChangeTx, UserFilter } from '../../src/ports.ts';
import type { Queries } from './transaction.ts';
import { ask, isDuplicate } from './ask.ts';
import { fromStoredUser, toAccount, toStoredUser, type UserRow } from './rows.ts';

/** Users in the database, outside of changes. */
export function userStore(
  db: Knex,
): Pick<AccountStore, 'findUser' | 'findUserByEmail' | 'listUsers' | 'countUsers' | 'otherAdmins'> {
  const find = (column: 'user_id' | 'email_key', value: string): ReturnType<AccountStore['findUser']> =>
    ask(async () => {
      const row = (await db('users').where(column, value).first()) as UserRow | undefined;
      return row && toStoredUser(row);
    });
  return {
    findUser: (userId) => find('user_id', userId),
    findUserByEmail: (email) => find('email_key', emailKey(email)),

    listUsers: (filter, { offset, limit, after }) =>
      ask(async () => {
        const query = matching(db, filter).orderBy('user_id').offset(offset).limit(limit);
        if (after !== undefined) void query.where('user_id', '>', after);
        return ((await query.select('*')) as UserRow[]).map(toStoredUser);
      }),

    countUsers: (filter = {}) =>
      ask(async () => {
        const [row] = (await matching(db, filter).count({ total: '*' })) as { total: number | string }[];
        return Number(row?.total ?? 0);
      }),

    otherAdmins: (userId, most) =>
      ask(async () => {
        const others = matching(db, { role: 'admin', active: true }).whereNot('user_id', userId);
        return (await others.orderBy('user_id').limit(most).pluck('user_id')) as string[];
      }),
  };
}

/**
 * What a change may do to users whose accounts it has locked.
 * @param absent accounts that were not there when they were to be locked; one that another creates meanwhile is not this
 *   change's to touch
 */
export function userChanges(
  trx: Queries,
  absent: Set<string>,
): Pick<ChangeTx, 'account' | 'user' | 'insertUser' | 'updateAccount'> {
  const find = async (userId: string): Promise<UserRow | undefined> =>
    absent.has(userId)
      ? undefined
      : ((await trx('users').where('user_id', userId).first()) as UserRow | undefined);

  /** Either of two words of a user may be another's; the caller is told which. */
  const taken = async (thrown: unknown, userId: string, email: string | undefined): Promise<unknown> => {
    if (!isDuplicate(thrown)) return thrown;
    const other =
      email !== undefined &&
      (await trx('users').where('email_key', emailKey(email)).whereNot('user_id', userId).first('user_id'));
    return new Refusal('user_exists', other ? { detail: 'email-taken' } : {});
  };

  return {
    account: (userId) =>
      ask(async () => {
        const row = await find(userId);
        return row && toAccount(row);
      }),

    user: (userId) =>
      ask(async () => {
        const row = await find(userId);
        return row && toStoredUser(row);
      }),

    insertUser: (user) =>
      ask(async () => {
        try {
          await trx('users').insert(fromStoredUser(user));
        } catch (thrown) {
          throw await taken(thrown, user.userId, user.email);
        }
        absent.delete(user.userId);
      }),

    updateAccount: (userId, { role, active, passwordHash, email }) =>
      ask(async () => {
        const columns = {
          ...(role !== undefined && { role }),
          ...(active !== undefined && { active, invited: false }),
          ...(passwordHash !== undefined && { password_hash: passwordHash }),
          ...(email !== undefined && { email, email_key: emailKey(email) }),
          version: trx.raw('version + 1'),
        };
        try {
          await trx('users').where('user_id', userId).update(columns);
        } catch (thrown) {
          throw await taken(thrown, userId, email);
        }
      }),
  };
}

function matching(db: Knex, { userIds, role, active }: UserFilter): Knex.QueryBuilder {
  const query = db('users');
  if (userIds) void query.whereIn('user_id', [...userIds]);
  if (role !== undefined) void query.where('role', role);
  if (active !== undefined) void query.where('active', active);
  return query;
}
