import type { Credentials } from '../../src/accounts/credentials.ts';
import { Refusal, refuseParameters, type Problem } from '../../src/errors.ts';
import type { Call } from '../../src/gateway/gateway.ts';
import { operationNames, operations, type OperationName } from '../../src/operations/index.ts';
import { decodeText } from '../wire/body.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { isList, shapeOf, typed, type PropertySchema } from '../wire/parameters.ts';
import { actionBindings, type ActionBinding, type Wishes } from './bindings.ts';
import { textOf, timesSent, valueOf, type ActionForm } from './form.ts';
import { parameterOf } from './names.ts';

export interface ActionSettings {
  /** Whether a PASSWORD may stand in a URL. */
  readonly passwordInQuery: boolean;
  /** Writes a time, in milliseconds since 1970. */
  readonly time: (milliseconds: number) => string;
}

export interface Decoded {
  readonly call: Call;
  readonly binding: ActionBinding;
  readonly wishes: Wishes;
}

/**
 * Which operation is called, by whom, with what.
 * @throws Refusal `resource_not_found` where there is no such action
 */
export function decode(form: ActionForm, request: WireRequest, settings: ActionSettings): Decoded {
  const action = textOf(form, 'action');
  if (timesSent(form, 'action') > 1) {
    throw refuseParameters([{ parameter: 'action', asSent: true, fault: { is: 'duplicate' } }]);
  }
  if (!action) throw new Refusal('resource_not_found', { detail: 'operation-missing' });
  const operation = operationNames.find((name) => actionBindings[name]?.action === action);
  if (!operation) throw new Refusal('resource_not_found', { detail: 'unknown-operation' });
  const binding = actionBindings[operation] as ActionBinding;
  const verbose = Number(valueOf(form, 'verbose') ?? 0) >= 1;
  const credentials = findCredentials(form, settings);
  const origin = { address: request.address, requestId: request.requestId };
  const call: Call = { operation, credentials, origin, input: () => readInput(operation, binding, form) };
  return { call, binding, wishes: { verbose, time: settings.time } };
}

/** USER_ID and PASSWORD, the base64 of the password. */
function findCredentials(form: ActionForm, { passwordInQuery }: ActionSettings): Credentials {
  const userId = textOf(form, 'USER_ID');
  const cipher = textOf(form, 'PASSWORD');
  if (!userId && !cipher) return { by: 'nothing', detail: 'credentials-missing' };
  if (timesSent(form, 'USER_ID') > 1 || timesSent(form, 'PASSWORD') > 1) {
    return { by: 'nothing', detail: 'credentials-malformed' };
  }
  if (!passwordInQuery && form.query.some((sent) => sent.name === 'PASSWORD')) {
    return { by: 'nothing', detail: 'password-in-query' };
  }
  const password = cipher === undefined ? undefined : decodePassword(cipher);
  if (!userId || !password || userId.length > 64) return { by: 'nothing', detail: 'credentials-malformed' };
  return { by: 'password', userId, password };
}

function decodePassword(cipher: string): string | undefined {
  // A `+` that was not escaped in a form arrives as a space, and base64 has no spaces.
  const base64 = cipher.trim().replaceAll(' ', '+');
  if (base64.length > 2048 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  try {
    return decodeText(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

/** The declared parameters; others are ignored, since QingCloud's clients send several of their own. */
function readInput(
  operation: OperationName,
  binding: ActionBinding,
  form: ActionForm,
): { value: Record<string, unknown>; problems: Problem[] } {
  const { properties } = shapeOf(operations[operation].input);
  const known = new Map(Object.keys(properties).map((name) => [parameterOf(name), name]));
  for (const [alias, name] of Object.entries(binding.aliases ?? {})) known.set(alias, name);

  const problems = form.problems.filter((problem) => known.has(baseName(problem.parameter)));
  const values = new Map<string, unknown>();
  const members = new Map<string, Map<number, unknown>>();
  for (const { name, value } of [...form.query, ...form.body]) {
    // An empty value of an optional parameter counts as absent.
    if (value === '' || value === null) continue;
    const base = baseName(name);
    const property = known.get(base);
    if (property === undefined) continue;
    const schema = properties[property];
    const index = base === name ? undefined : Number(name.slice(base.length + 1));
    const twice =
      index === undefined
        ? values.has(property) || members.has(property)
        : values.has(property) || members.get(property)?.has(index);
    if (index !== undefined && !isList(schema)) continue;
    if (twice) problems.push({ parameter: name, asSent: true, fault: { is: 'duplicate' } });
    else if (index === undefined)
      values.set(property, isList(schema) ? asList(schema, value) : typed(schema, value));
    else {
      const list = members.get(property) ?? new Map<number, unknown>();
      members.set(property, list.set(index, typed(schema?.items, value)));
    }
  }
  for (const [property, list] of members) {
    // Java numbers ten and more ids in the order of strings: only the number tells the place.
    values.set(
      property,
      [...list].toSorted(([a], [b]) => a - b).map(([, value]) => value),
    );
  }
  const value: Record<string, unknown> = {};
  for (const [property, given] of values) {
    if (!Array.isArray(given) || given.length > 0) value[property] = given;
  }
  binding.adjust?.(value);
  return { value, problems };
}

/** `job_ids.12` → `job_ids`. */
function baseName(name: string): string {
  return name.replace(/\.\d{1,9}$/, '');
}

/** A JSON array, the text of one, or one bare value. */
function asList(schema: PropertySchema | undefined, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((item) => item !== '').map((item) => typed(schema?.items, item));
  }
  if (typeof value !== 'string' || !value.startsWith('[')) return [typed(schema?.items, value)];
  try {
    return asList(schema, JSON.parse(value));
  } catch {
    return value;
  }
}
