import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MAX_KEYS_PER_USER } from '../../schemas/describe-access-keys.ts';
import { writeDocument } from '../../adapters/rest/openapi/write-document.ts';
import { callRaw, callRest, type Answer } from '../support/clients.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';
import { assertRest } from './assert-convention.ts';

const JOB = '/v1/jobs/j-68mbPHJU';
const FILTERS = ['job_ids', 'job_action', 'job_type', 'owner', 'status', 'pre_status'];

describe('the conventions of the REST API', () => {
  let gateway: TestGateway;
  let token: string;
  before(async () => {
    gateway = await startGateway('embedded');
    token = await gateway.logIn();
  });
  after(() => gateway[Symbol.asyncDispose]());

  const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    callRest(gateway, token, path, { headers });
  const logIn = (body: string, headers: Record<string, string> = {}): Promise<Answer> =>
    callRaw(gateway, '/v1/auth', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  it('puts one resource under `data`, the code before it', async () => {
    const answer = await get(JOB);
    assertRest(answer, 0);
    assert.equal(answer.body.data.jobId, 'j-68mbPHJU');
  });

  it('puts a list under its plural, with total, page and perPage', async () => {
    const answer = await get('/v1/jobs?page=1&per_page=2');
    assertRest(answer, 0);
    const { jobs, next, ...rest } = answer.body.data;
    assert.equal(jobs.length, 2);
    assert.match(next, /^[A-Za-z0-9_-]+$/);
    assert.deepEqual(rest, { total: 3, page: 1, perPage: 2 });
  });

  it('tells no next page on the last, and no page number to whom follows cursors', async () => {
    const { body: first } = await get('/v1/jobs?per_page=2');
    const { body: last } = await get(`/v1/jobs?per_page=2&after=${first.data.next}`);
    assert.deepEqual(Object.keys(last.data), ['jobs', 'total', 'perPage']);
    assert.equal(last.data.jobs.length, 1);
  });

  it('shows twenty of a list unless told otherwise', async () => {
    const { data } = (await get('/v1/jobs')).body;
    assert.deepEqual([data.page, data.perPage], [1, 20]);
  });

  it('answers 200 where nothing was found', async () => {
    const answer = await get('/v1/jobs?status=failed');
    assertRest(answer, 0);
    assert.deepEqual(answer.body.data, { jobs: [], total: 0, page: 1, perPage: 20 });
  });

  it('answers with empty data where there is nothing to tell', async () => {
    const ended = await gateway.logIn();
    const answer = await callRest(gateway, ended, '/v1/auth', { method: 'DELETE' });
    assertRest(answer, 0);
    assert.deepEqual(answer.body.data, {});
  });

  it('spells every key in camelCase, but those of the data that is not its own', async () => {
    const { body } = await get('/v1/jobs');
    for (const key of keysOf(body)) assert.match(key, /^[a-z]+([A-Z][a-z]+)*$/);
    assert.ok('node_ids' in body.data.jobs[0].resources);
    assert.ok('access_key_id' in body.data.jobs[0].directive);
  });

  it('spells the keys of failures in camelCase', async () => {
    const { body } = await get('/v1/jobs?page=0');
    for (const key of keysOf({ ...body, data: { ...body.data, parameters: {} } }))
      assert.match(key, /^[a-z]+([A-Z][a-z]+)*$/);
  });

  it('answers 200 and the code in the X-Error-Code header for a business error', async () => {
    assertRest(await get('/v1/jobs/j-00000000'), 13001);
  });

  for (const [what, authorization] of [
    ['none', undefined],
    ['a wrong one', 'wrong'],
    ['one of another scheme', 'Basic dXNyOnB3'],
  ] as const) {
    it(`answers 401 with WWW-Authenticate and 10002 where the token is ${what}`, async () => {
      for (const path of ['/v1/jobs', '/v1/jobs/latest', JOB, '/v1/auth']) {
        assertRest(await callRest(gateway, authorization, path), 10002, 401);
      }
    });
  }

  it('answers 401 where a token has expired', async () => {
    const short = await gateway.sibling({ TOKEN_TTL_SECONDS: '1' });
    const expired = await short.logIn();
    await gateway.database.db('tokens').update({ expire_time: '2020-01-01 00:00:00.000' });
    assertRest(await callRest(gateway, expired, '/v1/jobs'), 10002, 401);
    token = await gateway.logIn();
  });

  for (const scheme of ['', 'Bearer ', 'bearer ', 'Token ']) {
    it(`takes a token after ${JSON.stringify(scheme)}`, async () => {
      assertRest(await get(JOB, { authorization: `${scheme}${token}` }), 0);
    });
  }

  it('takes no credentials from the query', async () => {
    assertRest(await callRest(gateway, undefined, `/v1/jobs?authorization=${token}`), 10002, 401);
  });

  it('logs in with a name and a password, out of any cache', async () => {
    const answer = await logIn(JSON.stringify({ name: ADMIN.userId, password: ADMIN.password }));
    assertRest(answer, 0);
    assert.deepEqual(Object.keys(answer.body.data), ['token', 'expireTime']);
    assert.match(answer.body.data.expireTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  });

  it('answers 401 with 11006 to a wrong password, and the same to an unknown name', async () => {
    const wrong = await logIn(JSON.stringify({ name: ADMIN.userId, password: 'not this' }));
    const unknown = await logIn(JSON.stringify({ name: 'usr-none', password: 'not this' }));
    for (const answer of [wrong, unknown]) assertRest(answer, 11006, 401);
    assert.equal(wrong.body.data.message, unknown.body.data.message);
  });

  it('tells who a token belongs to', async () => {
    const answer = await get('/v1/auth');
    assertRest(answer, 0);
    assert.deepEqual(Object.keys(answer.body.data), ['userId', 'role', 'expireTime']);
    assert.equal(answer.body.data.role, 'admin');
  });

  for (const path of [
    '/v1/jobs/',
    '/v1/JOBS',
    '/V1/jobs',
    '/v1/Jobs/latest',
    '/v1/jobs/latest/',
    `${JOB}/`,
    '/v1/job',
    '/v1/jobs/j-68mbPHJU/none',
    '/v1',
    '/v1/',
    '/v2/jobs',
    '/v1//jobs',
    '/v1/%6Aobs',
    '/',
    '/iaasx',
    '/favicon.ico',
  ]) {
    it(`answers 10009 for the unknown path ${path}, with a token or without`, async () => {
      assertRest(await get(path), 10009);
      assertRest(await callRest(gateway, undefined, path), 10009);
    });
  }

  for (const [method, path] of [
    ['PUT', '/v1/jobs'],
    ['PATCH', '/v1/jobs'],
    ['DELETE', '/v1/jobs'],
    ['POST', '/v1/jobs/latest'],
    ['PUT', '/v1/jobs/latest'],
    ['DELETE', '/v1/jobs/latest'],
    ['PUT', '/v1/auth'],
    ['POST', '/v1/auth/verify'],
    ['PROPFIND', '/v1/jobs'],
  ] as const) {
    it(`answers 10009 for ${method} ${path}, which has other methods`, async () => {
      assertRest(await callRest(gateway, undefined, path, { method }), 10009);
    });
  }

  it('answers 10008 for broken JSON', async () => {
    for (const body of ['{', '{"name":', "{'name':'x'}", '{"name":"x",}', 'name=x', '']) {
      assertRest(await logIn(body), 10008);
    }
  });

  it('answers 10001 with every wrong parameter by name', async () => {
    const wrong = await logIn('{"name":5,"password":["x"]}');
    assertRest(wrong, 10001);
    assert.deepEqual(Object.keys(wrong.body.data.parameters), ['name', 'password']);
    const none = await logIn('{}');
    assertRest(none, 10001);
    assert.deepEqual(Object.keys(none.body.data.parameters).sort(), ['name', 'password']);
  });

  it('answers 13001 for a job that does not exist, and for an id that none can have', async () => {
    for (const id of ['j-00000000', 'j-68mbphju', 'x', '%20', 'j-68mbPHJU%2F', '..%2Fauth']) {
      assertRest(await get(`/v1/jobs/${id}`), 13001);
    }
    assertRest(await get('/v1/jobs/latest?job_type=none'), 13001);
  });

  it('answers 13002 for a query_by that is not supported, and names those that are', async () => {
    for (const query of [
      'query_by=color',
      'query_by=color&color=red',
      'query_by=',
      'query_by=status,color&status=failed',
    ]) {
      const answer = await get(`/v1/jobs?${query}`, { 'accept-language': 'en' });
      assertRest(answer, 13002);
      for (const name of ['query_by', ...FILTERS]) assert.ok(answer.body.data.message.includes(name));
    }
  });

  it('answers 10001 where the parameter is missing that query_by names', async () => {
    const answer = await get('/v1/jobs?query_by=status');
    assertRest(answer, 10001);
    assert.deepEqual(Object.keys(answer.body.data.parameters), ['status']);
  });

  it('refuses a list that is sent empty, in every operation: none chosen is not all', async () => {
    const lists = Object.entries(writeDocument('en').paths).flatMap(([path, { get: operation }]) =>
      (operation?.parameters ?? []).flatMap((each) =>
        'in' in each && each.in === 'query' && each.schema.type === 'array' && each.name !== 'query_by'
          ? [{ path, name: each.name }]
          : [],
      ),
    );
    const names = (of: string): string[] => lists.flatMap(({ path, name }) => (path === of ? [name] : []));
    assert.deepEqual(names('/v1/jobs').toSorted(), FILTERS.toSorted());
    assert.deepEqual([names('/v1/users'), names('/v1/keys')], [['user_ids'], ['access_key_ids']]);
    for (const { path, name } of lists) {
      for (const text of [`${name}=`, name, `${name}=,`, `${name}=,,`]) {
        const answer = await get(`${path}?${text}`);
        assertRest(answer, 10001);
        assert.deepEqual(Object.keys(answer.body.data.parameters), [name]);
      }
    }
  });

  it('refuses an empty filter that query_by names, whatever the filter takes', async () => {
    for (const name of [...FILTERS, 'created_after', 'created_before']) {
      const answer = await get(`/v1/jobs?query_by=${name}&${name}=`);
      assertRest(answer, 10001);
      assert.deepEqual(Object.keys(answer.body.data.parameters), [name]);
    }
  });

  it('takes an empty value of any other parameter for none', async () => {
    const all = (await get('/v1/jobs')).text;
    const names = ['created_after', 'created_before', 'sort_by', 'order', 'after'];
    assert.equal((await get(`/v1/jobs?${names.map((name) => `${name}=`).join('&')}`)).text, all);
    assertRest(await get('/v1/users?role=&status='), 0);
    assertRest(await get('/v1/jobs/latest?job_type='), 0);
  });

  it('answers 10010 for a page beside a cursor, and names it', async () => {
    for (const path of ['/v1/jobs', '/v1/users']) {
      await gateway.addUser(`usr-of-${path.slice(4)}`, 'user');
      const { next } = (await get(`${path}?per_page=1`)).body.data;
      for (const page of [1, 2]) {
        const answer = await get(`${path}?per_page=1&page=${page}&after=${next}`, {
          'accept-language': 'en',
        });
        assertRest(answer, 10010);
        assert.deepEqual(answer.body.data.parameters, { page: 'cannot stand beside after' });
      }
    }
  });

  it('filters by the parameter that query_by names', async () => {
    const byType = await get('/v1/jobs?query_by=job_type&job_type=neonsan');
    assert.deepEqual(idsOf(byType), ['j-3K2CQ4h6']);
    const byBoth = await get('/v1/jobs?query_by=status,pre_status&status=successful&pre_status=step1');
    assert.deepEqual(idsOf(byBoth), ['j-68mbPHJU']);
  });

  it('filters without query_by, and by any of several words', async () => {
    assert.deepEqual(idsOf(await get('/v1/jobs?pre_status=step1,step4&job_type=QingCloud')), [
      'j-QJMYu7nS',
      'j-68mbPHJU',
    ]);
  });

  it('answers 10010 for a wrong page, and names it', async () => {
    for (const page of ['0', '-1', 'x', '1.5', '', '%20', '1e3', '99999999999999999999']) {
      const answer = await get(`/v1/jobs?page=${page}`);
      assertRest(answer, 10010);
      assert.equal(answer.body.data.reason, 'invalid_page');
      assert.deepEqual(Object.keys(answer.body.data.parameters), ['page']);
    }
  });

  it('answers 10011 for a wrong per_page, and names it', async () => {
    for (const perPage of ['0', '101', '-1', 'x', '']) {
      const answer = await get(`/v1/jobs?per_page=${perPage}`);
      assertRest(answer, 10011);
      assert.deepEqual(Object.keys(answer.body.data.parameters), ['per_page']);
    }
  });

  it('lists access keys whole: a user has no more than a page may hold by default', async () => {
    assert.equal((await get('/v1/jobs')).body.data.perPage, MAX_KEYS_PER_USER);
    assert.deepEqual(Object.keys((await get('/v1/keys')).body.data), ['accessKeys', 'total']);
    const answer = await get('/v1/keys?page=1&per_page=20');
    assertRest(answer, 10001);
    assert.deepEqual(Object.keys(answer.body.data.parameters), ['page', 'per_page']);
  });

  it('answers 10013 for a wrong sort_by: its words are spelled as in a query', async () => {
    for (const word of ['owner', 'createTime', 'updateTime', 'CREATE_TIME', 'create_time,update_time']) {
      assertRest(await get(`/v1/jobs?sort_by=${word}`), 10013);
    }
  });

  it('answers 10014 for a wrong order', async () => {
    for (const word of ['up', 'ASC', 'descending']) assertRest(await get(`/v1/jobs?order=${word}`), 10014);
  });

  it('answers 10001 where several things are wrong, and names them all', async () => {
    const answer = await get('/v1/jobs?page=0&per_page=0&sort_by=x&order=y&query_by=z&status=%ff&nope=1');
    assertRest(answer, 10001);
    assert.deepEqual(Object.keys(answer.body.data.parameters).sort(), [
      'nope',
      'order',
      'page',
      'per_page',
      'query_by',
      'sort_by',
      'status',
    ]);
  });

  for (const [sent, meant] of [
    ['perPage', 'per_page'],
    ['pre-status', 'pre_status'],
    ['jobType', 'job_type'],
    ['Status', 'status'],
    ['sortby', 'sort_by'],
    ['job_id', 'job_ids'],
    ['created_befor', 'created_before'],
  ]) {
    it(`answers 10001 for the unknown parameter ${sent}, and asks whether ${meant} was meant`, async () => {
      const answer = await get(`/v1/jobs?${sent}=1`, { 'accept-language': 'en' });
      assertRest(answer, 10001);
      assert.match(answer.body.data.parameters[String(sent)], new RegExp(`did you mean ${meant}\\?`));
    });
  }

  it('knows no parameter of the other protocol', async () => {
    for (const name of ['limit', 'offset', 'verbose', 'lang', 'action']) {
      assertRest(await get(`/v1/jobs?${name}=1`), 10001);
    }
    assertRest(await get(`${JOB}?job_id=j-68mbPHJU`), 10001);
    assertRest(await get('/v1/jobs/latest?status=failed'), 10001);
  });

  for (const [wanted, language] of [
    [undefined, 'zh-CN'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['zh-TW', 'zh-CN'],
    ['en', 'en'],
    ['en-US,en;q=0.9,zh;q=0.1', 'en'],
    ['EN-gb', 'en'],
    ['en;q=0.1, zh;q=0.9', 'zh-CN'],
    ['fr, de;q=0.5', 'zh-CN'],
    ['fr, en;q=0.5', 'en'],
    ['*', 'zh-CN'],
    [';;=,q', 'zh-CN'],
  ] as const) {
    it(`speaks ${language} to whom accepts ${wanted ?? 'nothing in particular'}`, async () => {
      const answer = await callRest(gateway, token, '/v1/jobs/j-00000000', {
        // Without this header the client would send one of its own.
        headers: { 'accept-language': wanted ?? '' },
      });
      assertRest(answer, 13001);
      assert.equal(answer.headers.get('content-language'), language);
      assert.equal(/\p{Script=Han}/u.test(answer.body.data.message), language === 'zh-CN');
    });
  }

  it('keeps a sane X-Request-Id, in the answer, its body and the log', async () => {
    const id = 'caller:42/a.b_c=+-';
    const answer = await get('/v1/jobs/j-00000000', { 'x-request-id': id });
    assert.equal(answer.headers.get('x-request-id'), id);
    assert.equal(answer.body.data.requestId, id);
    assert.ok(gateway.logged.some(({ facts }) => facts.requestId === id));
  });

  for (const [what, id] of [
    ['spaces', 'a b'],
    ['quotes', '"a"'],
    ['more than 128 characters', 'a'.repeat(129)],
    ['letters that are not ASCII', 'é'],
    ['nothing', ''],
  ] as const) {
    it(`replaces an X-Request-Id of ${what}`, async () => {
      const answer = await get(JOB, { 'x-request-id': id });
      assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
    });
  }

  it('gives each request an id of its own', async () => {
    const ids = await Promise.all([get(JOB), get(JOB)]);
    assert.notEqual(ids[0].headers.get('x-request-id'), ids[1].headers.get('x-request-id'));
  });

  it('tags one job with its version, and answers 304 to whom has it', async () => {
    const tag = (await get(JOB)).headers.get('etag') ?? '';
    assert.equal(tag, '"3"');
    for (const held of [tag, `W/${tag}`, `"1", ${tag}`, '*']) {
      const answer = await get(JOB, { 'if-none-match': held });
      assert.equal(answer.status, 304);
      assert.equal(answer.text, '');
      assert.equal(answer.headers.get('etag'), tag);
      assert.notEqual(answer.headers.get('x-request-id'), null);
    }
  });

  it('gives the newest job no tag: one job’s version is no other’s', async () => {
    const answer = await get('/v1/jobs/latest', { 'if-none-match': '*' });
    assertRest(answer, 0);
    assert.equal(answer.headers.get('etag'), null);
  });

  it('answers in full to whom has another version', async () => {
    for (const held of ['"2"', '3', '"33"', '']) assertRest(await get(JOB, { 'if-none-match': held }), 0);
  });

  it('answers 401 and 13001 to a conditional request as to any other', async () => {
    const headers = { 'if-none-match': '*' };
    assertRest(await callRest(gateway, undefined, JOB, { headers }), 10002, 401);
    assertRest(await get('/v1/jobs/j-00000000', headers), 13001);
  });

  it('verifies a token for nginx with 204, the user and its role', async () => {
    for (const path of ['/v1/auth/verify', '/v1/auth/verify?perPage=%ff&x']) {
      const answer = await get(path, { 'if-none-match': '*' });
      assert.equal(answer.status, 204);
      assert.equal(answer.text, '');
      assert.equal(answer.headers.get('x-user-id'), ADMIN.userId);
      assert.equal(answer.headers.get('x-user-role'), 'admin');
      assert.notEqual(answer.headers.get('x-request-id'), null);
    }
  });

  it('verifies nothing else for nginx: 401 with WWW-Authenticate and X-Error-Code', async () => {
    for (const authorization of [undefined, 'wrong', 'Basic x', 't'.repeat(5_000)]) {
      const answer = await callRest(gateway, authorization, '/v1/auth/verify');
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer /);
      assert.equal(answer.headers.get('x-error-code'), '10002');
      assert.equal(answer.headers.get('x-user-id'), null);
    }
  });

  it('answers HEAD as GET, without the body', async () => {
    const got = await get(JOB);
    const head = await callRest(gateway, token, JOB, { method: 'HEAD' });
    assert.equal(head.text, '');
    for (const name of ['content-type', 'etag', 'cache-control']) {
      assert.equal(head.headers.get(name), got.headers.get(name));
    }
    assert.equal(head.headers.get('content-length'), String(Buffer.byteLength(got.text)));
    const refused = await callRest(gateway, undefined, JOB, { method: 'HEAD' });
    assert.deepEqual([refused.status, refused.headers.get('x-error-code')], [401, '10002']);
    const verified = await callRest(gateway, token, '/v1/auth/verify', { method: 'HEAD' });
    assert.deepEqual([verified.status, verified.headers.get('x-user-role')], [204, 'admin']);
  });
});

function idsOf(answer: Answer): string[] {
  return answer.body.data.jobs.map((job: { jobId: string }) => job.jobId);
}

/** Every key of the answer that is not in the free data of a job. */
function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...(key === 'resources' || key === 'directive' ? [] : keysOf(inner)),
  ]);
}
