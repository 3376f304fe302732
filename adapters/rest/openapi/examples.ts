import type { TSchema } from '../../../schemas/type.ts';
import { Job } from '../../../schemas/job.ts';
import { LogOutOutput as Nothing } from '../../../schemas/log-out.ts';
import type { Reason } from '../../../src/errors.ts';
import { createJobFaces, type JobView } from '../../../src/jobs/job-view.ts';
import type { OperationName, OutputOf } from '../../../src/operations/index.ts';
import type { Text } from '../../wire/language.ts';
import { sampleJobs } from '../../wire/sample-jobs.ts';
import { ACCESS_KEY_SECRET, accessKey, changes, created, CREATED, user } from '../../wire/specimens.ts';
import { renderRestJob, REST_FACE } from '../job-face.ts';
import { JobPage, UserPage } from '../paging.ts';
import type { Tag } from './prose.ts';

/** What the document says of one route that neither the operation nor the binding can tell. */
export interface Example<Name extends OperationName = OperationName> {
  readonly operationId: string;
  readonly tag: Tag;
  /** Where it does not do what the operation's summary says. */
  readonly summary?: Text;
  /** Refusals beside those that every such call may meet, which `reasonsOf` knows. */
  readonly refusals: readonly Reason[];
  /** What stands in the path, by the input's property. */
  readonly path?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** What the example's answer is made of, by the route's own `encode`. */
  readonly output: OutputOf<Name>;
  /** The schema of `data`, where it is not the operation's output. */
  readonly data?: TSchema;
}

const faces = createJobFaces({ [REST_FACE]: renderRestJob });
const [configured, deployed, scaled] = sampleJobs().map((job) => faces.view(job)) as [
  JobView,
  JobView,
  JobView,
];
const { jobType, jobAction } = created;
const resources = JSON.parse(created.resources) as object;
const JOB = { jobId: created.jobId };
const KEY = { accessKeyId: accessKey.accessKeyId };
const EXPIRES = new Date(CREATED + 12 * 60 * 60_000).toISOString();

const session = { userId: created.owner, role: 'admin', expireTime: EXPIRES } as const;

const worker = { ...user, userId: 'usr-worker', role: 'operator' } as const;
const PASSWORD_BY_MAIL = {
  token: 'mC4Jr0nVTq0zO2xgWb6kTg9eJx5m3v1YpQyU7dRfHsA',
  password: 'a good password',
  confirmation: 'a good password',
};

