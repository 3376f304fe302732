import { Type, type Static } from './type.ts';
import { IdempotencyKey, Job, Note, SeenVersions } from './job.ts';
import { MAX_JOBS_PER_CALL } from './describe-jobs.ts';

/** All of the jobs, or none. */
export const CancelJobsInput = Type.Object(
  {
    jobIds: Type.Array(Type.String({ maxLength: 255 }), { minItems: 1, maxItems: MAX_JOBS_PER_CALL }),
    note: Type.Optional(Note),
    ifVersion: Type.Optional(SeenVersions),
    idempotencyKey: Type.Optional(IdempotencyKey),
  },
  { additionalProperties: false },
);
export type CancelJobsInput = Static<typeof CancelJobsInput>;

export const CancelJobsOutput = Type.Object({ jobs: Type.Array(Job) }, { additionalProperties: false });
