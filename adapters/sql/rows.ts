import type { Role } from '../../schemas/user.ts';
import type { Account } from '../../src/accounts/account.ts';
import { emailKey } from '../../src/accounts/user.ts';
import type { Job, JsonText } from '../../src/jobs/job.ts';
import type { JobChange, EpochState, JobEvent, StoredUser } from '../../src/ports.ts';
import { fromSqlTime, toSqlTime } from './time.ts';

export interface JobRow {
  job_id: string;
  job_type: string;
  job_action: string;
  owner: string;
  status: string;
  pre_status: string;
  resources: unknown;
  directive: unknown;
  create_time: string;
  update_time: string;
  version: number;
}

export interface UserRow {
  user_id: string;
  role: Role;
  active: boolean | number;
  /** Empty where no password was chosen yet. */
  password_hash: string;
  email: string | null;
  email_key: string | null;
  invited: boolean | number;
  create_time: string;
  last_login_time: string | null;
  version: number;
}

export interface EventRow {
  version: number;
  status: string;
  pre_status: string;
  event_time: string;
  user_id: string;
  note: string;
}

export interface EpochRow {
  epoch: number | string;
  mode: 'ON' | 'OFF';
  redis_run_id: string;
  off_for: number | string;
  ttl: number;
}

export function toJob(row: JobRow): Job {
  return {
    jobId: row.job_id,
    jobType: row.job_type,
    jobAction: row.job_action,
    owner: row.owner,
    status: row.status,
    preStatus: row.pre_status,
    resources: toJsonText(row.resources, row.job_id) ?? '{}',
    directive: toJsonText(row.directive, row.job_id),
    createTime: fromSqlTime(row.create_time),
    updateTime: fromSqlTime(row.update_time),
    version: row.version,
  };
}

export function fromJob(job: Job): JobRow {
  return {
    job_id: job.jobId,
    job_type: job.jobType,
    job_action: job.jobAction,
    owner: job.owner,
    status: job.status,
    pre_status: job.preStatus,
    resources: job.resources,
    directive: job.directive ?? null,
    create_time: toSqlTime(job.createTime),
    update_time: toSqlTime(job.updateTime),
    version: job.version,
  };
}

/**
 * Free data as text. A column of MySQL's own JSON type comes as an object, MariaDB's and ours as text.
 * @throws Error where the text is not JSON, which only another program's write can bring about: sent as it is,
 *   it would break the answer that it stands in
 */
export function toJsonText(value: unknown, jobId: string): JsonText | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'string') return JSON.stringify(value);
  try {
    JSON.parse(value);
  } catch (cause) {
    throw new Error(`the row of job ${jobId} holds resources or a directive that is not JSON`, { cause });
  }
  return value;
}

/** The change that made a job what it is. */
export function lastChange({ job, userId, note }: JobChange): JobEvent {
  const { version, status, preStatus, updateTime: time } = job;
  return { version, status, preStatus, time, userId, note };
}

export function fromJobEvent(jobId: string, event: JobEvent): EventRow & { job_id: string } {
  return {
    job_id: jobId,
    version: event.version,
    status: event.status,
    pre_status: event.preStatus,
    event_time: toSqlTime(event.time),
    user_id: event.userId,
    note: event.note,
  };
}

export function toJobEvent(row: EventRow): JobEvent {
  return {
    version: row.version,
    status: row.status,
    preStatus: row.pre_status,
    time: fromSqlTime(row.event_time),
    userId: row.user_id,
    note: row.note,
  };
}

export function toAccount(row: UserRow): Account {
  return { userId: row.user_id, role: row.role, active: Boolean(row.active), version: row.version };
}

export function toStoredUser(row: UserRow): StoredUser {
  return {
    ...toAccount(row),
    passwordHash: row.password_hash === '' ? undefined : row.password_hash,
    invited: Boolean(row.invited),
    email: row.email ?? undefined,
    createTime: fromSqlTime(row.create_time),
    lastLoginTime: row.last_login_time === null ? undefined : fromSqlTime(row.last_login_time),
  };
}

export function fromStoredUser(user: StoredUser): UserRow {
  return {
    user_id: user.userId,
    role: user.role,
    active: user.active,
    password_hash: user.passwordHash ?? '',
    email: user.email ?? null,
    email_key: user.email === undefined ? null : emailKey(user.email),
    invited: user.invited,
    create_time: toSqlTime(user.createTime),
    last_login_time: user.lastLoginTime === undefined ? null : toSqlTime(user.lastLoginTime),
    version: user.version,
  };
}

export function toEpochState(row: EpochRow): EpochState {
  const on = row.mode === 'ON';
  return {
    epoch: Number(row.epoch),
    on,
    runId: row.redis_run_id,
    offFor: on ? 0 : Number(row.off_for),
    ttl: row.ttl,
  };
}
