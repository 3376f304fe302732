import { Refusal } from '../errors.ts';
import type { Passwords } from '../ports.ts';

/**
 * Judges a request that sets a password and may be a retry: what is kept of the first one is the hash of its password,
 * since a digest of it could be tried much faster. Every hash is another one, so that of a first request is its own.
 * @param own the hash that was made for this very request
 * @param kept the one that was stored with the answer
 * @throws Refusal `idempotency_conflict` where the passwords differ
 */
export async function judgeSamePassword(
  passwords: Passwords,
  password: string | undefined,
  own: string | undefined,
  kept: string | undefined,
): Promise<void> {
  if (own === kept || password === undefined) return;
  if (!(await passwords.verify(password, kept))) throw new Refusal('idempotency_conflict');
}
