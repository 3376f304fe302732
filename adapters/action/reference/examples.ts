import type { StoredAccessKey } from '../../../src/accounts/access-key.ts';
import type { User } from '../../../src/accounts/user.ts';
import { createJobFaces, type JobView } from '../../../src/jobs/job-view.ts';
import type { Job } from '../../../src/jobs/job.ts';
import type { OperationName, OutputOf } from '../../../src/operations/index.ts';
import type { Text } from '../../wire/language.ts';
import { sampleJobs } from '../../wire/sample-jobs.ts';
import { createSeedRenderer, SEED_FACE } from '../job-face.ts';

/** The zone that the times of examples are written in: the default of the setting. */
export const EXAMPLE_TIME_ZONE = 'Asia/Shanghai';

/** One call as the reference shows it. Its answer is made of `output` by the operation's own binding. */
export interface Example<Name extends OperationName = OperationName> {
  /**
   * The parameters beside the public ones, in the order shown. A value such as `$JOB_ID` is a variable of the
   * shell: the `job_id` that an earlier example answered.
   */
  readonly parameters: Readonly<Record<string, string>>;
  readonly output: OutputOf<Name>;
  /** Another output, so that both together have every field that an answer may have, and lack what it may lack. */
  readonly fullest?: OutputOf<Name>;
  /** Who may call it, where that is narrower than the operation's permission says. */
  readonly who?: Text;
}

const faces = createJobFaces({ [SEED_FACE]: createSeedRenderer(EXAMPLE_TIME_ZONE) });
const [configured, deployed, scaled] = sampleJobs().map((job) => faces.view(job)) as [
  JobView,
  JobView,
  JobView,
];

const CREATED = Date.parse('2026-11-22T08:08:24+08:00');
const created: Job = {
  jobId: 'j-7mD0CU3n',
  jobType: 'neonsan',
  jobAction: 'ScaleNeonSAN',
  owner: 'usr-00000000',
  status: 'pending',
  preStatus: '',
  resources: '{"node_ids":["n-zt6A9RD7"]}',
  directive: undefined,
  createTime: CREATED,
  updateTime: CREATED,
  version: 1,
};
const change = (job: Pick<Job, 'version' | 'status' | 'preStatus'>, seconds: number, note = '') => ({
  ...job,
  time: CREATED + seconds * 1000,
  userId: 'usr-00000000',
  note,
});

const OWN_OR_ADMIN: Text = {
  en: 'each user for its own keys; admins for those of any user',
  zh: '普通用户限本人的 access key；admin 不限',
};

const accessKey: StoredAccessKey = {
  accessKeyId: 'HFWMZLZXGNOLQXPNGUGD',
  owner: 'usr-00000000',
  accessKeyName: 'laptop',
  status: 'active',
  sealedSecret: '',
  createTime: CREATED,
  lastUsedTime: undefined,
};

const user: User = {
  userId: 'usr-00000000',
  role: 'admin',
  status: 'active',
  createTime: CREATED,
};
const NEW_USER = 'usr-k3x09w2a';
/** The base64 of one. */
const NEW_PASSWORD = 'YSBnb29kIHBhc3N3b3Jk';

