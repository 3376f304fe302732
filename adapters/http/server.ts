import { createServer, STATUS_CODES, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import type { WireAnswer } from '../wire/exchange.ts';
import { createDrain, type Drain } from './drain.ts';
import { closeSlowClients, type SlowWith } from './slow-clients.ts';
import { KEPT, TrackedResponse, type KeepsAlive } from './tracked-response.ts';
import { WholeRequest } from './whole-request.ts';

/** A listening server that can be emptied. */
export interface HttpServer extends Drain {
  readonly port: number;
  /** How many there are now. */
  connections(): Promise<number>;
}

/** QingCloud's clients use an idle connection for up to 60 s: it must not be closed under their hands. */
const KEEP_ALIVE = 75_000;
const HEADERS_TIMEOUT = 7_000;
/** How often Node looks for headers that do not come, in ms. */
const LOOK_FOR_HEADERS = 1_000;
/** How long a client that sent nonsense may take to read the answer, in ms. */
const LINGER = 1_000;
/** Bytes. A hundred ids in a query need a tenth of it. */
const HEADERS_MOST = 32_768;

const NEWEST = Symbol('the newest answer that the connection waits for');

/** A map beside would be looked through by each collection of garbage. */
interface Connection extends Duplex {
  [NEWEST]?: ServerResponse;
}

export type Listener = (incoming: WholeRequest, response: TrackedResponse) => void;

/** Why a connection was closed: there are too many, or its client is slow with something. */
export type Closed = 'connections' | 'headers' | SlowWith;

export interface ListenSettings {
  readonly refuse?: RefuseUnreadable;
  /** More connections than this are closed as they come; none where it is left out. */
  readonly connectionLimit?: number;
  /** Told of each connection that was closed. */
  readonly closed?: (because: Closed) => void;
  /** How long a connection is kept that carries no call, in ms; 75 s where it is left out. */
  readonly keepAlive?: number;
}

/**
 * @param listener is given requests that wait for a word before they send their body, too
 * @throws Error where the address cannot be listened on
 */
export async function listen(
  listener: Listener,
  host: string,
  port: number,
  {
    refuse = () => undefined,
    connectionLimit,
    closed = () => {},
    keepAlive = KEEP_ALIVE,
  }: ListenSettings = {},
): Promise<HttpServer> {
  const listenAndNote: Listener = (request, response) => {
    (request.socket as Connection)[NEWEST] = response;
    (response as TrackedResponse & KeepsAlive)[KEPT] = keepAlive;
    listener(request, response);
  };
  const server = createServer(
    {
      // No timers: what carries no call is found by a look at the connections, and its clients are told all the same.
      keepAliveTimeout: 0,
      headersTimeout: HEADERS_TIMEOUT,
      // Bodies may be large: they are judged by how fast they come.
      requestTimeout: 0,
      connectionsCheckingInterval: LOOK_FOR_HEADERS,
      maxHeaderSize: HEADERS_MOST,
      IncomingMessage: WholeRequest,
      ServerResponse: TrackedResponse,
      // Node would answer this, and an expectation that it does not know, by itself and in no convention.
      requireHostHeader: false,
    },
    listenAndNote,
  );
  // Node drops what is beyond 2000 without a word, be it credentials or a condition; their bytes are bounded.
  server.maxHeadersCount = 0;
  server.on('checkExpectation', listenAndNote);
  server.on('checkContinue', listenAndNote);
  if (connectionLimit !== undefined) server.maxConnections = connectionLimit;
  server.on('drop', () => closed('connections'));
  closeSlowClients(server, { newestOf: (socket) => (socket as Connection)[NEWEST], keepAlive, closed });
  const answered = new WeakSet<Duplex>();
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    // What is still being sent cannot be read either, and closing at once would take the answer back.
    if (answered.has(socket)) return;
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') closed('headers');
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    answered.add(socket);
    const answer = refuse(beginning(socket, error.rawPacket));
    const bytes = rawAnswer(error.code === 'HPE_HEADER_OVERFLOW', answer);
    const before = (socket as Connection)[NEWEST];
    if (!before || before.closed) return endWith(socket, bytes);
    // Answers come in the order of the requests: this one must not be taken for that to a good request before.
    if (before.req.complete) return void before.once('close', () => endWith(socket, bytes));
    // The newest request is the bad one itself; it has its turn when all before it were answered.
    if (before.socket) endWith(socket, bytes);
    else socket.destroy();
  });
  // Nobody is led to elsewhere, and any 2xx would say so.
  server.on('connect', (_request, socket) => endWith(socket, rawAnswer(false, refuse(''))));
  // Node remembers what was asked for: who hangs up is still known to the limits and to the audit trail.
  server.on('connection', (socket) => void socket.remoteAddress);
  const drain = createDrain(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const connections = promisify(server.getConnections.bind(server));
  return { port: (server.address() as AddressInfo).port, connections, ...drain };
}

function endWith(socket: Duplex, bytes: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(bytes);
  setTimeout(() => socket.destroy(), LINGER).unref();
}

/**
 * The answer to a request that is not HTTP, or whose headers are too long, by the beginning of what was sent;
 * undefined: a bare status.
 */
export type RefuseUnreadable = (sent: string) => WireAnswer | undefined;

/**
 * What a connection began with, if that is at hand. A later piece may look like a request line of any path, just as
 * whoever sent it wants it to.
 */
function beginning(socket: Duplex, packet: Buffer | undefined): string {
  return packet && (socket as Socket).bytesRead === packet.length ? packet.toString('latin1') : '';
}

function rawAnswer(tooLong: boolean, answer: WireAnswer | undefined): string {
  const bare = tooLong ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const status = answer ? `${answer.status} ${STATUS_CODES[answer.status]}` : bare;
  const body = answer?.body?.toString() ?? '';
  const headers = { ...answer?.headers, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`;
}
