import { randomBytes } from 'node:crypto';
import { EMAIL_PATTERN, USER_ID_PATTERN, type Role } from '../../schemas/user.ts';
import { Refusal, refuseParameters } from '../errors.ts';
import { answerOnce } from '../jobs/answer-once.ts';
import type { Ports, StoredUser } from '../ports.ts';
import type { Actor } from './audit.ts';
import { inventOneTimeToken, type InventedToken } from './one-time-token.ts';
import { judgeSamePassword } from './same-password.ts';
import { hashNew, takePassword } from './take-password.ts';
import { accountKey, inventUserId, viewUser, type User } from './user.ts';

type Parts = Pick<Ports, 'accounts' | 'changes' | 'passwords' | 'clock'>;

/** A user to be made. Without a password it is invited: it chooses one with the token that is sent to it. */
export interface NewUser {
  /** Left out: one is made up. */
  readonly userId?: string | undefined;
  readonly role: Role;
  readonly email?: string | undefined;
  readonly password?: string | undefined;
}

/** A password that nobody has to think of: 96 random bits in letters, digits, `-` and `_`. */
export function inventPassword(): string {
  return randomBytes(12).toString('base64url');
}

/**
 * Makes a user, and the token of its invitation where it has no password. An account that is not there has no entry
 * in any cache: it goes through a change all the same, so that a signed call that comes again makes no second one.
 * @param parts `reservedUserIds` can be no new user's
 * @returns the token only where this very call made the user
 * @throws Refusal `user_exists`, `invalid_parameter`, `idempotency_conflict`
 */
export async function addUser(
  parts: Parts & Pick<Ports, 'reservedUserIds'>,
  { userId: asked, role, email, password }: NewUser,
  by: Actor,
  idempotencyKey?: string,
): Promise<{ user: User; invitation?: InventedToken }> {
  const userId = asked ?? inventUserId();
  judgeUserId(userId, parts.reservedUserIds);
  judgeEmail(email);
  const time = parts.clock();
  const invitation = password === undefined ? inventOneTimeToken(userId, 'activation', time) : undefined;
  const stored: StoredUser = {
    userId,
    role,
    active: !invitation,
    invited: invitation !== undefined,
    email,
    passwordHash: password === undefined ? undefined : await hashNew(parts, password),
    createTime: time,
    lastLoginTime: undefined,
    version: 1,
  };
  const { passwordHash } = stored;
  const request = { userId: asked, role, email, invited: stored.invited };
  const once = { key: idempotencyKey, operation: 'create-user', request };
  let makes = false as boolean;
  const made = await answerOnce(parts, by, [accountKey(userId)], once, async (tx) => {
    makes = false;
    if (await tx.account(userId)) throw new Refusal('user_exists');
    await tx.insertUser(stored);
    if (invitation) await tx.insertOneTimeToken(invitation.stored);
    const fields = [
      'role',
      ...(email === undefined ? [] : ['email']),
      ...(password === undefined ? [] : ['password']),
    ];
    await tx.addAudit({ ...by, time, operation: 'create-user', about: userId, fields });
    makes = true;
    return { user: viewUser(stored), ...(idempotencyKey !== undefined && { passwordHash }) };
  });
  // A signed call that comes again says the same: its password need not be compared, nor kept.
  if (idempotencyKey !== undefined) {
    await judgeSamePassword(parts.passwords, password, passwordHash, made.passwordHash);
  }
  return { user: made.user, ...(makes && invitation && { invitation }) };
}

/**
 * Sets a password, and ends every session of the user.
 * @param judge looks at the user as it is locked, and throws where the password is not to be set
 * @throws Refusal `user_not_found`, `invalid_parameter`
 */
export async function setPassword(
  parts: Parts,
  userId: string,
  password: string,
  by: Actor,
  judge: (user: StoredUser) => void = () => {},
): Promise<void> {
  const passwordHash = await hashNew(parts, password);
  await parts.changes.change([accountKey(userId)], async (tx) => {
    const user = await tx.user(userId);
    if (!user) throw new Refusal('user_not_found');
    judge(user);
    await takePassword(tx, userId, passwordHash);
    const time = parts.clock();
    await tx.addAudit({ ...by, time, operation: 'change-password', about: userId, fields: ['password'] });
  });
}

/** Ends every token of a user, on every instance. @throws Refusal `user_not_found` */
export async function revokeTokens(
  { changes, clock }: Pick<Parts, 'changes' | 'clock'>,
  userId: string,
  by: Actor,
): Promise<void> {
  await changes.change([accountKey(userId)], async (tx) => {
    if (!(await tx.account(userId))) throw new Refusal('user_not_found');
    await tx.removeTokens(userId);
    const time = clock();
    await tx.addAudit({ ...by, time, operation: 'revoke-tokens', about: userId, fields: ['tokens'] });
  });
}

/** @throws Refusal `invalid_parameter` */
function judgeUserId(userId: string, reserved: ReadonlySet<string>): void {
  if (!USER_ID_PATTERN.test(userId)) {
    throw refuseParameters([{ parameter: 'userId', fault: { is: 'format', expected: 'form' } }]);
  }
  if (reserved.has(userId)) throw refuseParameters([{ parameter: 'userId', fault: { is: 'reserved' } }]);
}

/** @throws Refusal `invalid_parameter` */
export function judgeEmail(email: string | undefined): void {
  if (email === undefined || (email.length <= 254 && new RegExp(EMAIL_PATTERN, 'u').test(email))) return;
  throw refuseParameters([{ parameter: 'email', fault: { is: 'format', expected: 'email' } }]);
}
