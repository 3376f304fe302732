import { Type, type Static } from './type.ts';

export const DescribeJobTimelineInput = Type.Object(
  { jobId: Type.String() },
  { additionalProperties: false },
);
export type DescribeJobTimelineInput = Static<typeof DescribeJobTimelineInput>;

/** Every change of a job, oldest first. `userId` is who made it. */
export const DescribeJobTimelineOutput = Type.Object(
  {
    jobId: Type.String(),
    timeline: Type.Array(
      Type.Object(
        {
          version: Type.Integer({ minimum: 1 }),
          status: Type.String(),
          preStatus: Type.String(),
          time: Type.String({ format: 'date-time' }),
          userId: Type.String(),
          note: Type.String(),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
