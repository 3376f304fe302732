import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';

/** What a slow client is slow with. */
export type SlowWith = 'body' | 'answer';

/** What takes longer must at least come this fast; in ms, and in bytes a second. */
const GRACE = 7_000;
const LEAST_RATE = 16_384;
const LOOK = 1_000;

/** A body that is coming: whose, since what look, and what the connection had brought by then. */
interface Receiving {
  readonly incoming: IncomingMessage;
  readonly since: number;
  readonly bytes: number;
}

/** Answers that wait to be taken: since when, what was taken meanwhile, and what was there at the last look. */
interface Sending {
  readonly since: number;
  readonly taken: number;
  readonly waiting: number;
  readonly queue: number;
}

/** A connection that carries no call: since what look, and what it had brought by then. */
interface Idling {
  readonly newest: ServerResponse;
  readonly since: number;
  readonly bytes: number;
}

export interface SlowClients {
  /** The newest answer of a connection. */
  readonly newestOf: (socket: Socket) => ServerResponse | undefined;
  /** How long a connection may carry no call, in ms. */
  readonly keepAlive: number;
  /** Told of each client that was slow. */
  readonly closed: (because: SlowWith) => void;
}

/**
 * Closes connections whose clients send a body, or take an answer, more slowly than anybody in earnest would: such
 * a client holds memory for as long as it likes. Slow headers are Node's own to see to. So would be connections that carry no
 * call, but Node sets a timer after each answer and clears it with the next request: here, too, connections are looked at
 * once a second, and no request is troubled with it.
 * @param server before it takes its first connection
 */
export function closeSlowClients(server: Server, { newestOf, keepAlive, closed }: SlowClients): void {
  const sockets = new Set<Socket>();
  const idling = new Map<Socket, Idling>();
  const receiving = new Map<Socket, Receiving>();
  const sending = new Map<Socket, Sending>();

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      idling.delete(socket);
      receiving.delete(socket);
      sending.delete(socket);
    });
  });

  const lookAtBody = (socket: Socket, now: number): void => {
    const incoming = newestOf(socket)?.req;
    if (!incoming || incoming.complete) {
      receiving.delete(socket);
      return;
    }
    const before = receiving.get(socket);
    if (before?.incoming !== incoming) {
      receiving.set(socket, { incoming, since: now, bytes: socket.bytesRead });
    } else if (!isInTime(now - before.since, socket.bytesRead - before.bytes)) {
      closed('body');
      receiving.delete(socket);
      endReceiving(incoming);
    }
  };
  const lookAtAnswer = (socket: Socket, now: number): void => {
    if (socket.writableLength === 0) {
      sending.delete(socket);
      return;
    }
    const next = lookAgain(socket, sending.get(socket), now);
    if (isInTime(now - next.since, next.taken)) {
      sending.set(socket, next);
      return;
    }
    closed('answer');
    socket.destroy();
  };
  const lookWhetherIdle = (socket: Socket, now: number): void => {
    const newest = newestOf(socket);
    if (!newest?.writableFinished || !newest.req.complete) {
      idling.delete(socket);
      return;
    }
    const before = idling.get(socket);
    // What has come since is the beginning of the next request.
    if (before?.newest !== newest || before.bytes !== socket.bytesRead) {
      idling.set(socket, { newest, since: now, bytes: socket.bytesRead });
    } else if (now - before.since >= keepAlive) socket.destroy();
  };
  const timer = setInterval(() => {
    const now = performance.now();
    for (const socket of sockets) {
      lookWhetherIdle(socket, now);
      lookAtBody(socket, now);
      lookAtAnswer(socket, now);
    }
  }, LOOK).unref();
  server.once('close', () => clearInterval(timer));
}

/** The stream counts whole pieces alone; what of the present one is left is known to the handle below it. */
function lookAgain(socket: Socket, before: Sending | undefined, now: number): Sending {
  const waiting = socket.writableLength;
  const { _handle: handle } = socket as Socket & { _handle?: { writeQueueSize?: number } };
  const queue = handle?.writeQueueSize ?? 0;
  if (!before) return { since: now, taken: 0, waiting, queue };
  const taken = before.waiting === waiting ? Math.max(0, before.queue - queue) : before.queue;
  return { since: before.since, taken: before.taken + taken, waiting, queue };
}

function isInTime(milliseconds: number, bytes: number): boolean {
  return milliseconds <= GRACE + (bytes / LEAST_RATE) * 1_000;
}

/** Who waits for the body is told that it is not whole, and answers so; the answer closes the connection. */
function endReceiving(incoming: IncomingMessage): void {
  const { socket } = incoming;
  if (incoming.listenerCount('error') === 0) return void socket.destroy();
  incoming.emit('error', new Error('the body came too slowly'));
  setTimeout(() => socket.destroy(), LOOK).unref();
}
