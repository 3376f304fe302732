import { createHmac, hash, timingSafeEqual, type KeyObject } from 'node:crypto';
import { Refusal, type Detail } from '../errors.ts';

/** A call that is signed with the secret of an access key. */
export interface Signature {
  readonly by: 'signature';
  readonly accessKeyId: string;
  readonly algorithm: 'sha256' | 'sha1';
  /** Base64. */
  readonly signature: string;
  /** What was signed: the whole call in one text. */
  readonly text: string;
  /** When it was signed, in ms since 1970. */
  readonly time: number;
  /** Until when it is meant to hold, in ms since 1970; undefined: for the window. */
  readonly deadline?: number;
}

/** A signature that holds for longer is taken by its first hour; in ms. */
const HOLDS_MOST = 60 * 60_000;

/**
 * The moment until which a signature holds; a caller whose clock or secret is wrong is told what to compare.
 * @param window how far the time of signing may lie from now, in ms
 * @returns milliseconds since 1970
 * @throws Refusal `unauthenticated`, `request_expired`
 */
export function judgeSignature(signature: Signature, secret: KeyObject, window: number, now: number): number {
  const { algorithm, text, time, deadline } = signature;
  // As text: Node takes half as long again to make a buffer of it.
  const right = Buffer.from(createHmac(algorithm, secret).update(text).digest('base64'), 'base64');
  const sent = Buffer.from(signature.signature, 'base64');
  if (sent.length !== right.length || !timingSafeEqual(sent, right)) {
    throw new Refusal('unauthenticated', { detail: 'signature-mismatch', signed: text });
  }
  const until = deadline === undefined ? time + window : Math.min(deadline, time + HOLDS_MOST);
  const expired = (detail: Detail): Refusal => new Refusal('request_expired', { detail, now });
  if (time > now + window) throw expired('time-in-future');
  if (now > until) throw expired(deadline === undefined ? 'time-passed' : 'deadline-passed');
  return until;
}

/** What tells one signed call from another, and does not let it be sent again. */
export function signatureDigest({ accessKeyId, signature }: Signature): string {
  // The same bytes may be written as base64 in several ways.
  const bytes = Buffer.from(signature, 'base64').toString('base64');
  return hash('sha256', `${accessKeyId}\0${bytes}`);
}
