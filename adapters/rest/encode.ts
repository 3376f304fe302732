import type { Refusal } from '../../src/errors.ts';
import type { OperationName } from '../../src/operations/index.ts';
import { namesTag } from '../wire/entity-tag.ts';
import { errorCatalogue } from '../wire/error-catalogue.ts';
import {
  NOTHING_SEEN,
  rateHeaders,
  type Outcome,
  type Seen,
  type WireAnswer,
  type WireRequest,
} from '../wire/exchange.ts';
import { LANGUAGE_TAGS } from '../wire/language.ts';
import { joinPieces } from '../wire/pieces.ts';
import { spell, wordFault, wordRefusal } from '../wire/wording.ts';
import type { RestRoute } from './bindings.ts';
import { parameterOf } from './names.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Wraps an output in the envelope, or answers 204 or 304 where there is nothing to wrap. */
export function encode(
  operation: OperationName,
  route: RestRoute,
  output: never,
  own: ReadonlyMap<string, string>,
  request: WireRequest,
  { userId, cached, rate }: Seen,
): WireAnswer {
  const outcome: Outcome = { protocol: 'rest', operation, code: 0, userId, cached };
  if (route.headersOnly) {
    const headers = { ...route.headersOnly(output), 'cache-control': 'no-store', ...rateHeaders(rate) };
    return { status: 204, headers, body: undefined, outcome };
  }
  const tag = route.entityTag?.(output);
  const location = route.location?.(output);
  const headers: Record<string, string> = {
    'cache-control': route.source === 'body' ? 'no-store' : 'private, no-cache',
  };
  if (tag !== undefined) headers.etag = tag;
  if (location !== undefined) headers.location = location;
  if (rate) Object.assign(headers, rateHeaders(rate));
  const links = route.links?.(output, own, request);
  if (links !== undefined) headers.link = links;
  if (route.method === 'GET' && tag !== undefined && namesTag(request.headers['if-none-match'], tag)) {
    return { status: 304, headers, body: undefined, outcome };
  }
  headers['content-type'] = JSON_TYPE;
  const body = joinPieces(['{"code":0,"data":', ...route.encode(output, own), '}']);
  return { status: 200, headers, body, outcome };
}

/** A refusal in the envelope: what happened, under which name and number, and which parameters were wrong. */
export function encodeError(
  operation: OperationName | 'unknown',
  route: RestRoute | undefined,
  refusal: Refusal,
  request: WireRequest,
  { userId, cached, rate }: Seen = NOTHING_SEEN,
): WireAnswer {
  const { code, status: usual } = errorCatalogue[refusal.reason];
  const status = route?.statuses?.[refusal.reason] ?? usual;
  const { language } = request;
  const respell = (name: string): string => parameterOf(name, route?.source ?? 'query');
  const { problems, retryAfter, present, jobId } = refusal.facts;
  const data = {
    message: wordRefusal(refusal, language, respell),
    reason: refusal.reason,
    ...(problems && {
      parameters: Object.fromEntries(
        problems.map((problem) => [spell(problem, respell), wordFault(problem.fault, language, respell)]),
      ),
    }),
    ...(jobId !== undefined && { jobId }),
    ...present,
    requestId: request.requestId,
  };
  const seconds = retryAfter ?? (status === 503 ? 1 : undefined);
  return {
    // nginx turns any other failure of verify into a 500 of its own.
    status: route?.headersOnly && status !== 401 ? 503 : status,
    headers: {
      'content-type': JSON_TYPE,
      'cache-control': 'no-store',
      'content-language': LANGUAGE_TAGS[language],
      vary: 'Accept-Language',
      'x-error-code': String(code),
      ...rateHeaders(refusal.facts.rate ?? rate),
      ...(status === 401 && { 'www-authenticate': 'Bearer realm="jobgate"' }),
      ...(seconds !== undefined && { 'retry-after': String(seconds) }),
    },
    body: JSON.stringify({ code, data }),
    outcome: {
      protocol: 'rest',
      operation,
      code,
      reason: refusal.reason,
      detail: refusal.facts.detail,
      userId,
      cached,
      cause: refusal.facts.cause,
    },
  };
}
