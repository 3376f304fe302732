import type { Knex } from 'knex';
import type { Job } from '../../src/jobs/job.ts';
import type { JobRecord } from '../../src/jobs/job-record.ts';
import type { JobStore } from '../../src/ports.ts';
import { ask } from './ask.ts';
import type { Dialect } from './dialect.ts';
import { addRecords } from './job-records.ts';
import { listJobs } from './list-jobs.ts';
import { newestJob } from './newest-job.ts';
import { rememberCombinations } from './remember-combinations.ts';
import { lastChange, toJob, toJobEvent, type EventRow } from './rows.ts';
import { readSnapshot } from './snapshot.ts';

/** Jobs in the database. */
export function createJobStore(db: Knex, dialect: Dialect): JobStore {
  const memory = rememberCombinations();
  return {
    // A hidden job stays in its table and is no one's to see.
    read: (jobIds) =>
      ask(() =>
        readSnapshot(db, dialect, 'jobs', 'job_id', jobIds, toJob, (join) => join.onNull('t.hidden_time')),
      ),

    list: (filter, order, page) => ask(() => listJobs(db, dialect, { filter, order, page }, memory)),

    newest: (scope) => ask(() => newestJob(db, dialect, scope)),

    timeline: (jobId) =>
      ask(async () => {
        const rows = (await db('job_events').where('job_id', jobId).orderBy('version')) as EventRow[];
        return rows.map(toJobEvent);
      }),
  };
}

/**
 * Puts jobs in as they are, each with its last change, unless a job of the same id exists; tells how many are new.
 * @param insert as that of {@link addRecords}
 */
export async function insertJobs(
  db: Knex,
  jobs: readonly Job[],
  insert?: (fresh: readonly JobRecord[]) => Promise<unknown>,
): Promise<number> {
  const records = jobs.map((job) => ({
    job,
    hiddenTime: undefined,
    timeline: [lastChange({ job, userId: job.owner, note: '' })],
  }));
  return (await addRecords(db, records, insert)).added.size;
}
