import { Type, type Static } from './type.ts';
import { Job } from './job.ts';

/** A malformed id is one that no job has, so its form is not checked here. */
export const DescribeJobInput = Type.Object({ jobId: Type.String() }, { additionalProperties: false });
export type DescribeJobInput = Static<typeof DescribeJobInput>;

export const DescribeJobOutput = Job;
