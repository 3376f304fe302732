import assert from 'node:assert/strict';
import { putUser } from '../support/put-user.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import { insertJobs } from '../../adapters/sql/jobs.ts';
import { ADMIN, type TestGateway } from '../support/gateway.ts';
import { newKey, type Parameters } from '../support/sign.ts';
import { someJob } from '../support/some-job.ts';

/** One write of the action API, made ready to be sent: its parameters, and how often it had its effect. */
export interface ReadyWrite {
  readonly parameters: Parameters;
  effects(): Promise<number>;
}

type Prepare = (gateway: Pick<TestGateway, 'base'>, database: OpenDatabase) => Promise<ReadyWrite>;

let made = 0;

/** Each row of the timeline beyond those that the job came with is one effect. */
const onJob =
  (status: string, parametersOf: (jobId: string) => Parameters): Prepare =>
  async (_gateway, { db }) => {
    const jobId = `j-Once${String(++made).padStart(4, '0')}`;
    await insertJobs(db, [someJob({ jobId, owner: ADMIN.userId, status })]);
    const rows = async () => (await db('job_events').where('job_id', jobId)).length;
    const before = await rows();
    return { parameters: parametersOf(jobId), effects: async () => (await rows()) - before };
  };

/** Each change of a key raises the version of its owner's account; the admin signs, another owns. */
const onKey =
  (parametersOf: (accessKeyId: string) => Parameters): Prepare =>
  async (gateway, { db, dialect }) => {
    const owner = `usr-once${++made}`;
    await putUser({ db, dialect }, { userId: owner });
    const { id } = await newKey(gateway, owner);
    const version = async () => Number((await db('users').where('user_id', owner).first()).version);
    const before = await version();
    return { parameters: parametersOf(id), effects: async () => (await version()) - before };
  };

/** Each change of a user leaves one row in the audit trail. */
const onUser =
  (operation: string, parametersOf: (userId: string) => Parameters, isThere = true): Prepare =>
  async (_gateway, { db, dialect }) => {
    const userId = `usr-once${++made}`;
    if (isThere) await putUser({ db, dialect }, { userId });
    return {
      parameters: parametersOf(userId),
      effects: async () => (await db('audit_trail').where({ operation, about: userId })).length,
    };
  };
const password = Buffer.from('a good password').toString('base64');

/** Every write of the action API. */
export const WRITES: Readonly<Record<string, Prepare>> = {
  async CreateJob(_gateway, { db }) {
    const jobType = `once-${++made}`;
    return {
      parameters: { job_type: jobType, job_action: 'Test' },
      effects: async () => (await db('jobs').where('job_type', jobType)).length,
    };
  },
  ModifyJobAttributes: onJob('working', (jobId) => ({
    job_id: jobId,
    job_type: 'other',
    job_action: 'Test',
  })),
  ModifyJobStatus: onJob('working', (jobId) => ({ job_id: jobId, status: 'step1' })),
  CancelJobs: onJob('working', (jobId) => ({ 'jobs.1': jobId })),
  DeleteJobs: onJob('failed', (jobId) => ({ 'jobs.1': jobId })),
  async CreateAccessKey(_gateway, { db }) {
    const name = `once-${++made}`;
    return {
      parameters: { access_key_name: name },
      effects: async () => (await db('access_keys').where('access_key_name', name)).length,
    };
  },
  ModifyAccessKeyAttributes: onKey((id) => ({ access_key: id, status: 'disabled' })),
  DeleteAccessKeys: onKey((id) => ({ 'access_keys.1': id })),
  CreateUser: onUser('create-user', (userId) => ({ user_id: userId, password }), false),
  ModifyUserAttributes: onUser('change-user', (userId) => ({ user_id: userId, role: 'operator' })),
  ModifyUserPassword: onUser('change-password', (userId) => ({
    user_id: userId,
    new_password: password,
    confirmation: password,
  })),
  RevokeTokens: onUser('revoke-tokens', (userId) => ({ user_id: userId })),
};

/**
 * The same call, answered again: the answer that was given before, or, for a secret that is not told twice, that it
 * was carried out.
 */
export function assertSame(
  action: string,
  first: unknown,
  again: { ret_code: number; message: string },
): void {
  if (action !== 'CreateAccessKey') return assert.deepEqual(again, first);
  assert.equal(again.ret_code, 1400);
  assert.match(again.message, /carried out before/);
}
