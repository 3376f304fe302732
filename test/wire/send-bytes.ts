import { connect } from 'node:net';
import { originForm } from '../../adapters/http/request.ts';
import type { Answer } from '../support/clients.ts';
import { assertDocumented } from '../support/documented.ts';
import type { TestGateway } from '../support/gateway.ts';

/** An answer that never comes would hold the test up for ever. */
const PATIENCE = 10_000;

/**
 * Writes bytes as they are, where no HTTP client would.
 * @param bytes must ask for the connection to be closed, unless the gateway does that by itself
 * @param options.later what is written a moment later, in a packet of its own
 * @returns what came back until the connection was closed; the body whole, without the framing of chunks
 */
export async function sendBytes(
  { base }: Pick<TestGateway, 'base'>,
  bytes: string | Buffer,
  options: { readonly hangUp?: boolean; readonly later?: string } = {},
): Promise<Answer> {
  const received: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error('no answer came')));
    socket.on('data', (data) => received.push(data));
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.write(bytes, () => options.hangUp && socket.end());
    const { later } = options;
    if (later !== undefined) setTimeout(() => socket.write(later), 100);
  });
  const answer = parse(Buffer.concat(received).toString());
  assertDocumentedBytes(bytes.toString(), answer);
  return answer;
}

/** Judges by the request's first line; what has none that can be read is asked for nothing that is documented. */
function assertDocumentedBytes(bytes: string, { status, headers, text }: Answer): void {
  if (Number.isNaN(status)) return;
  const [, method = '', sent = ''] = /^([A-Z]+) (\S+) HTTP\/1\.\d\r\n/.exec(bytes) ?? [];
  const body = bytes.slice(bytes.indexOf('\r\n\r\n') + 4);
  assertDocumented({ method, target: originForm(sent), sent: new Headers(), body, status, headers, text });
}

function parse(text: string): Answer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n');
  const headers = new Headers(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = text.slice(end + 4);
  const json: unknown = body.startsWith('{') ? JSON.parse(body) : undefined;
  return { status: Number(first.split(' ')[1]), headers, text: body, body: json };
}

/** A request that asks for the connection to be closed. */
export function request(line: string, headers: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [line, 'Host: gateway', 'Connection: close', ...headers, ...length, '', body].join('\r\n');
}
