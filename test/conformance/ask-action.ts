import assert from 'node:assert/strict';
import { errorCatalogue } from '../../adapters/wire/error-catalogue.ts';
import { REASONS, type Reason } from '../../src/errors.ts';
import { callRaw, type Answer } from '../support/clients.ts';
import type { TestGateway } from '../support/gateway.ts';
import { callSigned, type TestKey } from '../support/sign.ts';
import type { Ask, Outcome, Question, SeenJob } from './question.ts';

/** USER_ID and PASSWORD as sent; left out where undefined. */
export interface SentPassword {
  readonly userId?: string;
  readonly cipher?: string;
}

export function base64(password: string): string {
  return Buffer.from(password).toString('base64');
}

/** Asks by the action API: a POST with a form. */
export function askByAction(gateway: Pick<TestGateway, 'base'>, { userId, cipher }: SentPassword): Ask {
  return async (question) => {
    const form = write(question);
    if (userId !== undefined) form.append('USER_ID', userId);
    if (cipher !== undefined) form.append('PASSWORD', cipher);
    return read(question, await callRaw(gateway, '/iaas/', { method: 'POST', body: form }));
  };
}

/** Asks by the action API in its other dialect: a signed call. */
export function askBySigned(gateway: Pick<TestGateway, 'base'>, key: TestKey): Ask {
  return async (question) => {
    // Unless told, a page of this dialect is shorter.
    const parameters = { limit: '100', ...Object.fromEntries(write(question)) };
    return read(question, await callSigned(gateway, key, parameters, { method: 'POST' }));
  };
}

const ACTIONS = {
  'describe-jobs': 'DescribeJobs',
  'describe-job': 'DescribeJobs',
  'describe-latest-job': 'DescribeLatestJob',
} as const;

const WORDS: Readonly<Record<string, string>> = { createTime: 'create_time', updateTime: 'update_time' };

function write({ operation, input = {} }: Question): URLSearchParams {
  const form = new URLSearchParams({ action: ACTIONS[operation], verbose: '1', lang: 'en' });
  const list = (name: string, values: readonly string[] = []): void => {
    if (values.length === 1) form.append(name, values[0] as string);
    else values.forEach((value, index) => form.append(`${name}.${index + 1}`, value));
  };
  const one = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) form.append(name, String(value));
  };
  const { jobId, jobIds, sortBy } = input;
  list('job_ids', jobId === undefined ? jobIds : [jobId]);
  list('job_action', input.jobAction);
  list('job_type', input.jobType);
  list('owner', input.owner);
  list('status', input.status);
  list('pre_status', input.preStatus);
  one('created_after', input.createdAfter);
  one('created_before', input.createdBefore);
  one('sort_by', sortBy === undefined ? undefined : (WORDS[sortBy] ?? sortBy));
  one('order', input.order);
  one('after', input.after);
  one('offset', input.offset);
  one('limit', input.limit);
  return form;
}

function read({ operation }: Question, { status, headers, body }: Answer): Outcome {
  assert.equal(status, 200);
  assert.equal(headers.get('content-type'), 'application/json');
  assert.equal(body.action, `${ACTIONS[operation]}Response`);
  if (body.ret_code !== 0) return { refused: reasonsOf(body.ret_code, body.message), message: body.message };
  if (operation === 'describe-latest-job') return { job: readJob(body.job) };
  const jobs = (body.job_set as Record<string, unknown>[]).map(readJob);
  if (operation === 'describe-jobs') return { jobs, total: body.total_count, next: body.next };
  // This protocol leaves out what it does not find, where the other says so.
  const [job] = jobs;
  return job ? { job } : { refused: ['job_not_found'], message: 'job_set is empty' };
}

function reasonsOf(retCode: number, message: string): Reason[] {
  return REASONS.filter(
    (reason) =>
      errorCatalogue[reason].retCode === retCode && message.startsWith(`${errorCatalogue[reason].word},`),
  );
}

// oxlint-disable-next-line typescript/no-explicit-any -- it was parsed from an answer
function readJob(job: any): SeenJob {
  return {
    jobId: job.job_id,
    jobType: job.job_type,
    jobAction: job.job_action,
    owner: job.owner,
    status: job.status,
    preStatus: job.pre_status,
    resources: job.resources,
    // The signed dialect writes it as a string.
    directive: 'status_time' in job && job.directive !== undefined ? readText(job.directive) : job.directive,
    createTime: readTime(job.create_time),
    updateTime: readTime(job.update_time),
    version: job.version,
  };
}

function readText(text: unknown): unknown {
  assert.equal(typeof text, 'string');
  return JSON.parse(text as string);
}

/**
 * A time as an action shows it: in the signed dialect UTC, else a wall clock's in Asia/Shanghai, which has had no
 * summer time since 1991.
 */
export function readTime(text: string): number {
  assert.match(text, /^\d{4}-\d\d-\d\d[ T]([01]\d|2[0-3]):\d\d:\d\dZ?$/);
  if (text.endsWith('Z')) return Date.parse(text);
  return Date.parse(`${text.replace(' ', 'T')}+08:00`);
}
