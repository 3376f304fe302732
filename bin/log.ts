import { pino, type Logger } from 'pino';

/** Lines that are written together, in bytes, and how long a line waits for others at the most, in ms. */
const TOGETHER = 8_192;
const FLUSH = 100;
/** What nobody takes off standard output is dropped beyond this, in bytes. */
const BACKLOG = 16_777_216;

/** JSON lines on standard output. Errors are told without their extra fields, where drivers keep whole queries. */
export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { cause: tell },
    },
    // A write for many lines, since each costs as much as the call that it tells of.
    pino.destination({ dest: 1, sync: false, minLength: TOGETHER, maxLength: BACKLOG, periodicFlush: FLUSH }),
  );
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
