/** More bytes than these are not worth making a text of. */
export const OCTETS_MOST = 16_384;

// oxlint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\x00-\x7f]*$/;

/**
 * Bytes as a text, one character of Latin-1 for each. Such texts are joined without being copied, and Node writes them at
 * the least cost, with the head of an answer before them.
 */
export class Octets {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return Buffer.from(this.text, 'latin1').toString();
  }
}

/** A text in UTF-8. */
export function octetsOf(text: string): Octets {
  return new Octets(latin1Of(text));
}

/** The bytes of a text in UTF-8, one character of Latin-1 for each. */
export function latin1Of(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text).toString('latin1');
}
