import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Answer } from '../support/ask.ts';
import { callAction, callRest } from '../support/clients.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

for (const store of STORES) {
  describe(`a gateway on the ${store} store that has as many calls under way as it may`, () => {
    const CALLS = 4;
    let gateway: TestGateway;
    let token: string;
    let admin: string;
    /** What each look into the cache waits for. */
    let gate: { readonly opened: Promise<void>; open(): void } | undefined;

    before(async () => {
      const adminPort = await freePort();
      admin = `http://127.0.0.1:${adminPort}`;
      gateway = await startGateway(
        store,
        {
          CALL_LIMIT: String(CALLS),
          ADMIN_PORT: String(adminPort),
          CORS_ORIGINS: 'https://console.example.com',
        },
        {
          alter: (cache) => ({
            ...cache,
            async get(...asked) {
              await gate?.opened;
              return cache.get(...asked);
            },
          }),
        },
      );
      token = await gateway.logIn();
      await eventually('the cache is on', async () => /^jobgate_cache_on 1$/m.test(await metrics()));
    });
    after(() => gateway[Symbol.asyncDispose]());

    const create = (jobType: string): Promise<Answer> =>
      callRest(gateway, token, '/v1/jobs', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jobType, jobAction: 'Overload', resources: {} }),
      });
    const metrics = async (): Promise<string> => (await fetch(`${admin}/metrics`)).text();
    const underWay = async (): Promise<number> =>
      Number(/^jobgate_calls_under_way (\d+)$/m.exec(await metrics())?.[1]);

    /** Holds so many changes, whose bodies are read, until the work is done. */
    async function saturated(work: () => Promise<void>): Promise<Answer[]> {
      let open!: () => void;
      const opened = new Promise<void>((resolve) => (open = resolve));
      gate = { opened, open };
      const begun = Array.from({ length: CALLS }, (_, index) => create(`under-way-${index}`));
      try {
        await eventually('all calls are under way', async () => (await underWay()) === CALLS);
        await work();
      } finally {
        gate = undefined;
        open();
      }
      return Promise.all(begun);
    }

    it('refuses new calls in both conventions, finishes what was under way, and takes calls again', async () => {
      const finished = await saturated(async () => {
        const rest = await callRest(gateway, token, '/v1/jobs/j-3K2CQ4h6', {
          headers: { 'accept-language': 'en', 'x-request-id': 'mine', origin: 'https://console.example.com' },
        });
        assert.equal(rest.status, 503);
        assert.equal(rest.headers.get('retry-after'), '1');
        assert.equal(rest.headers.get('x-error-code'), '10000');
        assert.equal(rest.headers.get('x-request-id'), 'mine');
        assert.equal(rest.headers.get('vary'), 'Accept-Language, Origin');
        assert.equal(rest.headers.get('access-control-allow-origin'), 'https://console.example.com');
        assert.equal(rest.headers.get('connection'), 'keep-alive');
        assert.deepEqual(rest.body, {
          code: 10000,
          data: {
            message: 'the service is not available now, try again later: too much is under way',
            reason: 'unavailable',
            requestId: 'mine',
          },
        });
        const chinese = await callRest(gateway, token, '/v1/jobs');
        assert.match(chinese.body.data.message, /^服务暂时不可用/);
        assert.equal(chinese.body.data.requestId, chinese.headers.get('x-request-id'));

        const action = await callAction(gateway, { action: 'DescribeJobs' });
        assert.equal(action.status, 200);
        assert.equal(action.headers.get('content-type'), 'application/json');
        assert.equal(action.headers.get('retry-after'), '1');
        assert.equal(action.body.action, 'ErrorResponse');
        assert.equal(action.body.ret_code, 5100);
        assert.match(action.body.message, /^ServerBusy, /);
        const english = await ask(gateway.base, '/iaas?action=DescribeJobs&lang=en');
        assert.match(english.body.message, /^ServerBusy, the service is not available now/);

        const numbers = await metrics();
        assert.match(numbers, /^jobgate_calls_refused_total\{protocol="action",because="calls"\} 2$/m);
        assert.match(numbers, /^jobgate_calls_refused_total\{protocol="rest",because="calls"\} 2$/m);
      });
      for (const { body } of finished) assert.equal(body.code, 0, JSON.stringify(body));
      const { body } = await callRest(gateway, token, '/v1/jobs?job_action=Overload');
      assert.equal(body.data.total, CALLS);
      const told = gateway.logged.filter(({ message }) => message.startsWith('calls are refused'));
      assert.equal(told.length, 1);
      assert.equal(await underWay(), 0);
    });

    it('answers on ADMIN_PORT meanwhile, and is alive', async () => {
      await saturated(async () => {
        assert.equal((await fetch(`${admin}/healthz`)).status, 200);
        assert.match(await metrics(), /^jobgate_call_limit 4$/m);
      });
    });

    it('reads no body of what it refuses, and keeps the connection where the body was small', async () => {
      await saturated(async () => {
        const socket = connect(Number(new URL(gateway.base).port), '127.0.0.1');
        let received = '';
        socket.on('data', (data) => (received += data.toString()));
        const closed = once(socket, 'close');
        const post = (length: number, body: string): boolean =>
          socket.write(`POST /v1/jobs HTTP/1.1\r\nHost: gateway\r\nContent-Length: ${length}\r\n\r\n${body}`);
        post(2, '{}');
        await eventually('it is refused', () => /"reason":"unavailable"/.test(received));
        assert.match(received, /^Connection: keep-alive\r$/m);
        received = '';
        // Nothing of the body is ever sent.
        post(1_000_000, '');
        await eventually('it is refused too', () => /"reason":"unavailable"/.test(received));
        assert.match(received, /^HTTP\/1\.1 503 /);
        assert.match(received, /^connection: close\r$/m);
        await closed;
      });
    });

    it('does not ask for a body that waits for its word', async () => {
      const expecting = async (): Promise<string> => {
        const socket = connect(Number(new URL(gateway.base).port), '127.0.0.1');
        socket.write(
          `POST /v1/jobs HTTP/1.1\r\nHost: gateway\r\nAuthorization: ${token}\r\nExpect: 100-continue\r\n` +
            'Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n',
        );
        const [data] = (await once(socket, 'data')) as [Buffer];
        socket.destroy();
        return data.toString();
      };
      await saturated(async () => assert.match(await expecting(), /^HTTP\/1\.1 503 /));
      assert.match(await expecting(), /^HTTP\/1\.1 100 Continue/);
    });
  });
}

