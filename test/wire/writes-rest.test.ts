import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { restRoutes } from '../../adapters/rest/answer.ts';
import { restBindings } from '../../adapters/rest/bindings.ts';
import { examples, type Example } from '../../adapters/rest/openapi/examples.ts';
import { callAction, callRest, type Answer } from '../support/clients.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { assertRest } from './assert-convention.ts';

type Headers = Record<string, string>;

/** Changes of what has no version. */
const unversioned = restRoutes().flatMap(({ operation, route }) =>
  ['PUT', 'PATCH', 'DELETE'].includes(route.method) && !route.conditional
    ? [{ operation, route, index: restBindings[operation].indexOf(route as never) }]
    : [],
);

describe('writes through the REST API', () => {
  let gateway: TestGateway;
  let token: string;
  before(async () => {
    gateway = await startGateway('embedded');
    token = await gateway.logIn();
  });
  after(() => gateway[Symbol.asyncDispose]());

  const send = (
    method: string,
    path: string,
    body?: string | object,
    headers: Headers = {},
  ): Promise<Answer> =>
    callRest(gateway, token, path, {
      method,
      headers: {
        'accept-language': 'en',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const content = { jobType: 'wire', jobAction: 'Test' };
  const create = async (): Promise<string> => (await send('POST', '/v1/jobs', content)).body.data.jobId;
  const get = async (jobId: string) => (await send('GET', `/v1/jobs/${jobId}`)).body.data;

  it('answers a creation with the whole job, its tag and its place', async () => {
    const answer = await send('POST', '/v1/jobs', { ...content, resources: { a: 1 } });
    assertRest(answer, 0);
    const { data } = answer.body;
    assert.deepEqual(Object.keys(data), [
      'jobId',
      'jobType',
      'jobAction',
      'owner',
      'status',
      'preStatus',
      'resources',
      'createTime',
      'updateTime',
      'version',
    ]);
    assert.equal(answer.headers.get('etag'), '"1"');
    assert.equal(answer.headers.get('location'), `/v1/jobs/${data.jobId}`);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual((await send('GET', `/v1/jobs/${data.jobId}`)).text, answer.text);
  });

  it('carries the tag of the present version on every answer that shows one job by its id', async () => {
    const jobId = await create();
    const path = `/v1/jobs/${jobId}`;
    const tags: (string | null)[] = [];
    for (const answer of [
      await send('GET', path),
      await send('PUT', path, content),
      await send('PATCH', path, { status: 'working' }),
      await send('PATCH', path, { status: 'working' }),
      await send('GET', path),
      await send('POST', `${path}/cancel`, {}),
      await send('POST', `${path}/cancel`),
    ]) {
      assertRest(answer, 0);
      assert.equal(answer.headers.get('etag'), `"${answer.body.data.version}"`);
      tags.push(answer.headers.get('etag'));
    }
    assert.deepEqual(tags, ['"1"', '"2"', '"3"', '"3"', '"3"', '"4"', '"4"']);
    const hidden = await send('DELETE', path);
    assertRest(hidden, 0);
    assert.deepEqual([hidden.body.data, hidden.headers.get('etag')], [{}, null]);
  });

  it('answers 304 until a write, and the job after it', async () => {
    const path = `/v1/jobs/${await create()}`;
    const ask = (): Promise<Answer> => send('GET', path, undefined, { 'if-none-match': '"1"' });
    assert.equal((await ask()).status, 304);
    await send('PATCH', path, { status: 'working' });
    const answer = await ask();
    assert.deepEqual([answer.status, answer.headers.get('etag')], [200, '"2"']);
  });

  for (const [what, match, code] of [
    ['the present version', '"2"', 0],
    ['the present version among others', '"1" , "2","7"', 0],
    ['any version', '*', 0],
    ['any version, with spaces around', '  *  ', 0],
    ['an older version', '"1"', 10016],
    ['a version to come', '"3"', 10016],
    ['only other versions', '"1", "3"', 10016],
  ] as const) {
    it(`${code === 0 ? 'takes' : 'refuses'} a write whose If-Match names ${what}`, async () => {
      const path = `/v1/jobs/${await create()}`;
      await send('PATCH', path, { status: 'working' });
      const answer = await send('PUT', path, content, { 'if-match': match });
      assertRest(answer, code);
      if (code !== 0)
        assert.deepEqual([answer.body.data.reason, answer.body.data.version], ['version_conflict', 2]);
    });
  }

  for (const [what, match] of [
    ['a weak tag', 'W/"1"'],
    ['a weak tag among strong ones', '"2", W/"1"'],
    ['a tag without quotes', '1'],
    ['no tag', ''],
    ['a tag of another kind', '"abc"'],
    ['an empty tag', '""'],
    ['a star among tags', '"2", *'],
    ['a version that none has', '"0"'],
    ['a number with a sign', '"+1"'],
    ['a number of too many digits', '"9999999999999999999999"'],
    ['the number spelled another way', '"01"'],
  ] as const) {
    it(`refuses every write whose If-Match is ${what}, and changes nothing`, async () => {
      const jobId = await create();
      const path = `/v1/jobs/${jobId}`;
      for (const answer of [
        await send('PUT', path, content, { 'if-match': match }),
        await send('PATCH', path, { status: 'working' }, { 'if-match': match }),
        await send('POST', `${path}/cancel`, {}, { 'if-match': match }),
        await send('DELETE', path, undefined, { 'if-match': match }),
      ]) {
        assert.ok(['invalid_parameter', 'version_conflict'].includes(answer.body.data.reason), answer.text);
        assert.match(answer.body.data.message, /If-Match|version is 1/);
      }
      assert.equal((await get(jobId)).version, 1);
    });
  }

  for (const { operation, route, index } of unversioned) {
    it(`refuses If-Match on ${route.method} ${route.path}, which asks for no version`, async () => {
      const { path: inPath = {}, body } = (examples[operation] as readonly Example[])[index] as Example;
      const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => String(inPath[name]));
      for (const match of ['"1"', 'W/"1"', '3', '']) {
        const answer = await send(route.method, path, body, { 'if-match': match });
        assertRest(answer, 10001);
        assert.deepEqual(answer.body.data.parameters, { 'If-Match': 'is not a parameter here' });
      }
      // The session goes on: nothing of it was done.
      assertRest(await send('GET', '/v1/auth'), 0);
    });
  }

  it('takes If-Match: * wherever it comes: it asks for nothing', async () => {
    assert.equal(unversioned.length, 6);
    const ended = await gateway.logIn();
    assertRest(await send('DELETE', '/v1/auth', undefined, { authorization: ended, 'if-match': '*' }), 0);
    const patched = await send('PATCH', '/v1/users/usr-00000000', { role: 'admin' }, { 'if-match': ' * ' });
    assertRest(patched, 0);
  });

  it('passes over Idempotency-Key on what is no POST', async () => {
    const path = `/v1/jobs/${await create()}`;
    const key = { 'idempotency-key': 'of-a-library' };
    for (const status of ['working', 'step1']) {
      assert.equal((await send('PATCH', path, { status }, key)).body.data.status, status);
    }
  });

  it('judges a job that does not exist as missing, whatever If-Match says', async () => {
    for (const match of ['*', '"1"']) {
      assertRest(await send('PUT', '/v1/jobs/j-00000000', content, { 'if-match': match }), 13001);
    }
  });

  const NOT_OF_A_CREATION = {
    jobId: 'j-00000001',
    status: 'successful',
    preStatus: 'working',
    version: 7,
    createTime: '2020-01-01T00:00:00.000Z',
    updateTime: '2020-01-01T00:00:00.000Z',
    ifVersion: [1],
    idempotencyKey: 'k',
    job_type: 'snake',
  };
  it('refuses by name what a creation does not take, and creates nothing', async () => {
    const before = (await send('GET', '/v1/jobs?job_type=wire')).body.data.total;
    for (const [name, value] of Object.entries(NOT_OF_A_CREATION)) {
      const answer = await send('POST', '/v1/jobs', { ...content, [name]: value });
      assertRest(answer, 10001);
      assert.deepEqual(Object.keys(answer.body.data.parameters), [name]);
    }
    const all = await send('POST', '/v1/jobs', { ...content, ...NOT_OF_A_CREATION });
    assert.deepEqual(Object.keys(all.body.data.parameters), Object.keys(NOT_OF_A_CREATION));
    assert.equal((await send('GET', '/v1/jobs?job_type=wire')).body.data.total, before);
  });

  it('refuses by name what a change does not take, and changes nothing', async () => {
    const jobId = await create();
    const path = `/v1/jobs/${jobId}`;
    const fixed = { ...NOT_OF_A_CREATION, owner: 'usr-bob' };
    const { status: _, ...notOfAReport } = { ...fixed, jobType: 'x', resources: {}, directive: {} };
    const notOfACancel = { ...notOfAReport, jobIds: ['j-00000001'], status: 'failed' };
    for (const [method, where, more, wrong] of [
      ['PUT', path, content, { ...fixed, note: 'n' }],
      ['PATCH', path, { status: 'working' }, notOfAReport],
      ['POST', `${path}/cancel`, {}, notOfACancel],
    ] as const) {
      for (const [name, value] of Object.entries(wrong)) {
        const answer = await send(method, where, { ...more, [name]: value });
        assertRest(answer, 10001);
        assert.deepEqual(Object.keys(answer.body.data.parameters), [name], method);
      }
    }
    for (const answer of [
      await send('PUT', `${path}?owner=usr-bob`, content),
      await send('DELETE', `${path}?owner=usr-bob`),
      await send('DELETE', `${path}?job_ids=j-68mbPHJU`),
      await send('DELETE', `${path}?if_version=1`),
    ]) {
      assertRest(answer, 10001);
    }
    assert.equal((await get(jobId)).version, 1);
  });

  it('names everything that is missing or of the wrong kind at once', async () => {
    const missing = await send('POST', '/v1/jobs', {});
    assert.deepEqual(Object.keys(missing.body.data.parameters), ['jobType', 'jobAction']);
    const wrong = await send('POST', '/v1/jobs', {
      jobType: 1,
      jobAction: '',
      resources: 'text',
      directive: ['list'],
      owner: {},
    });
    assertRest(wrong, 10001);
    const { parameters } = wrong.body.data;
    assert.deepEqual(Object.keys(parameters).toSorted(), [
      'directive',
      'jobAction',
      'jobType',
      'owner',
      'resources',
    ]);
    assert.equal(parameters.resources, 'must be an object');
    assert.equal(parameters.directive, 'must be an object');
    assert.equal(parameters.owner, 'must be a string');
  });

  it('refuses a member that stands twice, and a null where an object or a word belongs', async () => {
    const twice = await send('POST', '/v1/jobs', '{"jobType":"a","jobAction":"b","jobType":"c"}');
    assertRest(twice, 10001);
    assert.deepEqual(Object.keys(twice.body.data.parameters), ['jobType']);
    for (const name of ['resources', 'directive', 'owner']) {
      const answer = await send('POST', '/v1/jobs', { ...content, [name]: null });
      assertRest(answer, 10001);
      assert.deepEqual(Object.keys(answer.body.data.parameters), [name]);
    }
  });

  for (const [what, body, type, code] of [
    ['no body', '', 'application/json', 10008],
    ['a body that is not JSON', '{"jobType":', 'application/json', 10008],
    ['a list', '[]', 'application/json', 10008],
    ['a form', 'jobType=a&jobAction=b', 'application/x-www-form-urlencoded', 10008],
    ['JSON that is called text', JSON.stringify({ jobType: 'a' }), 'text/plain', 10008],
    ['bytes that are not UTF-8', '"\xff"', 'application/json', 10008],
  ] as const) {
    it(`refuses ${what} where a job is described`, async () => {
      const init = { headers: { 'content-type': type }, body: Buffer.from(body, 'latin1') };
      assertRest(await callRest(gateway, token, '/v1/jobs', { ...init, method: 'POST' }), code);
      assertRest(await callRest(gateway, token, '/v1/jobs/j-68mbPHJU', { ...init, method: 'PUT' }), code);
    });
  }

  it('tells the present status and version where they stand in the way', async () => {
    const jobId = await create();
    const path = `/v1/jobs/${jobId}`;
    const early = await send('DELETE', path);
    assertRest(early, 10015);
    assert.equal(early.body.data.status, 'pending');
    await send('PATCH', path, { status: 'failed' });
    const late = await send('PATCH', path, { status: 'working' });
    assertRest(late, 10015);
    assert.equal(late.body.data.status, 'failed');
    const stale = await send('PATCH', path, { status: 'failed' }, { 'if-match': '"1"' });
    assertRest(stale, 10016);
    assert.equal(stale.body.data.version, 2);
  });

  it('answers the timeline oldest first, times in UTC with milliseconds', async () => {
    const jobId = await create();
    await send('PATCH', `/v1/jobs/${jobId}`, { status: 'working', note: '开始' });
    const answer = await send('GET', `/v1/jobs/${jobId}/timeline`);
    assertRest(answer, 0);
    const { data } = answer.body;
    assert.deepEqual(Object.keys(data), ['jobId', 'timeline']);
    assert.deepEqual(
      data.timeline.map(({ time, ...row }: { time: string }) => {
        assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        return row;
      }),
      [
        { version: 1, status: 'pending', preStatus: '', userId: 'usr-00000000', note: '' },
        { version: 2, status: 'working', preStatus: 'pending', userId: 'usr-00000000', note: '开始' },
      ],
    );
    assertRest(await send('GET', '/v1/jobs/j-00000000/timeline'), 13001);
    assertRest(await send('GET', '/v1/jobs/nonsense/timeline'), 13001);
    assertRest(await send('GET', `/v1/jobs/${jobId}/timeline?page=1`), 10001);
  });

  it('refuses writes without credentials, and does not have other methods', async () => {
    const jobId = await create();
    for (const [method, path] of [
      ['POST', '/v1/jobs'],
      ['PUT', `/v1/jobs/${jobId}`],
      ['PATCH', `/v1/jobs/${jobId}`],
      ['DELETE', `/v1/jobs/${jobId}`],
      ['POST', `/v1/jobs/${jobId}/cancel`],
    ] as const) {
      const answer = await callRest(gateway, undefined, path, {
        method,
        body: method === 'DELETE' ? null : '{}',
      });
      assertRest(answer, 10002, 401);
    }
    for (const [method, path] of [
      ['PUT', '/v1/jobs'],
      ['DELETE', '/v1/jobs'],
      ['POST', `/v1/jobs/${jobId}`],
      ['GET', `/v1/jobs/${jobId}/cancel`],
      ['POST', '/v1/jobs/'],
    ] as const) {
      assertRest(await send(method, path), 10009);
    }
    assert.equal((await get(jobId)).version, 1);
  });

  it('repeats a stored answer to the byte, with its tag and place', async () => {
    const ask = (): Promise<Answer> =>
      send('POST', '/v1/jobs', { ...content, directive: { token: 't' } }, { 'idempotency-key': 'wire-1' });
    const first = await ask();
    await callAction(gateway, {
      action: 'ModifyJobStatus',
      job_id: first.body.data.jobId,
      status: 'working',
    });
    const again = await ask();
    assert.equal(again.text, first.text);
    for (const name of ['etag', 'location', 'content-type']) {
      assert.equal(again.headers.get(name), first.headers.get(name));
    }
  });
});
