import type { Credentials } from '../../src/accounts/credentials.ts';
import { decodeText } from '../wire/body.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { textOf, timesSent, type ActionForm } from './form.ts';
import { findSignature } from './signature.ts';

/** How a PASSWORD may be written. */
export const PASSWORD_CIPHERS = ['base64', 'rsa'] as const;
export type PasswordCipher = (typeof PASSWORD_CIPHERS)[number];

export interface CredentialSettings {
  /** Whether a PASSWORD may stand in a URL. */
  readonly passwordInQuery: boolean;
  readonly passwordCiphers: readonly PasswordCipher[];
}

/** Who calls, and how it means to prove it: an access key and a signature, or a user and its PASSWORD. */
export function findCredentials(
  form: ActionForm,
  request: WireRequest,
  settings: CredentialSettings,
): Credentials {
  // The seed's own sample sends an empty access_key_id beside USER_ID and PASSWORD.
  const accessKeyId = textOf(form, 'access_key_id');
  const userId = textOf(form, 'USER_ID');
  const cipher = textOf(form, 'PASSWORD');
  if (accessKeyId && (userId || cipher)) return { by: 'nothing', detail: 'credentials-of-two-kinds' };
  if (accessKeyId) return findSignature(form, request, accessKeyId);
  if (!userId && !cipher) return { by: 'nothing', detail: 'credentials-missing' };
  if (timesSent(form, 'USER_ID') > 1 || timesSent(form, 'PASSWORD') > 1) {
    return { by: 'nothing', detail: 'credentials-malformed' };
  }
  if (!settings.passwordInQuery && form.sent.slice(0, form.inQuery).some(({ name }) => name === 'PASSWORD')) {
    return { by: 'nothing', detail: 'password-in-query' };
  }
  if (!userId || !cipher || userId.length > 64) return { by: 'nothing', detail: 'credentials-malformed' };
  return findPassword(userId, cipher, request, settings.passwordCiphers);
}

/** `rsa:` and a cipher text that only the gateway's key opens, or the base64 of the password. */
function findPassword(
  userId: string,
  sent: string,
  request: WireRequest,
  accepted: readonly PasswordCipher[],
): Credentials {
  const encrypted = sent.startsWith('rsa:');
  if (!accepted.includes(encrypted ? 'rsa' : 'base64')) return { by: 'nothing', detail: 'cipher-refused' };
  const bytes = readBase64(encrypted ? sent.slice(4) : sent);
  if (!bytes) return { by: 'nothing', detail: 'credentials-malformed' };
  if (encrypted) return { by: 'cipher', userId, cipher: bytes };
  if (request.passwordsRefused) return { by: 'nothing', detail: 'password-in-the-clear' };
  const password = readText(bytes);
  return password ? { by: 'password', userId, password } : { by: 'nothing', detail: 'credentials-malformed' };
}

function readBase64(text: string): Buffer | undefined {
  // A `+` that was not escaped in a form arrives as a space, and base64 has no spaces.
  const base64 = text.trim().replaceAll(' ', '+');
  const fits = base64.length <= 2048 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64);
  return fits ? Buffer.from(base64, 'base64') : undefined;
}

function readText(bytes: Buffer): string | undefined {
  try {
    return decodeText(bytes);
  } catch {
    return undefined;
  }
}