/** What each operation's routes are described with, in the order of its binding; `[]` where it has none. */
export const examples: { readonly [Name in OperationName]: readonly Example<Name>[] } = {
  'describe-jobs': [
    {
      operationId: 'describeJobs',
      tag: 'jobs',
      refusals: [
        'permission_denied',
        'unsupported_query_by',
        'invalid_page',
        'invalid_per_page',
        'invalid_sort',
        'invalid_order',
      ],
      output: { jobs: [configured, deployed], total: 3, next: 'WyJjcmVhdGVUaW1lIiwxLDE1MDc2MDg1NzUwMDBd' },
      data: JobPage,
    },
  ],
  'describe-latest-job': [
    { operationId: 'describeLatestJob', tag: 'jobs', refusals: ['job_not_found'], output: scaled },
  ],
  'describe-job': [
    {
      operationId: 'describeJob',
      tag: 'jobs',
      refusals: ['job_not_found'],
      path: { jobId: scaled.jobId },
      output: scaled,
    },
  ],
  'describe-job-timeline': [
    {
      operationId: 'describeJobTimeline',
      tag: 'jobs',
      refusals: ['job_not_found'],
      path: JOB,
      output: { jobId: created.jobId, timeline: changes },
    },
  ],
  'create-job': [
    {
      operationId: 'createJob',
      tag: 'jobs',
      refusals: ['permission_denied'],
      body: { jobType, jobAction, resources },
      output: faces.view(created),
    },
  ],
  'replace-job': [
    {
      operationId: 'replaceJob',
      tag: 'jobs',
      refusals: ['job_not_found', 'operation_not_allowed'],
      path: JOB,
      body: { jobType, jobAction, resources },
      output: faces.view({ ...created, version: 2 }),
    },
  ],
  'report-job': [
    {
      operationId: 'reportJob',
      tag: 'jobs',
      refusals: ['permission_denied', 'job_not_found', 'operation_not_allowed'],
      path: JOB,
      body: { status: 'working', note: 'worker-1' },
      output: faces.view({ ...created, status: 'working', preStatus: 'pending', version: 2 }),
    },
  ],
  'cancel-jobs': [
    {
      operationId: 'cancelJob',
      tag: 'jobs',
      summary: { en: 'Cancel a job that is not finished.', zh: '取消未结束的作业。' },
      refusals: ['job_not_found', 'operation_not_allowed'],
      path: { jobIds: created.jobId },
      body: { note: 'no longer needed' },
      output: { jobs: [faces.view({ ...created, status: 'canceled', preStatus: 'working', version: 3 })] },
      data: Job,
    },
  ],
  'hide-jobs': [
    {
      operationId: 'hideJob',
      tag: 'jobs',
      summary: {
        en: 'Hide a finished job: no reader sees it any more.',
        zh: '隐藏已结束的作业：此后任何人都查询不到。',
      },
      refusals: ['permission_denied', 'job_not_found', 'operation_not_allowed'],
      path: { jobIds: created.jobId },
      output: { jobIds: [created.jobId] },
      data: Nothing,
    },
  ],
  'log-in': [
    {
      operationId: 'logIn',
      tag: 'auth',
      refusals: ['unauthenticated', 'wrong_password', 'user_inactive', 'rate_limited'],
      body: { name: created.owner, password: 'the password' },
      output: { token: 'mC4Jr0nVTq0zO2xgWb6kTg9eJx5m3v1YpQyU7dRfHsA', expireTime: EXPIRES },
    },
  ],
  'describe-session': [
    { operationId: 'describeSession', tag: 'auth', refusals: [], output: session },
    {
      operationId: 'verifySession',
      tag: 'auth',
      summary: {
        en: 'Answer nginx’s auth_request: whose token it is, in headers, or 401.',
        zh: '供 nginx 的 auth_request 使用：以响应头返回 token 所属的用户，或返回 401。',
      },
      refusals: [],
      output: session,
    },
  ],
  'log-out': [{ operationId: 'logOut', tag: 'auth', refusals: [], output: {} }],
  'describe-password-key': [
    {
      operationId: 'describePasswordKey',
      tag: 'auth',
      refusals: ['resource_not_found'],
      output: {
        algorithm: 'RSA-OAEP-SHA256',
        publicKey: '-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n',
      },
    },
  ],
  'describe-access-keys': [
    {
      operationId: 'describeAccessKeys',
      tag: 'keys',
      refusals: ['permission_denied', 'user_not_found'],
      output: { accessKeys: [accessKey, { ...accessKey, accessKeyName: 'ci', lastUsedTime: CREATED }] },
    },
  ],
  'describe-access-key': [
    {
      operationId: 'describeAccessKey',
      tag: 'keys',
      refusals: ['resource_not_found'],
      path: KEY,
      output: accessKey,
    },
  ],
  'create-access-key': [
    {
      operationId: 'createAccessKey',
      tag: 'keys',
      refusals: ['permission_denied', 'operation_not_allowed', 'user_not_found'],
      body: { accessKeyName: accessKey.accessKeyName },
      output: { ...accessKey, secret: ACCESS_KEY_SECRET },
    },
  ],
  'change-access-key': [
    {
      operationId: 'changeAccessKey',
      tag: 'keys',
      refusals: ['resource_not_found'],
      path: KEY,
      body: { status: 'disabled' },
      output: { ...accessKey, status: 'disabled' },
    },
  ],
  'remove-access-keys': [
    {
      operationId: 'removeAccessKey',
      tag: 'keys',
      summary: {
        en: 'Remove an access key. It signs no call from now on.',
        zh: '删除 access key，立即生效。',
      },
      refusals: ['resource_not_found'],
      path: { accessKeyIds: accessKey.accessKeyId },
      output: { accessKeyIds: [accessKey.accessKeyId] },
      data: Nothing,
    },
  ],
  'describe-users': [
    {
      operationId: 'describeUsers',
      tag: 'users',
      refusals: ['invalid_page', 'invalid_per_page'],
      output: {
        users: [
          { ...user, lastLoginTime: CREATED },
          { ...worker, email: 'worker@example.com' },
        ],
        total: 2,
      },
      data: UserPage,
    },
  ],
  'describe-user': [
    {
      operationId: 'describeUser',
      tag: 'users',
      refusals: ['user_not_found'],
      path: { userId: user.userId },
      output: user,
    },
  ],
  'create-user': [
    {
      operationId: 'createUser',
      tag: 'users',
      refusals: ['permission_denied', 'user_exists'],
      body: { userId: worker.userId, role: worker.role, password: 'a good password' },
      output: worker,
    },
  ],
  'change-user': [
    {
      operationId: 'changeUser',
      tag: 'users',
      refusals: ['permission_denied', 'operation_not_allowed', 'user_exists', 'user_not_found'],
      path: { userId: worker.userId },
      body: { role: 'user' },
      output: { ...worker, role: 'user' },
    },
  ],
  'change-password': [
    {
      operationId: 'changePassword',
      tag: 'users',
      refusals: ['rate_limited', 'user_not_found', 'wrong_password', 'passwords_differ'],
      path: { userId: worker.userId },
      body: { newPassword: 'a better password', confirmation: 'a better password' },
      output: { userId: worker.userId },
      data: Nothing,
    },
  ],
  'revoke-tokens': [
    {
      operationId: 'revokeTokens',
      tag: 'users',
      refusals: ['user_not_found'],
      path: { userId: worker.userId },
      output: { userId: worker.userId },
      data: Nothing,
    },
  ],
  'activate-user': [
    {
      operationId: 'activateUser',
      tag: 'users',
      refusals: ['token_invalid', 'user_already_active', 'activation_failed', 'passwords_differ'],
      body: PASSWORD_BY_MAIL,
      output: { userId: worker.userId },
    },
  ],
  'request-reset': [
    {
      operationId: 'requestReset',
      tag: 'users',
      refusals: ['operation_not_allowed', 'rate_limited', 'email_not_registered'],
      body: { email: 'worker@example.com' },
      output: {},
    },
  ],
  'reset-password': [
    {
      operationId: 'resetPassword',
      tag: 'users',
      refusals: ['reset_link_invalid', 'passwords_differ'],
      body: PASSWORD_BY_MAIL,
      output: { userId: worker.userId },
    },
  ],
};
