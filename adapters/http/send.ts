import type { IncomingMessage } from 'node:http';
import type { Log } from '../../src/ports.ts';
import type { WireAnswer } from '../wire/exchange.ts';
import { Octets, octetsOf } from '../wire/octets.ts';
import { allowMethods, NO_CORS, type Cors } from './cors.ts';
import type { Metrics } from './metrics.ts';
import type { HttpRequest } from './request.ts';
import type { TrackedResponse } from './tracked-response.ts';

export interface SendParts {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Which pages of browsers may read the answer. */
  readonly cors: Cors;
  /** True once no new connections are taken: those that stand are given up, each with its next answer. */
  readonly draining: () => boolean;
}

/** Writes an answer of either protocol, and tells log and metrics of the call. */
export function send(
  parts: SendParts,
  request: HttpRequest,
  response: TrackedResponse,
  answer: WireAnswer,
): void {
  write(parts, request, response, answer);
  record(parts, request, answer);
}

/**
 * Writes what is no call of a protocol.
 * @param closes whether the connection ends with it
 */
export function write(
  parts: Pick<SendParts, 'cors' | 'draining'>,
  request: HttpRequest,
  response: TrackedResponse,
  answer: Pick<WireAnswer, 'status' | 'headers' | 'body'>,
  closes = parts.draining() || endsConnection(response.req),
): void {
  const { status } = answer;
  // Node takes names and values in turn as they are; an object it would have to take apart again.
  const headers = ['x-request-id', request.requestId];
  const named = letOriginRead(parts.cors(request.headers.origin), answer.headers);
  for (const name in named) headers.push(name, named[name]!);
  const body = typeof answer.body === 'string' ? octetsOf(answer.body) : answer.body;
  const given = body instanceof Octets ? body.text : body;
  if (given !== undefined) headers.push('content-length', String(given.length));
  if (body instanceof Octets && !closes && response.endInOnePiece(status, headers, body)) return;
  if (closes) headers.push('connection', 'close');
  response.writeHead(status, headers);
  if (given === undefined) response.end();
  else response.end(given, 'latin1');
}

/** The headers of an answer, with those that let a page of another origin read it. */
function letOriginRead(allowed: ReturnType<Cors>, own: WireAnswer['headers']): WireAnswer['headers'] {
  if (allowed === NO_CORS) return own;
  const vary = [own.vary, allowed.vary].filter((word) => word !== undefined).join(', ');
  return {
    ...own,
    ...allowed,
    ...(vary && { vary }),
    ...(own.allow !== undefined && 'access-control-allow-origin' in allowed && allowMethods(own.allow)),
  };
}

/**
 * A body that was not read to its end would be taken for the next request of the connection; and what follows a wish for
 * another protocol is never read at all.
 */
function endsConnection({ complete, headers }: IncomingMessage): boolean {
  if (headers.upgrade !== undefined) return true;
  if (complete) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** One line and one count per call. Names and numbers only: no value of a caller is written down. */
function record({ log, metrics }: SendParts, request: HttpRequest, { status, outcome }: WireAnswer): void {
  const milliseconds = performance.now() - request.began;
  metrics.call(outcome, milliseconds / 1000);
  const { protocol, operation, code, reason, detail, userId, cached, cause } = outcome;
  const ms = Math.round(milliseconds * 100) / 100;
  const { requestId } = request;
  const line = { requestId, protocol, operation, code, reason, detail, userId, cached, status, ms };
  if (reason === 'internal') log.error({ ...line, cause }, 'call');
  // While a database is away every call says the same: its message will do.
  else if (reason === 'unavailable') log.warn({ ...line, because: messageOf(cause) }, 'call');
  else log.info(line, 'call');
}

export function messageOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}
