import type { Credentials } from '../../src/accounts/credentials.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { isInQuery, isRepeated, textOf, type ActionForm } from './form.ts';
import { readPassword, type PasswordSettings } from './passwords.ts';
import { findSignature } from './signature.ts';

/** Who calls, and how it means to prove it: an access key and a signature, or a user and its PASSWORD. */
export function findCredentials(
  form: ActionForm,
  request: WireRequest,
  settings: PasswordSettings,
): Credentials {
  // The seed's own sample sends an empty access_key_id beside USER_ID and PASSWORD.
  const accessKeyId = textOf(form, 'access_key_id');
  const userId = textOf(form, 'USER_ID');
  const cipher = textOf(form, 'PASSWORD');
  if (accessKeyId && (userId || cipher)) return { by: 'nothing', detail: 'credentials-of-two-kinds' };
  if (accessKeyId) return findSignature(form, request, accessKeyId);
  if (!userId && !cipher) return { by: 'nothing', detail: 'credentials-missing' };
  if (isRepeated(form, 'USER_ID') || isRepeated(form, 'PASSWORD')) {
    return { by: 'nothing', detail: 'credentials-malformed' };
  }
  if (!settings.passwordInQuery && isInQuery(form, 'PASSWORD')) {
    return { by: 'nothing', detail: 'password-in-query' };
  }
  if (!userId || !cipher || userId.length > 64) return { by: 'nothing', detail: 'credentials-malformed' };
  const sent = readPassword(cipher, request, settings.passwordCiphers);
  switch (sent.by) {
    case 'nothing':
      return sent;
    case 'cipher':
      return { by: 'cipher', userId, cipher: sent.cipher };
    case 'password':
      // Member by member: V8 makes a new hidden class of each copy that has a function in it.
      return { by: 'password', userId, written: sent.written, read: sent.read };
  }
}
