import type { Knex } from 'knex';
import type { LedgerTx } from '../../src/coherence/ports.ts';
import type { Job } from '../../src/jobs/job.ts';
import { newestKeysOf } from '../../src/jobs/newest.ts';
import type { ChangeTx, EntryKey } from '../../src/ports.ts';
import { ask } from './ask.ts';
import { insertRecords } from './job-records.ts';
import { fromJob, fromJobEvent, lastChange, toJob, type JobRow } from './rows.ts';

/**
 * Jobs as a transaction knows them, as they were when it locked them or as it left them since: none can differ from
 * its row before the transaction ends. Undefined where there is none that a reader may see; one that was not there
 * to be locked, and that another creates meanwhile, is not this transaction's to touch.
 */
export type KnownJobs = Map<string, Job | undefined>;

export type HideableRow = JobRow & { readonly hidden_time: string | null };

export function toVisibleJob(row: HideableRow): Job | undefined {
  return row.hidden_time === null ? toJob(row) : undefined;
}

/** What a change may do to jobs, inside its transaction. */
export function jobChanges(
  trx: Knex.Transaction,
  known: KnownJobs,
): Pick<ChangeTx, 'job' | 'insertJob' | 'updateJob' | 'hideJob' | 'addEvent' | 'insertRecords'> &
  Pick<LedgerTx, 'unsettled'> {
  const unsettled = new Map<string, EntryKey>();
  /** The job comes into its scopes, or goes out of them: which is the newest there may be another one after. */
  const unsettle = (job: Job): void => {
    for (const key of newestKeysOf(job)) unsettled.set(key.id, key);
  };

  const read = async (jobId: string): Promise<Job | undefined> => {
    if (known.has(jobId)) return known.get(jobId);
    const row = (await trx('jobs').where('job_id', jobId).first()) as HideableRow | undefined;
    return row && toVisibleJob(row);
  };

  return {
    unsettled: () => [...unsettled.values()],

    job: (jobId) => ask(() => read(jobId)),

    insertJob: (job) =>
      ask(async () => {
        await insertNew(trx, fromJob(job));
        known.set(job.jobId, job);
        unsettle(job);
      }),

    async insertRecords(records) {
      await insertRecords(trx, records);
      for (const { job, hiddenTime } of records) if (hiddenTime === undefined) unsettle(job);
    },

    updateJob: (job) =>
      ask(async () => {
        const { jobId } = job;
        const row = fromJob(job);
        const before = await read(jobId);
        // Free data may be long, and most changes are of the status.
        const told = before ? changedColumns(fromJob(before), row) : Object.keys(row);
        const columns = told as (keyof JobRow)[];
        // The row is locked and was read under the lock: anything but one row is a fault of the gateway.
        const changed = await rowsDone(
          trx,
          `update jobs set ${columns.map((column) => `${column} = ?`).join(', ')} where job_id = ? and version = ?`,
          [...columns.map((column) => row[column] as Knex.RawBinding), jobId, job.version - 1],
        );
        if (changed !== 1) throw new Error(`job ${jobId} is not at version ${job.version - 1}`);
        known.set(jobId, job);
        if (before?.jobType === job.jobType) return;
        if (before) unsettle(before);
        unsettle(job);
      }),

    hideJob: (jobId) =>
      ask(async () => {
        const before = await read(jobId);
        if (before) unsettle(before);
        await trx('jobs')
          .where('job_id', jobId)
          .update({ hidden_time: trx.ref('update_time') });
        known.set(jobId, undefined);
      }),

    addEvent: (change) =>
      ask(async () => {
        const row = fromJobEvent(change.job.jobId, lastChange(change));
        const columns = Object.keys(row);
        const marks = columns.map(() => '?').join(', ');
        const sql = `insert into job_events (${columns.join(', ')}) values (${marks})`;
        await rowsDone(trx, sql, Object.values(row) as Knex.RawBinding[]);
      }),
  };
}

/**
 * Stores a new job, unless a job of its id was deleted: who remembers that one must not see a version go down.
 * @throws Error where the id was used before
 */
async function insertNew(trx: Knex, row: JobRow): Promise<void> {
  const columns = Object.keys(row);
  const inserted = await rowsDone(
    trx,
    `insert into jobs (${columns.join(', ')}) select ${columns.map(() => '?').join(', ')} ` +
      'from (select 1 as one) as o where not exists (select 1 from deleted_jobs where job_id = ?)',
    [...(Object.values(row) as Knex.RawBinding[]), row.job_id],
  );
  if (inserted !== 1) throw new Error(`job ${row.job_id} was deleted: its id cannot be used again`);
}

function changedColumns(before: JobRow, after: JobRow): string[] {
  return Object.entries(after).flatMap(([column, value]) =>
    value === before[column as keyof JobRow] ? [] : [column],
  );
}

/**
 * Changes rows by SQL as it stands here, and tells how many: every change of a job needs two such statements, and the
 * query builder would take longer over each than the server does.
 */
async function rowsDone(trx: Knex, sql: string, values: readonly Knex.RawBinding[]): Promise<number> {
  const done = (await trx.raw(sql, values)) as [{ affectedRows: number }] | { changes: number };
  return 'changes' in done ? done.changes : done[0].affectedRows;
}
