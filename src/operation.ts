import type { TSchema } from '../schemas/type.ts';
import type { Account } from './accounts/account.ts';
import type { Claim } from './accounts/credentials.ts';
import type { JobView } from './jobs/job-view.ts';
import type { Language } from './language.ts';
import type { Ports } from './ports.ts';

/** Who makes the call: an account that was found good for this very call. */
export interface Caller extends Account {
  readonly claim: Claim;
}

/** Where a call comes from, for limits, the audit trail and mails. */
export interface Origin {
  readonly address: string;
  readonly requestId: string;
  /** A password that came this way could be read by others, and the gateway was told not to take it then. */
  readonly passwordsRefused: boolean;
  /** In which the caller reads; a mail that the call brings about is written in it. */
  readonly language: Language;
}

/**
 * What an operation is given. `found` answers `jobIds`, id by id, or `newestOf`; undefined where there is no such job, or
 * none that the caller may see.
 */
export interface Invocation<Input> {
  readonly input: Input;
  readonly caller: Caller;
  readonly origin: Origin;
  readonly found: readonly (JobView | undefined)[];
  readonly ports: Ports;
}

/** A call that needs no credentials, such as a log-in. */
export interface OpenInvocation<Input> {
  readonly input: Input;
  readonly origin: Origin;
  /** Who calls, where the operation asks for it and the call came with good credentials. */
  readonly caller: Caller | undefined;
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
  /**
   * `self`: about the caller's own account. `own-jobs`: about the caller's own jobs; operators and admins: all.
   * `admin`: for admins alone, which the gateway sees to.
   */
  readonly permission: 'self' | 'own-jobs' | 'admin';
  /**
   * The jobs to be read by id, through the cache, in the round trip that also reads the caller's account.
   * Left out: the operation reads no job by id.
   */
  jobIds?(input: Input): readonly string[];
  /** In place of `jobIds`: the newest job that the caller may see, of this type or of any, is to be read like that. */
  newestOf?(input: Input): { readonly jobType: string | undefined };
  handle(call: Invocation<Input>): Promise<Output> | Output;
}

/** An operation that anyone may call. */
export interface OpenOperation<Input, Output> extends Described {
  readonly permission: 'anyone';
  /** Credentials that happen to come with the call are looked at; bad ones are as good as none. */
  readonly knowsCallers?: true;
  handle(call: OpenInvocation<Input>): Promise<Output>;
}
