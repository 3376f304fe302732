import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, type HttpServer } from '../../adapters/http/server.ts';

const KEEP_ALIVE = 1_500;
/** Connections are looked at once a second: one is seen to be idle a second late, and found a second late. */
const LOOKS = 2_000;
const SLOW = KEEP_ALIVE + LOOKS + 500;
const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: any\r\n\r\n`;

describe('a connection that is kept', { concurrency: true }, () => {
  let server: HttpServer;
  const sockets: Socket[] = [];
  before(async () => {
    server = await listen(
      (incoming, response) => {
        if (incoming.url === '/slow') setTimeout(() => response.end('slow'), SLOW);
        else response.end('fast');
      },
      '127.0.0.1',
      0,
      { keepAlive: KEEP_ALIVE },
    );
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    return server.closeListener();
  });

  /** A connection with an answered call on it. */
  const use = async (path = '/'): Promise<{ socket: Socket; answer: string }> => {
    const socket = connect(server.port, '127.0.0.1');
    sockets.push(socket);
    socket.write(request(path));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return { socket, answer: String(answer) };
  };

  it('is closed when it has carried no call for so long, which its client was told', async () => {
    const { socket, answer } = await use();
    assert.match(answer, /^Keep-Alive: timeout=1\r$/m);
    const since = performance.now();
    socket.resume();
    await once(socket, 'close');
    const took = performance.now() - since;
    assert.ok(took >= KEEP_ALIVE, `${took} ms`);
  });

  it('stays while it is used, or while the next request has begun to come', async () => {
    const [{ socket: used }, { socket: begun }] = await Promise.all([use(), use()]);
    let answers = 0;
    used.on('data', () => answers++);
    const [first, ...rest] = request('/').match(/[^]{1,7}/g)!;
    begun.write(first);
    for (const part of rest) {
      await sleep(Math.ceil((KEEP_ALIVE + LOOKS + 1_000) / rest.length));
      used.write(request('/'));
      begun.write(part);
    }
    const [late] = (await once(begun, 'data')) as [Buffer];
    assert.match(String(late), /fast$/);
    assert.ok(answers >= rest.length - 1 && !used.closed, `${answers} answers`);
  });

  it('stays while its call waits for the answer, however long that takes', async () => {
    const { answer } = await use('/slow');
    assert.match(answer, /slow$/);
  });
});
