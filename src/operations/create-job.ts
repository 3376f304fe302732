import { CreateJobInput } from '../../schemas/create-job.ts';
import { Job as JobSchema } from '../../schemas/job.ts';
import { Refusal } from '../errors.ts';
import { keepContent } from '../jobs/free-data.ts';
import { answerOnce } from '../jobs/answer-once.ts';
import { jobKeys } from '../jobs/change-jobs.ts';
import type { Job } from '../jobs/job.ts';
import { inventJobId } from '../jobs/job-id.ts';
import type { JobView } from '../jobs/job-view.ts';
import { FIRST_STATUS } from '../jobs/moves.ts';
import { seesAll } from '../jobs/visibility.ts';
import type { Caller, MemberOperation } from '../operation.ts';

export const createJob: MemberOperation<CreateJobInput, JobView> = {
  summary: { en: 'Create a job; it begins pending.', zh: '创建作业，初始状态为 pending。' },
  input: CreateJobInput,
  output: JobSchema,
  permission: 'own-jobs',
  async handle({ input, caller, ports }) {
    const owner = ownerFor(caller, input.owner);
    const now = ports.clock();
    const content = { ...keepContent(input), owner };
    const jobId = inventJobId();
    const job: Job = {
      jobId,
      ...content,
      status: FIRST_STATUS,
      preStatus: '',
      createTime: now,
      updateTime: now,
      version: 1,
    };
    const once = { key: input.idempotencyKey, operation: 'create-job', request: content };
    const created = await answerOnce(ports, caller, jobKeys([jobId]), once, async (tx) => {
      await tx.insertJob({ job, userId: caller.userId, note: '' });
      return job;
    });
    return ports.faces.view(created);
  },
};

function ownerFor(caller: Caller, asked: string | undefined): string {
  if (asked === undefined || asked === caller.userId) return caller.userId;
  if (!seesAll(caller)) throw new Refusal('permission_denied');
  return asked;
}
