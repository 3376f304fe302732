import type { Refusal } from '../../src/errors.ts';
import type { OperationName } from '../../src/operations/index.ts';
import { errorCatalogue, retCodeOf, UNKNOWN_ACTION } from '../wire/error-catalogue.ts';
import { NOTHING_SEEN, rateHeaders, type Seen, type WireAnswer } from '../wire/exchange.ts';
import type { Language } from '../wire/language.ts';
import { joinPieces } from '../wire/pieces.ts';
import { wordRefusal } from '../wire/wording.ts';
import type { ActionBinding, Wishes } from './bindings.ts';
import type { Dialect } from './dialect.ts';
import { utcSeconds } from './job-face.ts';
import { parameterOf } from './names.ts';

/** An old Go client compares the whole header: no charset may follow. */
const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' } as const;

export function encode(
  operation: OperationName,
  binding: ActionBinding,
  output: never,
  wishes: Wishes,
  { userId, cached, rate }: Seen,
): WireAnswer {
  const body = joinPieces([`{"action":"${binding.action}Response",`, ...binding.encode(output, wishes), '}']);
  return {
    status: 200,
    headers: rate ? { ...HEADERS, ...rateHeaders(rate) } : HEADERS,
    body,
    outcome: { protocol: 'action', operation, code: 0, userId, cached },
  };
}

/** A refusal as QingCloud writes it: always HTTP 200, a number, and a message that begins with its word. */
export function encodeError(
  operation: OperationName | 'unknown',
  action: string | undefined,
  refusal: Refusal,
  language: Language,
  dialect: Dialect['name'] = 'seed',
  { userId, cached, rate }: Seen = NOTHING_SEEN,
): WireAnswer {
  const { reason, facts } = refusal;
  const { detail, retryAfter, signed, now } = facts;
  const unknownAction = detail === 'unknown-operation' || detail === 'operation-missing';
  const code = unknownAction || detail === 'unknown-method' ? UNKNOWN_ACTION : retCodeOf(reason);
  const seconds = retryAfter ?? (reason === 'unavailable' ? 1 : undefined);
  const name =
    action !== undefined && /^[A-Za-z][A-Za-z0-9]{0,63}$/.test(action)
      ? `${action}Response`
      : 'ErrorResponse';
  const respell = (property: string): string => parameterOf(property, dialect);
  const message = `${errorCatalogue[reason].word}, ${wordRefusal(refusal, language, respell)}`;
  return {
    status: 200,
    headers: {
      ...HEADERS,
      ...rateHeaders(facts.rate ?? rate),
      ...(seconds !== undefined && { 'retry-after': String(seconds) }),
    },
    body: JSON.stringify({
      action: name,
      ret_code: code,
      message,
      // What a caller compares with what it signed, and with its own clock.
      ...(signed !== undefined && { string_to_sign: signed }),
      ...(now !== undefined && { server_time: utcSeconds(now) }),
    }),
    outcome: { protocol: 'action', operation, code, reason, detail, userId, cached, cause: facts.cause },
  };
}
