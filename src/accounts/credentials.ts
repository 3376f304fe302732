import { hash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Refusal, type Detail } from '../errors.ts';
import type { Origin } from '../operation.ts';
import type { Ports } from '../ports.ts';
import { secretContext } from './access-key.ts';
import { createHmacWith, type Hmac } from './hmac.ts';
import { judgeSignature, type Signature } from './judge-signature.ts';
import type { KeyUses } from './key-uses.ts';
import { provePassword } from './prove-password.ts';

/**
 * What a caller sent to prove who it is: `written` is a password in the form in which it came, by which it is remembered,
 * and `read` tells the password, undefined where that form has none; `cipher` is one that the gateway's key decrypts;
 * `nothing` says what was missing or wrong.
 */
export type Credentials =
  | { readonly by: 'token'; readonly token: string }
  | {
      readonly by: 'password';
      readonly userId: string;
      readonly written: string;
      read(): string | undefined;
    }
  | { readonly by: 'cipher'; readonly userId: string; readonly cipher: Buffer }
  | Signature
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
  /** The signature of a signed call, and until when it holds, in ms since 1970. */
  readonly signed?: { readonly signature: Signature; readonly until: number };
}

interface Remembered extends Claim {
  /** The hash that the password was found to match, which spares hashing when only the version moved. */
  readonly passwordHash?: string;
  /** What the signatures of an access key are checked with. */
  readonly hmac?: Hmac;
  readonly outdated?: boolean;
}

export interface CredentialJudge {
  /**
   * Whose credentials these are. Those that are remembered are recognized at once, without a promise: they come with
   * nearly every call.
   * @throws Refusal `unauthenticated`, `rate_limited`, `unavailable`; or rejects with it
   */
  recognize(credentials: Credentials, origin: Pick<Origin, 'address'>): Claim | Promise<Claim>;
  /** The account has moved on: the next `recognize` of these credentials asks the database. */
  outdate(claim: Claim): void;
}

const REMEMBERED_MOST = 20_000;
const REMEMBERED_FOR = 5 * 60_000;
const KNOWN_GOOD_FOR = 24 * 60 * 60_000;

export function tokenDigest(token: string): string {
  return hash('sha256', token);
}

/** @param parts `signatureWindow` is how far the time of signing may lie from now, in ms */
export function createCredentialJudge(
  parts: Pick<Ports, 'accounts' | 'passwords' | 'attempts' | 'clock' | 'secretBox' | 'passwordKey'> & {
    readonly signatureWindow: number;
    readonly keyUses: Pick<KeyUses, 'note'>;
  },
): CredentialJudge {
  const { accounts, clock, secretBox, passwordKey, signatureWindow, keyUses } = parts;
  const remembered = new LRUCache<string, Remembered>({ max: REMEMBERED_MOST, ttl: REMEMBERED_FOR });
  /** Credentials that were good lately are never refused because somebody else guesses; they are hashed again. */
  const knownGood = new LRUCache<string, true>({ max: REMEMBERED_MOST, ttl: KNOWN_GOOD_FOR });
  /** Equal questions asked at once are answered once: the answer is judged against the account afterwards. */
  const asking = new Map<string, Promise<Remembered>>();
  /** A digest under a key that lives and dies with the process: no dump of it can be tried against guesses. */
  const secret = randomBytes(32).toString('hex');

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
    const { version, passwordHash } = user;
    return { userId, version, digest, ...(passwordHash !== undefined && { passwordHash }) };
  };

  const askForKey = async (digest: string, accessKeyId: string): Promise<Remembered> => {
    if (!secretBox) throw new Refusal('unauthenticated', { detail: 'access-keys-not-set-up' });
    const key = await accounts.findKey(accessKeyId);
    if (key?.status !== 'active') throw new Refusal('unauthenticated', { detail: 'access-key-unknown' });
    const secret = secretBox.open(key.sealedSecret, secretContext(accessKeyId, key.owner));
    if (secret === undefined) {
      throw new Error(`the secret of ${accessKeyId} opens with no key of KEY_ENCRYPTION_KEY`);
    }
    return { userId: key.owner, version: key.version, digest, hmac: createHmacWith(secret) };
  };

  /** What is remembered of credentials, or what the question finds out; equal questions are asked once. */
  const know = (digest: string, question: () => Promise<Remembered>): Remembered | Promise<Remembered> => {
    const known = remembered.get(digest);
    if (known && !known.outdated) {
      if (known.expireTime === undefined || known.expireTime > clock()) return known;
      remembered.delete(digest);
    }
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

  /** @param written starts with how it was written: the same letters are another password in another form */
  const recognizePassword = (
    userId: string,
    written: `${'as sent' | 'decrypted'} ${string}`,
    read: () => string | undefined,
    origin: Pick<Origin, 'address'>,
  ): Claim | Promise<Claim> => {
    const digest = hash('sha256', `${secret}${userId}\0${written}`);
    return know(digest, async () => {
      const password = read();
      if (password === undefined) throw new Refusal('unauthenticated', { detail: 'credentials-malformed' });
      return askForPassword(digest, { userId, password }, origin.address);
    });
  };

  const judgeByKey = (signature: Signature, key: Remembered): Claim => {
    if (!key.hmac) throw new Error('what is remembered of an access key has no secret');
    const until = judgeSignature(signature, key.hmac, signatureWindow, clock());
    keyUses.note(signature.accessKeyId);
    const { userId, version, digest } = key;
    return { userId, version, digest, signed: { signature, until } };
  };

  const recognizeSignature = (signature: Signature): Claim | Promise<Claim> => {
    const { accessKeyId } = signature;
    const digest = `key ${accessKeyId}`;
    const key = know(digest, () => askForKey(digest, accessKeyId));
    return key instanceof Promise
      ? key.then((asked) => judgeByKey(signature, asked))
      : judgeByKey(signature, key);
  };

  const recognizeCipher = async (
    userId: string,
    cipher: Buffer,
    origin: Pick<Origin, 'address'>,
  ): Promise<Claim> => {
    if (!passwordKey) throw new Refusal('unauthenticated', { detail: 'cipher-refused' });
    // What cannot be decrypted takes as long as a wrong password, and counts as one: no password is empty.
    const password = (await passwordKey.decrypt(cipher)) ?? '';
    return recognizePassword(userId, `decrypted ${password}`, () => password, origin);
  };

  return {
    recognize(credentials, origin) {
      switch (credentials.by) {
        case 'nothing':
          throw new Refusal('unauthenticated', { detail: credentials.detail });
        case 'token': {
          const digest = tokenDigest(credentials.token);
          return know(digest, () => askForToken(digest));
        }
        case 'password':
          return recognizePassword(
            credentials.userId,
            `as sent ${credentials.written}`,
            () => credentials.read(),
            origin,
          );
        case 'cipher':
          return recognizeCipher(credentials.userId, credentials.cipher, origin);
        case 'signature':
          return recognizeSignature(credentials);
      }
    },

    outdate(claim) {
      const known = remembered.get(claim.digest);
      if (known?.version === claim.version) remembered.set(claim.digest, { ...known, outdated: true });
    },
  };
}
