import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { restRoutes } from '../../adapters/rest/answer.ts';
import type { OperationObject } from '../../adapters/rest/openapi/document.ts';
import { writeDocument } from '../../adapters/rest/openapi/write-document.ts';
import { errorCatalogue, reservedCodes } from '../../adapters/wire/error-catalogue.ts';
import { callRaw, callRest, type Answer } from '../support/clients.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { assertRest } from './assert-convention.ts';

const JOB = '/v1/jobs/j-68mbPHJU';

/** Keys of an answer at any depth; what stands in free data is the caller's own. */
function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'resources' || key === 'directive' ? [key] : [key, ...keysOf(inner)],
  );
}

const document = writeDocument('en');
const operations: readonly OperationObject[] = Object.values(document.paths).flatMap((item) =>
  Object.values(item),
);

/** The names of all properties of the schemas below a value. */
function propertiesBelow(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { properties } = value as { properties?: object };
  const own = !Array.isArray(value) && properties ? Object.keys(properties) : [];
  return [...own, ...Object.values(value).flatMap(propertiesBelow)];
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One test for each rule of 数人云's specification; docs/rest-rules.md says which is which. */
describe('the rules of the REST convention', () => {
  let gateway: TestGateway;
  let token: string;
  before(async () => {
    gateway = await startGateway('embedded');
    await gateway.addUser('usr-plain', 'user');
    token = await gateway.logIn();
  });
  after(() => gateway[Symbol.asyncDispose]());

  const get = (path: string): Promise<Answer> => callRest(gateway, token, path);
  const send = (method: string, path: string, body?: object, headers = {}): Promise<Answer> =>
    callRest(gateway, token, path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
  const create = async (): Promise<string> => {
    const answer = await send('POST', '/v1/jobs', { jobType: 'rule', jobAction: 'Follow' });
    return `/v1/jobs/${answer.body.data.jobId}`;
  };

  it('puts the version in front of every path', () => {
    for (const { route } of restRoutes()) assert.match(route.path, /^\/v1\//);
  });

  it('gets one and many by GET, and changes nothing by it', async () => {
    const before = (await get('/v1/jobs')).text;
    assertRest(await get(JOB), 0);
    assert.equal((await get('/v1/jobs')).text, before);
  });

  it('makes something new by POST', async () => {
    assertRest(await get(await create()), 0);
  });

  it('replaces the whole by PUT: what is left out is cleared', async () => {
    const path = await create();
    await send('PUT', path, { jobType: 'rule', jobAction: 'Full', resources: { a: 1 } });
    const { data } = (await send('PUT', path, { jobType: 'rule', jobAction: 'Less' })).body;
    assert.deepEqual([data.jobAction, data.resources], ['Less', {}]);
  });

  it('changes a part by PATCH: the status, and nothing else', async () => {
    const path = await create();
    const { data } = (await send('PATCH', path, { status: 'working' })).body;
    assert.deepEqual([data.status, data.jobAction], ['working', 'Follow']);
  });

  it('hides by DELETE', async () => {
    const path = await create();
    await send('PATCH', path, { status: 'successful' });
    const deleted = await send('DELETE', path);
    assertRest(deleted, 0);
    assert.deepEqual(deleted.body.data, {});
    assertRest(await get(path), 13001);
  });

  it('names resources by nouns and actions by verbs, in lower case, two words with an underscore', () => {
    for (const { route } of restRoutes()) {
      const words = route.path.split('/').filter((word) => word !== '' && !word.startsWith(':'));
      for (const word of words) assert.match(word, /^(v1|[a-z]+(_[a-z]+)?)$/, route.path);
    }
  });

  it('knows no path in capitals', async () => {
    for (const path of ['/v1/JOBS', '/V1/jobs', '/v1/Jobs/j-68mbPHJU']) assertRest(await get(path), 10009);
  });

  it('knows no action in camelCase', async () => {
    assertRest(await get(`${JOB}/getTimeline`), 10009);
  });

  it('knows no path with a slash at its end', async () => {
    for (const path of ['/v1/jobs/', `${JOB}/`, '/v1/jobs/?page=1&per_page=20']) {
      assertRest(await get(path), 10009);
    }
  });

  it('spells parameters with underscores, and says so to who does not', async () => {
    const answer = await callRest(gateway, token, '/v1/jobs?page=1&perPage=20', {
      headers: { 'accept-language': 'en' },
    });
    assertRest(answer, 10001);
    assert.match(answer.body.data.parameters.perPage, /per_page/);
  });

  it('takes parameters of a GET from the query', async () => {
    assert.equal((await get('/v1/jobs?per_page=1')).body.data.jobs.length, 1);
  });

  it('takes parameters of POST, PUT and PATCH from the body, and none of them from the query', async () => {
    assertRest(await send('POST', '/v1/jobs?jobType=rule', { jobType: 'rule', jobAction: 'x' }), 10001);
    assertRest(await send('PATCH', `${JOB}?status=working`, { status: 'working' }), 10001);
  });

  it('takes credentials from a header alone', async () => {
    assertRest(await callRaw(gateway, `${JOB}?token=${token}`), 10002, 401);
    assertRest(await callRest(gateway, token, JOB), 0);
  });

  it('answers 200 also where a list is empty and where something was deleted', async () => {
    const empty = await get('/v1/jobs?status=failed&job_type=none');
    assertRest(empty, 0);
    assert.deepEqual(empty.body.data.jobs, []);
    const path = await create();
    await send('PATCH', path, { status: 'failed' });
    const deleted = await send('DELETE', path);
    assertRest(deleted, 0, 200);
    assert.deepEqual(deleted.body.data, {});
  });

  it('answers 401 without a token, with a wrong one and with one that has expired', async () => {
    const brief = await gateway.sibling({ TOKEN_TTL_SECONDS: '1' });
    const expired = await brief.logIn();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    for (const given of [undefined, 'wrong', expired]) {
      assertRest(await callRest(gateway, given, JOB), 10002, 401);
    }
  });

  it('answers 200 to a business error, with its code', async () => {
    for (const [path, code] of [
      ['/v1/jobs/j-00000000', 13001],
      ['/v1/jobs?page=0', 10010],
      ['/v1/nothing', 10009],
    ] as const) {
      assertRest(await get(path), code, 200);
    }
  });

  it('answers 500 and 503 where the gateway or what it needs fails, and for nothing else', async () => {
    const { db } = gateway.database;
    const path = await create();
    const row = db('jobs').where('job_id', path.split('/').at(-1) as string);
    await row.clone().update({ resources: 'no JSON' });
    assertRest(await get(path), 10000, 500);
    await row.delete();
    await db.schema.renameTable('tokens', 'tokens_away');
    try {
      assertRest(await callRest(gateway, 'not-seen-before', '/v1/auth/verify'), 10000, 503);
    } finally {
      await db.schema.renameTable('tokens_away', 'tokens');
    }
    for (const { status, code } of Object.values(errorCatalogue)) {
      assert.equal(status >= 500, code === 10000, `${code} with ${status}`);
    }
  });

  it('puts an object under data, never a list', async () => {
    for (const path of [JOB, '/v1/jobs', '/v1/users', '/v1/keys', `${JOB}/timeline`, '/v1/nothing']) {
      assert.equal(isObject((await get(path)).body.data), true, path);
    }
    const shown = operations.flatMap(({ responses }) =>
      Object.values(responses['200']?.content?.['application/json']?.examples ?? {}),
    );
    const values = shown.flatMap((each) => ('value' in each ? [each.value as { data?: unknown }] : []));
    const data = values.flatMap((value) => ('data' in value ? [value.data] : []));
    assert.ok(data.length > 20);
    for (const each of data) assert.equal(isObject(each), true);
  });

  it('documents itself by an OpenAPI document, and shows it with Swagger UI', async () => {
    const answer = await callRaw(gateway, '/v1/openapi');
    assert.deepEqual([answer.status, answer.body.openapi], [200, '3.1.0']);
    assert.ok('/v1/jobs/{job_id}' in answer.body.paths);
    const page = await fetch(`${gateway.base}/docs`);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<script src="[^"]+\/swagger-ui\.js"/);
  });

  it('answers JSON with code and data, and nothing beside them', async () => {
    for (const answer of [await get(JOB), await get('/v1/jobs'), await get('/v1/nothing')]) {
      assert.deepEqual(Object.keys(answer.body), ['code', 'data']);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
      assert.equal(Number.isInteger(answer.body.code), true);
    }
  });

  it('spells keys in camelCase, in whole words', async () => {
    const answers = [
      await get(JOB),
      await get('/v1/jobs'),
      await get(`${JOB}/timeline`),
      await get('/v1/keys'),
    ];
    const documented = propertiesBelow(document);
    assert.ok(new Set(documented).size > 40);
    for (const key of [...documented, ...answers.flatMap(({ body }) => keysOf(body))]) {
      assert.match(key, /^[a-z]+([A-Z][a-z]+)*$/);
      assert.doesNotMatch(key, /^(msg|resp|req|res|err|num|cnt|desc|ts|uid)$/);
    }
  });

  it('tells a failure by a code that is not 0 and a message in data', async () => {
    const { code, data } = (await get('/v1/jobs/j-00000000')).body;
    assert.notEqual(code, 0);
    assert.equal(typeof data.message, 'string');
  });

  for (const [code, call] of [
    [0, () => get(JOB)],
    [10001, () => get('/v1/jobs?color=red')],
    [10008, () => callRest(gateway, token, '/v1/jobs', { method: 'POST', body: '{' })],
    [10009, () => get('/v1/nothing')],
    [10011, () => get('/v1/jobs?per_page=101')],
    [13001, () => get('/v1/jobs/j-00000000')],
    [13002, () => get('/v1/jobs?query_by=color&color=red')],
  ] as const) {
    it(`answers ${code} as the table of codes says`, async () => assertRest(await call(), code));
  }

  it('answers 10010 both to a wrong page and to who may not, and the reason tells them apart', async () => {
    const page = await get('/v1/jobs?page=none');
    const denied = await callRest(gateway, await gateway.logIn('usr-plain'), '/v1/jobs?owner=usr-00000000');
    assertRest(page, 10010);
    assertRest(denied, 10010);
    assert.deepEqual([page.body.data.reason, denied.body.data.reason], ['invalid_page', 'permission_denied']);
  });

  it('answers 10002 with 401', async () => assertRest(await callRest(gateway, undefined, JOB), 10002, 401));

  it('answers 10000 where the gateway itself fails, and keeps the cause to itself', async () => {
    // A row that only another program could have written: its free data is not JSON.
    const path = await create();
    const jobId = path.split('/').at(-1) as string;
    await gateway.database.db('jobs').where('job_id', jobId).update({ resources: 'no JSON' });
    const answer = await get(path);
    assertRest(answer, 10000, 500);
    assert.equal(answer.text.includes('JSON'), false);
    await gateway.database.db('jobs').where('job_id', jobId).delete();
  });

  it('keeps the codes of labels, clusters, applications and projects free', () => {
    for (const code of [
      '12001',
      '12002',
      '12014',
      '12015',
      '12016',
      '12018',
      '12019',
      '14001',
      '14002',
      '15***',
    ]) {
      assert.ok(reservedCodes[code]?.zh, code);
    }
    for (const [reason, { code }] of Object.entries(errorCatalogue)) {
      assert.doesNotMatch(String(code), /^1[245]/, reason);
    }
  });
});