/** An example for each operation that this protocol has; null where it has none. */
export const examples: { readonly [Name in OperationName]: Example<Name> | null } = {
  'describe-jobs': {
    parameters: { 'job_ids.1': 'j-68mbPHJU', 'job_ids.2': 'j-QJMYu7nS' },
    output: { jobs: [configured, deployed], total: 2 },
    fullest: { jobs: [configured, scaled], total: 3, next: 'cursor' },
  },
  'describe-latest-job': { parameters: { job_type: 'neonsan' }, output: scaled, fullest: configured },
  'describe-job-timeline': {
    parameters: { job_id: '$JOB_ID' },
    output: {
      jobId: created.jobId,
      timeline: [
        change(created, 0),
        change({ version: 2, status: 'working', preStatus: 'pending' }, 1, 'worker-1'),
        change({ version: 3, status: 'successful', preStatus: 'working' }, 62),
      ],
    },
  },
  'create-job': {
    parameters: {
      job_type: created.jobType,
      job_action: created.jobAction,
      resources: created.resources,
      client_token: 'scale-42',
    },
    output: faces.view(created),
    who: {
      en: 'each user for itself; operators and admins for any user',
      zh: '普通用户只能为本人创建；operator、admin 可为任何用户创建',
    },
  },
  'replace-job': {
    parameters: {
      job_id: '$JOB_ID',
      job_type: created.jobType,
      job_action: created.jobAction,
      resources: '{"node_ids":["n-zt6A9RD7","n-Th9VOkx5"]}',
    },
    output: faces.view(created),
  },
  'report-job': {
    parameters: { job_id: '$JOB_ID', status: 'working', note: 'worker-1' },
    output: faces.view(created),
    who: { en: 'operators and admins', zh: 'operator、admin' },
  },
  'cancel-jobs': {
    parameters: { 'job_ids.1': '$JOB_ID', note: 'no longer needed' },
    output: { jobs: [faces.view(created)] },
  },
  'hide-jobs': {
    parameters: { 'job_ids.1': '$JOB_ID' },
    output: { jobIds: [created.jobId] },
    who: {
      en: 'each user for its own jobs; admins for all',
      zh: '普通用户和 operator 限本人的作业；admin 不限',
    },
  },
  'describe-access-keys': {
    parameters: { 'access_keys.1': '$ACCESS_KEY_ID' },
    output: { accessKeys: [accessKey] },
    fullest: { accessKeys: [accessKey, { ...accessKey, lastUsedTime: CREATED }] },
    who: OWN_OR_ADMIN,
  },
  'create-access-key': {
    parameters: { access_key_name: accessKey.accessKeyName },
    output: { ...accessKey, secret: '2SWzrMjyQ8zLs7AvqlpCWGQSXCCjXDvKpOqAhU9Z' },
    who: OWN_OR_ADMIN,
  },
  'change-access-key': {
    parameters: { access_key: '$ACCESS_KEY_ID', status: 'disabled' },
    output: { ...accessKey, status: 'disabled' },
    who: OWN_OR_ADMIN,
  },
  'remove-access-keys': {
    parameters: { 'access_keys.1': '$ACCESS_KEY_ID' },
    output: { accessKeyIds: [accessKey.accessKeyId] },
    who: OWN_OR_ADMIN,
  },
  'describe-users': {
    parameters: { role: 'admin' },
    output: { users: [user], total: 1 },
    fullest: {
      users: [user, { ...user, email: 'worker@example.com', lastLoginTime: CREATED }],
      total: 3,
      next: 'cursor',
    },
    who: { en: 'admins; each user sees itself', zh: 'admin；普通用户只看到本人' },
  },
  'create-user': {
    parameters: { role: 'operator', password: NEW_PASSWORD },
    output: { ...user, userId: NEW_USER, role: 'operator' },
  },
  'change-user': {
    parameters: { user_id: '$NEW_USER_ID', role: 'user' },
    output: { ...user, userId: NEW_USER, role: 'user' },
  },
  'change-password': {
    parameters: { user_id: '$NEW_USER_ID', new_password: NEW_PASSWORD, confirmation: NEW_PASSWORD },
    output: { userId: NEW_USER },
    who: {
      en: 'each user its own, with the old one; admins those of others',
      zh: '普通用户修改本人的密码，需提供旧密码；admin 可修改他人的密码',
    },
  },
  'revoke-tokens': {
    parameters: { user_id: '$NEW_USER_ID' },
    output: { userId: NEW_USER },
    who: { en: 'each user its own; admins those of any user', zh: '普通用户限本人；admin 不限' },
  },
  'describe-user': null,
  'activate-user': null,
  'request-reset': null,
  'reset-password': null,
  'describe-access-key': null,
  'describe-password-key': null,
  'describe-job': null,
  'log-in': null,
  'describe-session': null,
  'log-out': null,
};
