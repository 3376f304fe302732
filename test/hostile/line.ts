import { connect, type Socket } from 'node:net';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** An answer that never comes would hold the run up for ever; in ms. */
const PATIENCE = 15_000;

/** A connection on which requests follow each other without waiting. Each is told its answer, or that none came. */
export interface Line {
  /** @param head HEAD has no body @returns undefined where the connection ended before an answer */
  ask(bytes: Buffer, head: boolean): Promise<RawAnswer | undefined>;
  readonly open: boolean;
  end(): void;
}

export function openLine(port: number): Line {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  const waiting: { head: boolean; done(answer: RawAnswer | undefined): void }[] = [];
  let received: Buffer = Buffer.alloc(0);
  let open = true;
  const close = (): void => {
    open = false;
    socket.destroy();
    for (const { done } of waiting.splice(0)) done(undefined);
  };
  socket.on('data', (data) => {
    received = received.length === 0 ? data : Buffer.concat([received, data]);
    for (let next = waiting[0]; next; next = waiting[0]) {
      const found = readAnswer(received, next.head);
      if (!found) break;
      received = received.subarray(found.end);
      waiting.shift();
      next.done(found.answer);
      if (found.answer.headers.get('connection') === 'close') open = false;
    }
  });
  socket.on('error', close);
  socket.on('close', close);
  socket.setTimeout(PATIENCE, close);
  return {
    ask: (bytes, head) =>
      new Promise((done) => {
        if (!open) return done(undefined);
        waiting.push({ head, done });
        socket.write(bytes);
      }),
    get open() {
      return open;
    },
    end: close,
  };
}

/**
 * Sends what may not even be a request, and reads until the connection is closed.
 * @param ends whether to say that nothing follows: the gateway may then leave what was asked before unanswered
 */
export function askAlone(port: number, bytes: Buffer, ends = true): Promise<RawAnswer[] | 'no end'> {
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('data', (data) => received.push(data));
    socket.on('error', () => socket.destroy());
    const timer = setTimeout(() => {
      socket.destroy();
      resolve('no end');
    }, PATIENCE);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(readAll(Buffer.concat(received), bytes.toString('latin1', 0, 5) === 'HEAD '));
    });
    if (ends) socket.end(bytes);
    else socket.write(bytes);
    socket.on('end', () => socket.destroy());
  });
}

/** @param head whether the first request asks for HEAD, as far as it can be read: then its answer may have no body */
function readAll(bytes: Buffer, head: boolean): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let left = bytes;
  for (;;) {
    const found = readAnswer(left, head && answers.length === 0 && !saysMore(left));
    if (!found) return answers;
    answers.push(found.answer);
    left = left.subarray(found.end);
  }
}

/** Whether a head is followed by what is no other answer. */
function saysMore(bytes: Buffer): boolean {
  const start = bytes.indexOf('\r\n\r\n') + 4;
  return start < bytes.length && bytes.toString('latin1', start, start + 5) !== 'HTTP/';
}

function readAnswer(bytes: Buffer, head: boolean): { answer: RawAnswer; end: number } | undefined {
  const ends = bytes.indexOf('\r\n\r\n');
  if (ends < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, ends).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const start = ends + 4;
  if (status === 100) {
    const next = readAnswer(bytes.subarray(start), head);
    return next && { answer: next.answer, end: start + next.end };
  }
  const bare = head || status === 204 || status === 304;
  const end = start + (bare ? 0 : Number(headers.get('content-length') ?? Number.NaN));
  // What does not say where it ends is taken whole, for the judge to see.
  if (Number.isNaN(end))
    return { answer: { status, headers, text: bytes.toString('latin1', start) }, end: bytes.length };
  if (bytes.length < end) return undefined;
  return { answer: { status, headers, text: bytes.toString('utf8', start, end) }, end };
}
