/** Milliseconds since 1970 as both databases store it: UTC, `YYYY-MM-DD HH:MM:SS.mmm`. */
export function toSqlTime(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').slice(0, 23);
}

/** The reverse; the databases hand times out as the text that they were given. */
export function fromSqlTime(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}
