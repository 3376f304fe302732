import { createHash, createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Refusal, type Detail } from '../errors.ts';
import type { AccountStore, AttemptLimiter, Clock, Passwords } from '../ports.ts';
import { provePassword } from './prove-password.ts';

/** What a caller sent to prove who it is; `nothing` says what was missing or wrong with it. */
export type Credentials =
  | { readonly by: 'token'; readonly token: string }
  | { readonly by: 'password'; readonly userId: string; readonly password: string }
  | { readonly by: 'nothing'; readonly detail: Detail };

/**
 * Half an answer: these credentials belonged to this user while its account had this version. The other half
 * is the account as it is now, read with every call.
 */
export interface Claim {
  readonly userId: string;
  readonly version: number;
  /** What the credentials are remembered by; the token's stored digest for a token. */
  readonly digest: string;
  /** Milliseconds since 1970; for tokens only. */
  readonly expireTime?: number;
}

/** A claim with the hash that its password was found to match, which spares hashing when only the version moved. */
interface Remembered extends Claim {
  readonly passwordHash?: string;
  readonly outdated?: boolean;
}

export interface CredentialJudge {
  /** @throws Refusal `unauthenticated`, `rate_limited`, `unavailable` */
  recognize(credentials: Credentials, address: string): Promise<Claim>;
  /** The account has moved on: the next `recognize` of these credentials asks the database. */
  outdate(claim: Claim): void;
}

const REMEMBERED_MOST = 20_000;
const REMEMBERED_FOR = 5 * 60_000;
const KNOWN_GOOD_FOR = 24 * 60 * 60_000;

export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function createCredentialJudge(parts: {
  readonly accounts: AccountStore;
  readonly passwords: Passwords;
  readonly attempts: AttemptLimiter;
  readonly clock: Clock;
}): CredentialJudge {
  const { accounts, clock } = parts;
  const remembered = new LRUCache<string, Remembered>({ max: REMEMBERED_MOST, ttl: REMEMBERED_FOR });
  /** Credentials that were good lately are never refused because somebody else guesses; they are hashed again. */
  const knownGood = new LRUCache<string, true>({ max: REMEMBERED_MOST, ttl: KNOWN_GOOD_FOR });
  /** Equal questions asked at once are answered once: the answer is judged against the account afterwards. */
  const asking = new Map<string, Promise<Remembered>>();
  /** A digest under a key that lives and dies with the process: no dump of it can be tried against guesses. */
  const secret = randomBytes(32);

  const askForToken = async (digest: string): Promise<Remembered> => {
    const token = await accounts.findToken(digest);
    if (!token || token.expireTime <= clock()) throw new Refusal('unauthenticated');
    return { userId: token.userId, version: token.version, digest, expireTime: token.expireTime };
  };

  const askForPassword = async (
    digest: string,
    { userId, password }: { userId: string; password: string },
    address: string,
  ): Promise<Remembered> => {
    const before = remembered.get(digest);
    if (before?.passwordHash) {
      const user = await accounts.findUser(userId);
      if (user?.active && user.passwordHash === before.passwordHash) {
        return { userId, version: user.version, digest, passwordHash: before.passwordHash };
      }
    }
    const user = await provePassword(parts, userId, password, address, knownGood.has(digest));
    if (!user?.active) throw new Refusal('unauthenticated');
    knownGood.set(digest, true);
    return { userId, version: user.version, digest, passwordHash: user.passwordHash };
  };

  const ask = (digest: string, question: () => Promise<Remembered>): Promise<Remembered> => {
    const present = asking.get(digest);
    if (present) return present;
    const answer = question()
      .then((claim) => {
        remembered.set(digest, claim);
        return claim;
      })
      .finally(() => asking.delete(digest));
    asking.set(digest, answer);
    return answer;
  };

  return {
    async recognize(credentials, address) {
      if (credentials.by === 'nothing') throw new Refusal('unauthenticated', { detail: credentials.detail });
      const digest =
        credentials.by === 'token'
          ? tokenDigest(credentials.token)
          : createHmac('sha256', secret)
              .update(`${credentials.userId}\0${credentials.password}`)
              .digest('hex');
      const known = remembered.get(digest);
      if (known && !known.outdated) {
        if (known.expireTime === undefined || known.expireTime > clock()) return known;
        remembered.delete(digest);
      }
      return ask(digest, () =>
        credentials.by === 'token' ? askForToken(digest) : askForPassword(digest, credentials, address),
      );
    },

    outdate(claim) {
      const known = remembered.get(claim.digest);
      if (known?.version === claim.version) remembered.set(claim.digest, { ...known, outdated: true });
    },
  };
}
