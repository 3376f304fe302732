import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { CALLS_ALWAYS } from '../../adapters/http/call-limit.ts';
import { encodeError as encodeActionError } from '../../adapters/action/encode.ts';
import { encodeError as encodeRestError } from '../../adapters/rest/encode.ts';
import type { WireRequest } from '../../adapters/wire/exchange.ts';
import type { Language } from '../../adapters/wire/language.ts';
import { Refusal } from '../../src/errors.ts';
import { callAction, type Answer } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/folder.ts';
import { freePort } from '../support/free-port.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';
import { callByHttp2, callSecurely, sendSecurely, type SecureCall } from '../support/https.ts';
import { ensureServers } from '../support/install-servers.ts';
import { startNginx, testSite, type Nginx } from '../support/nginx.ts';
import { signCall, type AccessKey } from '../support/signed-query.ts';
import { startForgetful, startUpstream } from '../support/upstream.ts';

const LANGUAGES = [
  { language: 'zh', tag: 'zh-CN' },
  { language: 'en', tag: 'en' },
] as const;
const PASSWORD = Buffer.from(ADMIN.password).toString('base64');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'content-type': 'application/json' };

const portOf = ({ base }: Pick<TestGateway, 'base'>): number => Number(new URL(base).port);

/** Compares an answer of nginx with what a gateway says for the same reason. */
function assertSaysActionError(answer: Answer, refusal: Refusal, language: Language): void {
  const { status, body, headers } = encodeActionError('unknown', undefined, refusal, language);
  assert.deepEqual([answer.status, answer.text], [status, body]);
  assertHeaders(answer, headers);
}

function assertSaysRestError(answer: Answer, refusal: Refusal, language: Language): void {
  const requestId = answer.headers.get('x-request-id') ?? '';
  assert.match(requestId, /^[0-9a-f]{32}$/);
  const request = { requestId, language } as WireRequest;
  const { status, body, headers } = encodeRestError('unknown', undefined, refusal, request);
  assert.deepEqual([answer.status, answer.text], [status, body]);
  assertHeaders(answer, headers);
}

function assertHeaders(answer: Answer, expected: Readonly<Record<string, string>>): void {
  assert.ok(answer.headers.get('x-request-id'));
  for (const [name, value] of Object.entries(expected)) assert.equal(answer.headers.get(name), value, name);
}

before(() => ensureServers({ nginx: true }));

