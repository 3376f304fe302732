import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { after, afterEach, before, describe, it } from 'node:test';
import { callAction, callRaw, callRest, type Answer } from '../support/clients.ts';
import { ADMIN, PASSWORD, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { assertAction, assertRest } from './assert-convention.ts';
import { request, sendBytes } from './send-bytes.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const CREDENTIALS = { USER_ID: ADMIN.userId, PASSWORD: base64(ADMIN.password) };
const signed = new URLSearchParams(CREDENTIALS).toString();
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const KNOWN = 'j-68mbPHJU';
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `x${index}`);
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const cursor = (...fields: unknown[]): string => base64(JSON.stringify(fields)).replaceAll('=', '');

/** What is wrong in a call of the action API, and what its answer must name. */
interface BadCall {
  readonly title: string;
  readonly json?: object;
  readonly form?: string;
  readonly query?: string;
  readonly naming: readonly string[];
}

const BAD_CALLS: readonly BadCall[] = [
  {
    title: 'numbers, objects and truth values for words',
    json: { job_type: { a: 1 }, job_action: [{}], owner: true, status: [1], pre_status: [null] },
    naming: ['job_type', 'job_action', 'owner', 'status', 'pre_status'],
  },
  {
    title: 'words, lists and objects for numbers',
    json: { limit: [5], offset: 'some' },
    naming: ['limit', 'offset'],
  },
  { title: 'fractions for numbers', json: { limit: 1.5, offset: 0.1 }, naming: ['limit', 'offset'] },
  { title: 'words for times', json: { created_after: 5, after: 7 }, naming: ['created_after', 'after'] },
  {
    title: 'objects for words of a choice',
    json: { sort_by: {}, order: ['asc'] },
    naming: ['sort_by', 'order'],
  },
  { title: 'a number for ids', json: { job_ids: 5 }, naming: ['job_ids'] },
  { title: 'numbers among ids', json: { job_ids: [KNOWN, 5] }, naming: ['job_ids'] },
  { title: 'a hundred thousand ids', json: { job_ids: many(100_000) }, naming: ['job_ids', '100'] },
  {
    title: 'a hundred thousand numbers for ids',
    json: { job_ids: many(100_000).map(Number) },
    naming: ['job_ids'],
  },
  {
    title: 'tens of thousands of numbered ids',
    form: many(40_000)
      .map((id, index) => `jobs.${index}=${id}`)
      .join('&'),
    naming: ['job_ids', '100'],
  },
  { title: 'a parameter twice', form: 'status=working&status=failed', naming: ['status'] },
  { title: 'a list and a bare value of it', form: 'job_ids.1=a&job_ids=b', naming: ['job_ids'] },
  { title: 'a number of a list twice', form: 'job_ids.1=a&job_ids.1=b', naming: ['job_ids.1'] },
  { title: 'a parameter and its alias', form: 'job_ids=a&jobs=b', naming: ['jobs'] },
  { title: 'a parameter in query and body', form: 'order=asc', query: 'order=asc', naming: ['order'] },
  { title: 'an action in query and body', form: '', query: 'action=DescribeJobs', naming: ['action'] },
  { title: 'percent signs that are no UTF-8', form: 'status=%ff&job_type=%', naming: ['status', 'job_type'] },
  { title: 'half a letter among ids', form: 'job_ids.1=%E4%BD', naming: ['job_ids.1'] },
  { title: 'an offset that no list has', form: 'offset=99999999999999999999', naming: ['offset'] },
  { title: 'a cursor of other fields', form: `after=${cursor(1, 2, 3, 4)}`, naming: ['after'] },
  { title: 'a cursor that is nested deeply', form: `after=${'W1tb'.repeat(100)}`, naming: ['after'] },
];

