import { toCamel, toSnake } from '../wire/spelling.ts';

/** Properties that come by a header. */
const HEADERS: Readonly<Record<string, string>> = {
  ifVersion: 'If-Match',
  idempotencyKey: 'Idempotency-Key',
};

export function isHeader(property: string): boolean {
  return property in HEADERS;
}

/** The header, the parameter of a query or the key of a body that carries a property of an input. */
export function parameterOf(property: string, source: 'query' | 'body'): string {
  return HEADERS[property] ?? (source === 'body' ? toCamel(property) : toSnake(property));
}
