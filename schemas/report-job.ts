import { Type, type Static } from './type.ts';
import { JobStatus, Note, SeenVersions } from './job.ts';

export const ReportJobInput = Type.Object(
  {
    jobId: Type.String(),
    status: JobStatus,
    note: Type.Optional(Note),
    ifVersion: Type.Optional(SeenVersions),
  },
  { additionalProperties: false },
);
export type ReportJobInput = Static<typeof ReportJobInput>;
