import type { Knex } from 'knex';
import type { Job } from '../../src/jobs/job.ts';
import type { ChangeTx, JobChange } from '../../src/ports.ts';
import { ask } from './ask.ts';
import type { Statement } from './dialect.ts';
import { fromJob, fromJobEvent, lastChange, toJob, type JobRow } from './rows.ts';
import { toSqlTime } from './time.ts';
import type { Transaction } from './transaction.ts';

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

type Columns = Readonly<Record<string, Knex.RawBinding>>;

/** What a change may do to jobs, inside its transaction. */
export function jobChanges(
  trx: Transaction,
  known: KnownJobs,
): Pick<ChangeTx, 'job' | 'insertJob' | 'updateJob' | 'hideJob'> {
  const update = async (change: JobChange, hidden: { hidden_time?: string }): Promise<void> => {
    const { jobId, version } = change.job;
    const row = fromJob(change.job);
    const before = known.get(jobId);
    // Free data may be long, and most changes are of the status.
    const columns = { ...changedColumns(before && fromJob(before), row), ...hidden };
    const assignments = Object.keys(columns).map((column) => `${column} = ?`);
    const [updated] = await trx.run([
      {
        sql: `update jobs set ${assignments.join(', ')} where job_id = ? and version = ?`,
        values: [...Object.values(columns), jobId, version - 1],
      },
      insertEvent(change),
    ]);
    // The row is locked and was read under the lock: anything but one row is a fault of the gateway.
    if (updated?.changed !== 1) throw new Error(`job ${jobId} is not at version ${version - 1}`);
  };

  return {
    job: (jobId) =>
      ask(async () => {
        if (known.has(jobId)) return known.get(jobId);
        const row = (await trx('jobs').where('job_id', jobId).first()) as HideableRow | undefined;
        return row && toVisibleJob(row);
      }),

    insertJob: (change) =>
      ask(async () => {
        const { job } = change;
        const [inserted] = await trx.run([insertNew(fromJob(job)), insertEvent(change)]);
        if (inserted?.changed !== 1) {
          throw new Error(`job ${job.jobId} was deleted: its id cannot be used again`);
        }
        known.set(job.jobId, job);
      }),

    updateJob: (change) =>
      ask(async () => {
        await update(change, {});
        known.set(change.job.jobId, change.job);
      }),

    hideJob: (change) =>
      ask(async () => {
        const { jobId, updateTime } = change.job;
        await update(change, { hidden_time: toSqlTime(updateTime) });
        known.set(jobId, undefined);
      }),
  };
}

/** Adds a new job, unless a job of its id was deleted: who remembers that one must not see a version go down. */
function insertNew(row: JobRow): Statement {
  const columns = Object.keys(row);
  return {
    sql:
      `insert into jobs (${columns.join(', ')}) select ${marksFor(columns)} ` +
      'from (select 1 as one) as o where not exists (select 1 from deleted_jobs where job_id = ?)',
    values: [...(Object.values(row) as Knex.RawBinding[]), row.job_id],
  };
}

function insertEvent(change: JobChange): Statement {
  const row = fromJobEvent(change.job.jobId, lastChange(change));
  const columns = Object.keys(row);
  return {
    sql: `insert into job_events (${columns.join(', ')}) values (${marksFor(columns)})`,
    values: Object.values(row) as Knex.RawBinding[],
  };
}

function marksFor(columns: readonly string[]): string {
  return columns.map(() => '?').join(', ');
}

function changedColumns(before: JobRow | undefined, after: JobRow): Columns {
  const changed = Object.entries(after).filter(
    ([column, value]) => value !== before?.[column as keyof JobRow],
  );
  return Object.fromEntries(changed) as Columns;
}
