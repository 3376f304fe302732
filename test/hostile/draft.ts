import { signParameters, type TestKey } from '../support/sign.ts';

/** One parameter: as text, and as the JSON of its value; `raw` is written into a query or a form as it is. */
export interface Parameter {
  readonly name: string;
  readonly text: string;
  readonly json: string;
  readonly raw?: string;
}

/** A request before it is written down, so that it can be made bad part by part. */
export interface Draft {
  readonly protocol: 'action' | 'rest';
  /** What it is a call of, for the report. */
  readonly operation: string;
  method: string;
  path: string;
  parameters: Parameter[];
  /** Where the parameters stand. */
  place: 'query' | 'form' | 'json';
  headers: [name: string, value: string][];
  /** Signed when it is written down, since signatures end. */
  key?: TestKey;
}

export function parameter(name: string, value: unknown): Parameter {
  const json = JSON.stringify(value);
  return { name, json, text: typeof value === 'string' ? value : json };
}

/** The draft as the bytes of its target, its headers and its body. */
export interface Written {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export function writeDraft(draft: Draft): Written {
  const { method, path, place, headers } = draft;
  const parameters = draft.key ? sign(draft, draft.key) : draft.parameters;
  const pairs = (): string =>
    parameters.map(({ name, text, raw }) => raw ?? `${escapeText(name)}=${escapeText(text)}`).join('&');
  const target = place === 'query' && parameters.length > 0 ? `${path}?${pairs()}` : path;
  const members = parameters.map(({ name, json }) => `${JSON.stringify(name)}:${json}`);
  const body = place === 'query' ? '' : place === 'form' ? pairs() : `{${members.join(',')}}`;
  return { method, target, headers, body: Buffer.from(body) };
}

/** The bytes of a request that says by itself where it ends. */
export function frame({ method, target, headers, body }: Written): Buffer {
  const length = body.length > 0 ? [`Content-Length: ${body.length}`] : [];
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${target} HTTP/1.1`, 'Host: gateway', ...lines, ...length, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

/** The parameters of the draft with those of a signature; what cannot be signed is left as it is. */
function sign({ method, path, parameters }: Draft, key: TestKey): Parameter[] {
  if (method !== 'GET' && method !== 'POST') return parameters;
  const own = Object.fromEntries(parameters.map(({ name, text }) => [name, text]));
  const signed = signParameters(key, own, { method, path });
  const added = signed.filter(([name]) => !Object.hasOwn(own, name));
  return [...parameters, ...added.map(([name, value]) => parameter(name, value))];
}

/** Half a character has no percent-encoding. */
function escapeText(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
}
