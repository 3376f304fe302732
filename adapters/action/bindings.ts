import { MAX_JOBS_PER_CALL } from '../../schemas/describe-jobs.ts';
import type { JobView } from '../../src/jobs/job-view.ts';
import type { OperationName, OutputOf } from '../../src/operations/index.ts';
import { listPieces, type Pieces } from '../wire/pieces.ts';
import { SEED_FACE } from './job-face.ts';

/** What the public parameters of a call ask of its answer. */
export interface Wishes {
  /** `verbose=1` and above adds `version` to each job. */
  readonly verbose: boolean;
  /** Writes a time as this protocol's dialect does; milliseconds since 1970. */
  time(milliseconds: number): string;
}

/** How one operation is named, and how its answer is written. */
export interface ActionBinding<Name extends OperationName = OperationName> {
  readonly action: string;
  /** Other names of parameters, with the input's property that each means. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Puts this protocol's defaults and limits into the input. */
  adjust?(value: Record<string, unknown>): void;
  /** The keys of the answer between `action` and the end, `ret_code` among them. */
  encode(output: OutputOf<Name>, wishes: Wishes): Pieces;
}

/** Every operation's action; null where this protocol has another way to the same thing, which is named. */
export const actionBindings: { readonly [Name in OperationName]: ActionBinding<Name> | null } = {
  'describe-jobs': {
    action: 'DescribeJobs',
    aliases: { jobs: 'jobIds' },
    adjust(value) {
      const ids = Array.isArray(value.jobIds) ? value.jobIds.length : 0;
      value.limit ??= ids > 0 ? Math.min(ids, MAX_JOBS_PER_CALL) : MAX_JOBS_PER_CALL;
      // QingCloud's clients ask for more than a page may hold and expect the most that it can.
      if (typeof value.limit === 'number') value.limit = Math.min(value.limit, MAX_JOBS_PER_CALL);
    },
    encode({ jobs, total, next }, wishes) {
      const list = listPieces(jobs, (job) => jobPieces(job, wishes));
      const more = next === undefined ? '' : `,"next":${JSON.stringify(next)}`;
      return ['"job_set":[', ...list, `],"ret_code":0,"total_count":${total}${more}`];
    },
  },
  'describe-latest-job': {
    action: 'DescribeLatestJob',
    encode: (job, wishes) => ['"job":', ...jobPieces(job, wishes), ',"ret_code":0'],
  },
  'describe-job-timeline': {
    action: 'DescribeJobTimeline',
    encode: ({ jobId, timeline }, { time }) => [
      `"job_id":${JSON.stringify(jobId)},"ret_code":0,"timeline_set":`,
      JSON.stringify(
        timeline.map((event) => ({
          version: event.version,
          status: event.status,
          pre_status: event.preStatus,
          time: time(event.time),
          user_id: event.userId,
          note: event.note,
        })),
      ),
    ],
  },
  'create-job': {
    action: 'CreateJob',
    encode: jobIdPieces,
  },
  'replace-job': {
    action: 'ModifyJobAttributes',
    encode: jobIdPieces,
  },
  'report-job': {
    action: 'ModifyJobStatus',
    encode: jobIdPieces,
  },
  'cancel-jobs': {
    action: 'CancelJobs',
    aliases: { jobs: 'jobIds' },
    encode: ({ jobs }) => jobIdsPieces(jobs.map((job) => job.jobId)),
  },
  'hide-jobs': {
    action: 'DeleteJobs',
    aliases: { jobs: 'jobIds' },
    encode: ({ jobIds }) => jobIdsPieces(jobIds),
  },
  // DescribeJobs with one id.
  'describe-job': null,
  // Every call carries USER_ID and PASSWORD: there are no sessions here.
  'log-in': null,
  'describe-session': null,
  'log-out': null,
};

function jobIdPieces(job: JobView): Pieces {
  return [`"job_id":"${job.jobId}","ret_code":0`];
}

function jobIdsPieces(jobIds: readonly string[]): Pieces {
  return [`"job_ids":${JSON.stringify(jobIds)},"ret_code":0`];
}

function jobPieces(job: JobView, { verbose }: Wishes): Pieces {
  const face = job.face(SEED_FACE);
  return verbose ? [face.subarray(0, -1), `,"version":${job.version}}`] : [face];
}
