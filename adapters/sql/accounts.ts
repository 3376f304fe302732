import type { Knex } from 'knex';
import type { AccountStore } from '../../src/ports.ts';
import { accessKeyStore } from './access-keys.ts';
import { ask } from './ask.ts';
import { auditTrail } from './audit-trail.ts';
import type { Dialect } from './dialect.ts';
import { toAccount } from './rows.ts';
import { readSnapshot } from './snapshot.ts';
import { tokenStore } from './tokens.ts';
import { userStore } from './users.ts';

/** Users, tokens, access keys and their audit trail in the database. */
export function createAccountStore(db: Knex, dialect: Dialect): AccountStore {
  return {
    read: (userIds) => ask(() => readSnapshot(db, dialect, 'users', 'user_id', userIds, toAccount)),
    ...userStore(db),
    ...tokenStore(db),
    ...accessKeyStore(db),
    ...auditTrail(db),
  };
}
