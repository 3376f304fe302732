import { JobgateError } from './jobgate-error.ts';
import type { Failure } from './types.ts';

export interface Sending {
  readonly baseUrl: string;
  readonly token: () => string | undefined;
  readonly language?: string;
  readonly attempts?: number;
  readonly longestWait?: number;
  readonly fetch?: typeof fetch;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  /** Whether a key makes it safe to send it again. */
  readonly repeatable: boolean;
}

type Value = string | number;

interface Input {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, Value | readonly Value[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** What was answered. `wait`: how long until another try makes sense, in ms; undefined: it makes none. */
type Outcome =
  { readonly data: unknown } | { readonly error: JobgateError; readonly wait: number | undefined };

/** Sends a call, again where that is safe and may help. @returns the `data` of the envelope */
export async function send(sending: Sending, route: Route, input: Input): Promise<unknown> {
  const { attempts = 4, longestWait = 30_000 } = sending;
  const headers = headersOf(sending, route, input);
  const safe = route.method === 'GET' || route.repeatable;
  for (let attempt = 1; ; attempt++) {
    const last = !safe || attempt >= attempts;
    let wait: number | undefined;
    try {
      const outcome = await sendOnce(sending, route, input, headers);
      if ('data' in outcome) return outcome.data;
      if (last || outcome.wait === undefined || outcome.wait > longestWait) throw outcome.error;
      ({ wait } = outcome);
    } catch (thrown) {
      // Only what fetch itself throws: the connection broke, and nobody knows when.
      if (last || thrown instanceof JobgateError || input.signal?.aborted) throw thrown;
    }
    // Callers that were turned away together should not come back together.
    const backOff = 2 ** (attempt - 1) * 200 * (0.5 + Math.random());
    await pause(Math.min(Math.max(wait ?? 0, backOff), longestWait), input.signal);
  }
}

async function sendOnce(
  { baseUrl, fetch: given }: Sending,
  route: Route,
  { path = {}, query = {}, body, signal }: Input,
  headers: Record<string, string>,
): Promise<Outcome> {
  const target = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(path[name] ?? ''),
  );
  const url = `${baseUrl.replace(/\/+$/, '')}${target}${writeQuery(query)}`;
  const response = await (given ?? fetch)(url, {
    method: route.method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const envelope = readEnvelope(await response.text());
  if (response.ok && envelope?.code === 0) return { data: envelope.data };
  const failure = envelope && envelope.code !== 0 ? (envelope as Failure) : undefined;
  const requestId = response.headers.get('x-request-id') ?? undefined;
  const error = new JobgateError(response.status, failure, requestId);
  return { error, wait: waitOf(response, error) };
}

/** The query of a URL; a list is separated by commas, which stay as they are. */
function writeQuery(query: NonNullable<Input['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const words = [value].flat().map((word) => encodeURIComponent(word));
    return [`${name}=${words.join(',')}`];
  });
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

/** How long to wait before the call may be sent again, in ms; undefined: it would be answered alike. */
function waitOf(response: Response, { reason }: JobgateError): number | undefined {
  const passing = [502, 503, 504].includes(response.status) || reason === 'rate_limited';
  return passing ? Number(response.headers.get('retry-after') ?? 0) * 1000 || 0 : undefined;
}

function readEnvelope(text: string): { code: number; data: unknown } | undefined {
  try {
    const value = JSON.parse(text) as { code?: unknown; data?: unknown } | null;
    return typeof value?.code === 'number' ? { code: value.code, data: value.data } : undefined;
  } catch {
    return undefined;
  }
}

function headersOf({ token, language }: Sending, route: Route, input: Input): Record<string, string> {
  const known = token();
  return {
    ...(known !== undefined && { authorization: known }),
    ...(language !== undefined && { 'accept-language': language }),
    ...(input.body && { 'content-type': 'application/json' }),
    // Made once for all attempts: by it the gateway knows the second for the first.
    ...(route.repeatable && { 'Idempotency-Key': inventKey() }),
    ...input.headers,
  };
}

/** 128 random bits. Pages that came by plain HTTP have no `randomUUID`. */
function inventKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
