import type { Role } from '../../schemas/user.ts';
import { Refusal } from '../errors.ts';
import type { ChangeTx, Ports, StoredUser } from '../ports.ts';
import type { Actor } from './audit.ts';
import { inventOneTimeToken, type InventedToken } from './one-time-token.ts';
import { judgeEmail } from './manage-users.ts';
import { accountKey, viewUser, type User } from './user.ts';

type Parts = Pick<Ports, 'accounts' | 'changes' | 'clock'>;

export interface UserChange {
  readonly role?: Role | undefined;
  readonly active?: boolean | undefined;
  readonly email?: string | undefined;
}

/** So many other admins are locked beside one that ceases to be one: any of them will do. */
const WITNESSES = 3;

/**
 * Changes what a user is and may do; it counts for the next call on every instance.
 * @param parts with `keepsAdmin` the last active admin stays one
 * @returns the user as it is now; `invitation` where it waits for one and its address is another now
 * @throws Refusal `user_not_found`, `user_exists` where the address is another's, `operation_not_allowed`
 */
export async function changeUser(
  parts: Parts & { readonly keepsAdmin?: boolean },
  userId: string,
  change: UserChange,
  by: Actor,
): Promise<{ user: User; invitation?: InventedToken }> {
  judgeEmail(change.email);
  const mayEndAdmin = change.active === false || (change.role !== undefined && change.role !== 'admin');
  const guarded = parts.keepsAdmin === true && mayEndAdmin;
  // Whoever demotes one of them meanwhile waits for its lock, and then finds us done.
  const witnesses = guarded ? await parts.accounts.otherAdmins(userId, WITNESSES) : [];
  const invitation = inventOneTimeToken(userId, 'activation', parts.clock());
  let invites = false as boolean;
  const user = await parts.changes.change([userId, ...witnesses].toSorted().map(accountKey), async (tx) => {
    const before = await tx.user(userId);
    if (!before) throw new Refusal('user_not_found');
    if (guarded && isAdmin(before) && !(await someAdmin(tx, witnesses))) {
      throw new Refusal('operation_not_allowed', { detail: 'last-admin' });
    }
    const differs = differences(before, change);
    const fields = Object.keys(differs).map((name) => (name === 'active' ? 'status' : name));
    invites = false;
    if (fields.length === 0) return viewUser(before);
    await tx.updateAccount(userId, differs);
    // What was sent to an address that is not the user's any more, or before an admin kept the user out.
    if (differs.email !== undefined) await tx.removeOneTimeTokens(userId, ['activation', 'reset']);
    else if (differs.active === false) await tx.removeOneTimeTokens(userId, ['reset']);
    const after = await tx.user(userId);
    if (!after) throw new Refusal('user_not_found');
    if (after.invited && differs.email !== undefined) {
      await tx.insertOneTimeToken(invitation.stored);
      invites = true;
    }
    await tx.addAudit({ ...by, time: parts.clock(), operation: 'change-user', about: userId, fields });
    return viewUser(after);
  });
  return { user, ...(invites && { invitation }) };
}

/** What the change makes different. To deactivate an invited user, who is inactive already, takes the invitation back. */
function differences(before: StoredUser, { role, active, email }: UserChange): UserChange {
  const status = active !== undefined && (active !== before.active || before.invited);
  return {
    ...(role !== undefined && role !== before.role && { role }),
    ...(status && { active }),
    ...(email !== undefined && email !== before.email && { email }),
  };
}

function isAdmin({ role, active }: { readonly role: Role; readonly active: boolean }): boolean {
  return role === 'admin' && active;
}

async function someAdmin(tx: ChangeTx, userIds: readonly string[]): Promise<boolean> {
  for (const userId of userIds) {
    const account = await tx.account(userId);
    if (account && isAdmin(account)) return true;
  }
  return false;
}
