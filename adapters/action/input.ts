import type { Problem } from '../../src/errors.ts';
import type { RawInput } from '../../src/gateway/gateway.ts';
import { operations, type OperationName } from '../../src/operations/index.ts';
import { isList, shapeOf, typed, type PropertySchema } from '../wire/parameters.ts';
import { actionBindings, type ActionBinding } from './bindings.ts';
import type { Dialect } from './dialect.ts';
import { digitsOf, type ActionForm } from './form.ts';
import { parameterOf } from './names.ts';
import { nestedText, type NestedValue } from './nested.ts';

/** What a parameter means: the input's property that it carries. */
interface Meaning {
  readonly property: string;
  readonly schema: PropertySchema;
  readonly list: boolean;
  /** An object of the caller's own, which may be sent as JSON or in nested parameters. */
  readonly free: boolean;
}

type Meanings = ReadonlyMap<string, Meaning>;

const known = { seed: new Map<OperationName, Meanings>(), signed: new Map<OperationName, Meanings>() };

/** What each parameter of an operation means in a dialect; worked out once. */
function meaningsOf(operation: OperationName, dialect: Dialect): Meanings {
  const before = known[dialect.name].get(operation);
  if (before) return before;
  const { properties } = shapeOf(operations[operation].input);
  const meanings = new Map<string, Meaning>();
  const add = (parameter: string, property: string): void => {
    const schema = properties[property] ?? {};
    const free = schema.format === 'json-object';
    meanings.set(parameter, { property, schema, list: isList(schema), free });
  };
  for (const property of Object.keys(properties)) {
    add(parameterOf(property, dialect.name), property);
    // The name that means the same in both dialects.
    if (property === 'ifVersion') add(parameterOf(property, 'signed'), property);
  }
  for (const [alias, property] of Object.entries(actionBindings[operation]?.aliases ?? {}))
    add(alias, property);
  known[dialect.name].set(operation, meanings);
  return meanings;
}

/** The declared parameters; others are ignored, since QingCloud's clients send several of their own. */
export function readInput(
  operation: OperationName,
  binding: ActionBinding,
  dialect: Dialect,
  form: ActionForm,
): RawInput {
  const meanings = meaningsOf(operation, dialect);
  const problems = form.problems.flatMap((problem): Problem[] => {
    const whole = meanings.get(problem.parameter);
    // By its property, so that what cannot be read is not told as missing as well.
    if (whole) return [{ parameter: whole.property, fault: problem.fault }];
    const [name = ''] = problem.parameter.split('.', 1);
    return meanings.has(name) ? [problem] : [];
  });
  const value: Record<string, unknown> = {};
  const members = new Map<Meaning, Map<number, unknown>>();
  const nested = new Map<Meaning, NestedValue[]>();
  const twice = (parameter: string): void =>
    void problems.push({ parameter, asSent: true, fault: { is: 'duplicate' } });

  for (const { name, value: given, text } of form.sent) {
    // An empty value of an optional parameter counts as absent.
    if (given === '' || given === null) continue;
    const whole = meanings.get(name);
    if (whole) {
      if (isGiven(whole, value, members, nested)) twice(name);
      else value[whole.property] = whole.list ? asList(whole.schema, given) : typed(whole.schema, given);
      continue;
    }
    const dot = name.indexOf('.');
    if (dot < 0) continue;
    const part = meanings.get(name.slice(0, dot));
    if (!part) continue;
    const rest = name.slice(dot + 1);
    if (part.list && /^\d{1,9}$/.test(rest)) {
      const list = members.get(part) ?? new Map<number, unknown>();
      if (part.property in value || list.has(Number(rest))) twice(name);
      else members.set(part, list.set(Number(rest), typed(part.schema.items, given)));
    } else if (part.free) {
      if (part.property in value) twice(name);
      else {
        const values = nested.get(part) ?? [];
        values.push({ path: rest.split('.'), text: text ?? JSON.stringify(given) });
        nested.set(part, values);
      }
    }
  }
  for (const [{ property }, list] of members) {
    // Java numbers ten and more ids in the order of strings: only the number tells the place.
    value[property] = [...list].toSorted(([a], [b]) => a - b).map(([, member]) => member);
  }
  for (const [{ property }, values] of nested) {
    const text = nestedText(values);
    if (text === undefined) problems.push({ parameter: property, fault: { is: 'format', expected: 'form' } });
    else value[property] = text;
  }
  for (const property in value) {
    const given = value[property];
    if (Array.isArray(given) && given.length === 0) delete value[property];
  }
  if (dialect.name === 'signed') problems.push(...judgeApiVersion(meanings, form));
  binding.adjust?.(value, dialect);
  return { value, problems };
}

function isGiven(
  meaning: Meaning,
  value: object,
  members: ReadonlyMap<Meaning, unknown>,
  nested: ReadonlyMap<Meaning, unknown>,
): boolean {
  if (meaning.property in value) return true;
  if (members.size === 0 && nested.size === 0) return false;
  // An alias has a meaning of its own, with the same property.
  const same = (other: Meaning): boolean => other.property === meaning.property;
  return [...members.keys()].some(same) || [...nested.keys()].some(same);
}

/** A caller who means a job's version must not be left without the protection that it asked for. */
function judgeApiVersion(meanings: Meanings, form: ActionForm): Problem[] {
  if (['1', '', undefined].includes(digitsOf(form, 'version'))) return [];
  const [mine] = [...meanings].find(([, { property }]) => property === 'ifVersion') ?? [];
  if (mine === undefined) return [];
  return [{ parameter: 'version', asSent: true, fault: { is: 'unknown', nearest: mine } }];
}

/** A JSON array, the text of one, or one bare value. */
function asList(schema: PropertySchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((item) => item !== '').map((item) => typed(schema.items, item));
  }
  if (typeof value !== 'string' || !value.startsWith('[')) return [typed(schema.items, value)];
  try {
    return asList(schema, JSON.parse(value));
  } catch {
    return value;
  }
}
