import { MAX_JOBS_PER_CALL } from '../../schemas/describe-jobs.ts';
import { MAX_USERS_PER_CALL } from '../../schemas/describe-users.ts';
import type { JobView } from '../../src/jobs/job-view.ts';
import type { OperationName, OutputOf } from '../../src/operations/index.ts';
import type { StoredAccessKey } from '../../src/accounts/access-key.ts';
import type { User } from '../../src/accounts/user.ts';
import { listPieces, type Pieces } from '../wire/pieces.ts';
import type { Dialect } from './dialect.ts';

/** What the public parameters of a call ask of its answer. */
export interface Wishes {
  /** `verbose=1` and above adds `version` to each job. */
  readonly verbose: boolean;
  readonly dialect: Dialect;
}

/** How one operation is named, and how its answer is written. */
export interface ActionBinding<Name extends OperationName = OperationName> {
  readonly action: string;
  /** Changes nothing, and so may be asked by HEAD. */
  readonly reads?: true;
  /** Other names of parameters, with the input's property that each means. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Puts this protocol's defaults and limits into the input. */
  adjust?(value: Record<string, unknown>, dialect: Dialect): void;
  /** The keys of the answer between `action` and the end, `ret_code` among them. */
  encode(output: OutputOf<Name>, wishes: Wishes): Pieces;
}

/** Every operation's action; null where this protocol has another way to the same thing, which is named. */
export const actionBindings: { readonly [Name in OperationName]: ActionBinding<Name> | null } = {
  'describe-jobs': {
    action: 'DescribeJobs',
    reads: true,
    aliases: { jobs: 'jobIds' },
    adjust(value, { pageLimit }) {
      const ids = Array.isArray(value.jobIds) ? value.jobIds.length : 0;
      value.limit ??= ids > 0 ? Math.min(ids, MAX_JOBS_PER_CALL) : pageLimit;
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
    reads: true,
    encode: (job, wishes) => ['"job":', ...jobPieces(job, wishes), ',"ret_code":0'],
  },
  'describe-job-timeline': {
    action: 'DescribeJobTimeline',
    reads: true,
    encode: ({ jobId, timeline }, { dialect }) => [
      `"job_id":${JSON.stringify(jobId)},"ret_code":0,"timeline_set":`,
      JSON.stringify(
        timeline.map((event) => ({
          version: event.version,
          status: event.status,
          pre_status: event.preStatus,
          time: dialect.time(event.time),
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
  'describe-access-keys': {
    action: 'DescribeAccessKeys',
    reads: true,
    aliases: { access_keys: 'accessKeyIds' },
    encode: ({ accessKeys }, { dialect }) => [
      `"access_key_set":${JSON.stringify(accessKeys.map((key) => accessKeyFields(key, dialect)))},`,
      `"ret_code":0,"total_count":${accessKeys.length}`,
    ],
  },
  'create-access-key': {
    action: 'CreateAccessKey',
    encode: (key, { dialect }) => [
      fields({ ...accessKeyFields(key, dialect), secret_access_key: key.secret, ret_code: 0 }),
    ],
  },
  'change-access-key': {
    action: 'ModifyAccessKeyAttributes',
    encode: ({ accessKeyId }) => [fields({ access_key_id: accessKeyId, ret_code: 0 })],
  },
  'remove-access-keys': {
    action: 'DeleteAccessKeys',
    aliases: { access_keys: 'accessKeyIds' },
    encode: ({ accessKeyIds }) => [fields({ access_keys: accessKeyIds, ret_code: 0 })],
  },
  'describe-users': {
    action: 'DescribeUsers',
    reads: true,
    aliases: { users: 'userIds' },
    adjust(value, { pageLimit }) {
      value.limit ??= pageLimit;
      if (typeof value.limit === 'number') value.limit = Math.min(value.limit, MAX_USERS_PER_CALL);
    },
    encode: ({ users, total, next }, { dialect }) => [
      fields({
        ret_code: 0,
        total_count: total,
        user_set: users.map((user) => userFields(user, dialect)),
        ...(next !== undefined && { next }),
      }),
    ],
  },
  'create-user': { action: 'CreateUser', encode: userIdPieces },
  'change-user': { action: 'ModifyUserAttributes', encode: userIdPieces },
  'change-password': { action: 'ModifyUserPassword', encode: userIdPieces },
  'revoke-tokens': { action: 'RevokeTokens', encode: userIdPieces },
  // DescribeUsers with one id.
  'describe-user': null,
  // Who has no credentials yet has none to send with an action: a mail leads to the other API.
  'activate-user': null,
  'request-reset': null,
  'reset-password': null,
  // DescribeAccessKeys with one id.
  'describe-access-key': null,
  // DescribeJobs with one id.
  'describe-job': null,
  // Every call carries USER_ID and PASSWORD: there are no sessions here.
  'log-in': null,
  'describe-session': null,
  'log-out': null,
  // Served where no call of this API is needed to read it.
  'describe-password-key': null,
};

function jobIdPieces(job: JobView): Pieces {
  return [`"job_id":"${job.jobId}","ret_code":0`];
}

function jobIdsPieces(jobIds: readonly string[]): Pieces {
  return [`"job_ids":${JSON.stringify(jobIds)},"ret_code":0`];
}

function userIdPieces({ userId }: { readonly userId: string }): Pieces {
  return [fields({ ret_code: 0, user_id: userId })];
}

function userFields(user: User, dialect: Dialect): Record<string, unknown> {
  const { createTime, lastLoginTime } = user;
  return {
    create_time: dialect.time(createTime),
    ...(user.email !== undefined && { email: user.email }),
    ...(lastLoginTime !== undefined && { last_login_time: dialect.time(lastLoginTime) }),
    role: user.role,
    status: user.status,
    user_id: user.userId,
  };
}

function accessKeyFields(key: StoredAccessKey, dialect: Dialect): Record<string, unknown> {
  return {
    access_key_id: key.accessKeyId,
    access_key_name: key.accessKeyName,
    create_time: dialect.time(key.createTime),
    ...(key.lastUsedTime !== undefined && { last_used_time: dialect.time(key.lastUsedTime) }),
    owner: key.owner,
    status: key.status,
  };
}

/** The members of a JSON object, without its braces. */
function fields(members: object): string {
  return JSON.stringify(members).slice(1, -1);
}

function jobPieces(job: JobView, { verbose, dialect }: Wishes): Pieces {
  const face = job.face(dialect.face);
  return verbose ? [face.subarray(0, -1), `,"version":${job.version}}`] : [face];
}
