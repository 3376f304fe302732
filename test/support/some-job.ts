import type { Job } from '../../src/jobs/job.ts';

let made = 0;

/** A job with an id of its own; ids rise in the order made. */
export function someJob(differs: Partial<Job> = {}): Job {
  made++;
  return {
    jobId: `j-${String(made).padStart(8, '0')}`,
    jobType: 'neonsan',
    jobAction: 'ScaleNeonSAN',
    owner: 'usr-00000001',
    status: 'working',
    preStatus: 'pending',
    resources: '{}',
    directive: undefined,
    createTime: Date.UTC(2024, 0, 1) + made * 1_000,
    updateTime: Date.UTC(2024, 0, 2) + made * 1_000,
    version: 1,
    ...differs,
  };
}
