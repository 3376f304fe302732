import { Job as JobSchema } from '../../schemas/job.ts';
import { ReportJobInput } from '../../schemas/report-job.ts';
import { Refusal } from '../errors.ts';
import { idsToLock, jobKeys, keepJob, takeJob } from '../jobs/change-jobs.ts';
import type { JobView } from '../jobs/job-view.ts';
import { moveTo } from '../jobs/moves.ts';
import { seesAll } from '../jobs/visibility.ts';
import type { MemberOperation } from '../operation.ts';

export const reportJob: MemberOperation<ReportJobInput, JobView> = {
  summary: {
    en: 'Report a job’s progress or its end. A final status stays; the present status changes nothing.',
    zh: '上报作业进度或结果；已结束的作业状态不再改变，重复上报当前状态不产生变更。',
  },
  input: ReportJobInput,
  output: JobSchema,
  permission: 'own-jobs',
  async handle({ input, caller, ports }) {
    if (!seesAll(caller)) throw new Refusal('permission_denied');
    const keys = jobKeys(idsToLock([input.jobId]));
    const job = await ports.changes.change(keys, async (tx) => {
      const present = await takeJob(tx, caller, input.jobId, input.ifVersion);
      const next = moveTo(present, input.status, ports.clock());
      return next ? keepJob(tx, caller, next, input.note) : present;
    });
    return ports.faces.view(job);
  },
};
