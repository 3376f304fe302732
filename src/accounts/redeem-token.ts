import { Refusal } from '../errors.ts';
import type { Origin } from '../operation.ts';
import type { Ports, Purpose, StoredOneTimeToken, StoredUser } from '../ports.ts';
import { tokenDigest } from './credentials.ts';
import { hashNew, takePassword } from './take-password.ts';
import { accountKey } from './user.ts';

type Parts = Pick<Ports, 'accounts' | 'changes' | 'passwords' | 'attempts' | 'clock'>;

/** Failed guesses are counted per address under this name, which is no user's: ids have no spaces. */
const GUESSER = 'one-time token';

interface Use {
  readonly purpose: Purpose;
  readonly operation: string;
  /** For a token that is not there, or is good for something else. */
  readonly unknown: 'token_invalid' | 'reset_link_invalid';
  /** @throws Refusal where the token came to an end */
  judge(token: StoredOneTimeToken, user: StoredUser, now: number): void;
}

const ACTIVATION: Use = {
  purpose: 'activation',
  operation: 'activate-user',
  unknown: 'token_invalid',
  judge({ expireTime }, user, now) {
    if (user.active) throw new Refusal('user_already_active');
    // An admin who deactivates a user takes the invitation back.
    if (!user.invited || expireTime <= now) throw new Refusal('activation_failed');
  },
};

const RESET: Use = {
  purpose: 'reset',
  operation: 'reset-password',
  unknown: 'reset_link_invalid',
  judge({ expireTime }, user, now) {
    if (!user.active || expireTime <= now) throw new Refusal('reset_link_invalid');
  },
};

/**
 * Makes an invited user active, with a password of its own choice.
 * @returns the user's id
 * @throws Refusal `token_invalid`, `user_already_active`, `activation_failed`, `rate_limited`
 */
export function activateUser(parts: Parts, token: string, password: string, origin: Origin): Promise<string> {
  return redeem(parts, ACTIVATION, token, password, origin);
}

/**
 * Sets the password of whoever was sent the token, and ends what its old one began.
 * @returns the user's id
 * @throws Refusal `reset_link_invalid`, `rate_limited`
 */
export function resetPassword(
  parts: Parts,
  token: string,
  password: string,
  origin: Origin,
): Promise<string> {
  return redeem(parts, RESET, token, password, origin);
}

async function redeem(
  parts: Parts,
  use: Use,
  token: string,
  password: string,
  { address, requestId }: Origin,
): Promise<string> {
  const { accounts, attempts, changes, clock } = parts;
  await attempts.admit(GUESSER, address);
  const digest = tokenDigest(token);
  const found = await accounts.findOneTimeToken(digest);
  if (found?.purpose !== use.purpose) {
    await attempts.failed(GUESSER, address);
    throw new Refusal(use.unknown);
  }
  const { userId } = found;
  const present = await accounts.findUser(userId);
  // What is refused anyway is not worth hashing a password for.
  if (present) use.judge(found, present, clock());
  const passwordHash = await hashNew(parts, password);
  await changes.change([accountKey(userId)], async (tx) => {
    const stored = await tx.oneTimeToken(digest);
    const user = await tx.user(userId);
    if (!stored || !user) throw new Refusal(use.unknown);
    use.judge(stored, user, clock());
    await takePassword(tx, userId, passwordHash, use.purpose === 'activation');
    const time = clock();
    const fields = use.purpose === 'activation' ? ['status', 'password'] : ['password'];
    const by = { userId, address, requestId };
    await tx.addAudit({ ...by, time, operation: use.operation, about: userId, fields });
  });
  return userId;
}