describe('two gateways behind the nginx of deploy/nginx', () => {
  let gateway: TestGateway;
  let other: TestGateway;
  let nginx: Nginx;
  let token: string;
  let key: AccessKey;
  const call = (target: string, asked: SecureCall = {}): Promise<Answer> =>
    callSecurely(nginx, target, asked);
  const authorized = (headers: Record<string, string> = {}) => ({ authorization: token, ...headers });

  before(async () => {
    gateway = await startGateway('servers', {
      TRUSTED_PROXIES: '127.0.0.1',
      PASSWORD_OVER_HTTP: 'refuse',
      KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      ADMIN_PORT: '',
    });
    other = await gateway.sibling();
    nginx = await startNginx({ instances: [portOf(gateway), portOf(other)] });
    token = await gateway.logIn();
    const { body } = await callAction(gateway, { action: 'CreateAccessKey' });
    key = { id: body.access_key_id, secret: body.secret_access_key };
  });
  after(async () => {
    await nginx?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
  });

  it('serve both APIs, over HTTP/1.1 and HTTP/2, from both instances', async () => {
    for (const ask of [callSecurely, callByHttp2]) {
      for (let i = 0; i < 4; i++) {
        const rest = await ask(nginx, '/v1/jobs/j-3K2CQ4h6', { headers: authorized() });
        assert.deepEqual([rest.status, rest.body.data.jobId], [200, 'j-3K2CQ4h6']);
        assert.equal(rest.headers.get('etag'), '"6"');
        const form = `action=DescribeJobs&USER_ID=${ADMIN.userId}&PASSWORD=${encodeURIComponent(PASSWORD)}`;
        const action = await ask(nginx, '/iaas/', { method: 'POST', headers: FORM, body: form });
        assert.equal(action.headers.get('content-type'), 'application/json');
        assert.deepEqual([action.status, action.body.ret_code], [200, 0]);
      }
    }
    const calls = (one: TestGateway) => one.logged.filter(({ message }) => message === 'call').length;
    assert.ok(calls(gateway) > 2 && calls(other) > 2);
  });

  it('are told that the caller came over HTTPS, and take its password', async () => {
    const body = JSON.stringify({ name: ADMIN.userId, password: ADMIN.password });
    const logIn = await call('/v1/auth', { method: 'POST', headers: JSON_BODY, body });
    assert.equal(logIn.body.code, 0);
  });

  for (const path of ['/iaas', '/iaas/']) {
    it(`get signed calls of ${path} as they were signed`, async () => {
      const parameters = { action: 'DescribeJobs', job_type: 'a b+c/d*e~f%2F作业', zone: 'pek3', limit: '5' };
      const get = await call(`${path}?${signCall(key, 'GET', path, parameters)}`);
      assert.deepEqual([get.status, get.body.ret_code, get.body.total_count], [200, 0, 0], get.text);
      const body = signCall(key, 'POST', path, { ...parameters, job_type: 'neonsan' });
      const post = await call(path, { method: 'POST', headers: FORM, body });
      assert.deepEqual([post.body.ret_code, post.body.total_count], [0, 1], post.text);
    });
  }

  it('get calls whose target is a whole URL', async () => {
    const query = signCall(key, 'GET', '/iaas', { action: 'DescribeJobs' });
    const answer = await sendSecurely(
      nginx,
      `GET https://jobgate.test/iaas?${query} HTTP/1.1\r\nHost: jobgate.test\r\nConnection: close\r\n\r\n`,
    );
    assert.deepEqual([answer.status, answer.body.ret_code], [200, 0], answer.text);
  });

  it('are asked under the caller’s request id, or under one that nginx made', async () => {
    for (const { sent, kept } of [
      { sent: 'my-id:1/2', kept: true },
      { sent: 'not an id', kept: false },
      { sent: 'x'.repeat(129), kept: false },
    ]) {
      const answer = await call('/v1/nothing', { headers: { 'x-request-id': sent } });
      const given = answer.headers.get('x-request-id');
      assert.equal(given === sent, kept);
      assert.equal(answer.body.data.requestId, given);
      const lines = [...gateway.logged, ...other.logged];
      assert.ok(lines.some(({ facts }) => facts.requestId === given));
      assert.ok((await nginx.requests()).some(({ requestId }) => requestId === given));
    }
  });

  it('are changed through PUT, PATCH and DELETE as without it', async () => {
    const send = (method: string, target: string, body?: object, headers: Record<string, string> = {}) =>
      call(target, {
        method,
        headers: authorized({ ...headers, ...(body && JSON_BODY) }),
        ...(body && { body: JSON.stringify(body) }),
      });
    const { body: made } = await send('POST', '/v1/jobs', { jobType: 'through', jobAction: 'Nginx' });
    const path = `/v1/jobs/${made.data.jobId}`;
    const big = { text: 'x'.repeat(200_000) };
    const put = { jobType: 'through', jobAction: 'Nginx', resources: big };
    assert.equal((await send('PUT', path, put, { 'if-match': '"1"' })).body.data.version, 2);
    assert.equal((await send('PUT', path, put, { 'if-match': '"1"' })).body.code, 10016);
    assert.equal((await send('PATCH', path, { status: 'failed' })).body.data.version, 3);
    const unchanged = await call(path, { headers: authorized({ 'if-none-match': '"3"' }) });
    assert.deepEqual([unchanged.status, unchanged.text], [304, '']);
    assert.equal((await send('DELETE', path)).body.code, 0);
    assert.equal((await send('GET', path)).body.code, 13001);
  });

  describe('whose caller goes too far', () => {
    const tooLarge = new Refusal('malformed_request', { detail: 'body-too-large' });
    const unreadable = new Refusal('malformed_request', { detail: 'headers' });
    const body = Buffer.alloc(1_048_577, ' ');

    for (const { language, tag } of LANGUAGES) {
      const headers = { 'accept-language': `${tag},*;q=0.1` };
      it(`refuse a body over the limit, in ${tag}`, async () => {
        for (const method of ['POST', 'PUT']) {
          const rest = await call('/v1/jobs', { method, headers: { ...authorized(), ...headers }, body });
          assertSaysRestError(rest, tooLarge, language);
        }
        const action = await call(`/iaas/?lang=${tag}`, { method: 'POST', headers: FORM, body });
        assertSaysActionError(action, tooLarge, language);
        const byHttp2 = await callByHttp2(nginx, `/iaas?lang=${tag}`, { method: 'POST', body });
        assertSaysActionError(byHttp2, tooLarge, language);
      });

      it(`refuse a target and headers that are too long, in ${tag}`, async () => {
        const long = 'x'.repeat(40_000);
        const line = (target: string, more: string) =>
          `GET ${target} HTTP/1.1\r\nHost: a\r\nAccept-Language: ${tag}\r\n${more}\r\n`;
        assertSaysRestError(
          await sendSecurely(nginx, line('/v1/jobs', `X-Long: ${long}\r\n`)),
          unreadable,
          language,
        );
        const action = await sendSecurely(nginx, line(`/iaas/?lang=${tag}`, `X-Long: ${long}\r\n`));
        assertSaysActionError(action, unreadable, language);
      });
    }

    it('refuse a first line that is too long, by the path that it begins with', async () => {
      const query = `a=${'x'.repeat(40_000)}`;
      const send = (path: string) => sendSecurely(nginx, `GET ${path}?${query} HTTP/1.1\r\nHost: a\r\n\r\n`);
      for (const path of ['/iaas', '/iaas/', 'https://a/iaas/']) {
        assertSaysActionError(await send(path), unreadable, 'zh');
      }
      for (const path of ['/v1/jobs', '/iaasx']) assertSaysRestError(await send(path), unreadable, 'zh');
    });

    it('refuse plain HTTP on the port of TLS, in JSON', async () => {
      const plain = await fetch(nginx.base.replace('https', 'http') + '/v1/jobs', { redirect: 'manual' });
      assert.deepEqual([plain.status, ((await plain.json()) as { code: number }).code], [200, 10008]);
    });
  });

  it('show health and metrics to nobody outside, however the path is spelled', async () => {
    assert.equal((await fetch(`${gateway.base}/metrics`)).status, 200);
    const paths = ['/metrics', '/healthz', '/readyz'].flatMap((path) => [
      path,
      `${path}?a`,
      `/${path}`,
      `/.${path}`,
      `/v1/..${path}`,
      `${path}/`,
      path.toUpperCase(),
      `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`,
      `/v1/%2e%2e${path}`,
      `/v1/..%2f${path.slice(1)}`,
      `${path}#a`,
    ]);
    for (const path of paths) {
      const { status, text, body } = await call(path);
      assert.deepEqual([status, body?.code], [200, 10009], `${path}: ${text}`);
    }
    const whole = 'GET https://a/metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    assert.equal((await sendSecurely(nginx, whole)).body.code, 10009);
    assertSaysRestError(
      await call('/metrics'),
      new Refusal('resource_not_found', { detail: 'unknown-path' }),
      'zh',
    );
    for (const inner of ['/_jobgate/rest/unavailable', '/_jobgate/action/limited', '/_jobgate/rest/']) {
      assert.equal((await call(inner)).body.code, 10009, inner);
    }
  });

  it('are limited for each address, in both conventions', async () => {
    await using strict = await startNginx({ instances: [portOf(gateway)], rate: '1r/m' });
    const refusal = new Refusal('rate_limited', { retryAfter: 1 });
    for (let i = 0; i < 5; i++) assert.notEqual((await callSecurely(strict, '/v1/nothing')).body.code, 10018);
    assertSaysRestError(await callSecurely(strict, '/v1/nothing'), refusal, 'zh');
    assertSaysActionError(await callSecurely(strict, '/iaas?lang=en'), refusal, 'en');
  });

  describe('one of which dies in the middle of a call', () => {
    const count = async (table: string, column: string, value: string): Promise<number> => {
      const rows = (await gateway.database.db(table).where(column, value)) as unknown[];
      return rows.length;
    };
    const createJob = async (jobType: string): Promise<string> => {
      const { body } = await callAction(other, { action: 'CreateJob', job_type: jobType, job_action: 'Die' });
      return body.job_id as string;
    };

    /** Asks until the dying instance was asked as well. */
    async function askBoth(ask: (front: Nginx, round: number) => Promise<void>): Promise<void> {
      await using dying = await startForgetful(portOf(gateway));
      await using front = await startNginx({ instances: [dying.port, portOf(other)] });
      for (let round = 0; round < 6; round++) await ask(front, round);
      assert.ok(dying.received.length >= 3, 'it was hardly asked');
    }

    it('have a read answered by the other', () =>
      askBoth(async (front) => {
        const answer = await callSecurely(front, '/v1/jobs/j-3K2CQ4h6', { headers: authorized() });
        assert.equal(answer.body.code, 0);
      }));

    it('create no job twice', () =>
      askBoth(async (front, round) => {
        const jobType = `once-${round}`;
        const body = JSON.stringify({ jobType, jobAction: 'Die' });
        const rest = await callSecurely(front, '/v1/jobs', {
          method: 'POST',
          headers: authorized(JSON_BODY),
          body,
        });
        assert.ok([0, 10000].includes(rest.body.code), rest.text);
        assert.equal(await count('jobs', 'job_type', jobType), 1);
        const form = new URLSearchParams({
          action: 'CreateJob',
          job_type: `form-${round}`,
          job_action: 'Die',
        });
        form.append('USER_ID', ADMIN.userId);
        form.append('PASSWORD', PASSWORD);
        await callSecurely(front, '/iaas/', { method: 'POST', headers: FORM, body: form.toString() });
        assert.equal(await count('jobs', 'job_type', `form-${round}`), 1);
      }));

    it('change no job twice, and tell nobody that another was faster', () =>
      askBoth(async (front, round) => {
        const jobType = `change-${round}`;
        const path = `/v1/jobs/${await createJob(jobType)}`;
        const change = (method: string, version: number, body: object) =>
          callSecurely(front, path, {
            method,
            headers: authorized({ ...JSON_BODY, 'if-match': `"${version}"` }),
            body: JSON.stringify(body),
          });
        const put = await change('PUT', 1, { jobType, jobAction: 'Dies' });
        assert.ok([0, 10000].includes(put.body.code), put.text);
        const patch = await change('PATCH', 2, { status: 'failed' });
        assert.ok([0, 10000].includes(patch.body.code), patch.text);
        const [job] = (await gateway.database.db('jobs').where('job_type', jobType)) as { version: number }[];
        assert.equal(Number(job?.version), 3);
      }));

    it('create one job where it is asked for by a signed GET', () =>
      askBoth(async (front, round) => {
        const parameters = { action: 'CreateJob', job_type: `signed-${round}`, job_action: 'Die' };
        const query = signCall(key, 'GET', '/iaas/', parameters);
        const answer = await callSecurely(front, `/iaas/?${query}`);
        assert.ok([0, 5100].includes(answer.body.ret_code), answer.text);
        assert.equal(await count('jobs', 'job_type', `signed-${round}`), 1);
        // The client itself may send it again, and is told what it came to.
        const again = await callSecurely(front, `/iaas/?${query}`);
        assert.ok([0, 5100].includes(again.body.ret_code), again.text);
        assert.equal(await count('jobs', 'job_type', `signed-${round}`), 1);
      }));

    it('hide a job once, and tell nobody that it was not there', () =>
      askBoth(async (front, round) => {
        const jobId = await createJob(`hide-${round}`);
        await callAction(other, { action: 'CancelJobs', 'job_ids.1': jobId });
        const answer = await callSecurely(front, `/v1/jobs/${jobId}`, {
          method: 'DELETE',
          headers: authorized(),
        });
        assert.ok([0, 10000].includes(answer.body.code), answer.text);
        const [job] = await gateway.database.db('jobs').where('job_id', jobId);
        assert.ok(job.hidden_time !== null);
      }));
  });
});

