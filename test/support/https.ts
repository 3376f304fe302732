import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, request } from 'node:https';
import { text as readAll } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { originForm } from '../../adapters/http/request.ts';
import type { Answer } from './clients.ts';
import { assertDocumented, isOperation } from './documented.ts';
import { headersOf } from './headers-of.ts';
import type { Exchange } from './judge-exchange.ts';

/** A place that is asked over TLS, with the certificate that it must show. */
export interface SecurePlace {
  /** `https://127.0.0.1:PORT` */
  readonly base: string;
  readonly certificate: string;
  /** Whether its answers are jobgate's, which are judged by the OpenAPI document. */
  readonly judged?: boolean;
}

export interface SecureCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

/** A header of nginx's own, which jobgate does not have. */
const OF_NGINX = 'server';

/** What nginx refuses before anybody looks for an operation: the document tells these refusals of operations alone. */
const EARLY = /"reason":"(malformed_request|rate_limited|unavailable)"/;

function isEarly(exchange: Pick<Exchange, 'method' | 'target'>, text: string): boolean {
  return EARLY.test(text) && !isOperation(exchange);
}

/** Judges what a place answered, where it is jobgate. */
function judge(
  { judged }: SecurePlace,
  exchange: Pick<Exchange, 'method' | 'target' | 'body'> & { readonly sent: Headers },
  { status, headers, text }: Answer,
): void {
  if (!judged || isEarly(exchange, text)) return;
  const known = new Headers(headers);
  known.delete(OF_NGINX);
  assertDocumented({ ...exchange, status, headers: known, text });
}

/** Headers and body as the other helpers answer them. */
function answerOf(status: number, headers: Headers, text: string): Answer {
  const body: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
  return { status, headers, text, body };
}

/** A call over HTTP/1.1. @param target is sent as it stands: nothing is resolved or escaped */
export async function callSecurely(
  place: SecurePlace,
  target: string,
  { method = 'GET', headers = {}, body, agent }: SecureCall = {},
): Promise<Answer> {
  const { base, certificate } = place;
  const { hostname, port } = new URL(base);
  const asked = request({
    hostname,
    port,
    path: target,
    method,
    ca: certificate,
    agent: agent ?? false,
    // Node compares the name with a Host header that a test has chosen; the certificate is one of its own anyway.
    checkServerIdentity: () => undefined,
    headers: { ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }), ...headers },
  });
  const answered = new Promise<Answer>((resolve, reject) => {
    asked.once('error', reject);
    asked.once('response', (response) => {
      readAll(response).then(
        (text) => resolve(answerOf(response.statusCode ?? 0, headersOf(response.headers), text)),
        reject,
      );
    });
  });
  asked.end(body);
  const answer = await answered;
  judge(place, { method, target, sent: new Headers(headers), body: body?.toString() }, answer);
  return answer;
}

/** A call over HTTP/2. */
export async function callByHttp2(
  place: SecurePlace,
  target: string,
  { method = 'GET', headers = {}, body }: SecureCall = {},
): Promise<Answer> {
  const { base, certificate } = place;
  const session = connectHttp2(base, { ca: certificate });
  // Its calls fail with it; that the connection is gone after the last of them is no failure.
  session.on('error', () => {});
  try {
    const stream = session.request({ ...headers, ':method': method, ':path': target });
    stream.end(body);
    const [got] = (await once(stream, 'response')) as [Record<string, string>];
    const answer = answerOf(Number(got[':status']), headersOf(got), await readAll(stream));
    judge(place, { method, target, sent: new Headers(headers), body: body?.toString() }, answer);
    return answer;
  } finally {
    session.close();
  }
}

/** Writes bytes that no client would; answers what came back until the connection was closed. */
export async function sendSecurely(place: SecurePlace, bytes: string): Promise<Answer> {
  const { base, certificate } = place;
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(base).port), ca: certificate });
  socket.setTimeout(10_000, () => socket.destroy(new Error('no answer came')));
  socket.write(bytes);
  const received = await readAll(socket);
  const end = received.indexOf('\r\n\r\n');
  const [first = '', ...lines] = received.slice(0, end).split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  const answer = answerOf(Number(first.split(' ')[1]), headers, received.slice(end + 4));
  const [, method = '', target = ''] = /^([A-Z]+) (\S+) HTTP\/1\.\d\r\n/.exec(bytes) ?? [];
  judge(place, { method, target: originForm(target), sent: new Headers(), body: '' }, answer);
  return answer;
}
