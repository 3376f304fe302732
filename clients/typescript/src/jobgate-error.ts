import type { Failure } from './types.ts';

/** A call that was refused, or got no answer that could be read: then `reason` is `unreadable`, and `code` 0. */
export class JobgateError extends Error {
  /** The HTTP status. */
  readonly status: number;
  readonly code: number;
  readonly reason: Failure['data']['reason'] | 'unreadable';
  /** Every wrong parameter by its name, and what is wrong with it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The job that is meant, and what it is like now, where the refusal says so. */
  readonly job: { readonly jobId?: string; readonly status?: string; readonly version?: number };
  /** As in the gateway's log. */
  readonly requestId: string | undefined;

  constructor(status: number, failure: Failure | undefined, requestId: string | undefined) {
    super(failure?.data.message ?? `no readable answer came, but HTTP ${status}`);
    this.name = 'JobgateError';
    this.status = status;
    this.code = failure?.code ?? 0;
    this.reason = failure?.data.reason ?? 'unreadable';
    const { parameters = {}, jobId, status: jobStatus, version } = failure?.data ?? {};
    this.parameters = parameters;
    this.job = {
      ...(jobId !== undefined && { jobId }),
      ...(jobStatus !== undefined && { status: jobStatus }),
      ...(version !== undefined && { version }),
    };
    this.requestId = requestId;
  }
}
