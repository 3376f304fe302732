import type { MemberOperation, OpenOperation } from '../operation.ts';
import { activateUser } from './activate-user.ts';
import { cancelJobs } from './cancel-jobs.ts';
import { changeAccessKey } from './change-access-key.ts';
import { changePassword } from './change-password.ts';
import { changeUser } from './change-user.ts';
import { createAccessKey } from './create-access-key.ts';
import { createJob } from './create-job.ts';
import { createUser } from './create-user.ts';
import { describeAccessKey } from './describe-access-key.ts';
import { describeAccessKeys } from './describe-access-keys.ts';
import { describeJobTimeline } from './describe-job-timeline.ts';
import { describeJob } from './describe-job.ts';
import { describeJobs } from './describe-jobs.ts';
import { describeLatestJob } from './describe-latest-job.ts';
import { describePasswordKey } from './describe-password-key.ts';
import { describeSession } from './describe-session.ts';
import { describeUser } from './describe-user.ts';
import { describeUsers } from './describe-users.ts';
import { hideJobs } from './hide-jobs.ts';
import { logIn } from './log-in.ts';
import { logOut } from './log-out.ts';
import { removeAccessKeys } from './remove-access-keys.ts';
import { replaceJob } from './replace-job.ts';
import { reportJob } from './report-job.ts';
import { requestReset } from './request-reset.ts';
import { resetPassword } from './reset-password.ts';
import { revokeTokens } from './revoke-tokens.ts';

/** Every operation of the gateway. Both protocols, the metrics and the references are loops over this list. */
export const operations = {
  'describe-jobs': describeJobs,
  'describe-job': describeJob,
  'describe-latest-job': describeLatestJob,
  'describe-job-timeline': describeJobTimeline,
  'create-job': createJob,
  'replace-job': replaceJob,
  'report-job': reportJob,
  'cancel-jobs': cancelJobs,
  'hide-jobs': hideJobs,
  'log-in': logIn,
  'describe-session': describeSession,
  'log-out': logOut,
  'describe-password-key': describePasswordKey,
  'describe-access-keys': describeAccessKeys,
  'describe-access-key': describeAccessKey,
  'create-access-key': createAccessKey,
  'change-access-key': changeAccessKey,
  'remove-access-keys': removeAccessKeys,
  'describe-users': describeUsers,
  'describe-user': describeUser,
  'create-user': createUser,
  'change-user': changeUser,
  'change-password': changePassword,
  'revoke-tokens': revokeTokens,
  'activate-user': activateUser,
  'request-reset': requestReset,
  'reset-password': resetPassword,
};

export type OperationName = keyof typeof operations;

/** What an operation answers, as its `handle` gives it to the protocols. */
export type OutputOf<Name extends OperationName> = Awaited<ReturnType<(typeof operations)[Name]['handle']>>;

/** Any operation, where its types do not matter: the input was validated by its own schema. */
export type AnyOperation = MemberOperation<unknown, unknown> | OpenOperation<unknown, unknown>;

export const operationNames = Object.keys(operations) as OperationName[];