/** Harmless, however odd: the answer is an ordinary one. */
const ODD_FORMS: Readonly<Record<string, string>> = {
  'a NUL in a word': 'status=%00&job_type=neonsan%00',
  'a NUL among ids': `job_ids=${KNOWN}%00`,
  'names that mean something to JavaScript': '__proto__=1&constructor=2&__proto__.1=3&toString=4',
  'names without values and values without names': 'zone&=x&&==&&',
  'a name that is no UTF-8': '%ff=1&%=2',
  'a letter that is none': 'job_type=%EF%BF%BF%EF%BF%BD',
  'quotes and comments of SQL': "status=';%20drop%20table%20jobs;--&owner=%60%22%5C",
  'a number of a list that is larger than any': `job_ids.999999=${KNOWN}`,
  'a cursor from the end of time': `after=${cursor('createTime', 1, 8.64e15, KNOWN)}`,
  'a cursor from before the first year': `after=${cursor('createTime', 1, -8.64e15, KNOWN)}`,
  'a cursor from a fraction of a millisecond': `after=${cursor('createTime', 1, 0.5, KNOWN)}`,
  'the first year': 'created_after=0000-01-01T00:00:00%2B12:00',
  'the last year': 'created_before=9999-12-31T23:59:59-12:00',
  'the largest offset': `offset=${Number.MAX_SAFE_INTEGER}`,
};

/** Queries of `GET /v1/jobs`, the number of the answer, and what it must name. */
const BAD_QUERIES: readonly { title: string; query: string; code: number; naming: readonly string[] }[] = [
  {
    title: 'filters that it does not know',
    query: 'color=red&size=1',
    code: 10001,
    naming: ['color', 'size'],
  },
  { title: 'a parameter twice', query: 'status=a&status=b', code: 10001, naming: ['status'] },
  { title: 'a page twice', query: 'page=1&page=1', code: 10001, naming: ['page'] },
  {
    title: 'percent signs that are no UTF-8',
    query: 'status=%ff&job_type=%&owner=%E4%BD',
    code: 10001,
    naming: ['status', 'job_type', 'owner'],
  },
  { title: 'a name that is no UTF-8', query: '%ff=1', code: 10001, naming: ['%ff'] },
  {
    title: 'names that mean something to JavaScript',
    query: '__proto__=1&constructor=2&toString=3&hasOwnProperty=4',
    code: 10001,
    naming: ['__proto__', 'constructor', 'toString', 'hasOwnProperty'],
  },
  { title: 'a NUL in a name', query: 'a%00b=1', code: 10001, naming: ['a\0b'] },
  { title: 'three hundred ids', query: `job_ids=${many(300).join(',')}`, code: 10001, naming: ['job_ids'] },
  { title: 'a very long word', query: `status=${'x'.repeat(5_000)}`, code: 10001, naming: ['status'] },
  { title: 'a cursor of other fields', query: `after=${cursor(1, 2, 3, 4)}`, code: 10001, naming: ['after'] },
  { title: 'a page that no list has', query: 'page=9007199254740993', code: 10010, naming: ['page'] },
];

const ODD_QUERIES: Readonly<Record<string, string>> = {
  'a NUL in a word': 'status=%00&job_type=neonsan%00',
  'a NUL among ids': `job_ids=${KNOWN}%00,%00`,
  'quotes and comments of SQL': "status=';%20drop%20table%20jobs;--&owner=%60%22%5C",
  'empty pairs': '&&',
  'a cursor from the end of time': `after=${cursor('createTime', 1, 8.64e15, KNOWN)}`,
  'a cursor from before the first year': `after=${cursor('createTime', 1, -8.64e15, KNOWN)}`,
  'the first year': 'created_after=0000-01-01T00:00:00%2B12:00',
  'the last year': 'created_before=9999-12-31T23:59:59-12:00',
  'the last page of all': 'page=90071992547409&per_page=100',
};

