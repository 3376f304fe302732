import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from '../../schemas/type.ts';
import { PRE_STATUS_PATTERN, STATUS_PATTERN, TEXT_PATTERN } from '../../schemas/job.ts';
import { EMAIL_PATTERN } from '../../schemas/user.ts';
import { refuseParameters, type Fault, type Problem, type Reason } from '../errors.ts';

/** An error names this many wrong parameters at the most. */
export const PROBLEMS_MOST = 20;

const ajv = new Ajv2020({ strict: true, allErrors: true, useDefaults: true, messages: false });
ajv.addFormat('date-time', isInstant);

/** RFC 3339 with a time zone; a time without one means another instant to everyone. */
const INSTANT = /^(\d{4})-(\d{2})-(\d{2})[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** Date.parse takes the 30th of February for the 2nd of March. */
function isInstant(text: string): boolean {
  const [, year, month, day] = INSTANT.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const daysOfMonth = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return day <= daysOfMonth && !Number.isNaN(Date.parse(text));
}

// Decoding hands over nothing but the text of an object; a text that is none came where an object was expected.
ajv.addFormat('json-object', (text: string) => text.startsWith('{'));

// Says of a text that it is a password, which decoding must know; any text is one.
ajv.addFormat('password', true);

/** Patterns that can be told in words. */
const PATTERNS: Readonly<Record<string, 'status' | 'text' | 'email'>> = {
  [STATUS_PATTERN.source]: 'status',
  [PRE_STATUS_PATTERN.source]: 'status',
  [TEXT_PATTERN]: 'text',
  [EMAIL_PATTERN]: 'email',
};

/** A schema made ready: what judges by it, and how long its lists may be. */
interface Prepared {
  readonly validate: ValidateFunction;
  readonly lists: readonly { readonly parameter: string; readonly most: number }[];
}

const prepared = new Map<TSchema, Prepared>();

function prepare(schema: TSchema): Prepared {
  const { properties = {} } = schema as { properties?: Record<string, { maxItems?: number }> };
  const lists = Object.entries(properties).flatMap(([parameter, { maxItems: most }]) =>
    most === undefined ? [] : [{ parameter, most }],
  );
  const made = { validate: ajv.compile(schema), lists };
  prepared.set(schema, made);
  return made;
}

/** Parameters that have a reason of their own. */
const REASONS: Readonly<Record<string, Reason>> = { sortBy: 'invalid_sort', order: 'invalid_order' };

/**
 * Judges an input by its schema, and fills in defaults.
 * @param found what decoding found wrong already; those parameters are not complained of twice
 * @returns the refusal that names every wrong parameter, or undefined
 */
export function judgeInput(
  schema: TSchema,
  input: unknown,
  found: readonly Problem[],
): ReturnType<typeof refuseParameters> | undefined {
  const { validate, lists } = prepared.get(schema) ?? prepare(schema);
  const tooLong = findTooLong(lists, input as Record<string, unknown>);
  const left = tooLong.length === 0 ? input : { ...(input as object), ...emptied(tooLong) };
  if (validate(left) && found.length === 0 && tooLong.length === 0) return undefined;

  const problems = new Map([...found, ...tooLong].map((problem) => [problem.parameter, problem]));
  for (const error of validate.errors ?? []) {
    const problem = problemOf(error);
    if (!problems.has(problem.parameter)) problems.set(problem.parameter, problem);
  }
  return refuseParameters([...problems.values()].slice(0, PROBLEMS_MOST));
}

/** Lists that are too long are told as such alone: to name what is wrong with each of a million members takes long. */
function findTooLong(lists: Prepared['lists'], input: Record<string, unknown>): Problem[] {
  const found: Problem[] = [];
  for (const { parameter, most } of lists) {
    const value = input[parameter];
    if (Array.isArray(value) && value.length > most)
      found.push({ parameter, fault: { is: 'too-many', most } });
  }
  return found;
}

function emptied(lists: readonly Problem[]): Record<string, unknown[]> {
  return Object.fromEntries(lists.map(({ parameter }) => [parameter, []]));
}

function problemOf(error: ErrorObject): Problem {
  const { missingProperty, additionalProperty } = error.params as Record<string, string | undefined>;
  const parameter = missingProperty ?? additionalProperty ?? error.instancePath.split('/')[1] ?? '';
  const reason = REASONS[parameter];
  return { parameter, fault: faultOf(error), ...(reason && { reason }) };
}

const NAMES_OF_TYPES: Readonly<Record<string, 'string' | 'integer' | 'list' | 'object'>> = {
  array: 'list',
  number: 'integer',
  integer: 'integer',
  object: 'object',
};

function faultOf({ keyword, params }: ErrorObject): Fault {
  const { limit = 0 } = params as { limit?: number };
  switch (keyword) {
    case 'required':
      return { is: 'required' };
    case 'additionalProperties':
      return { is: 'unknown' };
    case 'minLength':
      return { is: 'too-short', least: limit };
    case 'maxLength':
      return { is: 'too-long', most: limit };
    case 'minItems':
      return { is: 'too-few', least: limit };
    case 'maxItems':
      return { is: 'too-many', most: limit };
    case 'minimum':
      return { is: 'too-small', least: limit };
    case 'maximum':
      return { is: 'too-large', most: limit };
    case 'enum':
      return { is: 'not-one-of', allowed: (params as { allowedValues: string[] }).allowedValues };
    case 'format':
      return {
        is: 'format',
        expected: (params as { format: string }).format === 'json-object' ? 'json' : 'time',
      };
    case 'pattern':
      return { is: 'format', expected: PATTERNS[(params as { pattern: string }).pattern] ?? 'form' };
    default:
      return { is: 'type', expected: NAMES_OF_TYPES[String((params as { type?: string }).type)] ?? 'string' };
  }
}
