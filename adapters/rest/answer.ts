import { asRefusal, Refusal } from '../../src/errors.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { operationNames, type OperationName } from '../../src/operations/index.ts';
import type { Seen, WireAnswer, WireRequest } from '../wire/exchange.ts';
import { restBindings, type RestRoute } from './bindings.ts';
import { decode } from './decode.ts';
import { encode, encodeError, JSON_TYPE } from './encode.ts';

/** One call of the REST API, from the request to the answer. Never rejects: every failure is an answer. */
export async function answerRest(
  gateway: Gateway,
  operation: OperationName,
  route: RestRoute,
  request: WireRequest,
): Promise<WireAnswer> {
  const seen: Seen = { userId: undefined, cached: undefined };
  try {
    const { call, own } = decode(operation, route, request, seen);
    const output = await gateway.answer(call);
    return encode(operation, route, output as never, own, request, seen);
  } catch (thrown) {
    return encodeError(operation, route, asRefusal(thrown), request, seen);
  }
}

/**
 * What is answered where no route fits: the path is unknown, or does not have this method.
 * @param methods those that the path has
 */
export function answerUnrouted(request: WireRequest, methods: readonly string[]): WireAnswer {
  const detail = methods.length > 0 ? 'unknown-method' : 'unknown-path';
  const answer = encodeError('unknown', undefined, new Refusal('resource_not_found', { detail }), request);
  return methods.length === 0
    ? answer
    : { ...answer, headers: { ...answer.headers, allow: methods.join(', ') } };
}

/** What a path has: its methods, which everyone may know. */
export function answerOptions(methods: readonly string[]): WireAnswer {
  return {
    status: 200,
    headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-store', allow: methods.join(', ') },
    body: '{"code":0,"data":{}}',
    outcome: { protocol: 'rest', operation: 'options', code: 0 },
  };
}

/** What is answered where the call failed before it was known which it is. */
export function answerFault(refusal: Refusal, request: WireRequest): WireAnswer {
  return encodeError('unknown', undefined, refusal, request);
}

/**
 * What is answered to bytes that are no HTTP request, or whose headers are too long. Not with 200: they may have been
 * sent to the verify route, and nginx takes any 2xx from there for a yes.
 */
export function answerUnreadable(request: WireRequest): WireAnswer {
  const refusal = new Refusal('malformed_request', { detail: 'headers' });
  return { ...answerFault(refusal, request), status: 400 };
}

/** Every route with its operation; a path with a fixed word stands before one with a parameter in its place. */
export function restRoutes(): readonly { operation: OperationName; route: RestRoute }[] {
  return operationNames
    .flatMap((operation) =>
      (restBindings[operation] as readonly RestRoute[]).map((route) => ({ operation, route })),
    )
    .toSorted((a, b) => Number(a.route.path.includes(':')) - Number(b.route.path.includes(':')));
}
