import { Job as JobSchema } from '../../schemas/job.ts';
import { ReplaceJobInput } from '../../schemas/replace-job.ts';
import { idsToLock, jobKeys, keepJob, takeJob } from '../jobs/change-jobs.ts';
import { keepContent } from '../jobs/free-data.ts';
import type { JobView } from '../jobs/job-view.ts';
import { replaceContent } from '../jobs/moves.ts';
import type { MemberOperation } from '../operation.ts';

export const replaceJob: MemberOperation<ReplaceJobInput, JobView> = {
  summary: {
    en: 'Replace what a job is about; what is left out is cleared. A finished job stays as it is.',
    zh: '整体更新作业内容，未提供的字段被清空；已结束的作业不可修改。',
  },
  input: ReplaceJobInput,
  output: JobSchema,
  permission: 'own-jobs',
  async handle({ input, caller, ports }) {
    const keys = jobKeys(idsToLock([input.jobId]));
    const content = keepContent(input);
    const job = await ports.changes.change(keys, async (tx) => {
      const present = await takeJob(tx, caller, input.jobId, input.ifVersion);
      return keepJob(tx, caller, replaceContent(present, content, ports.clock()));
    });
    return ports.faces.view(job);
  },
};
