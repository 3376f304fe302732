import { SpanKind } from '@opentelemetry/api';
import { BETWEEN_STATEMENTS } from '../sql/dialect.ts';
import type { AroundStatement } from '../sql/traced-client.ts';
import type { Spans } from './spans.ts';

/**
 * A span for each statement, and one for statements that go together, which has the name of the first after BEGIN. Values
 * are bound to statements, not written into them: the text says what was asked, not for whom.
 */
export function traceStatements(spans: Spans, system: 'mysql' | 'sqlite'): AroundStatement {
  return (sql, run) => {
    const together = sql.split(BETWEEN_STATEMENTS);
    const named = together.length > 1 && together[0] === 'begin' ? together[1] : together[0];
    const [word = ''] = /^\w+/.exec(named ?? '') ?? [];
    const [, table] = /\b(?:from|into|update)\s+[`"]?(\w+)/i.exec(named ?? '') ?? [];
    const operation = word.toUpperCase();
    const attributes = {
      'db.system.name': system,
      'db.operation.name': operation,
      'db.query.text': sql,
      ...(together.length > 1 && { 'db.operation.batch.size': together.length }),
      ...(table !== undefined && { 'db.collection.name': table }),
    };
    const name = table === undefined ? operation : `${operation} ${table}`;
    return spans.within(name, { kind: SpanKind.CLIENT, attributes }, run);
  };
}

/**
 * The same port, with a span for each of its methods that asks Redis.
 * @param but methods that ask nothing
 */
export function traceRoundTrips<Port extends object>(
  spans: Spans,
  port: Port,
  but: readonly (keyof Port & string)[] = [],
): Port {
  const traced = Object.entries(port).map(([name, method]: [string, unknown]) => {
    if (typeof method !== 'function' || (but as readonly string[]).includes(name)) return [name, method];
    const options = {
      kind: SpanKind.CLIENT,
      attributes: { 'db.system.name': 'redis', 'db.operation.name': name },
    };
    const ask = (...given: unknown[]): Promise<unknown> =>
      spans.within(`redis ${name}`, options, async () => method.apply(port, given) as unknown);
    return [name, ask];
  });
  return Object.fromEntries(traced) as Port;
}
