import type { Job } from '../../src/jobs/job.ts';

export const REST_FACE = 'rest';

/** A job as one JSON object of the REST API: camelCase keys, times in RFC 3339 UTC with milliseconds. */
export function renderRestJob(job: Job): string {
  const head = JSON.stringify({
    jobId: job.jobId,
    jobType: job.jobType,
    jobAction: job.jobAction,
    owner: job.owner,
    status: job.status,
    preStatus: job.preStatus,
  });
  const tail = JSON.stringify({
    createTime: new Date(job.createTime).toISOString(),
    updateTime: new Date(job.updateTime).toISOString(),
    version: job.version,
  });
  // The caller's own data goes in as text: parsing it would re-order its keys.
  const directive = job.directive === undefined ? '' : `,"directive":${job.directive}`;
  return `${head.slice(0, -1)},"resources":${job.resources}${directive},${tail.slice(1)}`;
}