/** Bodies that no protocol can read; what `Content-Type` they carry beside JSON's. */
const UNREADABLE: readonly { title: string; body: () => RequestInit['body']; headers?: object }[] = [
  { title: 'broken JSON', body: () => '{"name":' },
  { title: 'JSON with bytes that are no UTF-8', body: () => Buffer.from('{"name":"\xff\xfe"}', 'latin1') },
  { title: 'JSON with half a letter', body: () => Buffer.from([0x7b, 0x22, 0xe4, 0xbd, 0x22, 0x7d]) },
  { title: 'JSON in UTF-16', body: () => Buffer.from('{"name":"x"}', 'utf16le') },
  { title: 'a list', body: () => '[{"name":"x"}]' },
  { title: 'null', body: () => 'null' },
  { title: 'a number', body: () => '5' },
  { title: 'a word', body: () => '"name"' },
  { title: 'JSON of a hundred thousand levels', body: () => `{"name":${nested(100_000)}}` },
  { title: 'brackets that never close', body: () => `{"name":${'[{"a":'.repeat(100_000)}` },
  { title: 'a body that is too large', body: () => JSON.stringify({ name: 'x'.repeat(1_100_000) }) },
  { title: 'a body in pieces that is too large', body: () => inPieces(1_100_000) },
  {
    title: 'a compressed body',
    body: () => gzipSync('{"name":"x","password":"y"}'),
    headers: { 'content-encoding': 'gzip' },
  },
  {
    title: 'a body of several parts',
    body: () => '--x\r\n\r\n--x--',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  },
  { title: 'XML', body: () => '<name/>', headers: { 'content-type': 'application/xml' } },
  { title: 'a content type that is none', body: () => '{}', headers: { 'content-type': 'json' } },
];

function inPieces(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      const piece = Math.min(left, 50_000);
      if (piece === 0) return controller.close();
      left -= piece;
      controller.enqueue(Buffer.alloc(piece, 'x'));
    },
  });
}

