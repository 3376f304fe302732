import type { Knex } from 'knex';
import type { Job } from '../../src/jobs/job.ts';
import type { ChangeTx } from '../../src/ports.ts';
import { ask } from './ask.ts';
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
): Pick<ChangeTx, 'job' | 'insertJob' | 'updateJob' | 'hideJob' | 'addEvent'> {
  return {
    job: (jobId) =>
      ask(async () => {
        if (known.has(jobId)) return known.get(jobId);
        const row = (await trx('jobs').where('job_id', jobId).first()) as HideableRow | undefined;
        return row && toVisibleJob(row);
      }),

    insertJob: (job) =>
      ask(async () => {
        await insertNew(trx, fromJob(job));
        known.set(job.jobId, job);
      }),

    updateJob: (job) =>
      ask(async () => {
        const { job_id: jobId, ...columns } = fromJob(job);
        // The row is locked and was read under the lock: anything but one row is a fault of the gateway.
        const changed = await trx('jobs')
          .where('job_id', jobId)
          .where('version', job.version - 1)
          .update(columns);
        if (changed !== 1) throw new Error(`job ${jobId} is not at version ${job.version - 1}`);
        known.set(jobId, job);
      }),

    hideJob: (jobId) =>
      ask(async () => {
        await trx('jobs')
          .where('job_id', jobId)
          .update({ hidden_time: trx.ref('update_time') });
        known.set(jobId, undefined);
      }),

    addEvent: (change) =>
      ask(async () => {
        await trx('job_events').insert(fromJobEvent(change.job.jobId, lastChange(change)));
      }),
  };
}

/**
 * Stores a new job, unless a job of its id was deleted: who remembers that one must not see a version go down.
 * @throws Error where the id was used before
 */
async function insertNew(trx: Knex, row: JobRow): Promise<void> {
  const columns = Object.keys(row);
  const done = (await trx.raw(
    `insert into jobs (${columns.join(', ')}) select ${columns.map(() => '?').join(', ')} ` +
      'from (select 1 as one) as o where not exists (select 1 from deleted_jobs where job_id = ?)',
    [...(Object.values(row) as Knex.RawBinding[]), row.job_id],
  )) as [{ affectedRows: number }] | { changes: number };
  const inserted = 'changes' in done ? done.changes : done[0].affectedRows;
  if (inserted !== 1) throw new Error(`job ${row.job_id} was deleted: its id cannot be used again`);
}
