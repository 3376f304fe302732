import { DescribeJobInput, DescribeJobOutput } from '../../schemas/describe-job.ts';
import { Refusal } from '../errors.ts';
import type { JobView } from '../jobs/job-view.ts';
import type { MemberOperation } from '../operation.ts';

export const describeJob: MemberOperation<DescribeJobInput, JobView> = {
  summary: { en: 'Show one job.', zh: '查询单个作业。' },
  input: DescribeJobInput,
  output: DescribeJobOutput,
  permission: 'own-jobs',
  jobIds: (input) => [input.jobId],
  handle({ found: [job] }) {
    if (!job) throw new Refusal('job_not_found');
    return job;
  },
};
