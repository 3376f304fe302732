import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Knex } from 'knex';
import { writeLine } from '../adapters/lines/write-line.ts';
import { readRecords, type RecordFilter } from '../adapters/sql/job-records.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Where lines go; answers once there is room for more. */
type Sink = (text: string) => Promise<unknown>;

/**
 * Writes every job that the filter matches as a line of NDJSON, in the order of the ids. One page of them is held
 * in memory.
 * @param at told how many jobs are written
 * @returns how many there were
 */
export async function exportJobs(
  db: Knex,
  filter: RecordFilter,
  sink: Sink,
  at: (done: number) => void = () => {},
): Promise<number> {
  let done = 0;
  for await (const page of readRecords(db, filter)) {
    if (page.length > 0) await sink(page.map((record) => `${writeLine(record)}\n`).join(''));
    done += page.length;
    at(done);
  }
  return done;
}

/** A sink to a stream that waits while the stream is full. @throws the stream's error */
export function toStream(stream: NodeJS.WritableStream): Sink {
  let failed: unknown;
  stream.on('error', (error) => (failed = error));
  return async (text) => {
    if (failed !== undefined) throw failed;
    if (!stream.write(text)) await once(stream, 'drain');
  };
}

/**
 * Runs `work` with a sink to a file that appears under its name only once it is whole, and on the disk.
 * @throws the error of the file or of the work; nothing of the file is left then
 */
export async function intoFile<Result>(path: string, work: (sink: Sink) => Promise<Result>): Promise<Result> {
  const part = `${path}.${randomBytes(4).toString('hex')}.part`;
  const interrupted = (_: NodeJS.Signals, number: number): void => {
    rmSync(part, { force: true });
    process.exit(128 + number);
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  const file = await open(part, 'wx', 0o600);
  try {
    const result = await work((text) => file.writeFile(text));
    await file.sync();
    await file.close();
    await rename(part, path);
    return result;
  } catch (thrown) {
    await file.close().catch(() => {});
    await rm(part, { force: true });
    throw thrown;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
  }
}
