import { asRefusal, Refusal } from '../../src/errors.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { OperationName } from '../../src/operations/index.ts';
import type { Seen, WireAnswer, WireRequest } from '../wire/exchange.ts';
import type { Language } from '../wire/language.ts';
import { decode, dialectOf, type ActionSettings } from './decode.ts';
import { encode, encodeError } from './encode.ts';
import { EMPTY_FORM, languageIn, readForm, readQuery, textOf, type ActionForm } from './form.ts';

/** One call of the action API, from the request to the answer. Never rejects: every failure is an answer. */
export async function answerAction(
  gateway: Gateway,
  settings: ActionSettings,
  request: WireRequest,
): Promise<WireAnswer> {
  let form: ActionForm = EMPTY_FORM;
  let operation: OperationName | 'unknown' = 'unknown';
  const seen: Seen = { userId: undefined, cached: undefined };
  try {
    form = readQuery(request);
    if (hasBody(request.method)) form = readForm(form, request, await request.body());
    const { call, binding, wishes } = decode(form, request, settings, seen);
    operation = call.operation;
    const output = await gateway.answer(call);
    return encode(operation, binding, output as never, wishes, seen);
  } catch (thrown) {
    const action = textOf(form, 'action');
    const dialect = dialectOf(form, settings.dialects).name;
    return encodeError(operation, action, asRefusal(thrown), languageIn(form), dialect, seen);
  }
}

/** @throws Refusal `resource_not_found` for a method that is none of this protocol's */
function hasBody(method: string): boolean {
  if (method === 'POST') return true;
  if (method === 'GET' || method === 'HEAD') return false;
  throw new Refusal('resource_not_found', { detail: 'unknown-method' });
}

/** What is answered for a path below the action API's own, which has one path only. */
export function answerUnrouted(): WireAnswer {
  const refusal = new Refusal('resource_not_found', { detail: 'unknown-path' });
  return encodeError('unknown', undefined, refusal, languageIn(undefined));
}

/** What is answered where the call failed before it was known which it is. */
export function answerFault(refusal: Refusal, language: Language = languageIn(undefined)): WireAnswer {
  return encodeError('unknown', undefined, refusal, language);
}