for (const store of STORES) {
  describe(`bad input on the ${store} store`, () => {
    let gateway: TestGateway;
    let token: string;
    const secrets: string[] = [ADMIN.password, base64(ADMIN.password), PASSWORD, base64(PASSWORD)];
    before(async () => {
      gateway = await startGateway(store);
      token = await gateway.logIn();
      secrets.push(token);
    });
    after(() => gateway[Symbol.asyncDispose]());

    afterEach(async () => {
      const byAction = await callAction(gateway, { action: 'DescribeJobs', job_ids: KNOWN });
      assert.equal(byAction.body.job_set?.[0]?.job_id, KNOWN, 'the gateway answers no longer');
      const byRest = await get(`/v1/jobs/${KNOWN}`);
      assert.equal(byRest.body.data.jobId, KNOWN, 'the gateway answers no longer');
    });

    const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
      callRest(gateway, token, path, { headers });
    const post = (path: string, body: RequestInit['body'], headers: object = JSON_TYPE): Promise<Answer> =>
      callRaw(gateway, path, {
        method: 'POST',
        headers: { ...headers },
        body: body ?? null,
        duplex: 'half',
      });

    describe('of the action API', () => {
      for (const { title, json, form, query = '', naming } of BAD_CALLS) {
        it(`names every parameter of a call with ${title}`, async () => {
          const body = json
            ? JSON.stringify({ ...CREDENTIALS, action: 'DescribeJobs', lang: 'en', ...json })
            : `${signed}&action=DescribeJobs&lang=en&${form}`;
          const answer = await post(`/iaas/?${query}`, body, json ? JSON_TYPE : FORM_TYPE);
          assertAction(answer, 1100, 'DescribeJobsResponse');
          for (const name of naming) assert.ok(answer.body.message.includes(name), answer.body.message);
          assert.ok(answer.text.length < 5_000);
        });
      }

      for (const [title, form] of Object.entries(ODD_FORMS)) {
        it(`answers a call with ${title}`, async () => {
          const body = `${signed}&action=DescribeJobs&${form}`;
          assertAction(await post('/iaas/', body, FORM_TYPE), 0, 'DescribeJobsResponse');
        });
      }

      it('takes keys that mean something to JavaScript for any other', async () => {
        const odd = '"__proto__":{"limit":1,"isAdmin":true},"constructor":{"prototype":{"limit":1}}';
        const body = `{${JSON.stringify({ ...CREDENTIALS, action: 'DescribeJobs' }).slice(1, -1)},${odd}}`;
        const answer = await post('/iaas/', body);
        assertAction(answer, 0);
        assert.equal(answer.body.job_set.length, 3);
        assert.equal(({} as Record<string, unknown>).isAdmin, undefined);
      });

      it('takes half a pair of code units for a letter that no job carries', async () => {
        const body = `{${JSON.stringify({ ...CREDENTIALS, action: 'DescribeJobs' }).slice(1, -1)},"status":"\\ud800"}`;
        const answer = await post('/iaas/', body);
        assertAction(answer, 0);
        assert.equal(answer.body.total_count, 0);
      });

      for (const { title, body, headers } of UNREADABLE) {
        it(`refuses ${title}`, async () => {
          const answer = await post('/iaas/', body(), { ...JSON_TYPE, ...headers });
          assertAction(answer, 1100);
          assert.match(answer.body.message, /^InvalidRequestFormat, /);
        });
      }

      it('refuses a form with bytes that are no UTF-8', async () => {
        const bytes = Buffer.from(`${signed}&action=DescribeJobs&status=\xff`, 'latin1');
        assertAction(await post('/iaas/', bytes, FORM_TYPE), 1100);
      });

      it('asks for an action where the body is empty', async () => {
        for (const headers of [JSON_TYPE, FORM_TYPE, {}]) {
          assertAction(await post('/iaas/', '', headers), 1101, 'ErrorResponse');
        }
      });

      it('asks for an action where it is no word', async () => {
        for (const action of [5, null, [], {}, true, '']) {
          assertAction(await post('/iaas/', JSON.stringify({ ...CREDENTIALS, action })), 1101);
        }
      });

      it('refuses credentials that are no words', async () => {
        for (const wrong of [5, null, [], {}, true, [CREDENTIALS.PASSWORD]]) {
          for (const name of ['USER_ID', 'PASSWORD']) {
            const body = { ...CREDENTIALS, [name]: wrong, action: 'DescribeJobs' };
            assertAction(await post('/iaas/', JSON.stringify(body)), 1200);
          }
        }
      });

      it('refuses credentials that stand twice', async () => {
        const once = `${signed}&action=DescribeJobs`;
        assertAction(await post('/iaas/', `${once}&USER_ID=usr-x`, FORM_TYPE), 1200);
        assertAction(await post('/iaas/', `${once}&PASSWORD=eA==`, FORM_TYPE), 1200);
        assertAction(await post('/iaas/?USER_ID=usr-x', once, FORM_TYPE), 1200);
      });

      it('refuses a PASSWORD that is no text in base64', async () => {
        for (const cipher of [
          '%ff',
          '%00',
          '!',
          base64(ADMIN.password).slice(1),
          'A',
          '/////w==',
          '%F0%9F',
        ]) {
          const body = `action=DescribeJobs&USER_ID=${ADMIN.userId}&PASSWORD=${cipher}`;
          assertAction(await post('/iaas/', body, FORM_TYPE), 1200);
        }
      });

      it('answers a query that is too long for a header in its own convention', async () => {
        const ids = many(5_000).map((id, index) => `job_ids.${index}=${id}`);
        for (const path of ['/iaas', '/iaas/']) {
          const line = `GET ${path}?action=DescribeJobs&${ids.join('&')} HTTP/1.1`;
          assertUnreadableAction(await sendBytes(gateway, request(line)));
        }
      });
    });

    describe('of the REST API', () => {
      for (const { title, query, code, naming } of BAD_QUERIES) {
        it(`names every parameter of a query with ${title}`, async () => {
          const answer = await get(`/v1/jobs?${query}`);
          assertRest(answer, code);
          for (const name of naming) assert.ok(Object.hasOwn(answer.body.data.parameters, name), answer.text);
          for (const name of naming) assert.ok(answer.body.data.message.includes(name));
          assert.ok(answer.text.length < 5_000);
        });
      }

      for (const [title, query] of Object.entries(ODD_QUERIES)) {
        it(`answers a query with ${title}`, async () => {
          assertRest(await get(`/v1/jobs?${query}`), 0);
        });
      }

      for (const id of ['%ff', '%', '%E4%BD', '%00', '%0d%0aX-Evil:%201', '%2e%2e%2f', '__proto__', '🙂'])
        it(`finds no job at the path ${id}`, async () => {
          const answer = await get(`/v1/jobs/${id}`);
          assertRest(answer, 13001);
          assert.equal(answer.headers.get('x-evil'), null);
        });

      for (const { title, body, headers } of UNREADABLE) {
        it(`refuses ${title}`, async () => {
          assertRest(await post('/v1/auth', body(), { ...JSON_TYPE, ...headers }), 10008);
        });
      }

      it('refuses a body that is empty, and a form', async () => {
        assertRest(await post('/v1/auth', ''), 10008);
        assertRest(await post('/v1/auth', 'name=x&password=y', FORM_TYPE), 10008);
        assertRest(await post('/v1/auth', '{"name":"x","password":"y"}', FORM_TYPE), 10008);
      });

      it('names every wrong member of a body', async () => {
        const odd = '"__proto__":{"name":"x"},"constructor":1,"nme":"x","password":{"length":9}';
        const answer = await post('/v1/auth', `{${odd}}`);
        assertRest(answer, 10001);
        const named = Object.keys(answer.body.data.parameters);
        assert.deepEqual(named.sort(), ['__proto__', 'constructor', 'name', 'nme', 'password']);
      });

      it('names parameters that stand in the query of a body', async () => {
        const answer = await post('/v1/auth?name=x', '{"name":"x","password":"y"}');
        assertRest(answer, 10001);
        assert.deepEqual(Object.keys(answer.body.data.parameters), ['name']);
      });

      it('names some of tens of thousands of unknown members', async () => {
        const body = Object.fromEntries(many(80_000).map((name) => [name, 1]));
        const answer = await post('/v1/auth', JSON.stringify(body));
        assertRest(answer, 10001);
        assert.ok(answer.text.length < 5_000);
      });

      it('logs no one in by a name or a password with a NUL', async () => {
        for (const [name, password] of [
          [`${ADMIN.userId}\0`, ADMIN.password],
          [ADMIN.userId, `${ADMIN.password}\0`],
          [`${ADMIN.userId} `, ADMIN.password],
          [ADMIN.userId.toUpperCase(), ADMIN.password],
          ['\ud800', '\udfff'],
        ]) {
          assertRest(await post('/v1/auth', JSON.stringify({ name, password })), 11006, 401);
        }
      });

      it('refuses malformed and very long credentials', async () => {
        for (const wrong of ['Bearer', 'Bearer a b', `${token}x`, 'ÿ', '"', 't'.repeat(12_000)]) {
          assertRest(await get('/v1/jobs', { authorization: wrong }), 10002, 401);
        }
      });

      it('takes no header for more than it is', async () => {
        const headers = {
          'accept-language': 'x'.repeat(4_000),
          'if-none-match': ','.repeat(4_000),
          'x-forwarded-for': '999.1.1.1, ::::, <script>',
          'accept-encoding': ';q=x',
        };
        assertRest(await get(`/v1/jobs/${KNOWN}`, headers), 0);
      });

      it('answers headers that are too long in the envelope', async () => {
        for (const header of [`Authorization: ${'t'.repeat(70_000)}`, `X-Long: ${'x'.repeat(70_000)}`]) {
          const answer = await sendBytes(gateway, request('GET /v1/jobs HTTP/1.1', [header]));
          assertUnreadableRest(answer);
        }
      });

      it('verifies nobody whose headers are too long', async () => {
        const token = `Authorization: ${await gateway.logIn()}`;
        for (const padding of [40_000, 400_000]) {
          const headers = [token, `X-Long: ${'x'.repeat(padding)}`];
          const answer = await sendBytes(gateway, request('GET /v1/auth/verify HTTP/1.1', headers));
          assertUnreadableRest(answer);
        }
      });

      it('takes no later piece of a request for the line that says what is asked', async () => {
        const first = request('GET /v1/auth/verify HTTP/1.1', ['X-Long: x']).trimEnd();
        const later = `GET /iaas/ HTTP/1.1 ${'x'.repeat(40_000)}\r\n\r\n`;
        assertUnreadableRest(await sendBytes(gateway, first, { later }));
      });

      it('answers a query of a hundred thousand ids in the envelope', async () => {
        const line = `GET /v1/jobs?job_ids=${many(100_000).join(',')} HTTP/1.1`;
        assertUnreadableRest(await sendBytes(gateway, request(line)));
      });
    });

    describe('of no protocol', () => {
      for (const [what, bytes] of [
        ['words that are no request', 'HELO gateway\r\n\r\n'],
        ['bytes of TLS', Buffer.from('16030100a5010000a10303', 'hex')],
        ['two lengths of one body', request('POST /v1/auth HTTP/1.1', ['Content-Length: 5'], 'four')],
        ['a length that is none', request('POST /v1/auth HTTP/1.1', ['Content-Length: -1'])],
        ['a length and pieces', request('POST /v1/auth HTTP/1.1', ['Transfer-Encoding: chunked'], 'four')],
        ['a NUL in a header', request('GET /v1/jobs HTTP/1.1', ['X-Nul: a\0b'])],
        ['a space in the path', request('GET /v1/jobs /x HTTP/1.1')],
        ['an unknown method', request('BREW /v1/jobs HTTP/1.1')],
        ['another protocol version', request('GET /v1/jobs HTTP/9.9')],
      ] as const) {
        it(`answers ${what} in the envelope`, async () => {
          assertUnreadableRest(await sendBytes(gateway, bytes));
        });
      }

      it('answers a target that is no URL by what its path asks for', async () => {
        for (const [target, code] of [
          [`http://[/iaas?${signed}`, 1101],
          ['http://[::/v1/jobs', 10002],
          ['http://a:b:c/', 10009],
          ['//', 10009],
          ['*', 10009],
        ] as const) {
          const method = target === '*' ? 'OPTIONS' : 'GET';
          const { body, text } = await sendBytes(gateway, request(`${method} ${target} HTTP/1.1`));
          assert.equal(body?.code ?? body?.ret_code, code, text);
        }
      });

      it('answers a request without a Host in its own convention', async () => {
        const action = await sendBytes(gateway, 'GET /iaas HTTP/1.1\r\nConnection: close\r\n\r\n');
        assertUnreadableAction(action);
        const rest = await sendBytes(gateway, 'GET /v1/jobs HTTP/1.1\r\nConnection: close\r\n\r\n');
        assert.ok(Number.isInteger(rest.body?.code), `${rest.status} ${rest.text}`);
      });

      it('answers a request that expects what nobody knows in its own convention', async () => {
        const expecting = ['Expect: a-miracle'];
        const action = await sendBytes(gateway, request('GET /iaas HTTP/1.1', expecting));
        assertUnreadableAction(action);
        const rest = await sendBytes(gateway, request('GET /v1/jobs HTTP/1.1', expecting));
        assert.ok(Number.isInteger(rest.body?.code), `${rest.status} ${rest.text}`);
      });

      it('survives who hangs up in the middle of a body', async () => {
        for (const path of ['/iaas/', '/v1/auth']) {
          const headers = ['Content-Type: application/json', 'Content-Length: 1000'];
          const half = request(`POST ${path} HTTP/1.1`, headers) + '{"name":';
          const answer = await sendBytes(gateway, half, { hangUp: true });
          assert.ok(!(answer.status >= 500), `${answer.status} ${answer.text}`);
        }
      });

      it('survives a piece of a body that is none', async () => {
        for (const path of ['/iaas/', '/v1/auth']) {
          const headers = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
          const broken = `${request(`POST ${path} HTTP/1.1`, headers)}5\r\n{"nam\r\nzz\r\n`;
          const answer = await sendBytes(gateway, broken);
          assert.ok(!(answer.status >= 500), `${answer.status} ${answer.text}`);
        }
      });
    });

    describe('of the gateway itself', () => {
      /** Takes a table away while `work` runs. */
      const without = async (table: string, work: () => Promise<void>): Promise<void> => {
        const { db } = gateway.database;
        await db.schema.renameTable(table, `${table}_away`);
        try {
          await work();
        } finally {
          await db.schema.renameTable(`${table}_away`, table);
        }
      };

      const assertNothingTold = ({ text }: Answer): void => {
        for (const word of ['select', 'table', 'SQL', 'node:', 'Error:', 'jobs_away', '.ts']) {
          assert.ok(!text.includes(word), text);
        }
      };

      it('answers 10000 and 5000 where the store fails, and tells the cause to the log alone', async () => {
        const logged = gateway.logged.length;
        await without('jobs', async () => {
          const byRest = await get('/v1/jobs', { 'accept-language': 'en' });
          assertRest(byRest, 10000, 500);
          assert.equal(byRest.body.data.reason, 'internal');
          const byAction = await callAction(gateway, { action: 'DescribeLatestJob', lang: 'en' });
          assertAction(byAction, 5000, 'DescribeLatestJobResponse');
          for (const answer of [byRest, byAction]) assertNothingTold(answer);
        });
        const errors = gateway.logged.slice(logged).filter(({ level }) => level === 'error');
        assert.equal(errors.length, 2);
        for (const { facts } of errors) {
          assert.ok(facts.cause instanceof Error);
          assert.match(facts.cause.message, /jobs/);
          assert.match(String(facts.requestId), /./);
        }
      });

      it('answers 503 and never 401 where nobody can tell whether a token is good', async () => {
        await without('tokens', async () => {
          const answer = await callRest(gateway, 'a token not seen before', '/v1/auth/verify');
          assert.equal(answer.status, 401);
          const unknown = await callRest(gateway, 'not-seen-before', '/v1/auth/verify');
          assert.equal(unknown.status, 503);
          assertNothingTold(unknown);
        });
      });
    });

    it('has written no secret into its log', () => {
      assert.ok(gateway.logged.length > 100);
      const everything = inspect(gateway.logged, {
        depth: null,
        maxArrayLength: null,
        maxStringLength: null,
      });
      const lines = gateway.logged.map((line) => JSON.stringify(line)).join('\n');
      for (const secret of secrets) {
        for (const text of [everything, lines]) {
          for (const form of [secret, encodeURIComponent(secret)]) {
            assert.ok(!text.includes(form), `${form} stands in the log`);
          }
        }
      }
    });
  });
}

/** What could not be read as HTTP: there may be no id of a request, but there is an answer in JSON. */
function assertUnreadableRest(answer: Answer): void {
  assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
  assert.equal(answer.body?.code, 10008, `${answer.status} ${answer.text}`);
  assert.equal(typeof answer.body.data.message, 'string');
  // To nginx's auth_request any 2xx is a yes.
  assert.equal(answer.status, 400);
}

function assertUnreadableAction(answer: Answer): void {
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.ok([1100, 1101].includes(answer.body?.ret_code), answer.text);
}
