import { pino, type DestinationStream } from 'pino';
import type { Log } from '../src/ports.ts';

/** Lines that are written together, in bytes, and how long a line waits for others at the most, in ms. */
const TOGETHER = 32_768;
const FLUSH = 100;
/** What nobody takes off standard output is dropped beyond this, in bytes. */
const BACKLOG = 16_777_216;

/** The log of a process, which may also tell why it ends. */
export interface ProcessLog extends Log {
  fatal(facts: object, message: string): void;
  /** How many lines were dropped so far, since nobody took them. */
  dropped(): number;
}

/** JSON lines on standard output. Errors are told without their extra fields, where drivers keep whole queries. */
export function createLog(level: string): ProcessLog {
  let dropped = 0;
  const output = joinLines((lines) => (dropped += lines));
  const logger = pino({ level, base: null, timestamp: timeMember, serializers: { cause: tell } }, output);
  const number = pino.levels.values['info'];
  return {
    // Every call writes such a line: pino takes a tenth of all that a cached job costs to make it of any kind of facts.
    info: logger.isLevelEnabled('info')
      ? (facts, message) => {
          const members = plainMembers(facts);
          if (members === undefined) logger.info(facts, message);
          else output.write(`{"level":${number}${timeMember()}${members},"msg":${quote(message)}}\n`);
        }
      : () => {},
    warn: (facts, message) => logger.warn(facts, message),
    error: (facts, message) => logger.error(facts, message),
    fatal: (facts, message) => logger.fatal(facts, message),
    dropped: () => dropped,
  };
}

/** Facts as members of a JSON object, each behind a comma; undefined where one is no word, number or truth. */
function plainMembers(facts: object): string | undefined {
  let members = '';
  for (const name in facts) {
    const value = (facts as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (typeof value === 'string') members += `,"${name}":${quote(value)}`;
    else if (typeof value === 'boolean') members += `,"${name}":${value}`;
    else if (typeof value === 'number' && Number.isFinite(value)) members += `,"${name}":${value}`;
    else return undefined;
  }
  return members;
}

/** JSON for a text. Most words of a line have nothing to be escaped. */
function quote(text: string): string {
  return /^[\w .:/@+=-]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}

/**
 * A write for many lines, since each costs as much as the call that it tells of.
 * @param drops is told of lines that were dropped
 */
function joinLines(drops: (lines: number) => void): DestinationStream {
  const output = pino.destination({
    dest: 1,
    sync: false,
    minLength: TOGETHER,
    maxWrite: 2 * TOGETHER,
    maxLength: BACKLOG,
    periodicFlush: FLUSH,
  });
  output.on('drop', (text: string) => drops(text.split('\n').length - 1));
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
