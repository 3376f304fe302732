import { Type, type Static } from './type.ts';
import { JobText, JobWord, SeenVersions } from './job.ts';

/** Everything that is left out is cleared. */
export const ReplaceJobInput = Type.Object(
  {
    jobId: Type.String(),
    jobType: JobWord,
    jobAction: JobWord,
    resources: Type.Optional(JobText),
    directive: Type.Optional(JobText),
    ifVersion: Type.Optional(SeenVersions),
  },
  { additionalProperties: false },
);
export type ReplaceJobInput = Static<typeof ReplaceJobInput>;
