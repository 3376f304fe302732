import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Keeps secrets that must be read again, such as those that signatures are checked with. */
export interface SecretBox {
  /** Encrypts with the newest key. @param context what the secret belongs to: it opens in no other place */
  seal(secret: string, context: string): string;
  /** The secret; undefined where no key here opens it, or it was altered or moved. */
  open(sealed: string, context: string): string | undefined;
  /** Whether the newest key sealed it. */
  isPresent(sealed: string): boolean;
}

/** Bytes. AES-256-GCM, its nonce and its tag as NIST SP 800-38D recommends. */
const KEY = 32;
const NONCE = 12;
const TAG = 16;

/**
 * @param keys 32 bytes each, the newest first; the others only open
 * @throws Error where there is none, or one is of another length
 */
export function createSecretBox(keys: readonly Buffer[]): SecretBox {
  const named = new Map(keys.map((key) => [nameOf(key), key]));
  const [[newest, key] = []] = named;
  if (newest === undefined || key === undefined || keys.some((each) => each.length !== KEY)) {
    throw new Error(`a secret box needs keys of ${KEY} bytes`);
  }
  return {
    seal(secret, context) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return `${newest}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`;
    },

    open(sealed, context) {
      const [name = '', body = ''] = sealed.split('.');
      const its = named.get(name);
      const bytes = Buffer.from(body, 'base64url');
      if (!its || bytes.length < NONCE + TAG) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', its, bytes.subarray(0, NONCE))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      try {
        return decipher.update(bytes.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        return undefined;
      }
    },

    isPresent: (sealed) => sealed.startsWith(`${newest}.`),
  };
}

/** Tells keys apart without telling anything of them. */
function nameOf(key: Buffer): string {
  return createHash('sha256').update('jobgate key name').update(key).digest('hex').slice(0, 8);
}
