import { DescribeJobTimelineInput, DescribeJobTimelineOutput } from '../../schemas/describe-job-timeline.ts';
import { Refusal } from '../errors.ts';
import type { MemberOperation } from '../operation.ts';
import type { JobEvent } from '../ports.ts';

/** Every change of one job, oldest first. */
export interface Timeline {
  readonly jobId: string;
  readonly timeline: readonly JobEvent[];
}

export const describeJobTimeline: MemberOperation<DescribeJobTimelineInput, Timeline> = {
  summary: { en: 'Show every change of a job, oldest first.', zh: '查询作业的变更时间线，按时间先后排列。' },
  input: DescribeJobTimelineInput,
  output: DescribeJobTimelineOutput,
  permission: 'own-jobs',
  jobIds: (input) => [input.jobId],
  async handle({ found: [job], ports }) {
    if (!job) throw new Refusal('job_not_found');
    return { jobId: job.jobId, timeline: await ports.jobs.timeline(job.jobId) };
  },
};
