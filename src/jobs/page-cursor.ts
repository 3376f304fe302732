import { mayBeJobId } from './job.ts';

/**
 * Where a page of a list ended. `by` and `descending` are the list's order, so that a cursor is not used on
 * another; `asked` is the order in which the caller named the ids.
 */
export interface PageCursor {
  readonly by: 'createTime' | 'updateTime' | 'asked';
  readonly descending: boolean;
  /** Milliseconds since 1970 of the last job's time; 0 in the order asked. */
  readonly time: number;
  readonly jobId: string;
}

/** A cursor as an opaque word that may stand in a URL as it is. */
export function writeCursor(cursor: PageCursor): string {
  const fields = [cursor.by, cursor.descending ? 1 : 0, cursor.time, cursor.jobId];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** The cursor in a word, or undefined where the word is not one that {@link writeCursor} could have made. */
export function readCursor(word: string): PageCursor | undefined {
  try {
    const fields: unknown = JSON.parse(Buffer.from(word, 'base64url').toString());
    if (!Array.isArray(fields) || fields.length !== 4) return undefined;
    const [by, descending, time, jobId] = fields as unknown[];
    if (by !== 'createTime' && by !== 'updateTime' && by !== 'asked') return undefined;
    if (typeof time !== 'number' || !(Math.abs(time) <= 8.64e15)) return undefined;
    if (typeof jobId !== 'string' || !mayBeJobId(jobId)) return undefined;
    const cursor = { by, descending: descending === 1, time, jobId } as const;
    return writeCursor(cursor) === word ? cursor : undefined;
  } catch {
    return undefined;
  }
}
