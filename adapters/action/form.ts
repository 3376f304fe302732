import { Refusal, type Problem } from '../../src/errors.ts';
import { decodeText, mediaType, parseJsonObject } from '../wire/body.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { languageOf, type Language } from '../wire/language.ts';
import { parsePairs, type Sent } from '../wire/parameters.ts';

/** The parameters of a call as sent, before anything is made of them. */
export interface ActionForm {
  readonly query: readonly Sent[];
  readonly body: readonly Sent[];
  readonly problems: readonly Problem[];
}

/** Reads query and body: GET with a query, POST with a form or with JSON, all alike. */
export async function readForm(request: WireRequest): Promise<ActionForm> {
  const query = parsePairs(request.query);
  if (request.method === 'GET' || request.method === 'HEAD') {
    return { query: query.sent, body: [], problems: query.problems };
  }
  if (request.method !== 'POST') throw new Refusal('resource_not_found', { detail: 'unknown-method' });
  const body = parseBody(mediaType(request.headers['content-type']), decodeText(await request.body()));
  return { query: query.sent, body: body.sent, problems: [...query.problems, ...body.problems] };
}

function parseBody(type: string, text: string): { sent: Sent[]; problems: Problem[] } {
  if (text.trim() === '') return { sent: [], problems: [] };
  const form = type === '' || type === 'application/x-www-form-urlencoded';
  if (!form && type !== 'application/json') throw new Refusal('malformed_request', { detail: 'body-type' });
  // curl names a form unless it is told otherwise; no form begins with a brace.
  if (form && !text.trimStart().startsWith('{')) return parsePairs(text);
  const sent = Object.entries(parseJsonObject(text)).map(([name, value]) => ({ name, value }));
  return { sent, problems: [] };
}

/** One public parameter's text; the body's word counts before the query's. */
export function textOf(form: ActionForm, name: string): string | undefined {
  const found = [...form.body, ...form.query].find((sent) => sent.name === name)?.value;
  // In JSON a number may stand as one.
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}

/** A public parameter that stands in two places would be read differently by whoever stands in between. */
export function timesSent(form: ActionForm, name: string): number {
  return [...form.query, ...form.body].filter((sent) => sent.name === name).length;
}

export function languageIn(form: ActionForm | undefined): Language {
  return languageOf(form && textOf(form, 'lang'));
}
