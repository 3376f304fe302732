import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Answer } from '../support/clients.ts';
import { freePort } from '../support/free-port.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { callByHttp2, callSecurely, sendSecurely, type SecureCall } from '../support/https.ts';
import { ensureServers } from '../support/install-servers.ts';
import { startNginx, type Nginx } from '../support/nginx.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const TRICKS = [
  '//',
  '//secret',
  '/./secret',
  '/public/../secret',
  '/%2e%2e/secret',
  '/..%2fsecret',
  '/%2fsecret',
  '/SECRET',
  '/secret/',
  '/secret%00',
  '/secret;x=1',
  '/secret?x=/_jobgate/verify',
  '/_jobgate/../secret',
  '/v1/auth/verify',
  '/favicon.ico',
];

before(() => ensureServers({ nginx: true }));

for (const store of STORES) {
  describe(`a program that nginx shows to users of a gateway on the ${store} store only`, () => {
    let gateway: TestGateway;
    let program: Upstream;
    let nginx: Nginx;
    let token: string;
    const call = (target: string, asked: SecureCall = {}): Promise<Answer> =>
      callSecurely({ base: nginx.protectedBase, certificate: nginx.certificate }, target, asked);

    before(async () => {
      gateway = await startGateway(store, { TRUSTED_PROXIES: '127.0.0.1' });
      await gateway.addUser('usr-alice', 'operator');
      token = await gateway.logIn('usr-alice');
      program = await startUpstream(({ target }, response) => {
        response.writeHead(target.startsWith('/teapot') ? 418 : 200, { 'content-type': 'text/plain' });
        response.end('secret');
      });
      nginx = await startNginx({ instances: [Number(new URL(gateway.base).port)], protects: program.port });
    });
    beforeEach(() => void program.received.splice(0));
    after(async () => {
      await nginx?.[Symbol.asyncDispose]();
      await program?.[Symbol.asyncDispose]();
      await gateway?.[Symbol.asyncDispose]();
    });

    it('learns who asks, and not with which token', async () => {
      const answer = await call('/secret?a=%2f', {
        method: 'POST',
        headers: { authorization: token, 'x-user-id': 'usr-00000000', 'X-USER-ROLE': 'admin' },
        body: 'all of it',
      });
      assert.deepEqual([answer.status, answer.text], [200, 'secret']);
      const [received] = program.received;
      assert.ok(received);
      assert.deepEqual([received.method, received.target], ['POST', '/secret?a=%2f']);
      assert.equal(received.body.toString(), 'all of it');
      assert.deepEqual(
        [received.headers['x-user-id'], received.headers['x-user-role'], received.headers.authorization],
        ['usr-alice', 'operator', undefined],
      );
      assert.equal(received.headers['x-forwarded-for'], '127.0.0.1');
    });

    it('is shown to nobody without a token, however the path is spelled', async () => {
      for (const authorization of ['', 'nonsense', `${token}x`]) {
        for (const path of TRICKS) {
          const answer = await call(path, {
            headers: {
              ...(authorization && { authorization }),
              'x-user-id': 'usr-alice',
              x_user_id: 'usr-alice',
            },
          });
          assert.ok([401, 400, 200].includes(answer.status), `${path}: ${answer.status}`);
          assert.notEqual(answer.text, 'secret', path);
          assert.ok([10002, 10008].includes(answer.body.code), `${path}: ${answer.text}`);
        }
      }
      const place = { base: nginx.protectedBase, certificate: nginx.certificate };
      const whole = 'GET https://a/secret HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
      assert.equal((await sendSecurely(place, whole)).status, 401);
      assert.equal((await callByHttp2(place, '/secret')).status, 401);
      assert.deepEqual(program.received, []);
    });

    it('gets the forged headers of nobody, with a token or without', async () => {
      const forged = { 'x-user-id': 'usr-00000000', x_user_id: 'usr-00000000', 'x-user-role': 'admin' };
      for (const path of TRICKS.filter((path) => path !== '/secret%00')) {
        await call(path, { headers: { authorization: token, ...forged } });
      }
      assert.ok(program.received.length > 10);
      for (const { headers } of program.received) {
        assert.deepEqual([headers['x-user-id'], headers['x-user-role']], ['usr-alice', 'operator']);
        assert.equal(headers.x_user_id, undefined);
      }
    });

    it('answers a refusal in the envelope, in the caller’s language, and says how to log in', async () => {
      const answer = await call('/secret', { headers: { 'accept-language': 'en', 'x-request-id': 'mine' } });
      assert.equal(answer.status, 401);
      assert.deepEqual(answer.body, {
        code: 10002,
        data: {
          message: 'the credentials are missing, wrong or expired',
          reason: 'unauthenticated',
          requestId: 'mine',
        },
      });
      assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="jobgate"');
      assert.equal(answer.headers.get('x-error-code'), '10002');
      assert.equal(answer.headers.get('x-request-id'), 'mine');
    });

    it('keeps its own answers, whatever their status', async () => {
      const answer = await call('/teapot', { headers: { authorization: token } });
      assert.deepEqual([answer.status, answer.text], [418, 'secret']);
    });

    it('is asked by a browser what it may send, without credentials and on behalf of nobody', async () => {
      const preflight = {
        origin: 'https://console.example.com',
        'access-control-request-method': 'PUT',
        'x-user-id': 'usr-00000000',
      };
      assert.equal((await call('/secret', { method: 'OPTIONS', headers: preflight })).status, 200);
      assert.equal(program.received[0]?.headers['x-user-id'], undefined);
      // Neither another method nor an OPTIONS that is no preflight gets that far.
      assert.equal((await call('/secret', { headers: preflight })).status, 401);
      assert.equal((await call('/secret', { method: 'OPTIONS' })).status, 401);
      assert.equal(program.received.length, 1);
    });

    it('is not shown where no gateway can tell, and nobody is logged out by that', async () => {
      await using alone = await startNginx({ instances: [await freePort()], protects: program.port });
      const place = { base: alone.protectedBase, certificate: alone.certificate };
      const answer = await callSecurely(place, '/secret', { headers: { authorization: token } });
      assert.deepEqual([answer.status, answer.body.code], [503, 10000]);
      assert.ok(answer.headers.get('retry-after'));
      assert.deepEqual(program.received, []);
    });

    it('may be away itself', async () => {
      await using alone = await startNginx({ instances: [Number(new URL(gateway.base).port)] });
      const place = { base: alone.protectedBase, certificate: alone.certificate };
      const answer = await callSecurely(place, '/secret', { headers: { authorization: token } });
      assert.deepEqual([answer.status, answer.body.code], [503, 10000]);
    });
  });
}
