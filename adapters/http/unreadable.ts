import { randomUUID } from 'node:crypto';
import { Refusal } from '../../src/errors.ts';
import { answerFault as answerActionFault } from '../action/answer.ts';
import { answerUnreadable as answerUnreadableRest } from '../rest/answer.ts';
import { bareRequest } from '../wire/bare-request.ts';
import type { WireAnswer, WireRequest } from '../wire/exchange.ts';
import { isActionPath, originForm } from './request.ts';

/**
 * What is answered to bytes that are no HTTP request, or whose headers are too long: in the convention that the
 * first line asks for, as far as it can be read.
 * @param sent the beginning of what was sent
 */
export function answerUnreadable(actionPath: string, sent: string): WireAnswer {
  const target = originForm(/^[A-Z]+ +(\S*)/.exec(sent)?.[1]);
  const path = target.split('?', 1)[0] ?? '';
  const requestId = randomUUID();
  const answer = refuseHeaders(actionPath, bareRequest({ path, requestId }));
  return { ...answer, headers: { ...answer.headers, 'x-request-id': requestId } };
}

/** What is answered to a request whose headers cannot be taken. */
export function refuseHeaders(actionPath: string, request: WireRequest): WireAnswer {
  return isActionPath(actionPath, request.path)
    ? answerActionFault(new Refusal('malformed_request', { detail: 'headers' }))
    : answerUnreadableRest(request);
}

/** Headers that may stand once, by the length of their names: so most others need not be looked at. */
const ONCE: ReadonlyMap<number, string> = new Map(
  ['host', 'authorization', 'content-type'].map((name) => [name.length, name]),
);

/**
 * Whether a header that may stand once stands twice: Node takes the first, and who stands in between may have judged by
 * the last.
 * @param rawHeaders names and values in turn
 */
export function saysTwice(rawHeaders: readonly string[]): boolean {
  const seen: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const sent = rawHeaders[at]!;
    const name = ONCE.get(sent.length);
    if (name === undefined || sent.toLowerCase() !== name) continue;
    if (seen.includes(name)) return true;
    seen.push(name);
  }
  return false;
}
