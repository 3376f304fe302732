import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { callRest } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { someJob } from '../support/some-job.ts';

const LARGE = { jobId: 'j-large001', resources: JSON.stringify({ text: 'x'.repeat(1_000_000) }) };

describe('a client that is slow on purpose', () => {
  let gateway: TestGateway;
  let token: string;
  before(async () => {
    gateway = await startGateway('embedded');
    token = await gateway.logIn();
    await gateway.addJobs(someJob(LARGE));
  });
  after(() => gateway[Symbol.asyncDispose]());

  /** A connection, and all that came of it once it is closed. */
  function open(begin: (socket: Socket) => void): Promise<string> {
    const socket = connect(Number(new URL(gateway.base).port), '127.0.0.1');
    let received = '';
    socket.on('data', (data) => (received += data.toString()));
    socket.on('error', () => {});
    begin(socket);
    return new Promise((resolve) => socket.once('close', () => resolve(received)));
  }
  const closings = async (because: string): Promise<number> => {
    const text = await (await fetch(`${gateway.base}/metrics`)).text();
    return Number(
      new RegExp(`^jobgate_connections_closed_total\\{because="${because}"\\} (\\d+)$`, 'm').exec(text)?.[1],
    );
  };
  /** Sends something now and then until the connection is closed. */
  const drip = (socket: Socket, text: string): void => {
    const timer = setInterval(() => socket.write(text), 500);
    socket.once('close', () => clearInterval(timer));
  };
  const head = (length: number): string =>
    `POST /v1/jobs HTTP/1.1\r\nHost: gateway\r\nAuthorization: ${token}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

  it('is closed when its headers do not come to an end', async () => {
    const received = await open((socket) => {
      socket.write('GET /v1/jobs HTTP/1.1\r\n');
      drip(socket, 'x: y\r\n');
    });
    assert.match(received, /^HTTP\/1\.1 400 /);
    assert.equal(await closings('headers'), 1);
  });

  it('is told, and closed, when its body comes in drops', async () => {
    const received = await open((socket) => {
      socket.write(head(1_000));
      drip(socket, ' ');
    });
    assert.match(received, /^HTTP\/1\.1 200 [^]*"code":10008/);
    assert.match(received, /请求体不完整/);
    assert.equal(await closings('body'), 1);
  });

  it('is closed when it does not take its answers', async () => {
    await open((socket) => {
      // More than the system takes off the process's hands, and nothing is read.
      socket.pause();
      socket.write(
        `GET /v1/jobs/${LARGE.jobId} HTTP/1.1\r\nHost: gateway\r\nAuthorization: ${token}\r\n\r\n`.repeat(9),
      );
      // Only who writes learns of the end.
      drip(socket, '\r\n');
    });
    assert.equal(await closings('answer'), 1);
  });

  it('is let be when its body comes at a rate that a bad line has', async () => {
    const body = JSON.stringify({
      jobType: 'slow',
      jobAction: 'Slow',
      resources: { text: 'x'.repeat(400_000) },
    });
    const received = await open((socket) => {
      socket.write(head(body.length));
      let sent = 0;
      const timer = setInterval(() => {
        socket.write(body.slice(sent, (sent += 22_000)));
        if (sent >= body.length) clearInterval(timer);
      }, 500);
      socket.on('data', () => socket.end());
    });
    assert.match(received, /^HTTP\/1\.1 200 [^]*\{"code":0,/);
  });
});

it('who comes when there are too many connections gets none, and those that are there are served', async () => {
  await using gateway = await startGateway('embedded', { CONNECTION_LIMIT: '10' });
  const token = await gateway.logIn();
  const reach = (): Socket => connect(Number(new URL(gateway.base).port), '127.0.0.1').on('error', () => {});
  const kept = reach();
  let received = '';
  kept.on('data', (data) => (received += data.toString()));
  await once(kept, 'connect');
  const others = Array.from({ length: 20 }, reach);
  try {
    let closed = 0;
    for (const other of others) other.resume().once('close', () => closed++);
    await eventually('some are closed', () => closed >= 11);
    kept.write(`GET /v1/auth HTTP/1.1\r\nHost: gateway\r\nAuthorization: ${token}\r\n\r\n`);
    await eventually('it is answered', () => /"code":0/.test(received));
  } finally {
    for (const each of [kept, ...others]) each.destroy();
  }
  await eventually('there is room again', () =>
    callRest(gateway, token, '/v1/auth').then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
  const numbers = await (await fetch(`${gateway.base}/metrics`)).text();
  assert.match(numbers, /^jobgate_connections_closed_total\{because="connections"\} [1-9]/m);
});
