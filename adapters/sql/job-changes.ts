import type { Knex } from 'knex';
import { KeyTaken } from '../../src/jobs/answer-once.ts';
import type { ChangeTx } from '../../src/ports.ts';
import { ask, isDuplicate } from './ask.ts';
import { fromJob, fromJobEvent, toJob, type JobRow } from './rows.ts';
import { fromSqlTime, toSqlTime } from './time.ts';

/**
 * What a change may do to jobs, inside its transaction.
 * @param absent rows that were not there when they were to be locked
 */
export function jobChanges(
  trx: Knex.Transaction,
  absent: Set<string>,
): Pick<ChangeTx, 'job' | 'insertJob' | 'updateJob' | 'hideJob' | 'addEvent' | 'recall' | 'remember'> {
  return {
    job: (jobId) =>
      ask(async () => {
        if (absent.has(`job ${jobId}`)) return undefined;
        const row = (await trx('jobs').where('job_id', jobId).whereNull('hidden_time').first()) as
          JobRow | undefined;
        return row && toJob(row);
      }),

    insertJob: (job) =>
      ask(async () => {
        await trx('jobs').insert(fromJob(job));
        absent.delete(`job ${job.jobId}`);
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
      }),

    hideJob: (jobId) =>
      ask(async () => {
        await trx('jobs')
          .where('job_id', jobId)
          .update({ hidden_time: trx.ref('update_time') });
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
