import type { Refusal } from '../../src/errors.ts';
import { toSnake } from '../wire/spelling.ts';
import { spell, wordFault, wordRefusal } from '../wire/wording.ts';

/** A line of a thousand rows may be wrong in each. */
const FAULTS_MOST = 20;

const UNREADABLE: Readonly<Record<string, string>> = {
  'body-not-json': 'it is not JSON',
  'body-not-object': 'it is not a JSON object',
  'body-not-utf8': 'it is not UTF-8',
  'body-too-deep': 'it is nested too deeply',
  'body-too-large': 'it is too long',
};

/** Everything that is wrong with a line, for a person at a terminal. */
export function wordLine(refusal: Refusal): string {
  const { detail, problems = [] } = refusal.facts;
  if (problems.length === 0) return UNREADABLE[detail ?? ''] ?? wordRefusal(refusal, 'en', toSnake);
  const told = problems
    .slice(0, FAULTS_MOST)
    .map((problem) => `${spell(problem, toSnake)} ${wordFault(problem.fault, 'en', toSnake)}`);
  return [...told, ...(problems.length > FAULTS_MOST ? ['and so on'] : [])].join('; ');
}
