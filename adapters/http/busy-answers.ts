import { Refusal } from '../../src/errors.ts';
import { answerFault as answerActionFault } from '../action/answer.ts';
import { answerFault as answerRestFault } from '../rest/answer.ts';
import { bareRequest } from '../wire/bare-request.ts';
import type { WireAnswer } from '../wire/exchange.ts';
import { LANGUAGES, languageOf, type Language } from '../wire/language.ts';
import type { HttpRequest } from './request.ts';
import { write, type SendParts } from './send.ts';
import type { TrackedResponse } from './tracked-response.ts';

/** Refuses a call because of load, in the caller's convention. */
export type RefuseBusy = (
  protocol: Protocol,
  request: HttpRequest,
  response: TrackedResponse,
  closes: boolean,
) => void;
export type Protocol = WireAnswer['outcome']['protocol'];

/** An answer that is ready but for the request's id, which stands between the two parts of a body where it is told. */
interface Prepared {
  readonly status: number;
  readonly headers: WireAnswer['headers'];
  readonly before: string;
  readonly after: string | undefined;
}

const ID = 'the id of the request';
const BUSY = new Refusal('unavailable', { detail: 'busy', retryAfter: 1 });

/** Answers that were made beforehand: a refusal has to cost a small part of what the call would. */
export function prepareRefusals(parts: Pick<SendParts, 'cors' | 'draining'>): RefuseBusy {
  const action = inEachLanguage((language) => answerActionFault(BUSY, language));
  const rest = inEachLanguage((language) => answerRestFault(BUSY, bareRequest({ requestId: ID, language })));

  return (protocol, request, response, closes) => {
    const { status, headers, before, after } =
      protocol === 'action' ? action[languageAsked(request.query)] : rest[languageRead(request)];
    const body = after === undefined ? before : before + request.requestId + after;
    write(parts, request, response, { status, headers, body }, closes);
  };
}

function inEachLanguage(answer: (language: Language) => WireAnswer): Readonly<Record<Language, Prepared>> {
  const prepared = LANGUAGES.map((language) => {
    const { status, headers, body } = answer(language);
    const [before = '', after] = String(body).split(ID);
    return [language, { status, headers, before, after }] as const;
  });
  return Object.fromEntries(prepared) as Record<Language, Prepared>;
}

/** The action API's `lang` of the query; one in a body is not read. */
function languageAsked(query: string): Language {
  return languageOf(/(?:^|&)lang=([\w-]+)/.exec(query)?.[1]);
}

function languageRead(request: HttpRequest): Language {
  return request.headers['accept-language'] === undefined ? languageOf(undefined) : request.language;
}
