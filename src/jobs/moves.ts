import { FINAL_STATUSES } from '../../schemas/job.ts';
import { Refusal } from '../errors.ts';
import type { Job } from './job.ts';

/** The status that every job begins with, and never comes back to. */
export const FIRST_STATUS = 'pending';

export function isFinal(status: string): boolean {
  return (FINAL_STATUSES as readonly string[]).includes(status);
}

/**
 * The job after a report of a status, or undefined where that is its status already.
 * @param now milliseconds since 1970; a clock behind the last change does not turn time back
 * @throws Refusal `operation_not_allowed` for a finished job, and for a way back to the first status
 */
export function moveTo(job: Job, status: string, now: number): Job | undefined {
  if (status === job.status) return undefined;
  if (isFinal(job.status) || status === FIRST_STATUS) throw refuseMove(job);
  return changed({ ...job, status, preStatus: job.status }, now);
}

/** The job with other content. @throws Refusal `operation_not_allowed` for a finished job */
export function replaceContent(
  job: Job,
  content: Pick<Job, 'jobType' | 'jobAction' | 'resources' | 'directive'>,
  now: number,
): Job {
  if (isFinal(job.status)) throw refuseMove(job);
  return changed({ ...job, ...content }, now);
}

/** The job as it is when no reader is to see it any more. @throws Refusal `operation_not_allowed` until it is finished */
export function hideFinished(job: Job, now: number): Job {
  if (!isFinal(job.status)) throw refuseMove(job);
  return changed(job, now);
}

/** @throws Refusal `version_conflict` where the writer has not seen the present version */
export function judgeVersion(job: Job, seen: readonly number[] | undefined): void {
  if (seen && !seen.includes(job.version)) {
    throw new Refusal('version_conflict', { jobId: job.jobId, present: { version: job.version } });
  }
}

function changed(job: Job, now: number): Job {
  return { ...job, version: job.version + 1, updateTime: Math.max(now, job.updateTime) };
}

function refuseMove(job: Job): Refusal {
  return new Refusal('operation_not_allowed', { jobId: job.jobId, present: { status: job.status } });
}
