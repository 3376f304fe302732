import { DescribeLatestJobInput, DescribeLatestJobOutput } from '../../schemas/describe-latest-job.ts';
import { Refusal } from '../errors.ts';
import type { JobView } from '../jobs/job-view.ts';
import type { MemberOperation } from '../operation.ts';

export const describeLatestJob: MemberOperation<DescribeLatestJobInput, JobView> = {
  summary: {
    en: 'Show the newest job, of one type or of any.',
    zh: '查询最新的作业，可指定作业类型。',
  },
  input: DescribeLatestJobInput,
  output: DescribeLatestJobOutput,
  permission: 'own-jobs',
  newestOf: ({ jobType }) => ({ jobType }),
  handle({ found: [job] }) {
    if (!job) throw new Refusal('job_not_found');
    return job;
  },
};
