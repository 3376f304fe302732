import type { OperationName } from '../../../src/operations/index.ts';
import { NOTHING_SEEN } from '../../wire/exchange.ts';
import type { ActionBinding } from '../bindings.ts';
import { encode } from '../encode.ts';
import { createDialects } from '../dialect.ts';
import { EXAMPLE_TIME_ZONE } from './examples.ts';

/** Characters of a line of printed JSON, after which a list is broken. */
const WIDTH = 100;

/** The dialect that the reference is written in. */
export const { seed: EXAMPLE_DIALECT } = createDialects(EXAMPLE_TIME_ZONE);

/** What an output is answered as, by the very code that answers calls. */
export function answerOf(
  operation: OperationName,
  binding: ActionBinding,
  output: unknown,
  verbose: boolean,
): { text: string; value: object } {
  const { body } = encode(
    operation,
    binding,
    output as never,
    { verbose, dialect: EXAMPLE_DIALECT },
    NOTHING_SEEN,
  );
  const value = JSON.parse(String(body)) as object;
  return { text: printJson(value), value };
}

/**
 * A call as a command line. It expects the variables that the reference introduces.
 * @param parameters see `Example`
 */
export function curlOf(action: string, parameters: Readonly<Record<string, string>>): string {
  return [
    `curl -s "$BASE" -d action=${action}`,
    ...Object.entries(parameters).map(([name, value]) => argumentOf(name, value)),
    '-d USER_ID="$USER_ID" --data-urlencode PASSWORD="$PASSWORD_BASE64"',
  ].join(' \\\n  ');
}

function argumentOf(name: string, value: string): string {
  if (/^\$[A-Z_]+$/.test(value)) return `-d ${name}="${value}"`;
  if (/^[\w.~-]+$/.test(value)) return `-d ${name}=${value}`;
  return `--data-urlencode '${name}=${value.replaceAll("'", `'\\''`)}'`;
}

/** JSON for people: an object has a line for each key, a list of words stands on one where it fits. */
function printJson(value: unknown, indent = ''): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    if (value.every((item) => typeof item !== 'object') && indent.length + line.length <= WIDTH) return line;
    return `[\n${value.map((item) => deeper + printJson(item, deeper)).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, item]) => `${deeper}${JSON.stringify(key)}: ${printJson(item, deeper)}`,
  );
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}
