import { toSnake } from '../wire/spelling.ts';

/** Properties that this protocol calls by a word of its own. */
const OWN_NAMES: Readonly<Record<string, string>> = { ifVersion: 'version', idempotencyKey: 'client_token' };

/** The parameter that carries a property of an input. */
export function parameterOf(property: string): string {
  return OWN_NAMES[property] ?? toSnake(property);
}
