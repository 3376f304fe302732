import { MAX_JOBS_PER_CALL } from '../../schemas/describe-jobs.ts';
import type { Problem, Reason } from '../../src/errors.ts';

const DEFAULT_PER_PAGE = 20;

/** Filters that `query_by` may name: the input's own, spelled as in a query. */
const FILTERS = new Set([
  'job_ids',
  'job_action',
  'job_type',
  'owner',
  'status',
  'pre_status',
  'created_after',
  'created_before',
]);

export const pagingParameters = ['page', 'per_page', 'query_by'] as const;

/** Which page was asked for, as it is told; a page that a cursor led to has no number. */
export function pageOf(own: ReadonlyMap<string, string>): { page: number | undefined; perPage: number } {
  return {
    page: own.has('after') ? undefined : Number(own.get('page') ?? 1),
    perPage: Number(own.get('per_page') ?? DEFAULT_PER_PAGE),
  };
}

/**
 * Turns `page` and `per_page` into offset and limit, and checks what `query_by` names.
 * @param sent the names of all parameters that were sent
 */
export function readPaging(
  own: ReadonlyMap<string, string>,
  value: Record<string, unknown>,
  sent: ReadonlySet<string>,
): Problem[] {
  const problems: Problem[] = [];
  const perPage = count(own, 'per_page', 'invalid_per_page', DEFAULT_PER_PAGE, MAX_JOBS_PER_CALL, problems);
  const most = Math.floor(Number.MAX_SAFE_INTEGER / MAX_JOBS_PER_CALL);
  const page = count(own, 'page', 'invalid_page', 1, most, problems);
  value.limit = perPage;
  value.offset = (page - 1) * perPage;

  for (const name of own.get('query_by')?.split(',') ?? []) {
    if (!FILTERS.has(name)) {
      const fault = { is: 'not-one-of', allowed: [...FILTERS] } as const;
      problems.push({ parameter: 'query_by', asSent: true, fault, reason: 'unsupported_query_by' });
    } else if (!sent.has(name)) {
      problems.push({ parameter: name, asSent: true, fault: { is: 'required' } });
    }
  }
  return problems;
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
