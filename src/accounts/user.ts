import { randomInt } from 'node:crypto';
import type { Role, UserStatus } from '../../schemas/user.ts';
import type { RowKey, StoredUser } from '../ports.ts';

/** A user as it may be shown, to itself and to admins. Times are in ms since 1970. */
export interface User {
  readonly userId: string;
  readonly role: Role;
  readonly status: UserStatus;
  readonly email?: string;
  readonly createTime: number;
  readonly lastLoginTime?: number;
}

export function viewUser({ userId, role, active, email, createTime, lastLoginTime }: StoredUser): User {
  return {
    userId,
    role,
    status: active ? 'active' : 'inactive',
    ...(email !== undefined && { email }),
    createTime,
    ...(lastLoginTime !== undefined && { lastLoginTime }),
  };
}

const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** A new id: `usr-` and 8 random letters. */
export function inventUserId(): string {
  return `usr-${Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`;
}

/** What two spellings of one address have in common: hardly a mail server tells upper case from lower case. */
export function emailKey(email: string): string {
  return email.normalize('NFC').toLowerCase();
}

export function accountKey(userId: string): RowKey {
  return { kind: 'account', id: userId };
}
