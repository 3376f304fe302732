import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import { Refusal } from '../../src/errors.ts';

/** Deeper JSON is refused before it is parsed: nobody nests a request so, and recursion must have an end. */
export const DEPTH_MOST = 100;

/**
 * The whole body of a request.
 * @param limit bytes
 * @throws Refusal `malformed_request`
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const { 'content-encoding': encoding, 'transfer-encoding': transfer } = request.headers;
  // Node reads `gzip, chunked` too, and leaves the gzip to us.
  const packed = transfer !== undefined && transfer.toLowerCase() !== 'chunked';
  if (packed || (encoding !== undefined && encoding !== 'identity')) {
    throw new Refusal('malformed_request', { detail: 'body-encoding' });
  }
  try {
    return await getRawBody(request, { limit, length: request.headers['content-length'] ?? null });
  } catch (thrown) {
    if ((thrown as { type?: string }).type === 'entity.too.large') {
      throw new Refusal('malformed_request', { detail: 'body-too-large', limit });
    }
    throw new Refusal('malformed_request', { detail: 'body-aborted', cause: thrown });
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws Refusal `malformed_request` */
export function decodeText(body: Buffer): string {
  try {
    return strictUtf8.decode(body);
  } catch {
    throw new Refusal('malformed_request', { detail: 'body-not-utf8' });
  }
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
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
