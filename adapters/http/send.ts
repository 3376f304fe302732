import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../src/ports.ts';
import type { WireAnswer } from '../wire/exchange.ts';
import { allowMethods, type Cors } from './cors.ts';
import type { Metrics } from './metrics.ts';
import type { HttpRequest } from './request.ts';

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
  response: ServerResponse,
  answer: WireAnswer,
): void {
  write(parts, request, response, answer);
  record(parts, request, answer);
}

/** Writes what is no call of a protocol. */
export function write(
  parts: SendParts,
  request: HttpRequest,
  response: ServerResponse,
  answer: Pick<WireAnswer, 'status' | 'headers' | 'body'>,
): void {
  const { status, body } = answer;
  const headers: Record<string, string | number> = { ...answer.headers, 'x-request-id': request.requestId };
  letOriginRead(parts.cors(request.headers.origin), answer.headers.allow, headers);
  if (body !== undefined) headers['content-length'] = Buffer.byteLength(body);
  if (parts.draining() || endsConnection(response.req)) headers.connection = 'close';
  response.writeHead(status, headers).end(body);
}

function letOriginRead(
  allowed: ReturnType<Cors>,
  methods: string | undefined,
  headers: Record<string, string | number>,
): void {
  for (const [name, value] of Object.entries(allowed)) {
    headers[name] = name === 'vary' && headers.vary !== undefined ? `${headers.vary}, ${value}` : value;
  }
  if (methods !== undefined && 'access-control-allow-origin' in allowed) {
    Object.assign(headers, allowMethods(methods));
  }
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
  const { cause, ...told } = outcome;
  const line = { requestId: request.requestId, ...told, status, ms: Math.round(milliseconds * 100) / 100 };
  if (told.reason === 'internal') log.error({ ...line, cause }, 'call');
  // While a database is away every call says the same: its message will do.
  else if (told.reason === 'unavailable') log.warn({ ...line, because: messageOf(cause) }, 'call');
  else log.info(line, 'call');
}

export function messageOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}
