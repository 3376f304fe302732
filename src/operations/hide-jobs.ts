import { HideJobsInput, HideJobsOutput } from '../../schemas/hide-jobs.ts';
import { Refusal } from '../errors.ts';
import { idsToLock, jobKeys, takeJob } from '../jobs/change-jobs.ts';
import { hideFinished } from '../jobs/moves.ts';
import type { MemberOperation } from '../operation.ts';

export const hideJobs: MemberOperation<HideJobsInput, HideJobsOutput> = {
  summary: {
    en: 'Hide finished jobs from every reader: all of them, or none. The rows stay in the database.',
    zh: '隐藏已结束的作业：全部成功或全部不变；数据库中的记录保留。',
  },
  input: HideJobsInput,
  output: HideJobsOutput,
  permission: 'own-jobs',
  async handle({ input, caller, ports }) {
    const jobIds = idsToLock(input.jobIds);
    await ports.changes.change(jobKeys(jobIds), async (tx) => {
      for (const jobId of jobIds) {
        const present = await takeJob(tx, caller, jobId, input.ifVersion);
        if (caller.role !== 'admin' && present.owner !== caller.userId) {
          throw new Refusal('permission_denied');
        }
        const job = hideFinished(present, ports.clock());
        await tx.hideJob({ job, userId: caller.userId, note: 'hidden' });
      }
    });
    return { jobIds: [...new Set(input.jobIds)] };
  },
};
