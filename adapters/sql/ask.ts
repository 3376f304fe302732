import { Refusal } from '../../src/errors.ts';

/** A database that does not answer is given up on, so that callers get a prompt error; in ms. */
const PATIENCE = 5_000;

/** What a database or its driver says when it cannot do now what it could do later. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'PROTOCOL_CONNECTION_LOST',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'SQLITE_BUSY',
]);

/** What it says while it can be read and not written: it is read-only, or its disk is full or fails. */
const UNWRITABLE = new Set([
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_READ_ONLY_MODE',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
]);
/** SQLite's codes go on where it can say more, as in SQLITE_IOERR_WRITE. */
const UNWRITABLE_SQLITE = /^SQLITE_(FULL|READONLY|IOERR)(_|$)/;

/**
 * Runs a query or a transaction; a database that is away or overloaded becomes a refusal that callers understand.
 * @throws Refusal `unavailable`
 */
export function ask<Result>(query: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(unavailable(new Error('the database does not answer')));
    }, PATIENCE);
    query().then(
      (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
      (thrown: unknown) => {
        clearTimeout(timer);
        reject(isPassing(thrown) ? unavailable(thrown) : thrown);
      },
    );
  });
}

export function isPassing(thrown: unknown): boolean {
  const { code, name, fatal, message } = thrown as Partial<Error> & { code?: string; fatal?: boolean };
  // What knex says of a transaction whose connection died under it.
  if (message?.startsWith('Transaction query already complete')) return true;
  if (fatal === true || name === 'KnexTimeoutError') return true;
  return code !== undefined && (PASSING.has(code) || isUnwritable(code));
}

function isUnwritable(code: string): boolean {
  return UNWRITABLE.has(code) || UNWRITABLE_SQLITE.test(code);
}

/** Whether a row of the same key stood in the way. */
export function isDuplicate(thrown: unknown): boolean {
  const { code } = thrown as { code?: string };
  return code === 'ER_DUP_ENTRY' || (code?.startsWith('SQLITE_CONSTRAINT') ?? false);
}

/** Whether two transactions waited for each other, and this one was rolled back. */
export function isDeadlock(thrown: unknown): boolean {
  return (thrown as { code?: string }).code === 'ER_LOCK_DEADLOCK';
}

function unavailable(cause: unknown): Refusal {
  if (cause instanceof Refusal) return cause;
  const { code = '' } = cause as { code?: string };
  const detail = isUnwritable(code) ? 'database-unwritable' : 'database';
  return new Refusal('unavailable', { detail, cause });
}
