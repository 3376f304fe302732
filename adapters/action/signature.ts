import type { Credentials } from '../../src/accounts/credentials.ts';
import type { HmacAlgorithm } from '../../src/accounts/hmac.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { JsonObjectText } from '../wire/free-json.ts';
import type { Sent } from '../wire/parameters.ts';
import { digitsOf, isRepeated, textOf, type ActionForm } from './form.ts';

const ALGORITHMS: ReadonlyMap<string, HmacAlgorithm> = new Map([
  ['HmacSHA256', 'sha256'],
  ['HmacSHA1', 'sha1'],
]);

/** The parameters that only the signature is about. */
const OWN = [
  'access_key_id',
  'signature',
  'signature_method',
  'signature_version',
  'time_stamp',
  'expires',
] as const;

/** Letters that percent-encoding leaves as they are (RFC 3986, section 2.3). */
const UNRESERVED = /^[A-Za-z0-9\-._~]*$/;
/** A pair that is written as it is signed. */
const PLAIN_PAIR = /^[A-Za-z0-9\-._~]+=[A-Za-z0-9\-._~]*$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** QingCloud's signature, version 1, as it came with a call. */
export function findSignature(form: ActionForm, request: WireRequest, accessKeyId: string): Credentials {
  const malformed = { by: 'nothing', detail: 'signature-malformed' } as const;
  if (OWN.some((name) => isRepeated(form, name))) return malformed;
  // A `+` that was not escaped arrives as a space, and base64 has none.
  const sent = textOf(form, 'signature');
  const signature = sent?.includes(' ') ? sent.replaceAll(' ', '+') : sent;
  const algorithm = ALGORITHMS.get(textOf(form, 'signature_method') || 'HmacSHA256');
  const time = readStamp(textOf(form, 'time_stamp') ?? '');
  const expires = textOf(form, 'expires');
  const deadline = expires ? readDeadline(expires) : undefined;
  if (!signature || !algorithm || Number.isNaN(time) || Number.isNaN(deadline)) return malformed;
  if (!['1', ''].includes(digitsOf(form, 'signature_version') ?? '')) return malformed;
  if (accessKeyId.length > 64 || signature.length > 64) return malformed;
  const text = textAsSent(form, request) ?? stringToSign(request.method, request.path, form.sent);
  if (text === undefined) return malformed;
  return {
    by: 'signature',
    accessKeyId,
    algorithm,
    signature,
    text,
    texts: () => textsToSign(form, request),
    time,
    ...(deadline !== undefined && { deadline }),
  };
}

/**
 * What is signed where a query is sent as it was signed, and the signature behind it, as the clients in Python and Go do:
 * nothing has to be sorted or encoded anew. Undefined where it was clearly made otherwise.
 */
function textAsSent({ sent, inQuery }: ActionForm, { method, path, query }: WireRequest): string | undefined {
  const last = sent.at(-1);
  if (last?.name !== 'signature' || last.pair === undefined || sent.length !== inQuery) return undefined;
  for (let at = 1; at < sent.length - 1; at++) {
    if (sent[at]!.name < sent[at - 1]!.name) return undefined;
  }
  // The ampersand before it is looked at by itself: to put the two together would cost as much as all the rest.
  const end = query.length - last.pair.length - 1;
  if (end < 0 || query[end] !== '&' || !query.endsWith(last.pair)) return undefined;
  return `${method}\n${path}\n${query.slice(0, end)}`;
}

/**
 * Both ways in which clients write the same call: all encoded anew, as QingCloud documents it, and each pair as it was sent.
 * Clients encode by the rules of their language's forms and sign that (`%7E` for `~`), or sign an empty value without its
 * equals sign, as Go does. Either text holds the whole call.
 */
function textsToSign({ sent }: ActionForm, { method, path }: WireRequest): string[] {
  const encoded = stringToSign(method, path, sent);
  if (encoded === undefined) return [];
  // What came as JSON has no pair that could be signed, and must not be left out of the text.
  if (!sent.every(({ pair }) => pair !== undefined)) return [encoded];
  return [encoded, textOfPairs(method, path, sent, ({ pair = '' }) => pair)];
}

/**
 * What is signed: the method, the path as sent, and every parameter of the call but the signature itself.
 * Source: QingCloud's API documentation, "signature".
 * @returns undefined where a parameter is no Unicode text
 */
export function stringToSign(method: string, path: string, sent: readonly Sent[]): string | undefined {
  try {
    return textOfPairs(method, path, sent, ({ name, value, pair = '' }) =>
      PLAIN_PAIR.test(pair) ? pair : `${encode(name)}=${encode(textFor(value))}`,
    );
  } catch {
    return undefined;
  }
}

function textOfPairs(
  method: string,
  path: string,
  sent: readonly Sent[],
  write: (parameter: Sent) => string,
): string {
  const signed = sent.filter(({ name }) => name !== 'signature');
  signed.sort(signed.every(isAscii) ? compareUnits : compareBytes);
  return `${method}\n${path}\n${signed.map(write).join('&')}`;
}

function isAscii({ name }: Sent): boolean {
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  return /^[\x00-\x7f]*$/.test(name);
}

/** The order of the bytes too, where all are ASCII. */
function compareUnits(a: Sent, b: Sent): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

/** The order of the bytes in UTF-8, which is not JavaScript's where a character takes four of them. */
function compareBytes(a: Sent, b: Sent): number {
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}

/** @throws URIError for half of a character */
function encode(text: string): string {
  if (UNRESERVED.test(text)) return text;
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Clients that send JSON sign what is no text as its JSON. */
function textFor(value: unknown): string {
  if (typeof value === 'string') return value;
  return value instanceof JsonObjectText ? value.text : JSON.stringify(value);
}

/** Reads times, and remembers the last: calls of one second have the same. NaN: it is none. */
function timeReader(): (text: string) => number {
  let last = { text: '', time: Number.NaN };
  return (text) => {
    if (text !== last.text) last = { text, time: TIME.test(text) ? Date.parse(text) : Number.NaN };
    return last.time;
  };
}

const readStamp = timeReader();
const readDeadline = timeReader();
