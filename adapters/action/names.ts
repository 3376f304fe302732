import { toSnake } from '../wire/spelling.ts';
import type { Dialect } from './dialect.ts';

/** Properties that this protocol calls by a word of its own; `access_key_id` is the credential of the call itself. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  ifVersion: 'job_version',
  idempotencyKey: 'client_token',
  accessKeyId: 'access_key',
};

/** The parameter that carries a property of an input. */
export function parameterOf(property: string, dialect: Dialect['name'] = 'seed'): string {
  // QingCloud's clients send the version of the API under this name, with every call.
  if (property === 'ifVersion' && dialect === 'seed') return 'version';
  return OWN_NAMES[property] ?? toSnake(property);
}
