import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { WholeRequest } from './whole-request.ts';

/** What a slow client is slow with. */
export type SlowWith = 'body' | 'answer';

/** What takes longer must at least come this fast; in ms, and in bytes a second. */
const GRACE = 7_000;
const LEAST_RATE = 16_384;
const LOOK = 1_000;

/** A body that is coming: since when, and what the connection had brought before. */
interface Receiving {
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

/**
 * Closes connections whose clients send a body, or take an answer, more slowly than anybody in earnest would: such
 * a client holds memory for as long as it likes. Slow headers are Node's own to see to.
 * @param server before it takes its first connection
 * @param closed is told of each
 */
export function closeSlowClients(
  server: Server<typeof WholeRequest>,
  closed: (because: SlowWith) => void,
): void {
  const sockets = new Set<Socket>();
  const receiving = new Map<WholeRequest, Receiving>();
  const sending = new Map<Socket, Sending>();

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      sending.delete(socket);
    });
  });
  const note = (incoming: WholeRequest): void => {
    const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
    if (encoding === undefined && !(Number(length) > 0)) return;
    receiving.set(incoming, { since: performance.now(), bytes: incoming.socket.bytesRead });
    incoming.whenWhole(() => receiving.delete(incoming));
  };
  for (const event of ['request', 'checkContinue', 'checkExpectation']) {
    server.prependListener(event, (incoming: WholeRequest) => {
      if (incoming.method !== 'GET') note(incoming);
    });
  }

  const lookAtBodies = (now: number): void => {
    for (const [incoming, { since, bytes }] of receiving) {
      const { socket } = incoming;
      if (!socket.destroyed) {
        if (isInTime(now - since, socket.bytesRead - bytes)) continue;
        closed('body');
        endReceiving(incoming);
      }
      receiving.delete(incoming);
    }
  };
  const lookAtAnswers = (now: number): void => {
    for (const socket of sockets) {
      if (socket.writableLength === 0) {
        sending.delete(socket);
        continue;
      }
      const next = lookAgain(socket, sending.get(socket), now);
      if (isInTime(now - next.since, next.taken)) {
        sending.set(socket, next);
        continue;
      }
      closed('answer');
      socket.destroy();
    }
  };
  const timer = setInterval(() => {
    const now = performance.now();
    lookAtBodies(now);
    lookAtAnswers(now);
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
