import type { AccountStore, AttemptLimiter, Passwords, StoredUser } from '../ports.ts';

/**
 * The user whose password this is, or undefined; takes as long for a user that does not exist.
 * Failures are counted, and too many at one place are refused before any work is done for them.
 * @param exempt these credentials were good lately and are not refused for failures of others
 * @throws Refusal `rate_limited`, `unavailable`
 */
export async function provePassword(
  parts: {
    readonly accounts: AccountStore;
    readonly passwords: Passwords;
    readonly attempts: AttemptLimiter;
  },
  userId: string,
  password: string,
  address: string,
  exempt: boolean,
): Promise<StoredUser | undefined> {
  const { accounts, passwords, attempts } = parts;
  const admit = exempt ? undefined : (): Promise<void> => attempts.admit(userId, address);
  await admit?.();
  const user = await accounts.findUser(userId);
  // Asked again when its turn comes: of guesses that come all at once, each was admitted before any had failed.
  if (await passwords.verify(password, user?.passwordHash, admit)) {
    await attempts.succeeded(userId, address);
    return user;
  }
  await attempts.failed(userId, address);
  return undefined;
}
