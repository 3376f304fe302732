import { Refusal } from '../errors.ts';
import { answerOnce } from '../jobs/answer-once.ts';
import type { Origin } from '../operation.ts';
import type { Ports, Purpose, StoredOneTimeToken, StoredUser } from '../ports.ts';
import { tokenDigest } from './credentials.ts';
import { judgeSamePassword } from './same-password.ts';
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

/** What comes with the token of a mail. */
export interface Redemption {
  readonly token: string;
  readonly password: string;
  readonly idempotencyKey?: string;
}

/**
 * Makes an invited user active, with a password of its own choice.
 * @returns the user's id
 * @throws Refusal `token_invalid`, `user_already_active`, `activation_failed`, `idempotency_conflict`, `rate_limited`
 */
export function activateUser(parts: Parts, given: Redemption, origin: Origin): Promise<string> {
  return redeem(parts, ACTIVATION, given, origin);
}

/**
 * Sets the password of whoever was sent the token, and ends what its old one began.
 * @returns the user's id
 * @throws Refusal `reset_link_invalid`, `idempotency_conflict`, `rate_limited`
 */
export function resetPassword(parts: Parts, given: Redemption, origin: Origin): Promise<string> {
  return redeem(parts, RESET, given, origin);
}

async function redeem(parts: Parts, use: Use, given: Redemption, origin: Origin): Promise<string> {
  const { accounts, attempts } = parts;
  const { address } = origin;
  await attempts.admit(GUESSER, address);
  const digest = tokenDigest(given.token);
  const stored = await accounts.findOneTimeToken(digest);
  const found = stored?.purpose === use.purpose ? stored : undefined;
  try {
    return await useUp(parts, use, digest, found, given, origin);
  } catch (thrown) {
    if (isGuess(thrown, use, found)) await attempts.failed(GUESSER, address);
    throw thrown;
  }
}

/** A wrong token; or, beside a key that was used with this token, another password than the one that was set. */
function isGuess(thrown: unknown, use: Use, found: StoredOneTimeToken | undefined): boolean {
  if (!(thrown instanceof Refusal)) return false;
  return thrown.reason === 'idempotency_conflict' || (!found && thrown.reason === use.unknown);
}

/** @param found undefined where the token is not there, any more or at all */
async function useUp(
  parts: Parts,
  use: Use,
  digest: string,
  found: StoredOneTimeToken | undefined,
  { password, idempotencyKey }: Redemption,
  { address, requestId }: Origin,
): Promise<string> {
  const { purpose, operation } = use;
  // What is refused anyway is not worth hashing a password for; beside a key, it may have been done before.
  if (idempotencyKey === undefined) await judgeUnlocked(parts, use, found);
  const passwordHash = found && (await hashNew(parts, password));
  const once = { key: idempotencyKey, operation, request: {} };
  const keys = found ? [accountKey(found.userId)] : [];
  const done = await answerOnce(parts, holderOf(digest), keys, once, async (tx) => {
    const stored = found && (await tx.oneTimeToken(digest));
    const user = stored && (await tx.user(stored.userId));
    if (!user || passwordHash === undefined) throw new Refusal(use.unknown);
    const time = parts.clock();
    use.judge(stored, user, time);
    const { userId } = user;
    await takePassword(tx, userId, passwordHash, purpose === 'activation');
    const fields = purpose === 'activation' ? ['status', 'password'] : ['password'];
    await tx.addAudit({ userId, address, requestId, time, operation, about: userId, fields });
    return { userId, passwordHash };
  });
  await judgeSamePassword(parts.passwords, password, passwordHash, done.passwordHash);
  return done.userId;
}

/** Nobody has logged in: a key belongs to the token that it came with. No user's id has a space. */
function holderOf(digest: string): { readonly userId: string } {
  return { userId: `token ${Buffer.from(digest, 'hex').toString('base64url')}` };
}

async function judgeUnlocked(
  { accounts, clock }: Parts,
  use: Use,
  found: StoredOneTimeToken | undefined,
): Promise<void> {
  if (!found) throw new Refusal(use.unknown);
  const user = await accounts.findUser(found.userId);
  if (user) use.judge(found, user, clock());
}
