import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import pLimit from 'p-limit';
import { Refusal } from '../errors.ts';

/** The key pair that callers encrypt passwords with, so that what lies on the way does not see them. */
export interface PasswordKey {
  /** PEM, SPKI. */
  readonly publicKey: string;
  /**
   * The password in an RSA-OAEP-SHA256 cipher text; undefined where it is none of this key's.
   * @throws Refusal `unavailable` where more are waiting than are worth waiting for
   */
  decrypt(cipher: Buffer): Promise<string | undefined>;
}

const ALGORITHM = { name: 'RSA-OAEP', hash: 'SHA-256' } as const;
/** Each takes about a millisecond of a thread that hashing passwords needs as well. */
const AT_ONCE = 2;
const WAITING_MOST = 100;
/** Bits. NIST SP 800-57 allows less no more. */
const LEAST_LENGTH = 2048;

/**
 * @param privateKey PEM
 * @throws Error where it is no RSA key of 2048 bits or more
 */
export async function createPasswordKey(privateKey: string): Promise<PasswordKey> {
  const key = createPrivateKey(privateKey);
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_LENGTH) {
    throw new Error(`it is no RSA key of ${LEAST_LENGTH} bits or more`);
  }
  const bytes = key.export({ type: 'pkcs8', format: 'der' });
  const own = await webcrypto.subtle.importKey('pkcs8', bytes, ALGORITHM, false, ['decrypt']);
  const limit = pLimit(AT_ONCE);
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  return {
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
    async decrypt(cipher) {
      if (limit.pendingCount >= WAITING_MOST) {
        throw new Refusal('unavailable', { detail: 'busy', retryAfter: 1 });
      }
      try {
        return utf8.decode(await limit(() => webcrypto.subtle.decrypt(ALGORITHM, own, cipher)));
      } catch {
        return undefined;
      }
    },
  };
}
