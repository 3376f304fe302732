import { hash } from 'node:crypto';

export type HmacAlgorithm = 'sha256' | 'sha1';

/**
 * Makes the HMAC of a text with a secret that it holds.
 * @returns base64
 */
export type Hmac = (algorithm: HmacAlgorithm, text: string) => string;

/** Both algorithms take their input in blocks of so many bytes. */
const BLOCK = 64;
/** Longer texts get a buffer of their own; in bytes. */
const USUAL_MOST = 8_192;

/** Where a block and the text behind it are put together. Nothing waits between writing and hashing. */
const usual = Buffer.alloc(BLOCK + USUAL_MOST);

/**
 * HMAC (RFC 2104) by its definition: a hash of one block and the text, and a hash of another block and the first hash. Node
 * makes an object with finalizers for each HMAC, which takes twice as long as two hashes of one call; and a signature is
 * checked with every signed call. `test/unit/hmac.test.ts` holds it against Node's.
 */
export function createHmacWith(secret: string): Hmac {
  const blocks = { sha256: blocksOf('sha256', secret), sha1: blocksOf('sha1', secret) };
  return (algorithm, text) => {
    const { inner, outer } = blocks[algorithm];
    return hashOf(algorithm, outer, hashOf(algorithm, inner, text, 'utf8', 'binary'), 'latin1', 'base64');
  };
}

function hashOf(
  algorithm: HmacAlgorithm,
  block: Buffer,
  text: string,
  encoding: 'utf8' | 'latin1',
  written: 'binary' | 'base64',
): string {
  // A unit of UTF-16 takes three bytes of UTF-8 at the most.
  const most = BLOCK + text.length * 3;
  const all = most <= usual.length ? usual : Buffer.allocUnsafe(most);
  block.copy(all);
  return hash(algorithm, all.subarray(0, BLOCK + all.write(text, BLOCK, encoding)), written);
}

function blocksOf(algorithm: HmacAlgorithm, secret: string): { inner: Buffer; outer: Buffer } {
  const bytes = Buffer.from(secret);
  const key = bytes.length > BLOCK ? hash(algorithm, bytes, 'buffer') : bytes;
  const mixed = (mask: number): Buffer => Buffer.alloc(BLOCK).map((_, at) => (key[at] ?? 0) ^ mask) as Buffer;
  return { inner: mixed(0x36), outer: mixed(0x5c) };
}
