import { createLedger } from '../../adapters/sql/ledger.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import type { StoredUser } from '../../src/ports.ts';

/** A user as it is stored, active and without an e-mail address unless told. */
export function someUser(user: Partial<StoredUser> & Pick<StoredUser, 'userId'>): StoredUser {
  return {
    role: 'user',
    active: true,
    invited: false,
    email: undefined,
    passwordHash: `hash of ${user.userId}`,
    createTime: 0,
    lastLoginTime: undefined,
    version: 1,
    ...user,
  };
}

/** Puts a user straight into the store. @throws Refusal `user_exists` */
export async function putUser(
  { db, dialect }: Pick<OpenDatabase, 'db' | 'dialect'>,
  user: Partial<StoredUser> & Pick<StoredUser, 'userId'>,
): Promise<void> {
  const tx = await createLedger(db, dialect).begin([]);
  try {
    await tx.insertUser(someUser(user));
    await tx.commit();
  } finally {
    await tx.rollback();
  }
}
