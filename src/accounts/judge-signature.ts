import { hash, timingSafeEqual } from 'node:crypto';
import { Refusal, type Detail } from '../errors.ts';
import type { Hmac, HmacAlgorithm } from './hmac.ts';

/** A call that is signed with the secret of an access key. */
export interface Signature {
  readonly by: 'signature';
  readonly accessKeyId: string;
  readonly algorithm: HmacAlgorithm;
  /** Base64. */
  readonly signature: string;
  /** What was signed, most likely: the whole call in one text. */
  readonly text: string;
  /** All ways to write that text; the first is the documented one. Asked where `text` is not what was signed. */
  texts(): readonly string[];
  /** When it was signed, in ms since 1970. */
  readonly time: number;
  /** Until when it is meant to hold, in ms since 1970; undefined: for the window. */
  readonly deadline?: number;
}

/** A signature that holds for longer is taken by its first hour; in ms. */
const HOLDS_MOST = 60 * 60_000;

/**
 * The moment until which a signature holds; a caller whose clock or secret is wrong is told what to compare.
 * @param hmac with the secret of the access key
 * @param window how far the time of signing may lie from now, in ms
 * @returns milliseconds since 1970
 * @throws Refusal `unauthenticated`, `request_expired`
 */
export function judgeSignature(signature: Signature, hmac: Hmac, window: number, now: number): number {
  const { algorithm, text, time, deadline } = signature;
  const isSigned = (written: string): boolean => isSame(signature.signature, hmac(algorithm, written));
  if (!isSigned(text)) {
    const texts = signature.texts();
    if (!texts.some((other) => other !== text && isSigned(other))) {
      throw new Refusal('unauthenticated', { detail: 'signature-mismatch', signed: texts[0] ?? text });
    }
  }
  const until = deadline === undefined ? time + window : Math.min(deadline, time + HOLDS_MOST);
  const expired = (detail: Detail): Refusal => new Refusal('request_expired', { detail, now });
  if (time > now + window) throw expired('time-in-future');
  if (now > until) throw expired(deadline === undefined ? 'time-passed' : 'deadline-passed');
  return until;
}

const sentBytes = Buffer.alloc(64);
const rightBytes = Buffer.alloc(64);

/** Compares in constant time: as texts, which nearly all are the same as, and then as what they stand for. */
function isSame(sent: string, right: string): boolean {
  if (sent.length === right.length && right.length <= rightBytes.length) {
    // As UTF-8, in which no two letters look alike. What a longer one has left behind may differ: then the bytes decide.
    sentBytes.write(sent);
    rightBytes.write(right);
    if (timingSafeEqual(sentBytes, rightBytes)) return true;
  }
  const [a, b] = [Buffer.from(sent, 'base64'), Buffer.from(right, 'base64')];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What tells one signed call from another, and does not let it be sent again. */
export function signatureDigest({ accessKeyId, signature }: Signature): string {
  // The same bytes may be written as base64 in several ways.
  const bytes = Buffer.from(signature, 'base64').toString('base64');
  return hash('sha256', `${accessKeyId}\0${bytes}`);
}
