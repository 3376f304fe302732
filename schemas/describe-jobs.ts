import { Type, type Static } from './type.ts';
import { Job } from './job.ts';

/** The most ids, and the most jobs on a page, of one call. */
export const MAX_JOBS_PER_CALL = 100;

/** Any of several words; a word that no job carries matches nothing. */
const anyOf = () => Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 100 });

export const DescribeJobsInput = Type.Object(
  {
    jobIds: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: MAX_JOBS_PER_CALL })),
    jobAction: Type.Optional(anyOf()),
    jobType: Type.Optional(anyOf()),
    owner: Type.Optional(anyOf()),
    status: Type.Optional(anyOf()),
    preStatus: Type.Optional(anyOf()),
    createdAfter: Type.Optional(Type.String({ format: 'date-time' })),
    createdBefore: Type.Optional(Type.String({ format: 'date-time' })),
    sortBy: Type.Optional(Type.Enum(['createTime', 'updateTime'])),
    order: Type.Optional(Type.Enum(['asc', 'desc'])),
    after: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
    offset: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
    limit: Type.Integer({ minimum: 1, maximum: MAX_JOBS_PER_CALL }),
  },
  { additionalProperties: false },
);
export type DescribeJobsInput = Static<typeof DescribeJobsInput>;

/** `total` counts every job that the filter matches, not the page; `next` is absent on the last page. */
export const DescribeJobsOutput = Type.Object(
  {
    jobs: Type.Array(Job),
    total: Type.Integer({ minimum: 0 }),
    next: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
