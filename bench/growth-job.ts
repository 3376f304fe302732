import { toSqlTime } from '../adapters/sql/time.ts';

/** What is spread over the jobs of a table; times as the database takes them. */
export interface GrowthJob {
  readonly jobType: string;
  readonly jobAction: string;
  readonly owner: string;
  readonly status: string;
  readonly preStatus: string;
  readonly resources: string;
  readonly createTime: string;
  readonly updateTime: string;
}

const TYPES = 10;
const ACTIONS_OF_TYPE = 2;
const LARGE = 5;
const MIDDLE = 100;
const TAIL = 20_000;
/** One of the large owners. */
export const OWN_USER = 'usr-large-1';
const START = Date.UTC(2023, 0, 1);
const TWO_YEARS = 2 * 365 * 24 * 60 * 60_000;

/** Each with the share of jobs that have it, and what stood before. */
const STATUSES: readonly (readonly [string, number, readonly string[]])[] = [
  ['successful', 0.85, ['step4', 'step4', 'step3', 'step2', 'working']],
  ['failed', 0.05, ['step1', 'step2', 'step3', 'step4', 'working']],
  ['canceled', 0.04, ['pending', 'pending', 'working']],
  ['done with failure', 0.02, ['step4', 'step3']],
  ['working', 0.02, ['pending']],
  ['step2', 0.01, ['step1']],
  ['pending', 0.01, ['']],
];

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const IDS = DIGITS.length ** 8;

/** Ids that rise with the index, spread over all that there may be. */
export function growthJobId(index: number, rows: number): string {
  let rest = Math.floor((IDS / rows) * index);
  let word = '';
  for (let digit = 0; digit < 8; digit++) {
    word = DIGITS[rest % DIGITS.length] + word;
    rest = Math.floor(rest / DIGITS.length);
  }
  return `j-${word}`;
}

/**
 * The job of an index, always the same: five owners have 8 % each, a hundred share 30 %, twenty thousand the rest; ten
 * types with two actions each, the first ones more often; most were successful; created at any time of two years.
 */
export function growthJob(index: number): GrowthJob {
  const random = numbersFrom(index);
  const type = Math.floor(random() ** 2 * TYPES);
  const action = type * ACTIONS_OF_TYPE + Math.floor(random() * ACTIONS_OF_TYPE);
  const [status, , before] = pickStatus(random());
  const preStatus = before[Math.floor(random() * before.length)] ?? '';
  const createTime = START + Math.floor(random() * TWO_YEARS);
  return {
    jobType: `type-${type}`,
    jobAction: `Action${action}`,
    owner: pickOwner(random(), random()),
    status,
    preStatus,
    resources: `{"node_ids":["n-${index.toString(36)}"],"volumes":["vol-1","vol-2"],"size":100}`,
    createTime: toSqlTime(createTime),
    updateTime: toSqlTime(createTime + Math.floor(random() * 3_600_000)),
  };
}

function pickOwner(kind: number, which: number): string {
  if (kind < 0.4) return `usr-large-${Math.floor(which * LARGE)}`;
  if (kind < 0.7) return `usr-middle-${Math.floor(which * MIDDLE)}`;
  return `usr-tail-${Math.floor(which * TAIL)}`;
}

function pickStatus(place: number): (typeof STATUSES)[number] {
  let left = place;
  for (const each of STATUSES) {
    left -= each[1];
    if (left < 0) return each;
  }
  return STATUSES[0]!;
}

/** Numbers from 0 to 1 that follow from a seed, by Lehmer's rule. */
function numbersFrom(seed: number): () => number {
  let state = (seed % (LEHMER - 1)) + 1;
  const next = (): number => (state = (state * 48_271) % LEHMER) / LEHMER;
  next();
  next();
  return next;
}

const LEHMER = 2 ** 31 - 1;
