import { DescribeJobsInput, DescribeJobsOutput } from '../../schemas/describe-jobs.ts';
import { refuseParameters } from '../errors.ts';
import { mayBeJobId } from '../jobs/job.ts';
import type { JobView } from '../jobs/job-view.ts';
import { readCursor, writeCursor, type PageCursor } from '../jobs/page-cursor.ts';
import { visibleOwners } from '../jobs/visibility.ts';
import type { Invocation, MemberOperation } from '../operation.ts';
import type { JobFilter } from '../ports.ts';

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
  handle: (call) => (onlyNamesIds(call.input) ? pageOfFound(call) : pageOfTable(call)),
};

/** With ids and nothing else to judge by, the jobs come through the cache in the order asked. */
function onlyNamesIds({
  jobIds,
  offset: _offset,
  limit: _limit,
  after,
  ...others
}: DescribeJobsInput): boolean {
  const filtered = Object.values(others).some((value) => value !== undefined);
  return jobIds !== undefined && !filtered && (after === undefined || readCursor(after)?.by === 'asked');
}

function pageOfFound({ input, found }: Invocation<DescribeJobsInput>): JobPageView {
  const jobs = [...new Map(found.flatMap((job) => (job ? [[job.jobId, job]] : [])))].map(([, job]) => job);
  const cursor = input.after === undefined ? undefined : readCursor(input.after);
  // A job that was listed last and is gone since leaves its place in the ids that were asked for.
  const passed = cursor ? new Set(input.jobIds?.slice(0, input.jobIds.indexOf(cursor.jobId) + 1)) : undefined;
  const left = passed ? jobs.filter((job) => !passed.has(job.jobId)) : jobs.slice(input.offset);
  const page = left.slice(0, input.limit);
  const last = page.at(-1);
  return {
    jobs: page,
    total: jobs.length,
    ...(last && left.length > page.length
      ? { next: writeCursor({ by: 'asked', descending: false, time: 0, jobId: last.jobId }) }
      : {}),
  };
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
  const [rows, total] = await Promise.all([ports.jobs.list(filter, order, page), ports.jobs.count(filter)]);
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
  throw refuseParameters([{ parameter: 'after', fault: { is: 'format', expected: 'cursor' } }]);
}
