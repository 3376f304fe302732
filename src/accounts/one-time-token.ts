import { randomBytes } from 'node:crypto';
import type { Purpose, StoredOneTimeToken } from '../ports.ts';
import { tokenDigest } from './credentials.ts';

const HOUR = 60 * 60_000;
/** An invitation may wait for a weekend to end; a reset is asked for by somebody who reads mails now. */
const LIVES: Readonly<Record<Purpose, number>> = { activation: 72 * HOUR, reset: HOUR };

/** A token that was made now, and is sent to its user; what is stored does not tell it. */
export interface InventedToken {
  readonly token: string;
  readonly stored: StoredOneTimeToken;
}

/** 256 random bits, in letters that may stand in a URL. */
export function inventOneTimeToken(userId: string, purpose: Purpose, now: number): InventedToken {
  const token = randomBytes(32).toString('base64url');
  const digest = tokenDigest(token);
  return { token, stored: { digest, purpose, userId, createTime: now, expireTime: now + LIVES[purpose] } };
}
