import { randomBytes } from 'node:crypto';
import type { Role } from '../../schemas/user.ts';
import { USER_ID_PATTERN } from '../../schemas/user.ts';
import { Refusal, refuseParameters } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Account } from './account.ts';

/** A shorter one is refused, whoever sets it. */
export const PASSWORD_LEAST = 8;

type Parts = Pick<Ports, 'accounts' | 'changes' | 'passwords' | 'clock'>;

/** A password that nobody has to think of: 96 random bits in letters, digits, `-` and `_`. */
export function inventPassword(): string {
  return randomBytes(12).toString('base64url');
}

/** @throws Refusal `user_exists`, `invalid_parameter` */
export async function addUser(parts: Parts, userId: string, role: Role, password: string): Promise<void> {
  if (!USER_ID_PATTERN.test(userId)) {
    throw refuseParameters([{ parameter: 'userId', fault: { is: 'format', expected: 'form' } }]);
  }
  const passwordHash = await hashNew(parts, password);
  const user = { userId, role, passwordHash, createTime: parts.clock() };
  if (!(await parts.accounts.addUser(user))) throw new Refusal('user_exists');
}

/** Sets a password and ends every session of the user. @throws Refusal `user_not_found`, `invalid_parameter` */
export async function setPassword(parts: Parts, userId: string, password: string): Promise<void> {
  const passwordHash = await hashNew(parts, password);
  await parts.changes.change([{ kind: 'account', id: userId }], async (tx) => {
    if (!(await tx.account(userId))) throw new Refusal('user_not_found');
    await tx.updateAccount(userId, { passwordHash });
    await tx.removeTokens(userId);
  });
}

/** Changes what a user may do; it counts for the next call. @throws Refusal `user_not_found` */
export async function changeUser(
  parts: Parts,
  userId: string,
  change: { readonly role?: Role; readonly active?: boolean },
): Promise<Account> {
  return parts.changes.change([{ kind: 'account', id: userId }], async (tx) => {
    if (!(await tx.account(userId))) throw new Refusal('user_not_found');
    await tx.updateAccount(userId, change);
    const changed = await tx.account(userId);
    if (!changed) throw new Refusal('user_not_found');
    return changed;
  });
}

async function hashNew({ passwords }: Parts, password: string): Promise<string> {
  if (password.length < PASSWORD_LEAST) {
    throw refuseParameters([{ parameter: 'password', fault: { is: 'too-short', least: PASSWORD_LEAST } }]);
  }
  return passwords.hash(password);
}
