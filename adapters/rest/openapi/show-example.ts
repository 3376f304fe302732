import type { Refusal } from '../../../src/errors.ts';
import type { OperationName } from '../../../src/operations/index.ts';
import { bareRequest } from '../../wire/bare-request.ts';
import { NOTHING_SEEN, type WireAnswer } from '../../wire/exchange.ts';
import type { Language } from '../../wire/language.ts';
import { answerUnreadable } from '../answer.ts';
import type { RestRoute } from '../bindings.ts';
import { encode, encodeError } from '../encode.ts';

/** The id of the request in every example. */
export const REQUEST_ID = '6d7e6d4b-1a69-47b1-895c-0e212bc62060';

/** What an output is answered as, by the very code that answers calls. @param held tags that the caller has */
export function outputAnswer(
  operation: OperationName,
  route: RestRoute,
  output: unknown,
  held?: string,
): WireAnswer {
  const bare = bareRequest({ requestId: REQUEST_ID });
  const request = held === undefined ? bare : { ...bare, headers: { 'if-none-match': held } };
  return encode(operation, route, output as never, new Map(), request, NOTHING_SEEN);
}

/** What a refusal is answered as, by the very code that answers calls; without a route, as by most of them. */
export function refusalAnswer(
  refusal: Refusal,
  language: Language,
  bound?: { readonly operation: OperationName; readonly route: RestRoute },
): WireAnswer {
  const request = bareRequest({ requestId: REQUEST_ID, language });
  return encodeError(bound?.operation ?? 'unknown', bound?.route, refusal, request);
}

export function unreadableAnswer(language: Language): WireAnswer {
  return answerUnreadable(bareRequest({ requestId: REQUEST_ID, language }));
}

/** The body of an answer. */
export function bodyOf({ body }: WireAnswer): { readonly code: number; readonly data: object } {
  return JSON.parse(String(body)) as { code: number; data: object };
}
