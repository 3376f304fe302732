const FIRST = Date.parse('0000-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Milliseconds since 1970 as both databases store it: UTC, `YYYY-MM-DD HH:MM:SS.mmm`. What their calendars do not
 * reach is as early or as late as can be.
 */
export function toSqlTime(time: number): string {
  const reached = Math.min(Math.max(time, FIRST), LAST);
  return new Date(reached).toISOString().replace('T', ' ').slice(0, 23);
}

/** The reverse; the databases hand times out as the text that they were given. */
export function fromSqlTime(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}
