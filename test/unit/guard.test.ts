import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { NO_CORS } from '../../adapters/http/cors.ts';
import { guard, type Guard } from '../../adapters/http/guard.ts';
import { trustProxies } from '../../adapters/http/request.ts';
import { listen, type HttpServer } from '../../adapters/http/server.ts';
import { quietLog } from '../support/quiet-log.ts';

const REQUESTS = 8;
const GET = 'GET /v1/jobs HTTP/1.1\r\nHost: any\r\n\r\n';

describe('the door of a process that is full', () => {
  /** What happened, in its order. */
  const happened: string[] = [];
  let door: Guard;
  let server: HttpServer;
  before(async () => {
    door = guard((_incoming, response) => setImmediate(() => response.end('let in')), {
      bodyLimit: 100,
      trusts: trustProxies([]),
      passwordOverHttp: true,
      actionPath: '/iaas',
      callLimit: 1,
      cors: () => NO_CORS,
      log: quietLog,
      draining: () => false,
      crowded: () => false,
      refused: (protocol, because) => void happened.push(`${protocol} ${because}`),
    });
    const noting: typeof door.listener = (incoming, response) => {
      response.once('finish', () => happened.push(`answered with ${response.statusCode}`));
      door.listener(incoming, response);
    };
    server = await listen(noting, '127.0.0.1', 0);
  });
  after(() => server.closeListener());

  it('takes up all that has come before it answers any of it', async () => {
    const sockets = Array.from({ length: REQUESTS }, () => connect(server.port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    // The server's connections are there too, and what is sent now comes in one turn.
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const socket of sockets) socket.write(GET);
    const answers = await Promise.all(
      sockets.map(async (socket) => String(((await once(socket, 'data')) as [Buffer])[0])),
    );
    for (const socket of sockets) socket.destroy();
    assert.equal(answers.filter((answer) => answer.startsWith('HTTP/1.1 200 ')).length, 1);
    const refusals = answers.filter((answer) => answer.startsWith('HTTP/1.1 503 '));
    assert.equal(refusals.length, REQUESTS - 1);
    for (const refusal of refusals) assert.match(refusal, /"reason":"unavailable"/);
    const firstAnswer = happened.findIndex((what) => what.startsWith('answered'));
    assert.deepEqual(happened.slice(0, firstAnswer), Array(REQUESTS - 1).fill('rest calls'));
    assert.equal(door.underWay(), 0);
  });
});
