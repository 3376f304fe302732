import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writeDocument } from '../../adapters/rest/openapi/write-document.ts';
import { createJudge, type Exchange } from '../support/judge-exchange.ts';

const document = writeDocument('en');
const judge = createJudge(document);

const job = {
  jobId: 'j-68mbPHJU',
  jobType: 'QingCloud',
  jobAction: 'ConfigQingCloud',
  owner: 'usr-00000000',
  status: 'successful',
  preStatus: 'step1',
  resources: { anything: [{ at: 'all' }] },
  createTime: '2017-10-10T07:23:56.000Z',
  updateTime: '2017-10-10T07:24:47.000Z',
  version: 3,
};
const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'private, no-cache',
  etag: '"3"',
  'x-request-id': 'a-1',
  date: 'now',
};
const FAILED = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'content-language': 'en',
  vary: 'Accept-Language',
  'x-error-code': '13001',
  'x-request-id': 'a-1',
};
const noJob = { code: 13001, data: { message: 'no such job', reason: 'job_not_found', requestId: 'a-1' } };

interface Parts {
  readonly method?: string;
  readonly target?: string;
  readonly sent?: Record<string, string>;
  readonly sentBody?: object;
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: object | string;
}
function complaints(parts: Parts = {}): string[] {
  const { body = { code: 0, data: job }, sentBody } = parts;
  const exchange: Exchange = {
    method: parts.method ?? 'GET',
    target: parts.target ?? '/v1/jobs/j-68mbPHJU',
    sent: new Headers(parts.sent),
    body: sentBody && JSON.stringify(sentBody),
    status: parts.status ?? 200,
    headers: new Headers(parts.headers ?? HEADERS),
    text: typeof body === 'string' ? body : JSON.stringify(body),
  };
  return judge(exchange);
}
const { etag: _etag, ...untagged } = HEADERS;
const { 'x-request-id': _id, ...anonymous } = HEADERS;

describe('the judge of answers', () => {
  const FITTING: Readonly<Record<string, Parts>> = {
    'a job': {},
    'any data of a caller': { body: { code: 0, data: { ...job, directive: { PASSWORD: '******' } } } },
    'a documented failure': { headers: FAILED, body: noJob },
    'HEAD without a body': { method: 'HEAD', body: '' },
    'an answer that the caller has': {
      status: 304,
      headers: { etag: '"3"', 'x-request-id': 'a', 'cache-control': 'private, no-cache' },
      body: '',
    },
    'a query that nginx sends': {
      target: '/v1/auth/verify?x=%20&perPage',
      status: 204,
      headers: { 'x-request-id': 'a', 'x-user-id': 'u', 'x-user-role': 'admin', 'cache-control': 'no-store' },
      body: '',
    },
    'an unknown path': {
      target: '/v1/none',
      headers: { ...FAILED, 'x-error-code': '10009' },
      body: { code: 10009, data: { message: 'none', reason: 'resource_not_found', requestId: 'a-1' } },
    },
    'an undocumented parameter that was refused': {
      target: '/v1/jobs/j-68mbPHJU?color=red',
      headers: { ...FAILED, 'x-error-code': '10001' },
      body: {
        code: 10001,
        data: { message: 'm', reason: 'invalid_parameter', parameters: { color: 'no' }, requestId: 'a-1' },
      },
    },
  };
  for (const [what, parts] of Object.entries(FITTING)) {
    it(`has nothing to say of ${what}`, () => assert.deepEqual(complaints(parts), []));
  }

  const PLANTED: Readonly<Record<string, readonly [Parts, RegExp]>> = {
    'a field beside the envelope': [{ body: { code: 0, data: job, more: 1 } }, /body does not fit/],
    'a field of a job': [{ body: { code: 0, data: { ...job, color: 'red' } } }, /body does not fit/],
    'a job without a field': [{ body: { code: 0, data: { ...job, owner: undefined } } }, /body does not fit/],
    'a field in snake_case': [{ body: { code: 0, data: { ...job, job_id: 'x' } } }, /body does not fit/],
    'a time without milliseconds': [
      { body: { code: 0, data: { ...job, createTime: '2017-10-10T07:23:56Z' } } },
      /date-time/,
    ],
    'a field of a failure': [
      { headers: FAILED, body: { ...noJob, data: { ...noJob.data, stack: 'at …' } } },
      /body does not fit/,
    ],
    'a failure of another operation': [
      {
        headers: { ...FAILED, 'x-error-code': '10016' },
        body: { code: 10016, data: { message: 'm', reason: 'version_conflict', requestId: 'a-1' } },
      },
      /x-error-code is 10016[^]*body does not fit/,
    ],
    'a code with the reason of another': [
      { headers: FAILED, body: { ...noJob, data: { ...noJob.data, reason: 'permission_denied' } } },
      /body does not fit/,
    ],
    'a header': [{ headers: { ...HEADERS, 'x-powered-by': 'x' } }, /x-powered-by is not documented/],
    'a header of another form': [{ headers: { ...HEADERS, etag: '3' } }, /etag is 3/],
    'an answer without its request id': [{ headers: anonymous }, /x-request-id is missing/],
    'a status': [{ status: 404 }, /status 404/],
    'a status of another operation': [
      { status: 304, target: '/v1/jobs', headers: untagged, body: '' },
      /304/,
    ],
    'a type of content': [{ headers: { ...HEADERS, 'content-type': 'text/plain' } }, /text\/plain/],
    'a body where none belongs': [
      { status: 304, headers: { etag: '"3"', 'x-request-id': 'a', 'cache-control': 'private, no-cache' } },
      /body of type/,
    ],
    'an answer of an unknown path': [{ target: '/v1/none' }, /etag is not documented/],
    'an answer of an unknown method': [{ method: 'TRACE' }, /body does not fit/],
    'a parameter of a query that was accepted': [
      { target: '/v1/jobs/j-68mbPHJU?color=red' },
      /query parameter color was accepted/,
    ],
    'a value that was accepted': [
      {
        target: '/v1/jobs?per_page=101',
        headers: untagged,
        body: { code: 0, data: { jobs: [], total: 0, page: 1, perPage: 100 } },
      },
      /per_page was accepted as 101/,
    ],
    'a header that was accepted': [{ sent: { 'if-match': '"3"' } }, /header parameter If-Match was accepted/],
    'a field of a body that was accepted': [
      {
        method: 'PATCH',
        headers: { ...HEADERS, 'cache-control': 'no-store' },
        sentBody: { status: 'working', color: 'red' },
      },
      /body was accepted that does not fit/,
    ],
  };
  for (const [what, [parts, complaint]] of Object.entries(PLANTED)) {
    it(`complains of what is not documented: ${what}`, () => {
      assert.match(complaints(parts).join('\n'), complaint);
    });
  }
});
