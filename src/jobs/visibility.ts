import { Refusal } from '../errors.ts';
import type { Account } from '../accounts/account.ts';

/** Operators and admins see every job; a user sees its own. */
export function maySee(caller: Account, job: { readonly owner: string }): boolean {
  return seesAll(caller) || job.owner === caller.userId;
}

/**
 * The owners that a list is narrowed to: those asked for, or the caller where it sees no others.
 * @throws Refusal `permission_denied` where a user asks for another's jobs.
 */
export function visibleOwners(
  caller: Account,
  asked: readonly string[] | undefined,
): readonly string[] | undefined {
  if (seesAll(caller)) return asked;
  if (asked?.some((owner) => owner !== caller.userId)) throw new Refusal('permission_denied');
  return [caller.userId];
}

export function seesAll(caller: Account): boolean {
  return caller.role === 'operator' || caller.role === 'admin';
}
