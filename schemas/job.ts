import { Type, type Static } from 'typebox';

/** The form of a job's id. New ids are `j-` and 8 random characters; upper and lower case are different ids. */
export const JOB_ID_PATTERN = /^j-[A-Za-z0-9]{8,16}$/;

/** Free JSON that belongs to the caller: kept as it came, never re-spelled. */
const FreeObject = Type.Object({}, { additionalProperties: true });

/** A job as every reader sees it. Times are RFC 3339 in UTC with milliseconds. */
export const Job = Type.Object(
  {
    jobId: Type.String({ pattern: JOB_ID_PATTERN.source }),
    jobType: Type.String({ minLength: 1, maxLength: 64 }),
    jobAction: Type.String({ minLength: 1, maxLength: 64 }),
    owner: Type.String(),
    status: Type.String(),
    preStatus: Type.String(),
    resources: FreeObject,
    directive: Type.Optional(FreeObject),
    createTime: Type.String({ format: 'date-time' }),
    updateTime: Type.String({ format: 'date-time' }),
    version: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false },
);
export type Job = Static<typeof Job>;
