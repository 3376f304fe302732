import { JOB_ID_PATTERN } from '../../schemas/job.ts';

/** JSON as text: free data keeps the order of its keys, which a parsed object would lose for keys like "10". */
export type JsonText = string;

/** A job as the core holds it. Times are milliseconds since 1970 in UTC. */
export interface Job {
  readonly jobId: string;
  readonly jobType: string;
  readonly jobAction: string;
  readonly owner: string;
  readonly status: string;
  readonly preStatus: string;
  readonly resources: JsonText;
  readonly directive: JsonText | undefined;
  readonly createTime: number;
  readonly updateTime: number;
  readonly version: number;
}

/** A malformed id is the id of no job: it need not be looked up. */
export function mayBeJobId(id: string): boolean {
  return JOB_ID_PATTERN.test(id);
}
