import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Refusal } from '../../src/errors.ts';

/** A request that may have its body as a whole, where it came at once. */
export interface BodySource extends IncomingMessage {
  /** The body, once; undefined where it has to be read as a stream. */
  takeWhole(): Buffer | undefined;
}

/** Deeper JSON is refused before it is parsed: nobody nests a request so, and recursion must have an end. */
export const DEPTH_MOST = 100;

/**
 * The whole body of a request. By hand, since every call of the action API may have one: raw-body takes three times as
 * long.
 * @param limit bytes
 * @throws Refusal `malformed_request`
 */
export async function readBody(request: BodySource, limit: number): Promise<Buffer> {
  const { 'content-encoding': encoding, 'transfer-encoding': transfer } = request.headers;
  // Node reads `gzip, chunked` too, and leaves the gzip to us.
  const packed = transfer !== undefined && transfer.toLowerCase() !== 'chunked';
  if (packed || (encoding !== undefined && encoding !== 'identity')) {
    throw new Refusal('malformed_request', { detail: 'body-encoding' });
  }
  const told = request.headers['content-length'];
  const said = Number(told);
  if (said > limit) throw tooLarge(limit);
  // The caller may have gone while its credentials were looked up.
  if (!request.readable) throw cutOff();
  // Node hands a request on before it looks at what came with the headers, which mostly is all of it.
  await Promise.resolve();
  const bytes = request.takeWhole() ?? (await waitForWhole(request, limit));
  if (bytes.length > limit) throw tooLarge(limit);
  if (told !== undefined && said !== bytes.length) throw cutOff();
  return bytes;
}

function waitForWhole(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const fail = (refusal: Refusal): void => {
      request.off('data', take);
      request.pause();
      reject(refusal);
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > limit) fail(tooLarge(limit));
    };
    request.on('data', take);
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('error', (cause) => fail(cutOff(cause)));
    request.on('close', () => {
      if (!request.readableEnded) fail(cutOff());
    });
  });
}

function tooLarge(limit: number): Refusal {
  return new Refusal('malformed_request', { detail: 'body-too-large', limit });
}

function cutOff(cause?: unknown): Refusal {
  return new Refusal('malformed_request', { detail: 'body-aborted', cause });
}

/** @throws Refusal `malformed_request` */
export function decodeText(body: Buffer): string {
  if (!isUtf8(body)) throw new Refusal('malformed_request', { detail: 'body-not-utf8' });
  const text = body.toString('utf8');
  // Some editors begin a file with a mark of its encoding.
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/**
 * The object in a JSON body.
 * @param depthMost how deeply brackets may nest
 * @throws Refusal `malformed_request`
 */
export function parseJsonObject(text: string, depthMost = DEPTH_MOST): Record<string, unknown> {
  if (depthOf(text, depthMost) > depthMost) {
    throw new Refusal('malformed_request', { detail: 'body-too-deep', limit: depthMost });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('malformed_request', { detail: 'body-not-json' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('malformed_request', { detail: 'body-not-object' });
  }
  return value as Record<string, unknown>;
}

/** How deeply brackets nest outside strings; stops counting past the limit. */
function depthOf(text: string, depthMost: number): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length && deepest <= depthMost; i++) {
    const unit = text.charCodeAt(i);
    if (inString) {
      if (unit === 0x5c) i++;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x7b || unit === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (unit === 0x7d || unit === 0x5d) depth--;
  }
  return deepest;
}

/** `application/json; charset=utf-8` → `application/json`; empty where none was sent. */
export function mediaType(header: string | undefined): string {
  // What nearly everyone sends is it already.
  if (header === 'application/x-www-form-urlencoded' || header === 'application/json') return header;
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
