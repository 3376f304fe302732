import { Refusal } from '../errors.ts';
import type { Account } from './account.ts';

/** Whose account a caller means: its own, or, for an admin, the one it names. @throws Refusal `permission_denied` */
export function ownerFor(caller: Account, asked: string | undefined): string {
  if (asked === undefined || asked === caller.userId) return caller.userId;
  if (caller.role !== 'admin') throw new Refusal('permission_denied');
  return asked;
}

/** Whether a caller may see and change what belongs to this account. */
export function mayTouchOf(caller: Account): (owner: string) => boolean {
  return (owner) => caller.role === 'admin' || owner === caller.userId;
}

/**
 * The account that a caller names: its own, or, for an admin, any. Another's is answered like one that is not there.
 * @throws Refusal `user_not_found`
 */
export function accountFor(caller: Account, asked: string | undefined): string {
  if (asked === undefined || asked === caller.userId) return caller.userId;
  if (caller.role !== 'admin') throw new Refusal('user_not_found');
  return asked;
}