describe('a gateway whose database does not keep up', () => {
  it('refuses what would wait in vain for the database, and still answers from the cache', async () => {
    await using database = await createTestDatabase();
    const url = new URL(database.url);
    await using way = await startTcpProxy(Number(url.port));
    url.port = String(way.port);
    await using gateway = await startGateway('servers', { DATABASE_URL: url.href, DATABASE_POOL_SIZE: '4' });
    const token = await gateway.logIn();
    const call = (path: string): Promise<Answer> => callRest(gateway, token, path);
    assert.equal((await call('/v1/jobs/j-3K2CQ4h6')).body.code, 0);
    way.freeze();
    const waiting = Array.from({ length: 12 }, () => call('/v1/jobs'));
    try {
      await sleep(800);
      const refused = await Promise.all(Array.from({ length: 5 }, () => call('/v1/jobs')));
      for (const { status, headers, body } of refused) {
        assert.equal(status, 503);
        assert.ok(headers.get('retry-after'));
        assert.match(body.data.message, /服务器繁忙/);
      }
      assert.equal((await call('/v1/jobs/j-3K2CQ4h6')).body.code, 0);
      const numbers = await (await fetch(`${gateway.base}/metrics`)).text();
      const counted = /^jobgate_calls_refused_total\{protocol="any",because="database"\} (\d+)$/m.exec(
        numbers,
      );
      assert.ok(Number(counted?.[1]) >= 5);
      const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
      const { status, headers } = await callRest(gateway, token, '/v1/jobs', post);
      assert.equal(status, 503);
      assert.ok(headers.get('retry-after'));
    } finally {
      way.mend();
    }
    await Promise.all(waiting);
    await eventually('lists are answered again', async () => (await call('/v1/jobs')).status === 200);
  });
});
