import type { TSchema } from '../../schemas/type.ts';
import { JobRecord as JobRecordSchema, JobRecordEvent } from '../../schemas/job-record.ts';
import { Refusal, refuseParameters, type Problem } from '../../src/errors.ts';
import { judgeInput } from '../../src/gateway/validate.ts';
import { findFault, keepFreeData } from '../../src/jobs/free-data.ts';
import type { Job } from '../../src/jobs/job.ts';
import { judgeRecord, type JobRecord } from '../../src/jobs/job-record.ts';
import type { JobEvent } from '../../src/ports.ts';
import { DEPTH_MOST, decodeText } from '../wire/body.ts';
import { memberTexts } from '../wire/free-json.ts';
import { nearest, shapeOf } from '../wire/parameters.ts';
import { toSnake } from '../wire/spelling.ts';

/** The properties of a schema by their names in a line. */
type Names = ReadonlyMap<string, string>;

const RECORD_NAMES = namesOf(JobRecordSchema);
const EVENT_NAMES = namesOf(JobRecordEvent);

function namesOf(schema: TSchema): Names {
  return new Map(Object.keys(shapeOf(schema).properties).map((name) => [toSnake(name), name]));
}

/**
 * The record in one line of NDJSON, without its secrets, as it may be stored.
 * @throws Refusal `malformed_request`; `invalid_parameter` with all that is wrong
 */
export function readLine(line: Buffer): JobRecord {
  // Free data may nest as deeply here as where it is an input of its own.
  const members = memberTexts(decodeText(line), DEPTH_MOST + 1);
  const sent = members.map(({ name, text }) => ({ name, value: text }));
  const { known: texts, problems: found } = declared(RECORD_NAMES, sent);
  const input: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(texts)) input[name] = isFree(name) ? text : JSON.parse(text);

  const problems = [...problemsOf(judgeInput(JobRecordSchema, input, found))];
  const resources = readFree('resources', texts.resources, problems);
  const directive = readFree('directive', texts.directive, problems);
  const timeline = readTimeline(texts.timeline, input.timeline, problems);
  if (problems.length > 0) throw refuseParameters(problems);

  const { hiddenTime, timeline: _, ...rest } = timesRead(input);
  const job = { ...rest, resources, directive } as unknown as Job;
  const record = { job, hiddenTime: hiddenTime as number | undefined, timeline };
  const contradictions = judgeRecord(record);
  if (contradictions.length > 0) throw refuseParameters(contradictions);
  return record;
}

function isFree(name: string): boolean {
  return name === 'resources' || name === 'directive';
}

/** What the schema calls a time is a number of milliseconds in the core. */
function timesRead(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const read: Record<string, unknown> = { ...input };
  for (const name of ['createTime', 'updateTime', 'hiddenTime', 'time']) {
    if (name in read) read[name] = Date.parse(String(read[name]));
  }
  return read;
}

function problemsOf(refusal: Refusal | undefined): readonly Problem[] {
  return refusal?.facts.problems ?? [];
}

/** The members that a schema declares; the others, and those that stand twice, are problems. */
function declared<Value>(
  names: Names,
  members: readonly { readonly name: string; readonly value: Value }[],
): { known: Readonly<Record<string, Value>>; problems: Problem[] } {
  const known: Record<string, Value> = {};
  const problems: Problem[] = [];
  for (const { name, value } of members) {
    const own = names.get(name);
    if (own === undefined) {
      const meant = nearest(name, [...names.keys()]);
      const fault = { is: 'unknown', ...(meant !== undefined && { nearest: meant }) } as const;
      problems.push({ parameter: name.slice(0, 64), asSent: true, fault });
    } else if (own in known) problems.push({ parameter: own, fault: { is: 'duplicate' } });
    else known[own] = value;
  }
  return { known, problems };
}

function readFree(name: string, text: string | undefined, problems: Problem[]): string | undefined {
  // What is no object was complained of already.
  if (!text?.startsWith('{')) return undefined;
  try {
    return keepFreeData(name, text);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    problems.push(...problemsOf(thrown));
    return undefined;
  }
}

function readTimeline(text: string | undefined, rows: unknown, problems: Problem[]): readonly JobEvent[] {
  if (text === undefined || !Array.isArray(rows)) return [];
  // Parsing keeps the last of two equal keys, and says nothing.
  const fault = findFault(text);
  if (fault?.is === 'key-twice') problems.push({ parameter: 'timeline', fault });
  return rows.map((row: unknown, index) => {
    const parameter = `timeline.${index}`;
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      problems.push({ parameter, fault: { is: 'type', expected: 'object' } });
      return row as JobEvent;
    }
    const members = Object.entries(row).map(([name, value]: [string, unknown]) => ({ name, value }));
    const { known, problems: found } = declared(EVENT_NAMES, members);
    for (const problem of problemsOf(judgeInput(JobRecordEvent, known, found))) {
      problems.push({ ...problem, parameter: `${parameter}.${problem.parameter}` });
    }
    return timesRead(known) as unknown as JobEvent;
  });
}
