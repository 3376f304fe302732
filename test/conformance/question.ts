import type { Reason } from '../../src/errors.ts';
import type { Job } from '../../src/jobs/job.ts';

/** What may be asked of jobs, in the core's spelling; each protocol's `ask` writes it in its own. */
export interface Input {
  readonly jobId?: string;
  readonly jobIds?: readonly string[];
  readonly jobAction?: readonly string[];
  readonly jobType?: readonly string[];
  readonly owner?: readonly string[];
  readonly status?: readonly string[];
  readonly preStatus?: readonly string[];
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  readonly sortBy?: string;
  readonly order?: string;
  readonly after?: string;
  /** A multiple of `limit`, since one of the protocols counts pages. */
  readonly offset?: number;
  readonly limit?: number;
}

export interface Question {
  readonly operation: 'describe-jobs' | 'describe-job' | 'describe-latest-job';
  readonly input?: Input;
}

/** A job as every protocol shows it once its spelling is taken away; times are milliseconds since 1970. */
export interface SeenJob extends Omit<Job, 'resources' | 'directive'> {
  readonly resources: unknown;
  readonly directive: unknown;
}

/** An answer without its protocol. A number may stand for several reasons. */
export type Outcome =
  | { readonly jobs: readonly SeenJob[]; readonly total: number; readonly next: string | undefined }
  | { readonly job: SeenJob }
  | { readonly refused: readonly Reason[]; readonly message: string };

/** What each answer must be: ids stand for the jobs with all that belongs to them. */
export type Expected =
  | { readonly ids: readonly string[]; readonly total?: number; readonly more?: boolean }
  | { readonly id: string }
  | { readonly refused: Reason; readonly naming?: readonly string[] };

/** One thing that the gateway does, whichever way it is asked. */
export interface Case extends Question {
  /** A sentence that begins with a verb. */
  readonly title: string;
  /** A user of the fixture; the admin unless told. */
  readonly caller?: string;
  readonly expected: Expected;
}

/** Asks the gateway by one protocol, on behalf of one user. */
export type Ask = (question: Question) => Promise<Outcome>;

/** The job as it is shown at best. */
export function seen(job: Job): SeenJob {
  const { resources, directive, ...fields } = job;
  return {
    ...fields,
    resources: JSON.parse(resources),
    directive: directive === undefined ? undefined : JSON.parse(directive),
  };
}

/** The answer as a protocol shows it whose times have no fractions of a second. */
export function toTheSecond(outcome: Outcome): Outcome {
  const whole = (time: number): number => Math.floor(time / 1000) * 1000;
  const cut = (job: SeenJob): SeenJob => ({
    ...job,
    createTime: whole(job.createTime),
    updateTime: whole(job.updateTime),
  });
  if ('jobs' in outcome) return { ...outcome, jobs: outcome.jobs.map(cut) };
  return 'job' in outcome ? { job: cut(outcome.job) } : outcome;
}
