import { Type, type Static } from './type.ts';
import { SeenVersions } from './job.ts';
import { MAX_JOBS_PER_CALL } from './describe-jobs.ts';

/** All of the jobs, or none. */
export const HideJobsInput = Type.Object(
  {
    jobIds: Type.Array(Type.String({ maxLength: 255 }), { minItems: 1, maxItems: MAX_JOBS_PER_CALL }),
    ifVersion: Type.Optional(SeenVersions),
  },
  { additionalProperties: false },
);
export type HideJobsInput = Static<typeof HideJobsInput>;

export const HideJobsOutput = Type.Object(
  { jobIds: Type.Array(Type.String()) },
  { additionalProperties: false },
);
export type HideJobsOutput = Static<typeof HideJobsOutput>;
