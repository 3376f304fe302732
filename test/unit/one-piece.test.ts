import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { TrackedResponse } from '../../adapters/http/tracked-response.ts';
import { Octets } from '../../adapters/wire/octets.ts';

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const BODIES: Readonly<Record<string, Buffer>> = {
  '/json': Buffer.from('{"code":0,"data":{"name":"作业 😀"}}'),
  '/bytes': EVERY_BYTE,
  '/empty': Buffer.alloc(0),
  '/long': Buffer.alloc(100_000, 'x'),
};
const STATUSES = [200, 401, 404, 503];

const headersFor = (body: Buffer): string[] => [
  'x-request-id',
  'r-1',
  'content-type',
  'application/json; charset=utf-8',
  'etag',
  '"3"',
  'content-length',
  String(body.length),
];

describe('an answer in one piece', () => {
  /** By which way each request was answered, in their order. */
  const inOnePiece: boolean[] = [];
  let over = 0;
  const server = createServer({ ServerResponse: TrackedResponse }, (request: IncomingMessage, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://any');
    const body = BODIES[pathname]!;
    const status = Number(searchParams.get('status') ?? 200);
    const headers = headersFor(body);
    const odd = searchParams.get('odd');
    if (odd !== null) headers.push('link', odd);
    response.whenOver(() => over++);
    const done = searchParams.has('plain')
      ? false
      : response.endInOnePiece(status, headers, new Octets(body.toString('latin1')));
    inOnePiece.push(done);
    if (done) return;
    try {
      response.writeHead(status, headers).end(body);
    } catch {
      response.destroy();
    }
  });
  const ask = async (text: string): Promise<string> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(text);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => {});
    await once(socket, 'close');
    return Buffer.concat(chunks)
      .toString('latin1')
      .replaceAll(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r$/gm, 'Date: now\r');
  };
  const get = (target: string, method = 'GET'): string => `${method} ${target} HTTP/1.1\r\nHost: any\r\n\r\n`;
  /** A last request that has its connection closed. */
  const last = `GET /json HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n`;

  before(async () => {
    server.keepAliveTimeout = 75_000;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => void server.close());

  for (const [target, body] of Object.entries(BODIES)) {
    for (const status of STATUSES) {
      it(`is the bytes that Node writes: ${status} with ${body.length} bytes for ${target}`, async () => {
        inOnePiece.length = 0;
        const ours = await ask(get(`${target}?status=${status}`) + last);
        const nodes = await ask(get(`${target}?status=${status}&plain=1`) + last);
        assert.equal(ours, nodes);
        assert.ok(ours.startsWith(`HTTP/1.1 ${status} `) && ours.includes('Keep-Alive: timeout=75'));
        assert.deepEqual(inOnePiece, [true, false, false, false]);
      });
    }
  }

  it('waits for its turn behind requests of the same connection', async () => {
    const targets = ['/json', '/bytes', '/long', '/json'];
    const [ours, nodes] = await Promise.all([
      ask(targets.map((target) => get(target)).join('') + last),
      ask(targets.map((target) => get(`${target}?plain=1`)).join('') + last),
    ]);
    assert.equal(ours, nodes);
    assert.equal(ours.split('HTTP/1.1 200 OK').length - 1, 5);
  });

  const others: Readonly<Record<string, string>> = {
    HEAD: get('/json', 'HEAD') + last,
    'a connection that closes': last,
    'HTTP/1.0': 'GET /json HTTP/1.0\r\n\r\n',
    'a header that would be two': get(`/json?odd=${encodeURIComponent('a\r\nset-cookie: b')}`),
    'a header that is not ASCII': get(`/json?odd=${encodeURIComponent('作业')}`),
  };
  for (const [what, text] of Object.entries(others)) {
    it(`leaves to Node ${what}`, async () => {
      inOnePiece.length = 0;
      const answer = await ask(text);
      assert.ok(inOnePiece.length > 0 && inOnePiece.every((done) => !done));
      assert.ok(!/^set-cookie/im.test(answer));
    });
  }

  it('says that the call is over', async () => {
    over = 0;
    await ask(get('/json') + last);
    assert.equal(over, 2);
  });
});