describe('the nginx of deploy/nginx', () => {
  // Port 443 is root's.
  const isRoot = process.getuid?.() === 0;
  it('takes the site that is shipped, the protected program included', { skip: !isRoot }, async () => {
    await using folder = await temporaryFolder();
    await testSite(folder.path, (_, shipped) =>
      shipped
        .replaceAll('# include', 'include')
        .replace('user www-data;', '')
        .replace('/var/log/nginx', folder.path),
    );
  });

  it('goes to another instance where one takes no connections, without a failure', async () => {
    await using alive = await startUpstream((_, response) => void response.end('{}'));
    await using nginx = await startNginx({
      instances: [await freePort(), alive.port, await freePort()],
      standIns: true,
    });
    for (let i = 0; i < 40; i++) {
      const method = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'][i % 5] as string;
      const answer = await callSecurely(nginx, '/v1/jobs', { method, ...(i % 2 && { body: 'x' }) });
      assert.equal(answer.status, 200);
    }
    assert.equal(alive.received.length, 40);
  });

  it('says in both conventions that no instance is there', async () => {
    await using nginx = await startNginx({ instances: [await freePort(), await freePort()] });
    const refusal = new Refusal('unavailable');
    for (const { language, tag } of LANGUAGES) {
      const headers = { 'accept-language': tag };
      for (const method of ['GET', 'POST', 'PUT']) {
        assertSaysRestError(await callSecurely(nginx, '/v1/jobs', { method, headers }), refusal, language);
      }
      assertSaysActionError(await callSecurely(nginx, `/iaas?lang=${tag}`), refusal, language);
      assertSaysActionError(await callByHttp2(nginx, `/iaas/?lang=${tag}`), refusal, language);
    }
  });

  it('says the same, at once, where its instances have as many calls as they are given', async () => {
    const held: (() => void)[] = [];
    await using busy = await startUpstream((_, response) => void held.push(() => response.end('{}')));
    await using nginx = await startNginx({ instances: [busy.port], callsEach: 2, standIns: true });
    const carried = [1, 2].map(() => callSecurely(nginx, '/v1/jobs'));
    await eventually('both are there', () => held.length === 2);
    const refusal = new Refusal('unavailable');
    for (const { language, tag } of LANGUAGES) {
      const headers = { 'accept-language': tag };
      // PUT and DELETE go the way of what must not be sent twice.
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        const body = method === 'GET' ? {} : { body: '{}' };
        assertSaysRestError(
          await callSecurely(nginx, '/v1/jobs', { method, headers, ...body }),
          refusal,
          language,
        );
      }
      for (const action of ['DescribeJobs', 'CreateJob']) {
        const answer = await callSecurely(nginx, `/iaas?action=${action}&lang=${tag}`);
        assertSaysActionError(answer, refusal, language);
      }
    }
    assert.equal(busy.received.length, 2);
    const refused = (await nginx.requests()).filter(({ path }) => path !== '/healthz');
    assert.deepEqual(
      refused.map(({ instance }) => instance),
      Array.from({ length: 12 }, () => 'jobgate'),
    );
    for (const end of held.splice(0)) end();
    for (const answer of await Promise.all(carried)) assert.equal(answer.status, 200);
    const after = callSecurely(nginx, '/v1/jobs');
    await eventually('there is room again', () => held.length === 1);
    held[0]?.();
    assert.equal((await after).status, 200);
  });

  it('gives an instance as many calls at once as it always lets in', async () => {
    const shipped = await readFile(
      new URL('../../deploy/nginx/site/instances.conf', import.meta.url),
      'utf8',
    );
    const given = [...shipped.matchAll(/^ *server .* max_conns=(\d+);$/gm)].map(([, calls]) => Number(calls));
    assert.deepEqual(given, [CALLS_ALWAYS, CALLS_ALWAYS]);
  });

  it('says the same where an instance closes the connection, and keeps an id that the caller chose', async () => {
    await using broken = await startUpstream((_, response) => void response.socket?.destroy());
    await using nginx = await startNginx({ instances: [broken.port] });
    const answer = await callSecurely(nginx, '/v1/jobs', {
      method: 'POST',
      headers: { 'x-request-id': 'mine' },
    });
    assert.deepEqual([answer.status, answer.body.data.requestId], [503, 'mine']);
    assert.equal(answer.headers.get('x-request-id'), 'mine');
  });

  it('sends path, query and headers untouched, but for those that it sets', async () => {
    await using upstream = await startUpstream((_, response) => void response.end('{}'));
    await using nginx = await startNginx({ instances: [upstream.port], standIns: true });
    const targets = [
      '/iaas?a=%2f+%20&b=/../',
      '/iaas/?',
      '/v1//jobs/%6a-1/../x?y=%E4%BD%9C;z',
      '/v1/jobs/j-1/%2e',
    ];
    for (const target of targets) {
      await callSecurely(nginx, target, {
        headers: {
          'x-forwarded-for': '203.0.113.9',
          'x-forwarded-proto': 'http',
          'x-forwarded-host': 'evil.example',
          'x-real-ip': '203.0.113.9',
          forwarded: 'for=203.0.113.9',
          authorization: 'Token abc',
          host: 'jobs.example:8443',
        },
      });
    }
    assert.deepEqual(
      upstream.received.map(({ target }) => target),
      targets,
    );
    for (const { headers } of upstream.received) {
      assert.equal(headers['x-forwarded-for'], '127.0.0.1');
      assert.equal(headers['x-real-ip'], '127.0.0.1');
      assert.equal(headers['x-forwarded-proto'], 'https');
      assert.equal(headers['x-forwarded-host'], 'jobs.example:8443');
      assert.equal(headers.host, 'jobs.example:8443');
      assert.equal(headers.forwarded, undefined);
      assert.equal(headers.authorization, 'Token abc');
      assert.match(String(headers['x-request-id']), /^[0-9a-f]{32}$/);
    }
  });

  it('keeps its connections to an instance', async () => {
    const ports = new Set<number | undefined>();
    await using upstream = await startUpstream((_, response) => {
      ports.add(response.socket?.remotePort);
      response.end('{}');
    });
    await using nginx = await startNginx({ instances: [upstream.port], standIns: true });
    for (let i = 0; i < 20; i++) await callSecurely(nginx, '/v1/jobs');
    // One for each of nginx's two workers.
    assert.ok(ports.size <= 2, `${ports.size} connections`);
  });

  it('lets each server-sent event through at once', async () => {
    let end = (): void => {};
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
      end = () => response.end('data: last\n\n');
    });
    await using nginx = await startNginx({ instances: [upstream.port], standIns: true });
    const { request } = await import('node:https');
    for (const path of ['/v1/jobs/j-68mbPHJU/events', '/v1/events']) {
      const text = await new Promise<string>((resolve, reject) => {
        let received = '';
        const asked = request(`${nginx.base}${path}`, { ca: nginx.certificate, agent: false }, (response) => {
          response.on('data', (chunk) => {
            received += String(chunk);
            if (received === 'data: first\n\n') end();
          });
          response.once('end', () => resolve(received));
        });
        asked.setTimeout(5_000, () => asked.destroy(new Error('the first event was held back')));
        asked.once('error', reject).end();
      });
      assert.equal(text, 'data: first\n\ndata: last\n\n');
    }
  });

  it('writes down neither queries nor credentials', async () => {
    await using upstream = await startUpstream((_, response) => void response.end('{}'));
    await using nginx = await startNginx({ instances: [upstream.port], standIns: true });
    await callSecurely(nginx, '/iaas?PASSWORD=c2VjcmV0', { headers: { authorization: 'c2VjcmV0' } });
    const line = (await nginx.requests()).at(-1);
    assert.deepEqual([line?.path, line?.status, line?.address], ['/iaas', 200, '127.0.0.1']);
    assert.ok(!JSON.stringify(line).includes('c2VjcmV0'));
  });
});
