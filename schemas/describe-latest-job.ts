import { Type, type Static } from './type.ts';
import { Job } from './job.ts';

export const DescribeLatestJobInput = Type.Object(
  { jobType: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) },
  { additionalProperties: false },
);
export type DescribeLatestJobInput = Static<typeof DescribeLatestJobInput>;

export const DescribeLatestJobOutput = Job;
