import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { callRaw, callRest } from '../support/clients.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { assertRest } from './assert-convention.ts';

const CONSOLE = 'https://console.example.com';
const JOB = '/v1/jobs/j-68mbPHJU';

describe('pages of other origins', () => {
  let closed: TestGateway;
  let listed: TestGateway;
  let open: TestGateway;
  before(async () => {
    closed = await startGateway('embedded');
    listed = await closed.sibling({ CORS_ORIGINS: `${CONSOLE}, http://127.0.0.1:3000` });
    open = await closed.sibling({ CORS_ORIGINS: '*' });
  });
  after(() => closed[Symbol.asyncDispose]());

  it('may read answers, and their headers, where they are listed', async () => {
    const token = await listed.logIn();
    for (const origin of [CONSOLE, 'http://127.0.0.1:3000']) {
      const { headers } = await callRest(listed, token, JOB, { headers: { origin } });
      assert.equal(headers.get('access-control-allow-origin'), origin);
      assert.match(headers.get('vary') ?? '', /\bOrigin\b/);
      for (const name of ['ETag', 'Link', 'Location', 'X-Error-Code', 'X-Request-Id', 'Retry-After']) {
        assert.ok(headers.get('access-control-expose-headers')?.split(', ').includes(name), name);
      }
    }
  });

  it('may read failures too, which vary by language and by origin', async () => {
    const answer = await callRest(listed, undefined, JOB, { headers: { origin: CONSOLE } });
    assertRest(answer, 10002, 401);
    assert.equal(answer.headers.get('access-control-allow-origin'), CONSOLE);
    assert.equal(answer.headers.get('vary'), 'Accept-Language, Origin');
  });

  it('may not where they are not listed, or nobody is', async () => {
    const token = await closed.logIn();
    for (const [gateway, origin] of [
      [listed, 'https://console.example.com.evil.example'],
      [listed, 'http://console.example.com'],
      [listed, 'null'],
      [closed, CONSOLE],
    ] as const) {
      const { headers } = await callRest(gateway, token, JOB, { headers: { origin } });
      assert.equal(headers.get('access-control-allow-origin'), null, origin);
    }
  });

  it('may all where that is said, and never with the browser’s own credentials', async () => {
    const { headers } = await callRest(open, await open.logIn(), JOB, { headers: { origin: CONSOLE } });
    assert.equal(headers.get('access-control-allow-origin'), '*');
    assert.equal(headers.get('access-control-allow-credentials'), null);
  });

  it('ask before they send a call, without credentials', async () => {
    const asked = await callRaw(listed, JOB, {
      method: 'OPTIONS',
      headers: {
        origin: CONSOLE,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,if-match',
      },
    });
    assertRest(asked, 0);
    const allowed = asked.headers.get('access-control-allow-methods')?.split(', ') ?? [];
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])
      assert.ok(allowed.includes(method), method);
    assert.match(asked.headers.get('access-control-allow-headers') ?? '', /Authorization.*If-Match/);
  });

  it('are told nothing of methods where they may not call', async () => {
    const asked = await callRaw(listed, JOB, {
      method: 'OPTIONS',
      headers: { origin: 'https://other.example' },
    });
    assert.equal(asked.headers.get('access-control-allow-methods'), null);
  });
});

describe('OPTIONS', () => {
  let gateway: TestGateway;
  before(async () => void (gateway = await startGateway('embedded')));
  after(() => gateway[Symbol.asyncDispose]());

  it('tells the methods of a path', async () => {
    for (const [path, methods] of [
      ['/v1/jobs', 'GET, HEAD, OPTIONS, POST'],
      [JOB, 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'],
      ['/v1/auth', 'DELETE, GET, HEAD, OPTIONS, POST'],
    ] as const) {
      const answer = await callRaw(gateway, path, { method: 'OPTIONS' });
      assertRest(answer, 0);
      assert.equal(answer.headers.get('allow'), methods);
    }
  });

  it('is refused for a path that does not exist', async () => {
    assertRest(await callRaw(gateway, '/v1/nothing', { method: 'OPTIONS' }), 10009);
  });

  it('is named where another method is not there', async () => {
    const answer = await callRaw(gateway, '/v1/jobs', { method: 'DELETE' });
    assertRest(answer, 10009);
    assert.equal(answer.headers.get('allow'), 'GET, HEAD, OPTIONS, POST');
  });
});
