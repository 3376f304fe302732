import { Type } from '../../schemas/type.ts';
import { DescribeJobsOutput, MAX_JOBS_PER_CALL } from '../../schemas/describe-jobs.ts';
import { DescribeUsersOutput } from '../../schemas/describe-users.ts';
import type { Problem, Reason } from '../../src/errors.ts';

const DEFAULT_PER_PAGE = 20;

/** Filters that `query_by` may name: the input's own, spelled as in a query. */
const FILTERS = [
  'job_ids',
  'job_action',
  'job_type',
  'owner',
  'status',
  'pre_status',
  'created_after',
  'created_before',
] as const;

/** The last page whose rows can be counted. */
const PAGE_MOST = Math.floor(Number.MAX_SAFE_INTEGER / MAX_JOBS_PER_CALL);

/** The parameters that only this protocol has, as {@link readPaging} judges them. */
export const pagingSchemas = {
  page: Type.Integer({ minimum: 1, maximum: PAGE_MOST, default: 1 }),
  per_page: Type.Integer({ minimum: 1, maximum: MAX_JOBS_PER_CALL, default: DEFAULT_PER_PAGE }),
  query_by: Type.Array(Type.Enum([...FILTERS]), { minItems: 1 }),
};

export const pagingParameters = ['page', 'per_page', 'query_by'] as const;

/** Which page was asked for, as it is told; a page that a cursor led to has no number. */
export function pageOf(own: ReadonlyMap<string, string>): { page: number | undefined; perPage: number } {
  return {
    page: own.has('after') ? undefined : Number(own.get('page') ?? 1),
    perPage: Number(own.get('per_page') ?? DEFAULT_PER_PAGE),
  };
}

/** A page of jobs. A caller that follows cursors is shown no `page`. */
export const JobPage = Type.Object(
  {
    jobs: DescribeJobsOutput.properties.jobs,
    total: DescribeJobsOutput.properties.total,
    page: Type.Optional(Type.Integer({ minimum: 1 })),
    perPage: Type.Integer({ minimum: 1, maximum: MAX_JOBS_PER_CALL }),
    next: DescribeJobsOutput.properties.next,
  },
  { additionalProperties: false },
);

/** A page of users, likewise. */
export const UserPage = Type.Object(
  {
    users: DescribeUsersOutput.properties.users,
    total: DescribeUsersOutput.properties.total,
    page: JobPage.properties.page,
    perPage: JobPage.properties.perPage,
    next: DescribeUsersOutput.properties.next,
  },
  { additionalProperties: false },
);

/**
 * Turns `page` and `per_page` into offset and limit, and checks what `query_by` names. A cursor is a place of its own: a
 * page beside it would be passed over.
 * @param given the names of all parameters that were sent with a value, or with an empty list
 */
export function readPaging(
  own: ReadonlyMap<string, string>,
  value: Record<string, unknown>,
  given: ReadonlySet<string>,
): Problem[] {
  const problems: Problem[] = [];
  const perPage = count(own, 'per_page', 'invalid_per_page', DEFAULT_PER_PAGE, MAX_JOBS_PER_CALL, problems);
  const page = count(own, 'page', 'invalid_page', 1, PAGE_MOST, problems);
  if (own.has('page') && own.has('after')) {
    const fault = { is: 'not-beside', other: 'after' } as const;
    problems.push({ parameter: 'page', asSent: true, fault, reason: 'invalid_page' });
  }
  value.limit = perPage;
  value.offset = (page - 1) * perPage;

  for (const name of own.get('query_by')?.split(',') ?? []) {
    if (!isFilter(name)) {
      const fault = { is: 'not-one-of', allowed: FILTERS } as const;
      problems.push({ parameter: 'query_by', asSent: true, fault, reason: 'unsupported_query_by' });
    } else if (!given.has(name)) {
      problems.push({ parameter: name, asSent: true, fault: { is: 'required' } });
    }
  }
  return problems;
}

function isFilter(name: string): boolean {
  return FILTERS.some((filter) => filter === name);
}

function count(
  own: ReadonlyMap<string, string>,
  parameter: string,
  reason: Reason,
  absent: number,
  most: number,
  problems: Problem[],
): number {
  const text = own.get(parameter);
  if (text === undefined) return absent;
  const fault = !/^-?\d{1,20}$/.test(text)
    ? ({ is: 'type', expected: 'integer' } as const)
    : Number(text) < 1
      ? ({ is: 'too-small', least: 1 } as const)
      : Number(text) > most
        ? ({ is: 'too-large', most } as const)
        : undefined;
  if (!fault) return Number(text);
  problems.push({ parameter, asSent: true, fault, reason });
  return absent;
}
