import { visit } from 'jsonc-parser';
import { refuseParameters, type Fault } from '../errors.ts';
import type { Job, JsonText } from './job.ts';
import { redactSecrets } from './redact.ts';

/**
 * Free data as it may be stored: what it said, without its secrets.
 * @param text well-formed JSON
 * @throws Refusal `invalid_parameter` that names a key which stands twice, or a number that readers would misread
 */
export function keepFreeData(parameter: string, text: JsonText): JsonText {
  // An error repeats what was wrong: it must not be a secret.
  const kept = redactSecrets(text);
  const fault = findFault(kept);
  if (fault) throw refuseParameters([{ parameter, fault }]);
  return kept;
}

/**
 * What a job is about, as it may be stored; what is left out is empty.
 * @throws Refusal as {@link keepFreeData}
 */
export function keepContent(input: {
  readonly jobType: string;
  readonly jobAction: string;
  readonly resources?: JsonText;
  readonly directive?: JsonText;
}): Pick<Job, 'jobType' | 'jobAction' | 'resources' | 'directive'> {
  const { jobType, jobAction, resources = '{}', directive } = input;
  return {
    jobType,
    jobAction,
    resources: keepFreeData('resources', resources),
    directive: directive === undefined ? undefined : keepFreeData('directive', directive),
  };
}

/** The first key that stands twice in one object, or number that a double cannot hold. */
export function findFault(text: JsonText): Fault | undefined {
  let fault: Fault | undefined;
  const keys: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => void keys.push(new Set()),
    onObjectEnd: () => void keys.pop(),
    onObjectProperty(key, _offset, _length, _line, _character, path) {
      const present = keys.at(-1);
      if (present?.has(key)) fault ??= { is: 'key-twice', key: [...path(), key].join('.').slice(0, 200) };
      present?.add(key);
    },
    onLiteralValue(value, offset, length) {
      const literal = text.slice(offset, offset + length);
      if (typeof value === 'number' && !holds(literal)) {
        fault ??= { is: 'number-lost', number: literal.slice(0, 64) };
      }
    },
  });
  return fault;
}

/** Whether a double holds what the digits say: an integer exactly, a fraction to 17 digits. */
function holds(literal: string): boolean {
  const number = Number(literal);
  if (!Number.isFinite(number)) return false;
  if (/^-?\d+$/.test(literal)) return literal.length < 16 || BigInt(literal) === BigInt(number);
  const digits = literal
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+/, '')
    .replace(/0+$/, '');
  return digits.length <= 17 && (number !== 0 || digits === '');
}
