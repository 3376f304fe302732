import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { actionBindings } from '../../adapters/action/bindings.ts';
import { restBindings } from '../../adapters/rest/bindings.ts';
import { operationNames } from '../../src/operations/index.ts';
import { callAction, callRaw, callRest, type Answer } from '../support/clients.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';
import { newKey, signParameters, writePairs } from '../support/sign.ts';
import { someJob } from '../support/some-job.ts';
import { assertAction } from './assert-convention.ts';
import { request, sendBytes } from './send-bytes.ts';

const CREDENTIALS = {
  USER_ID: ADMIN.userId,
  PASSWORD: Buffer.from(ADMIN.password).toString('base64'),
};
const twelve = Array.from({ length: 12 }, () => someJob({ jobType: 'twelve' }));
const twelveIds = twelve.map((job) => job.jobId);

describe('the conventions of the action API', () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startGateway('embedded');
    await gateway.addJobs(...twelve);
  });
  after(() => gateway[Symbol.asyncDispose]());

  const post = (
    body: RequestInit['body'],
    type = 'application/x-www-form-urlencoded',
    path = '/iaas/',
  ): Promise<Answer> =>
    callRaw(gateway, path, { method: 'POST', headers: { 'content-type': type }, body: body ?? null });
  const postJson = (value: object): Promise<Answer> =>
    post(JSON.stringify({ ...CREDENTIALS, ...value }), 'application/json');
  const describeJobs = (parameters: Readonly<Record<string, string | number>>): Promise<Answer> =>
    callAction(gateway, { action: 'DescribeJobs', ...parameters });

  const asked = { action: 'DescribeJobs', job_ids: ['j-68mbPHJU'] };

  for (const [what, retCode, action, call] of [
    ['a good call', 0, 'DescribeJobsResponse', () => describeJobs({})],
    ['bad credentials', 1200, 'DescribeJobsResponse', () => post('action=DescribeJobs')],
    ['an unknown action', 1101, 'LaunchRocketResponse', () => post('action=LaunchRocket')],
    ['an action in another case', 1101, 'describejobsResponse', () => post('action=describejobs')],
    ['no action', 1101, 'ErrorResponse', () => post('')],
    ['an action that is no name', 1101, 'ErrorResponse', () => post('action=%3Cscript%3E')],
    ['a GET without a query', 1101, 'ErrorResponse', () => callRaw(gateway, '/iaas')],
    ['PUT', 1101, 'ErrorResponse', () => callRaw(gateway, '/iaas/', { method: 'PUT', body: '{}' })],
    ['DELETE', 1101, 'ErrorResponse', () => callRaw(gateway, '/iaas', { method: 'DELETE' })],
    ['OPTIONS', 1101, 'ErrorResponse', () => callRaw(gateway, '/iaas', { method: 'OPTIONS' })],
    ['broken JSON', 1100, 'ErrorResponse', () => post('{"action":', 'application/json')],
    ['JSON that is no object', 1100, 'ErrorResponse', () => post('[1]', 'application/json')],
    ['another content type', 1100, 'ErrorResponse', () => post('action=X', 'text/plain')],
    ['a body that is too large', 1100, 'ErrorResponse', () => post('x'.repeat(2 ** 21))],
    ['a path below its own', 2100, 'ErrorResponse', () => callRaw(gateway, '/iaas/v2')],
    ['a doubled slash', 2100, 'ErrorResponse', () => callRaw(gateway, '/iaas//')],
    ['a wrong parameter', 1100, 'DescribeJobsResponse', () => describeJobs({ limit: 'many' })],
    ['no such job', 2100, 'DescribeLatestJobResponse', () => latest('none')],
  ] as const) {
    it(`answers HTTP 200 and plain application/json to ${what}`, async () => {
      assertAction(await call(), retCode, action);
    });
  }

  const latest = (jobType: string): Promise<Answer> =>
    callAction(gateway, { action: 'DescribeLatestJob', job_type: jobType });

  it('answers HEAD as GET, without the body', async () => {
    const head = await callRaw(gateway, '/iaas/?action=DescribeJobs', { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
    assert.equal(head.headers.get('content-type'), 'application/json');
  });

  it('changes nothing by HEAD, whoever signs it', async () => {
    await using own = await startGateway('embedded');
    const key = await newKey(own);
    const send = async (method: 'GET' | 'HEAD', action: string): Promise<Answer> => {
      const pairs = signParameters(
        key,
        { action, job_type: 'asked-by-head', job_action: 'Ask' },
        { method: method as 'GET' },
      );
      return callRaw(own, `/iaas/?${writePairs(pairs)}`, { method });
    };
    const made = async (): Promise<number> =>
      (await callAction(own, { action: 'DescribeJobs', job_type: 'asked-by-head' })).body.total_count;

    const head = await send('HEAD', 'CreateJob');
    assert.deepEqual([head.status, head.text, await made()], [200, '', 0]);
    const facts = own.logged.map((line) => line.facts);
    assert.ok(facts.some(({ detail, operation }) => detail === 'unknown-method' && operation === 'unknown'));
    assertAction(await send('GET', 'CreateJob'), 0);
    assert.equal(await made(), 1);

    // A read that is signed for HEAD is answered in full length.
    const [read, full] = [await send('HEAD', 'DescribeJobs'), await send('GET', 'DescribeJobs')];
    assert.equal(read.headers.get('content-length'), String(Buffer.byteLength(full.text)));
    assertAction(full, 0);
  });

  it('answers HEAD for the actions whose operations are a GET in the other API', () => {
    for (const name of operationNames) {
      const routes: readonly { method: string }[] = restBindings[name];
      const reads = routes.length > 0 && routes.every(({ method }) => method === 'GET');
      const binding = actionBindings[name];
      if (binding) assert.equal(binding.reads === true, reads, name);
    }
  });

  it('serves /iaas and /iaas/ alike, without a redirect', async () => {
    const form = new URLSearchParams({ ...CREDENTIALS, action: 'DescribeJobs' }).toString();
    const answers = await Promise.all(
      ['/iaas', '/iaas/', '/iaas?zone=pek3a', '/iaas/?zone=pek3a'].map((path) =>
        callRaw(gateway, path, {
          method: 'POST',
          redirect: 'error',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: form,
        }),
      ),
    );
    for (const answer of answers) {
      assertAction(answer, 0);
      assert.equal(answer.text, answers[0]?.text);
    }
  });

  it('serves a request whose target is a whole URL', async () => {
    const form = new URLSearchParams({ ...CREDENTIALS, action: 'DescribeJobs', limit: '1' }).toString();
    const type = 'Content-Type: application/x-www-form-urlencoded';
    const whole = request('POST http://gateway:8080/iaas?zone=pek3a HTTP/1.1', [type], form);
    assertAction(await sendBytes(gateway, whole), 0);
  });

  it('answers a form, JSON, and JSON sent as a form alike', async () => {
    const json = JSON.stringify({ ...CREDENTIALS, ...asked });
    const form = new URLSearchParams({ ...CREDENTIALS, action: asked.action, job_ids: 'j-68mbPHJU' });
    const answers = [
      await post(form.toString()),
      await post(form.toString(), 'application/x-www-form-urlencoded; charset=UTF-8'),
      await post(json, 'application/json'),
      await post(json, 'Application/JSON; charset=utf-8'),
      await post(json),
      await post(` \r\n${json}`),
    ];
    for (const answer of answers) {
      assertAction(answer, 0, 'DescribeJobsResponse');
      assert.equal(answer.text, answers[0]?.text);
    }
  });

  it('reads parameters from the query of a POST too', async () => {
    const body = new URLSearchParams(CREDENTIALS).toString();
    const query = '/iaas/?action=DescribeJobs&job_ids.1=j-68mbPHJU';
    const answer = await post(body, undefined, query);
    assert.deepEqual(idsOf(answer), ['j-68mbPHJU']);
  });

  it('refuses a PASSWORD in a query, and says why', async () => {
    const query = new URLSearchParams({ ...CREDENTIALS, action: 'DescribeJobs', lang: 'en' });
    const got = await callRaw(gateway, `/iaas/?${query.toString()}`);
    assertAction(got, 1200, 'DescribeJobsResponse');
    assert.match(got.body.message, /PASSWORD in a URL .* POST/);
    assertAction(await post('', undefined, `/iaas/?${query.toString()}`), 1200);
  });

  it('takes a PASSWORD in a query where PASSWORD_IN_QUERY allows it', async () => {
    const lenient = await gateway.sibling({ PASSWORD_IN_QUERY: 'allow' });
    const query = new URLSearchParams({ ...CREDENTIALS, action: 'DescribeJobs', job_ids: 'j-68mbPHJU' });
    const answer = await callRaw(lenient, `/iaas/?${query.toString()}`);
    assertAction(answer, 0);
    assert.deepEqual(idsOf(answer), ['j-68mbPHJU']);
  });

  it('names the action and speaks the language of a query whose body cannot be read', async () => {
    const answer = await post('{"a', 'application/json', '/iaas/?action=DescribeJobs&lang=en');
    assertAction(answer, 1100, 'DescribeJobsResponse');
    assert.doesNotMatch(answer.body.message, /\p{Script=Han}/u);
  });

  for (const [what, parameters] of [
    ['one bare value', { job_ids: 'j-68mbPHJU' }],
    ['a list from 1', { 'job_ids.1': 'j-68mbPHJU' }],
    ['a list from 0', { 'job_ids.0': 'j-68mbPHJU' }],
    ['a list from anywhere', { 'job_ids.7': 'j-68mbPHJU' }],
    ['the text of a JSON array', { job_ids: '["j-68mbPHJU"]' }],
    ['the alias with one bare value', { jobs: 'j-68mbPHJU' }],
    ['the alias with a list', { 'jobs.1': 'j-68mbPHJU' }],
    ['a list with an empty member', { 'job_ids.1': '', 'job_ids.2': 'j-68mbPHJU' }],
  ] as const) {
    it(`takes ids as ${what}`, async () => {
      assert.deepEqual(idsOf(await describeJobs(parameters)), ['j-68mbPHJU']);
    });
  }

  for (const start of [0, 1]) {
    it(`orders ten ids and more by their numbers, from ${start}, gaps and all`, async () => {
      const numbered = twelveIds.map((id, index) => [`job_ids.${start + index * 2}`, id] as const);
      // Some clients send them in the order of strings.
      const shuffled = numbered.toSorted(([a], [b]) => (a < b ? -1 : 1));
      assert.deepEqual(idsOf(await describeJobs(Object.fromEntries(shuffled))), twelveIds);
    });
  }

  it('takes ids as a JSON array, as a JSON string, and under their alias', async () => {
    for (const parameters of [{ job_ids: twelveIds }, { jobs: twelveIds }]) {
      assert.deepEqual(idsOf(await postJson({ action: 'DescribeJobs', ...parameters })), twelveIds);
    }
    const [first = ''] = twelveIds;
    assert.deepEqual(idsOf(await postJson({ action: 'DescribeJobs', job_ids: first })), [first]);
  });

  it('takes a status as one value and as a list', async () => {
    for (const parameters of [{ status: 'working' }, { 'status.1': 'working', 'status.2': 'failed' }]) {
      assert.equal((await describeJobs(parameters)).body.total_count, 12);
    }
    const listed = await postJson({ action: 'DescribeJobs', status: ['working', 'failed'] });
    assert.equal(listed.body.total_count, 12);
  });

  it('takes an empty value, an empty list and null as absent', async () => {
    const all = await describeJobs({});
    assert.equal(all.body.total_count, 15);
    const form = { job_ids: '', jobs: '', status: '', job_type: '', limit: '', created_after: '', after: '' };
    assert.equal((await describeJobs(form)).text, all.text);
    const json = await postJson({ action: 'DescribeJobs', job_ids: [], status: null, limit: null });
    assert.equal(json.text, all.text);
  });

  it('ignores parameters that it does not know', async () => {
    const plain = await describeJobs({ job_ids: 'j-68mbPHJU' });
    const more = { zone: 'pek3a', req_id: 'x', api_lang: 'go', version: 1, perPage: 1, __proto__x: 1 };
    assert.equal((await describeJobs({ job_ids: 'j-68mbPHJU', ...more })).text, plain.text);
  });

  it('clamps a limit that is larger than a page', async () => {
    const most = (await describeJobs({ limit: 100 })).text;
    for (const limit of [101, 100_000, '99999999999999999999']) {
      const answer = await describeJobs({ limit });
      assertAction(answer, 0);
      assert.equal(answer.text, most);
    }
    const json = await postJson({ action: 'DescribeJobs', limit: 1e300 });
    assert.equal(json.text, most);
  });

  it('refuses a limit and an offset that are none, and names both', async () => {
    const answer = await describeJobs({ limit: '0', offset: '-1', lang: 'en' });
    assertAction(answer, 1100);
    assert.match(answer.body.message, /limit .*offset |offset .*limit /);
  });

  it('takes numbers in JSON as numbers and as text', async () => {
    for (const limit of [2, '2']) {
      const answer = await postJson({ action: 'DescribeJobs', limit, offset: limit });
      assertAction(answer, 0);
      assert.equal(answer.body.job_set.length, 2);
    }
  });

  it('spells the words of sort_by as the parameters', async () => {
    assertAction(await describeJobs({ sort_by: 'update_time' }), 0);
    assertAction(await describeJobs({ sort_by: 'updateTime' }), 1100);
  });

  it('begins every message with the word of QingCloud for it', async () => {
    for (const [answer, word] of [
      [await post('action=DescribeJobs'), 'AuthFailure'],
      [await latest('none'), 'ResourceNotFound'],
      [await describeJobs({ order: 'up' }), 'InvalidParameter'],
      [await post('{', 'application/json'), 'InvalidRequestFormat'],
    ] as const) {
      assert.ok(answer.body.message.startsWith(`${word}, `), answer.body.message);
    }
  });

  for (const [lang, chinese] of [
    ['zh-CN', true],
    ['en', false],
    ['en-US', false],
    ['fr', true],
    ['', true],
  ] as const) {
    it(`speaks ${chinese ? 'Chinese' : 'English'} where lang is ${lang || 'empty'}`, async () => {
      const { message } = (await describeJobs({ order: 'up', lang })).body;
      assert.equal(/\p{Script=Han}/u.test(message), chinese);
      assert.match(message, /^InvalidParameter, .*\border\b/);
    });
  }

  it('speaks Chinese unless told otherwise, whatever the header says', async () => {
    const headers = { 'accept-language': 'en' };
    const { body } = await callRaw(gateway, '/iaas/', { headers });
    assert.match(body.message, /\p{Script=Han}/u);
  });

  it('adds the version of each job where verbose asks for it', async () => {
    for (const answer of [
      await describeJobs({ job_ids: 'j-68mbPHJU', verbose: 1 }),
      await postJson({ ...asked, verbose: 1 }),
      await postJson({ ...asked, verbose: '1' }),
    ]) {
      assert.equal(answer.body.job_set[0].version, 3);
    }
    for (const answer of [
      await describeJobs({ job_ids: 'j-68mbPHJU' }),
      await describeJobs({ job_ids: 'j-68mbPHJU', verbose: 0 }),
      await postJson({ ...asked, verbose: 0 }),
    ]) {
      assert.equal('version' in answer.body.job_set[0], false);
    }
  });

  it('has a cursor on every page but the last', async () => {
    const first = (await describeJobs({ job_type: 'twelve', limit: 7 })).body;
    assert.deepEqual([first.total_count, first.job_set.length], [12, 7]);
    const last = (await describeJobs({ job_type: 'twelve', limit: 7, after: first.next })).body;
    assert.deepEqual([last.total_count, last.job_set.length, 'next' in last], [12, 5, false]);
  });

  it('keeps a sane X-Request-Id and replaces any other', async () => {
    const sent = async (id: string) =>
      (await callRaw(gateway, '/iaas/', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    assert.equal(await sent('call-1'), 'call-1');
    assert.match((await sent('two words')) ?? '', /^[0-9a-f-]{36}$/);
  });

  it('takes no token of the other protocol', async () => {
    const token = await gateway.logIn();
    assertAction(await callRest(gateway, token, '/iaas/?action=DescribeJobs'), 1200);
  });
});

function idsOf(answer: Answer): string[] {
  assertAction(answer, 0);
  return answer.body.job_set.map((job: { job_id: string }) => job.job_id);
}
