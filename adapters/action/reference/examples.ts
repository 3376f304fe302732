import { createJobFaces, type JobView } from '../../../src/jobs/job-view.ts';
import type { OperationName, OutputOf } from '../../../src/operations/index.ts';
import { sampleJobs } from '../../wire/sample-jobs.ts';
import { ACCESS_KEY_SECRET, accessKey, changes, created, CREATED, user } from '../../wire/specimens.ts';
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
}

const faces = createJobFaces({ [SEED_FACE]: createSeedRenderer(EXAMPLE_TIME_ZONE) });
const [configured, deployed, scaled] = sampleJobs().map((job) => faces.view(job)) as [
  JobView,
  JobView,
  JobView,
];

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
    output: { jobId: created.jobId, timeline: changes },
  },
  'create-job': {
    parameters: {
      job_type: created.jobType,
      job_action: created.jobAction,
      resources: created.resources,
      client_token: 'scale-42',
    },
    output: faces.view(created),
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
  },
  'cancel-jobs': {
    parameters: { 'job_ids.1': '$JOB_ID', note: 'no longer needed' },
    output: { jobs: [faces.view(created)] },
  },
  'hide-jobs': {
    parameters: { 'job_ids.1': '$JOB_ID' },
    output: { jobIds: [created.jobId] },
  },
  'describe-access-keys': {
    parameters: { 'access_keys.1': '$ACCESS_KEY_ID' },
    output: { accessKeys: [accessKey] },
    fullest: { accessKeys: [accessKey, { ...accessKey, lastUsedTime: CREATED }] },
  },
  'create-access-key': {
    parameters: { access_key_name: accessKey.accessKeyName },
    output: { ...accessKey, secret: ACCESS_KEY_SECRET },
  },
  'change-access-key': {
    parameters: { access_key: '$ACCESS_KEY_ID', status: 'disabled' },
    output: { ...accessKey, status: 'disabled' },
  },
  'remove-access-keys': {
    parameters: { 'access_keys.1': '$ACCESS_KEY_ID' },
    output: { accessKeyIds: [accessKey.accessKeyId] },
  },
  'describe-users': {
    parameters: { role: 'admin' },
    output: { users: [user], total: 1 },
    fullest: {
      users: [user, { ...user, email: 'worker@example.com', lastLoginTime: CREATED }],
      total: 3,
      next: 'cursor',
    },
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
  },
  'revoke-tokens': {
    parameters: { user_id: '$NEW_USER_ID' },
    output: { userId: NEW_USER },
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
