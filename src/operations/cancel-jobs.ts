import { CancelJobsInput, CancelJobsOutput } from '../../schemas/cancel-jobs.ts';
import { answerOnce } from '../jobs/answer-once.ts';
import { idsToLock, jobKeys, keepJob, takeJob } from '../jobs/change-jobs.ts';
import type { Job } from '../jobs/job.ts';
import type { JobView } from '../jobs/job-view.ts';
import { moveTo } from '../jobs/moves.ts';
import type { MemberOperation } from '../operation.ts';

export const cancelJobs: MemberOperation<CancelJobsInput, { readonly jobs: readonly JobView[] }> = {
  summary: {
    en: 'Cancel jobs that are not finished: all of them, or none.',
    zh: '取消未结束的作业：全部成功或全部不变。',
  },
  input: CancelJobsInput,
  output: CancelJobsOutput,
  permission: 'own-jobs',
  async handle({ input, caller, ports }) {
    const { idempotencyKey, note, ifVersion } = input;
    // In an order of its own: the same request may come with its parameters in any.
    const request = { jobIds: input.jobIds, note, ifVersion };
    const jobIds = idsToLock(input.jobIds);
    const once = { key: idempotencyKey, operation: 'cancel-jobs', request };
    const canceled = await answerOnce(ports, caller, jobKeys(jobIds), once, async (tx) => {
      const jobs: Job[] = [];
      for (const jobId of jobIds) {
        const present = await takeJob(tx, caller, jobId, input.ifVersion);
        const next = moveTo(present, 'canceled', ports.clock());
        jobs.push(next ? await keepJob(tx, caller, next, input.note) : present);
      }
      return jobs;
    });
    const byId = new Map(canceled.map((job) => [job.jobId, job]));
    const asked = [...new Set(input.jobIds)].flatMap((jobId) => byId.get(jobId) ?? []);
    return { jobs: asked.map((job) => ports.faces.view(job)) };
  },
};
