import { pino, type DestinationStream, type Logger } from 'pino';

/** Lines that are written together, in bytes, and how long a line waits for others at the most, in ms. */
const TOGETHER = 32_768;
const FLUSH = 100;
/** What nobody takes off standard output is dropped beyond this, in bytes. */
const BACKLOG = 16_777_216;

/** JSON lines on standard output. Errors are told without their extra fields, where drivers keep whole queries. */
export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: timeMember,
      serializers: { cause: tell },
    },
    joinLines(),
  );
}

/** A write for many lines, since each costs as much as the call that it tells of. */
function joinLines(): DestinationStream {
  const output = pino.destination({
    dest: 1,
    sync: false,
    minLength: TOGETHER,
    maxWrite: 2 * TOGETHER,
    maxLength: BACKLOG,
    periodicFlush: FLUSH,
  });
  // It measures all that it holds with each text that it is given: the lines of one turn of the event loop are one.
  let lines = '';
  const handOn = (): void => {
    if (lines !== '') output.write(lines);
    lines = '';
  };
  const flushSync = output.flushSync.bind(output);
  // What pino calls when the process ends.
  output.flushSync = () => {
    handOn();
    flushSync();
  };
  return {
    write(line) {
      if (lines === '') setImmediate(handOn);
      lines += line;
    },
  };
}

let written = { at: -1, member: '' };

/** The member `time` of a line; the lines of one millisecond share it. */
function timeMember(): string {
  const at = Date.now();
  if (written.at !== at) written = { at, member: `,"time":"${new Date(at).toISOString()}"` };
  return written.member;
}

function tell(cause: unknown, depth = 0): unknown {
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as { code?: unknown };
  return {
    type: cause.name,
    message: cause.message,
    ...(typeof code === 'string' && { code }),
    stack: cause.stack,
    ...(cause.cause !== undefined && depth < 3 && { cause: tell(cause.cause, depth + 1) }),
  };
}
