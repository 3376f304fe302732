import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { readLine } from '../adapters/lines/read-line.ts';
import { splitLines, type Line } from '../adapters/lines/split-lines.ts';
import { wordLine } from '../adapters/lines/word-line.ts';
import { writeLine } from '../adapters/lines/write-line.ts';
import { isPassing } from '../adapters/sql/ask.ts';
import { addRecords } from '../adapters/sql/job-records.ts';
import { Refusal } from '../src/errors.ts';
import type { JobRecord } from '../src/jobs/job-record.ts';

/** What became of the lines; a blank one is none. */
export interface Brought {
  readonly added: number;
  /** There already, and the same. */
  readonly equal: number;
  /** There already, or deleted here, and not the same: left alone. */
  readonly different: number;
  readonly refused: number;
}

interface Options {
  /** Puts in jobs that are not there: all of them, or none. */
  insert(fresh: readonly JobRecord[]): Promise<void>;
  /** Stops at the first line that is refused; what came before it stays. */
  readonly strict: boolean;
  /** Told how many lines are done, and how many bytes of the file they are. */
  at(lines: number, bytes: number): void;
  /** Told of each line that was not brought in. */
  say(told: string): void;
  /** Done now and then: so many jobs at once are too many changes of the counts to be left to instances that serve. */
  fold(): Promise<unknown>;
}

/** Lines that are brought together, by the ids of their jobs. */
type Batch = Map<string, { readonly line: Line; readonly record: JobRecord }>;

/** The longest line that is read, in bytes: the largest body that a gateway may be set to take, and its timeline. */
const LONGEST_LINE = 128 * 1024 * 1024;
/** A transaction brings so many jobs, or so many bytes of lines. */
const BATCH = 500;
const BATCH_BYTES = 4 * 1024 * 1024;
const FOLD_EVERY = 20;
/** A database that is away for a moment is met again. */
const TRIES = 5;
const PAUSE = 500;

/**
 * Brings in jobs, a line of NDJSON each. A job that is there already is never touched, so that it may be done again,
 * and be ended at any moment.
 */
export async function importJobs(
  db: Knex,
  input: AsyncIterable<Buffer>,
  { insert, strict, at, say, fold }: Options,
): Promise<Brought> {
  const count = { added: 0, equal: 0, different: 0, refused: 0 };
  let batch: Batch = new Map();
  let bytes = 0;
  let bringing = Promise.resolve();
  let batches = 0;

  const bring = async (full: Batch, last: Line): Promise<void> => {
    const { added, present, deleted } = await persist(() =>
      addRecords(
        db,
        [...full.values()].map(({ record }) => record),
        insert,
      ),
    );
    count.added += added.size;
    if (++batches % FOLD_EVERY === 0) await persist(fold);
    for (const [jobId, { line, record }] of full) {
      const standing = present.get(jobId);
      if (standing && writeLine(standing) === writeLine(record)) count.equal++;
      else if (!added.has(jobId)) {
        count.different++;
        const why = deleted.has(jobId)
          ? `was deleted here at version ${deleted.get(jobId)}`
          : 'is there already, and not the same';
        say(`line ${line.number}: ${jobId} ${why}`);
      }
    }
    at(last.number, last.end);
  };
  // While the database takes one batch, the next one is read.
  const handOver = async (last: Line): Promise<void> => {
    await bringing;
    bringing = bring(batch, last);
    bringing.catch(() => {});
    batch = new Map();
    bytes = 0;
  };

  let last: Line | undefined;
  for await (const line of splitLines(input, LONGEST_LINE)) {
    if (isBlank(line)) continue;
    const record = readOrSay(line, say);
    if (!record) {
      count.refused++;
      if (strict) break;
      continue;
    }
    // The second of two lines of one job meets the first where it is stored.
    if (last && batch.has(record.job.jobId)) await handOver(last);
    last = line;
    batch.set(record.job.jobId, { line, record });
    bytes += line.bytes?.length ?? 0;
    if (batch.size >= BATCH || bytes >= BATCH_BYTES) await handOver(line);
  }
  if (last) await handOver(last);
  await bringing;
  await persist(fold);
  return count;
}

function isBlank({ bytes }: Line): boolean {
  return bytes !== undefined && bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}

function readOrSay({ number, bytes }: Line, say: (told: string) => void): JobRecord | undefined {
  try {
    if (bytes === undefined) {
      throw new Refusal('malformed_request', { detail: 'body-too-large', limit: LONGEST_LINE });
    }
    return readLine(bytes);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    say(`line ${number}: ${wordLine(thrown)}`);
    return undefined;
  }
}

async function persist<Result>(add: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await add();
    } catch (thrown) {
      const passing = isPassing(thrown) || (thrown instanceof Refusal && thrown.reason === 'unavailable');
      if (!passing || attempt === TRIES) throw thrown;
      await sleep(PAUSE);
    }
  }
}
