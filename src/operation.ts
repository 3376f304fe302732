import type { TSchema } from 'typebox';
import type { Account } from './accounts/account.ts';
import type { Claim } from './accounts/credentials.ts';
import type { JobView } from './jobs/job-view.ts';
import type { Ports } from './ports.ts';

/** Who makes the call: an account that was found good for this very call. */
export interface Caller extends Account {
  readonly claim: Claim;
}

/** Where a call comes from, for limits and logs. */
export interface Origin {
  readonly address: string;
  readonly requestId: string;
  /** A password that came this way could be read by others, and the gateway was told not to take it then. */
  readonly passwordsRefused: boolean;
}

/** What an operation is given. `found` answers `jobIds`, id by id; undefined where
 * there is no such job, or none that the caller may see. */
export interface Invocation<Input> {
  readonly input: Input;
  readonly caller: Caller;
  readonly found: readonly (JobView | undefined)[];
  readonly ports: Ports;
}

/** A call that needs no credentials, such as a log-in. */
export interface OpenInvocation<Input> {
  readonly input: Input;
  readonly origin: Origin;
  readonly ports: Ports;
}

interface Described {
  /** One line for the references of both protocols. */
  readonly summary: { readonly en: string; readonly zh: string };
  readonly input: TSchema;
  readonly output: TSchema;
}

/** An operation for callers who are known: who may call it, which jobs it reads by id, what it does. */
export interface MemberOperation<Input, Output> extends Described {
  /** `self`: about the caller's own account. `own-jobs`: about the caller's own jobs; operators and admins: all. */
  readonly permission: 'self' | 'own-jobs';
  /**
   * The jobs to be read by id, through the cache, in the round trip that also reads the caller's account.
   * Left out: the operation reads no job by id.
   */
  jobIds?(input: Input): readonly string[];
  handle(call: Invocation<Input>): Promise<Output> | Output;
}

/** An operation that anyone may call. */
export interface OpenOperation<Input, Output> extends Described {
  readonly permission: 'anyone';
  handle(call: OpenInvocation<Input>): Promise<Output>;
}
