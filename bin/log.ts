import { pino, type Logger } from 'pino';

/** JSON lines on standard output. Errors are told without their extra fields, where drivers keep whole queries. */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { cause: tell },
  });
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
