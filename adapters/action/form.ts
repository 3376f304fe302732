import { Refusal, type Problem } from '../../src/errors.ts';
import { decodeText, mediaType } from '../wire/body.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { readMembers } from '../wire/free-json.ts';
import { languageOf, type Language } from '../wire/language.ts';
import { parsePairs, type Sent } from '../wire/parameters.ts';

/** The parameters of a call as sent, before anything is made of them. */
export interface ActionForm {
  /** Those of the query, then those of the body. */
  readonly sent: readonly Sent[];
  /** How many of `sent` stood in the query. */
  readonly inQuery: number;
  readonly problems: readonly Problem[];
  /** Each name once; the body's word counts before the query's. */
  readonly named: ReadonlyMap<string, unknown>;
  /** The names that were sent more than once. */
  readonly repeated: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
export const EMPTY_FORM: ActionForm = {
  sent: [],
  inQuery: 0,
  problems: [],
  named: new Map(),
  repeated: NONE,
};

/** The parameters of the query alone, which can be read whatever the body is. */
export function readQuery(request: WireRequest): ActionForm {
  if (request.query === '') return EMPTY_FORM;
  const { sent, problems } = parsePairs(request.query);
  return formOf(sent, [], problems);
}

/** The parameters of query and body, a form or JSON, all alike. @param bytes the body */
export function readForm(query: ActionForm, { headers }: WireRequest, bytes: Buffer): ActionForm {
  const body = parseBody(mediaType(headers['content-type']), decodeText(bytes));
  const problems = query.problems.length === 0 ? body.problems : [...query.problems, ...body.problems];
  return formOf(query.sent, body.sent, problems);
}

function formOf(query: readonly Sent[], body: readonly Sent[], problems: readonly Problem[]): ActionForm {
  const named = new Map<string, unknown>();
  let repeated: Set<string> | undefined;
  const name = (sent: readonly Sent[]): void => {
    for (const { name: of, value } of sent) {
      if (named.has(of)) (repeated ??= new Set()).add(of);
      else named.set(of, value);
    }
  };
  name(body);
  name(query);
  const sent = body.length === 0 ? query : query.length === 0 ? body : [...query, ...body];
  return { sent, inQuery: query.length, problems, named, repeated: repeated ?? NONE };
}

function parseBody(type: string, text: string): { sent: Sent[]; problems: Problem[] } {
  if (!/\S/.test(text)) return { sent: [], problems: [] };
  const form = type === '' || type === 'application/x-www-form-urlencoded';
  if (!form && type !== 'application/json') throw new Refusal('malformed_request', { detail: 'body-type' });
  // curl names a form unless it is told otherwise; no form begins with a brace.
  if (form && !/^\s*\{/.test(text)) return parsePairs(text);
  return { sent: readMembers(text), problems: [] };
}

/** One public parameter as sent. */
export function valueOf(form: ActionForm, name: string): unknown {
  return form.named.get(name);
}

/** One public parameter that must be text. */
export function textOf(form: ActionForm, name: string): string | undefined {
  const found = valueOf(form, name);
  return typeof found === 'string' ? found : undefined;
}

/** One public parameter that is a number, which JSON may write as one. */
export function digitsOf(form: ActionForm, name: string): string | undefined {
  const found = valueOf(form, name);
  return typeof found === 'number' ? String(found) : textOf(form, name);
}

/** A public parameter that stands in two places would be read differently by whoever stands in between. */
export function isRepeated(form: ActionForm, name: string): boolean {
  return form.repeated.has(name);
}

/** Whether a parameter stands in the URL, which others may read. */
export function isInQuery({ sent, inQuery }: ActionForm, name: string): boolean {
  return sent.slice(0, inQuery).some((each) => each.name === name);
}

export function languageIn(form: ActionForm | undefined): Language {
  return languageOf(form && textOf(form, 'lang'));
}
