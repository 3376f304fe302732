import { DescribeJobsInput, DescribeJobsOutput, MAX_JOBS_PER_CALL } from '../../schemas/describe-jobs.ts';
import { refuseParameters, type Refusal } from '../errors.ts';
import { mayBeJobId } from '../jobs/job.ts';
import type { JobView } from '../jobs/job-view.ts';
import { readCursor, writeCursor, type PageCursor } from '../jobs/page-cursor.ts';
import { visibleOwners } from '../jobs/visibility.ts';
import type { Invocation, MemberOperation } from '../operation.ts';
import type { JobFilter } from '../ports.ts';

const NEWEST_FIRST = { by: 'createTime', descending: true } as const;

/** A page of jobs, ready to be sent, and how many the filter matches in all. */
export interface JobPageView {
  readonly jobs: readonly JobView[];
  readonly total: number;
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

export const describeJobs: MemberOperation<DescribeJobsInput, JobPageView> = {
  summary: {
    en: 'List jobs, newest first, or the jobs with the given ids in the order asked.',
    zh: '查询作业列表：默认按创建时间从新到旧；指定 id 时按所给顺序返回。',
  },
  input: DescribeJobsInput,
  output: DescribeJobsOutput,
  permission: 'own-jobs',
  jobIds: (input) => (onlyNamesIds(input) ? (input.jobIds ?? []) : []),
  handle(call) {
    if (onlyNamesIds(call.input)) return pageInOrderAsked(call.input, call.found);
    return namesOrder(call.input) ? pageOfIds(call) : pageOfTable(call);
  },
};

/** With ids and nothing else to judge by, the jobs come through the cache. */
function onlyNamesIds(input: DescribeJobsInput): boolean {
  return namesOrder(input) && FILTERS.every((filter) => input[filter] === undefined);
}

const FILTERS = Object.keys(DescribeJobsInput.properties).filter(
  (name) => !['jobIds', 'offset', 'limit', 'after'].includes(name),
) as (keyof DescribeJobsInput)[];

/** Ids are an order of their own, unless the caller asks for another. */
function namesOrder({ jobIds, sortBy, order }: DescribeJobsInput): boolean {
  return jobIds !== undefined && sortBy === undefined && order === undefined;
}

function pageInOrderAsked(
  { jobIds = [], after, offset, limit }: DescribeJobsInput,
  found: readonly (JobView | undefined)[],
): JobPageView {
  const byId = new Map<string, JobView>();
  for (const job of found) if (job) byId.set(job.jobId, job);
  const asked = [...new Set(jobIds)];
  const jobs: JobView[] = [];
  for (const jobId of asked) {
    const job = byId.get(jobId);
    if (job) jobs.push(job);
  }
  // Most ask for one page, and for all of it.
  if (after === undefined && offset === 0 && jobs.length <= limit) return { jobs, total: jobs.length };
  const cursor = after === undefined ? undefined : readCursor(after);
  // The job that was listed last may be gone since; its place among the ids is not.
  const passed = cursor?.by === 'asked' ? asked.indexOf(cursor.jobId) + 1 : 0;
  if (after !== undefined && passed === 0) throw refuseCursor();
  const gone = new Set(asked.slice(0, passed));
  const left = after === undefined ? jobs.slice(offset) : jobs.filter((job) => !gone.has(job.jobId));
  const page = left.slice(0, limit);
  const last = page.at(-1);
  return {
    jobs: page,
    total: jobs.length,
    ...(last &&
      left.length > page.length && {
        next: writeCursor({ by: 'asked', descending: false, time: 0, jobId: last.jobId }),
      }),
  };
}

/** Ids with other filters: the database narrows them, the caller's order stays. */
async function pageOfIds({ input, caller, ports }: Invocation<DescribeJobsInput>): Promise<JobPageView> {
  const filter = filterOf(input, visibleOwners(caller, input.owner));
  if (filter.jobIds?.length === 0) return pageInOrderAsked(input, []);
  const { jobs } = await ports.jobs.list(filter, NEWEST_FIRST, { offset: 0, limit: MAX_JOBS_PER_CALL });
  return pageInOrderAsked(
    input,
    jobs.map((job) => ports.faces.view(job)),
  );
}

async function pageOfTable(call: Invocation<DescribeJobsInput>): Promise<JobPageView> {
  const { input, caller, ports } = call;
  const order = { by: input.sortBy ?? 'createTime', descending: input.order !== 'asc' } as const;
  const after = cursorFor(input.after, order);
  const filter = filterOf(input, visibleOwners(caller, input.owner));
  if (filter.jobIds?.length === 0) return { jobs: [], total: 0 };

  const { offset, limit } = input;
  // One more than asked tells whether there is a next page.
  const page = { offset: after ? 0 : offset, limit: limit + 1, ...(after ? { after } : {}) };
  const { jobs: rows, total } = await ports.jobs.list(filter, order, page);
  const jobs = rows.slice(0, limit);
  const last = jobs.at(-1);
  return {
    jobs: jobs.map((job) => ports.faces.view(job)),
    total,
    ...(last && rows.length > limit
      ? { next: writeCursor({ ...order, time: last[order.by], jobId: last.jobId }) }
      : {}),
  };
}

function filterOf(input: DescribeJobsInput, owner: readonly string[] | undefined): JobFilter {
  const { jobIds, jobAction, jobType, status, preStatus, createdAfter, createdBefore } = input;
  return {
    ...(jobIds && { jobIds: jobIds.filter(mayBeJobId) }),
    ...(jobAction && { jobAction }),
    ...(jobType && { jobType }),
    ...(owner && { owner }),
    ...(status && { status }),
    ...(preStatus && { preStatus }),
    ...(createdAfter !== undefined && { createdAfter: Date.parse(createdAfter) }),
    ...(createdBefore !== undefined && { createdBefore: Date.parse(createdBefore) }),
  };
}

function cursorFor(
  word: string | undefined,
  order: Pick<PageCursor, 'by' | 'descending'>,
): { time: number; jobId: string } | undefined {
  if (word === undefined) return undefined;
  const cursor = readCursor(word);
  if (cursor && cursor.by === order.by && cursor.descending === order.descending) return cursor;
  throw refuseCursor();
}

function refuseCursor(): Refusal {
  return refuseParameters([{ parameter: 'after', fault: { is: 'format', expected: 'cursor' } }]);
}
