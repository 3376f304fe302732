import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServing, type ServingProcess } from '../support/built-process.ts';
import { callRest } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { freshSettings } from '../support/fresh-settings.ts';
import { ADMIN, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { judgingFetch } from '../support/judging-fetch.ts';

const READY = /"msg":"ready"/;
const CLOSED = /"msg":"no new connections are taken"/;

/** A connection of a client that keeps it, as a proxy does. */
interface Kept extends Disposable {
  /** All that came back so far. */
  received(): string;
  write(bytes: string): void;
  /** Waits until something came back. */
  receives(pattern: RegExp): Promise<void>;
  closed: Promise<unknown>;
}

async function keep(base: string): Promise<Kept> {
  const socket: Socket = connect(Number(new URL(base).port), '127.0.0.1');
  let received = '';
  socket.on('data', (data) => (received += data.toString()));
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  return {
    received: () => received,
    write: (bytes) => void socket.write(bytes),
    receives: (pattern) => eventually(`${pattern} comes`, () => pattern.test(received)),
    closed,
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: gateway\r\n\r\n`;
const undocumented: string[] = [];
const judged = judgingFetch((complaint) => undocumented.push(complaint));
after(() => assert.deepEqual(undocumented, []));
const takesConnections = (base: string): Promise<boolean> =>
  judged(`${base}/v1/nothing`, { headers: { connection: 'close' } }).then(
    () => true,
    () => false,
  );
const statusOf = async (url: string): Promise<number> =>
  (await fetch(url, { headers: { connection: 'close' } })).status;

for (const store of STORES) {
  describe(`a gateway on the ${store} store that is told to end`, () => {
    /** @param settings of the drain */
    async function startDraining(
      settings: NodeJS.ProcessEnv,
    ): Promise<ServingProcess & { readonly admin: string }> {
      const fresh = await freshSettings(store);
      const adminPort = String(await freePort());
      const serving = startServing({
        ...fresh.environment,
        BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        ADMIN_PORT: adminPort,
        ...settings,
      });
      await serving.says(READY);
      const { [Symbol.asyncDispose]: kill } = serving;
      return Object.assign(serving, {
        admin: `http://127.0.0.1:${adminPort}`,
        async [Symbol.asyncDispose]() {
          await kill();
          await fresh[Symbol.asyncDispose]();
        },
      });
    }

    it('turns unready, serves on, and takes no connections after DRAIN_DELAY_MS, at SIGTERM and SIGINT', async () => {
      // Long enough for a busy machine; both wait at the same time.
      const endBy = async (signal: NodeJS.Signals): Promise<void> => {
        await using serving = await startDraining({ DRAIN_DELAY_MS: '6000' });
        const ended = serving.end(signal);
        await eventually('it is unready', async () => (await statusOf(`${serving.admin}/readyz`)) === 503);
        assert.ok(await takesConnections(serving.base));
        assert.equal(await statusOf(`${serving.admin}/healthz`), 200);
        await serving.says(CLOSED);
        assert.ok(!(await takesConnections(serving.base)));
        assert.equal(await ended, 0);
        await serving.says(/"msg":"stopped"/);
      };
      await Promise.all([endBy('SIGTERM'), endBy('SIGINT')]);
    });

    it('answers what comes over a connection that was kept, once, and then closes it', async () => {
      await using serving = await startDraining({ DRAIN_IDLE_MS: '5000' });
      using kept = await keep(serving.base);
      kept.write(get('/v1/nothing'));
      await kept.receives(/"requestId"/);
      assert.match(kept.received(), /^Connection: keep-alive\r$/m);
      const ended = serving.end();
      await serving.says(CLOSED);
      kept.write(get('/v1/nothing'));
      await kept.receives(/"requestId"[^]*"requestId"/);
      assert.match(kept.received(), /^connection: close\r$/m);
      await kept.closed;
      assert.equal(await ended, 0);
    });

    it('closes connections that stay idle, and those that never carried a call, after DRAIN_IDLE_MS', async () => {
      await using serving = await startDraining({ DRAIN_IDLE_MS: '3000', DRAIN_TIMEOUT_MS: '60000' });
      using kept = await keep(serving.base);
      using silent = await keep(serving.base);
      kept.write(get('/v1/nothing'));
      await kept.receives(/"requestId"/);
      let closed = 0;
      for (const each of [kept, silent]) void each.closed.then(() => closed++);
      const ended = serving.end();
      await serving.says(CLOSED);
      await sleep(300);
      assert.equal(closed, 0);
      await Promise.all([kept.closed, silent.closed]);
      assert.equal(await ended, 0);
      assert.ok(!serving.output().includes('cut off'));
    });

    it('cuts off a client that never finishes its body after DRAIN_TIMEOUT_MS, and says so', async () => {
      await using serving = await startDraining({ DRAIN_TIMEOUT_MS: '700' });
      using slow = await keep(serving.base);
      slow.write('POST /v1/auth HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n');
      slow.write('Content-Length: 100\r\n\r\n{"name":');
      await sleep(100);
      assert.equal(await serving.end(), 0);
      await slow.closed;
      assert.equal(slow.received(), '');
      await serving.says(/"connections":1,"msg":"connections were cut off with calls on them"/);
    });

    it('answers a client that finishes its body in time', async () => {
      await using serving = await startDraining({});
      using slow = await keep(serving.base);
      const body = JSON.stringify({ name: ADMIN.userId, password: ADMIN.password });
      slow.write('POST /v1/auth HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n');
      slow.write(`Content-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`);
      await sleep(100);
      const ended = serving.end();
      await serving.says(CLOSED);
      slow.write(body.slice(10));
      await slow.closed;
      assert.match(slow.received(), /"code":0,"data":\{"token"/);
      assert.equal(await ended, 0);
    });
  });
}

describe('a write that is held up while its gateway ends', () => {
  it('is made and acknowledged before the gateway is gone', async () => {
    await using witness: TestGateway = await startGateway('servers');
    const token = await witness.logIn();
    const { body: created } = await callRest(witness, token, '/v1/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jobType: 'slow', jobAction: 'Write' }),
    });
    const jobId = created.data.jobId as string;
    await using ending = await witness.sibling();
    const transaction = await witness.database.db.transaction();
    await transaction('jobs').where('job_id', jobId).forUpdate();
    const canceling = callRest(ending, token, `/v1/jobs/${jobId}/cancel`, { method: 'POST' });
    await sleep(300);
    const ended = ending[Symbol.asyncDispose]();
    await eventually('the listener is closed', async () => !(await takesConnections(ending.base)));
    await transaction.rollback();
    const { body, headers } = await canceling;
    assert.deepEqual([body.code, body.data.status], [0, 'canceled']);
    assert.equal(headers.get('connection'), 'close');
    await ended;
    const { body: seen } = await callRest(witness, token, `/v1/jobs/${jobId}`);
    assert.equal(seen.data.status, 'canceled');
  });
});
