import { createHmac } from 'node:crypto';
import { callAction, callRaw, type Answer } from './clients.ts';
import { ADMIN, type TestGateway } from './gateway.ts';

/** An access key, as its user knows it. */
export interface TestKey {
  readonly id: string;
  readonly secret: string;
}

export type Parameters = Readonly<Record<string, string | number>>;
type Pair = readonly [name: string, value: string];

/** Where and how a signed call is made; what is left out is what QingCloud's clients do most. */
export interface Signing {
  readonly method?: 'GET' | 'POST';
  readonly path?: string;
  /** Milliseconds since 1970. */
  readonly time?: number;
  readonly algorithm?: 'HmacSHA256' | 'HmacSHA1';
}

const HASHES = { HmacSHA256: 'sha256', HmacSHA1: 'sha1' } as const;

/** Percent-encoding by the bytes of UTF-8: letters, digits and `-_.~` stay. */
export function escape(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      const hex = byte.toString(16).toUpperCase().padStart(2, '0');
      return /[A-Za-z0-9_.~-]/.test(letter) ? letter : `%${hex}`;
    })
    .join('');
}

/** What a client signs, written from QingCloud's documentation: keys in the order of their bytes. */
export function textToSign(method: string, path: string, pairs: readonly Pair[]): string {
  const sorted = pairs.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `${method}\n${path}\n${sorted.map(([name, value]) => `${escape(name)}=${escape(value)}`).join('&')}`;
}

export function signText(
  secret: string,
  text: string,
  algorithm: keyof typeof HASHES = 'HmacSHA256',
): string {
  return createHmac(HASHES[algorithm], secret).update(text).digest('base64');
}

export function timeStamp(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

let signed = 0;

/**
 * The parameters of a signed call, the signature last. A parameter given stands in place of a public one, and `req_id`
 * makes equal calls different: two in one second would be the same call sent twice.
 */
export function signParameters(key: TestKey, parameters: Parameters, how: Signing = {}): Pair[] {
  const { method = 'GET', path = '/iaas/', time = Date.now(), algorithm = 'HmacSHA256' } = how;
  const all: Parameters = {
    access_key_id: key.id,
    req_id: `${++signed}`,
    signature_method: algorithm,
    signature_version: '1',
    time_stamp: timeStamp(time),
    version: '1',
    zone: 'pek3a',
    ...parameters,
  };
  const pairs = Object.entries(all).map(([name, value]) => [name, String(value)] as const);
  return [...pairs, ['signature', signText(key.secret, textToSign(method, path, pairs), algorithm)]];
}

/** Parameters as a query or a form carries them. */
export function writePairs(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${escape(name)}=${escape(value)}`).join('&');
}

/** Sends a query or a form as it is written, by GET or by POST. */
export function sendWritten(
  gateway: Pick<TestGateway, 'base'>,
  text: string,
  { method = 'GET', path = '/iaas/' }: Signing = {},
): Promise<Answer> {
  if (method === 'GET') return callRaw(gateway, `${path}?${text}`);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return callRaw(gateway, path, { method, headers, body: text });
}

/** Sends pairs as they are, by GET in the query or by POST as a form. */
export function sendPairs(
  gateway: Pick<TestGateway, 'base'>,
  pairs: readonly Pair[],
  how: Signing = {},
): Promise<Answer> {
  return sendWritten(gateway, writePairs(pairs), how);
}

/** A signed call of the action API. */
export function callSigned(
  gateway: Pick<TestGateway, 'base'>,
  key: TestKey,
  parameters: Parameters,
  how: Signing = {},
): Promise<Answer> {
  return sendPairs(gateway, signParameters(key, parameters, how), how);
}

/** Makes an access key for a user; the admin does it. */
export async function newKey(
  gateway: Pick<TestGateway, 'base'>,
  owner: string = ADMIN.userId,
): Promise<TestKey> {
  const { body } = await callAction(gateway, { action: 'CreateAccessKey', owner });
  if (body.ret_code !== 0) throw new Error(`no access key for ${owner}: ${JSON.stringify(body)}`);
  return { id: body.access_key_id, secret: body.secret_access_key };
}
