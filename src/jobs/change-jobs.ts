import { Refusal } from '../errors.ts';
import type { Caller } from '../operation.ts';
import type { ChangeTx, RowKey } from '../ports.ts';
import { mayBeJobId, type Job } from './job.ts';
import { judgeVersion } from './moves.ts';
import { maySee } from './visibility.ts';

/**
 * One job as it is now, locked, for a caller who wants to change it.
 * @param seen the versions that the caller has seen
 * @throws Refusal `job_not_found` also where the caller may not see it; `version_conflict`
 */
export async function takeJob(
  tx: ChangeTx,
  caller: Caller,
  jobId: string,
  seen: readonly number[] | undefined,
): Promise<Job> {
  const job = await tx.job(jobId);
  if (!job || !maySee(caller, job)) throw new Refusal('job_not_found', { jobId });
  judgeVersion(job, seen);
  return job;
}

/** Stores the job's next version, with its row in the timeline. */
export async function keepJob(tx: ChangeTx, caller: Caller, job: Job, note = ''): Promise<Job> {
  await tx.updateJob({ job, userId: caller.userId, note });
  return job;
}

/** The cache's keys of jobs, in the order of the ids. */
export function jobKeys(jobIds: readonly string[]): readonly RowKey[] {
  return jobIds.map((id) => ({ kind: 'job', id }));
}

/** The ids, each once, in the order in which they are locked. @throws Refusal `job_not_found` for a malformed one */
export function idsToLock(jobIds: readonly string[]): readonly string[] {
  for (const jobId of jobIds) if (!mayBeJobId(jobId)) throw new Refusal('job_not_found', { jobId });
  return [...new Set(jobIds)].toSorted();
}
