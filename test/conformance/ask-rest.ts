import assert from 'node:assert/strict';
import { errorCatalogue } from '../../adapters/wire/error-catalogue.ts';
import { REASONS, type Reason } from '../../src/errors.ts';
import { callRest, type Answer } from '../support/clients.ts';
import type { TestGateway } from '../support/gateway.ts';
import type { Ask, Outcome, Question, SeenJob } from './question.ts';

/** Asks by the REST API. @param authorization the whole header; none where undefined */
export function askByRest(gateway: Pick<TestGateway, 'base'>, authorization: string | undefined): Ask {
  return async (question) => {
    const init = { headers: { 'accept-language': 'en' } };
    return read(question, await callRest(gateway, authorization, write(question), init));
  };
}

const WORDS: Readonly<Record<string, string>> = { createTime: 'create_time', updateTime: 'update_time' };

function write({ operation, input = {} }: Question): string {
  if (operation === 'describe-job') return `/v1/jobs/${encodeURIComponent(input.jobId ?? '')}`;
  const query = new URLSearchParams();
  const list = (name: string, values: readonly string[] | undefined): void => {
    if (values) query.append(name, values.join(','));
  };
  const one = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) query.append(name, String(value));
  };
  const { sortBy, limit, offset } = input;
  list('job_ids', input.jobIds);
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
  if (operation === 'describe-jobs') one('per_page', limit ?? 100);
  one('page', offset === undefined ? undefined : offset / (limit ?? 100) + 1);
  return `/v1/jobs${operation === 'describe-latest-job' ? '/latest' : ''}?${query.toString()}`;
}

function read({ operation }: Question, { status, headers, body }: Answer): Outcome {
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  const { code, data } = body;
  if (code !== 0) {
    const reasons = reasonsOf(code, status);
    assert.ok(reasons.includes(data.reason), `${data.reason} is not one of the reasons of ${code}`);
    assert.equal(headers.get('x-error-code'), String(code));
    // One number stands for two reasons: the name tells them apart.
    return { refused: [data.reason], message: data.message };
  }
  assert.equal(status, 200);
  if (operation !== 'describe-jobs') return { job: readJob(data) };
  return { jobs: data.jobs.map(readJob), total: data.total, next: data.next };
}

function reasonsOf(code: number, status: number): Reason[] {
  return REASONS.filter(
    (reason) => errorCatalogue[reason].code === code && errorCatalogue[reason].status === status,
  );
}

// oxlint-disable-next-line typescript/no-explicit-any -- it was parsed from an answer
function readJob(job: any): SeenJob {
  return {
    ...job,
    directive: job.directive,
    createTime: readTime(job.createTime),
    updateTime: readTime(job.updateTime),
  };
}

function readTime(text: string): number {
  assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return Date.parse(text);
}
