import { assertDocumented } from './documented.ts';

/** One answer of the gateway, whatever its protocol. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where there is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every form
  readonly body: any;
}

/**
 * Any request. Where it is one of the REST API, its answer is judged by the OpenAPI document.
 * @param path with the query
 */
export async function ask(base: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${base}${path}`, init);
  const text = await response.text();
  assertDocumented({
    method: init.method ?? 'GET',
    // As it goes over the wire: fetch makes a path out of `..` and escapes letters.
    target: response.url.slice(new URL(response.url).origin.length),
    sent: new Headers(init.headers),
    body: textOf(init.body),
    status: response.status,
    headers: response.headers,
    text,
  });
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, text, body };
}

function textOf(body: RequestInit['body']): string | undefined {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? Buffer.from(body).toString() : undefined;
}
