import { PASSWORD_LEAST } from '../../schemas/user.ts';
import { refuseParameters } from '../errors.ts';
import type { ChangeTx, Passwords } from '../ports.ts';

/** A hash for a password that is to be set. @throws Refusal `invalid_parameter` */
export async function hashNew(
  { passwords }: { readonly passwords: Passwords },
  password: string,
): Promise<string> {
  if (password.length < PASSWORD_LEAST) {
    throw refuseParameters([{ parameter: 'password', fault: { is: 'too-short', least: PASSWORD_LEAST } }]);
  }
  return passwords.hash(password);
}

/** Stores a password, and ends the user's tokens and the resets that it was sent. */
export async function takePassword(
  tx: ChangeTx,
  userId: string,
  passwordHash: string,
  activate = false,
): Promise<void> {
  await tx.updateAccount(userId, { passwordHash, ...(activate && { active: true }) });
  await tx.removeTokens(userId);
  await tx.removeOneTimeTokens(userId, ['reset']);
}
