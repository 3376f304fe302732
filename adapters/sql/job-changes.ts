import type { Knex } from 'knex';
import type { Job } from '../../src/jobs/job.ts';
import { KeyTaken } from '../../src/jobs/answer-once.ts';
import type { ChangeTx } from '../../src/ports.ts';
import { ask, isDuplicate } from './ask.ts';
import { fromJob, fromJobEvent, toJob, type JobRow } from './rows.ts';
import { fromSqlTime, toSqlTime } from './time.ts';

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
): Pick<ChangeTx, 'job' | 'insertJob' | 'updateJob' | 'hideJob' | 'addEvent' | 'recall' | 'remember'> {
  return {
    job: (jobId) =>
      ask(async () => {
        if (known.has(jobId)) return known.get(jobId);
        const row = (await trx('jobs').where('job_id', jobId).first()) as HideableRow | undefined;
        return row && toVisibleJob(row);
      }),

    insertJob: (job) =>
      ask(async () => {
        await trx('jobs').insert(fromJob(job));
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

    addEvent: (event) => ask(async () => void (await trx('job_events').insert(fromJobEvent(event)))),

    recall: (userId, key, since) =>
      ask(async () => {
        const row = (await trx('idempotency_keys')
          .where({ user_id: userId, idempotency_key: key })
          .where('create_time', '>=', toSqlTime(since))
          .first()) as { digest: string; answer: string; create_time: string } | undefined;
        return (
          row && { userId, key, digest: row.digest, answer: row.answer, time: fromSqlTime(row.create_time) }
        );
      }),

    remember: ({ userId, key, digest, answer, time }, since) =>
      ask(async () => {
        await trx('idempotency_keys')
          .where('user_id', userId)
          .where('create_time', '<', toSqlTime(since))
          .delete();
        try {
          await trx('idempotency_keys').insert({
            user_id: userId,
            idempotency_key: key,
            digest,
            answer,
            create_time: toSqlTime(time),
          });
        } catch (thrown) {
          throw isDuplicate(thrown) ? new KeyTaken() : thrown;
        }
      }),
  };
}
