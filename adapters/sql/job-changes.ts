import type { Knex } from 'knex';
import type { LedgerTx } from '../../src/coherence/ports.ts';
import type { Job } from '../../src/jobs/job.ts';
import { newestKeysOf } from '../../src/jobs/newest.ts';
import type { ChangeTx, EntryKey, JobChange } from '../../src/ports.ts';
import { ask } from './ask.ts';
import type { Statement } from './dialect.ts';
import { insertRecords } from './job-records.ts';
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
): Pick<ChangeTx, 'job' | 'insertJob' | 'updateJob' | 'hideJob' | 'insertRecords'> &
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

  /** Answers the job as it was. */
  const update = async (change: JobChange, hidden: { hidden_time?: string }): Promise<Job | undefined> => {
    const { jobId, version } = change.job;
    const row = fromJob(change.job);
    const before = await read(jobId);
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
    return before;
  };

  return {
    unsettled: () => [...unsettled.values()],

    job: (jobId) => ask(() => read(jobId)),

    insertJob: (change) =>
      ask(async () => {
        const { job } = change;
        const [inserted] = await trx.run([insertNew(fromJob(job)), insertEvent(change)]);
        if (inserted?.changed !== 1) {
          throw new Error(`job ${job.jobId} was deleted: its id cannot be used again`);
        }
        known.set(job.jobId, job);
        unsettle(job);
      }),

    async insertRecords(records) {
      await insertRecords(trx, records);
      for (const { job, hiddenTime } of records) if (hiddenTime === undefined) unsettle(job);
    },

    updateJob: (change) =>
      ask(async () => {
        const { job } = change;
        const before = await update(change, {});
        known.set(job.jobId, job);
        if (before?.jobType === job.jobType) return;
        if (before) unsettle(before);
        unsettle(job);
      }),

    hideJob: (change) =>
      ask(async () => {
        const { jobId, updateTime } = change.job;
        const before = await update(change, { hidden_time: toSqlTime(updateTime) });
        if (before) unsettle(before);
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
