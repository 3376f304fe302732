import { randomInt } from 'node:crypto';
import type { AccessKeyStatus } from '../../schemas/access-key.ts';

/** An access key as stored. */
export interface StoredAccessKey {
  readonly accessKeyId: string;
  readonly owner: string;
  readonly accessKeyName: string;
  readonly status: AccessKeyStatus;
  /** As a {@link SecretBox} sealed it, for the key's own place. */
  readonly sealedSecret: string;
  /** Milliseconds since 1970. */
  readonly createTime: number;
  readonly lastUsedTime: number | undefined;
}

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LETTERS = `0123456789${CAPITALS}abcdefghijklmnopqrstuvwxyz`;

const invent = (letters: string, length: number): string =>
  Array.from({ length }, () => letters[randomInt(letters.length)]).join('');

/** 94 random bits. */
export function inventAccessKeyId(): string {
  return invent(CAPITALS, 20);
}

/** 238 random bits, in letters that no client has to escape. */
export function inventSecret(): string {
  return invent(LETTERS, 40);
}

/** What a secret is sealed for: moved to another row, it does not open. */
export function secretContext(accessKeyId: string, owner: string): string {
  return `${accessKeyId} ${owner}`;
}
