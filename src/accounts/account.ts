import type { Role } from '../../schemas/user.ts';

/**
 * Who a user is, as far as a call needs it. `version` rises with every change that may end a credential's
 * life: a log-out, another password, another role, activation.
 */
export interface Account {
  readonly userId: string;
  readonly role: Role;
  readonly active: boolean;
  readonly version: number;
}

/** The entry's bytes of an account in the cache. */
export function encodeAccount(account: Account): Buffer {
  return Buffer.from(JSON.stringify([account.userId, account.role, account.active]));
}

export function decodeAccount(version: number, entry: Buffer): Account {
  const [userId, role, active] = JSON.parse(entry.toString()) as [string, Role, boolean];
  return { userId, role, active, version };
}
