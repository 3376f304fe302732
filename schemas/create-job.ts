import { Type, type Static } from './type.ts';
import { UserId } from './user.ts';
import { IdempotencyKey, JobText, JobWord } from './job.ts';

export const CreateJobInput = Type.Object(
  {
    jobType: JobWord,
    jobAction: JobWord,
    resources: Type.Optional(JobText),
    directive: Type.Optional(JobText),
    owner: Type.Optional(UserId),
    idempotencyKey: Type.Optional(IdempotencyKey),
  },
  { additionalProperties: false },
);
export type CreateJobInput = Static<typeof CreateJobInput>;
