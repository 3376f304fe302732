import type { MemberOperation, OpenOperation } from '../operation.ts';
import { describeJob } from './describe-job.ts';
import { describeJobs } from './describe-jobs.ts';
import { describeLatestJob } from './describe-latest-job.ts';
import { describeSession } from './describe-session.ts';
import { logIn } from './log-in.ts';
import { logOut } from './log-out.ts';

/** Every operation of the gateway. Both protocols, the metrics and the references are loops over this list. */
export const operations = {
  'describe-jobs': describeJobs,
  'describe-job': describeJob,
  'describe-latest-job': describeLatestJob,
  'log-in': logIn,
  'describe-session': describeSession,
  'log-out': logOut,
};

export type OperationName = keyof typeof operations;

/** What an operation answers, as its `handle` gives it to the protocols. */
export type OutputOf<Name extends OperationName> = Awaited<ReturnType<(typeof operations)[Name]['handle']>>;

/** Any operation, where its types do not matter: the input was validated by its own schema. */
export type AnyOperation = MemberOperation<unknown, unknown> | OpenOperation<unknown, unknown>;

export const operationNames = Object.keys(operations) as OperationName[];
