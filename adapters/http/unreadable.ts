import { randomUUID } from 'node:crypto';
import { Refusal } from '../../src/errors.ts';
import { answerFault as answerActionFault } from '../action/answer.ts';
import { answerUnreadable as answerUnreadableRest } from '../rest/answer.ts';
import { bareRequest } from '../wire/bare-request.ts';
import type { WireAnswer } from '../wire/exchange.ts';
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
  const answer = isActionPath(actionPath, path)
    ? answerActionFault(new Refusal('malformed_request', { detail: 'headers' }))
    : answerUnreadableRest(bareRequest({ path, requestId }));
  return { ...answer, headers: { ...answer.headers, 'x-request-id': requestId } };
}
