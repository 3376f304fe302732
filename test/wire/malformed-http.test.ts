import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { askAlone, type RawAnswer } from '../hostile/line.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';

const JSON_TYPE = 'Content-Type: application/json';
const CHUNKED = 'Transfer-Encoding: chunked';
const TOKEN = '$TOKEN';
const AUTH = `Authorization: ${TOKEN}`;

/** A POST whose framing is said by its headers; `tail` follows them as it is. */
const post = (headers: readonly string[], tail: string, version = '1.1'): string =>
  [`POST /v1/jobs HTTP/${version}`, 'Host: a', AUTH, JSON_TYPE, ...headers, '', tail].join('\r\n');
const get = (...headers: readonly string[]): string =>
  ['GET /v1/auth HTTP/1.1', ...headers, AUTH, '', ''].join('\r\n');
const BODY = '{"jobType":"t","jobAction":"smuggled"}';
const LENGTH = `Content-Length: ${BODY.length}`;
const PIECES = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;

const LAST = 'GET /v1/auth HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

/** What could be read in two ways by two programs in a row: none of it is a request here. */
const REFUSED: Readonly<Record<string, string>> = {
  'a length and pieces': post([LENGTH, CHUNKED], PIECES),
  'pieces and a length': post([CHUNKED, LENGTH], PIECES),
  'two lengths': post([LENGTH, 'Content-Length: 0'], BODY),
  'one length twice': post([LENGTH, LENGTH], BODY),
  'a list of lengths': post([`${LENGTH}, ${BODY.length}`], BODY),
  'a length with a sign': post([`Content-Length: +${BODY.length}`], BODY),
  'a length in sixteens': post(['Content-Length: 0x26'], BODY),
  'a length beyond all': post(['Content-Length: 99999999999999999999999'], BODY),
  'a length without a number': post(['Content-Length: '], BODY),
  'an unknown transfer coding': post(['Transfer-Encoding: xchunked'], PIECES),
  'pieces that are not the last coding': post(['Transfer-Encoding: chunked, identity'], PIECES),
  'pieces within pieces': post([CHUNKED, CHUNKED], PIECES),
  'a space before the colon of a coding': post(['Transfer-Encoding : chunked'], PIECES),
  'a piece that ends with a bare line feed': post([CHUNKED], PIECES.replaceAll('\r\n', '\n')),
  'an extension of a piece that ends with a bare line feed': post([CHUNKED], PIECES.replace('\r', ';a')),
  'a piece whose size has a space behind it': post([CHUNKED], PIECES.replace('\r', ' \r')),
  'a piece larger than any number': post([CHUNKED], 'ffffffffffffffffff\r\n'),
  'a piece longer than its size': post([CHUNKED], `2\r\n${BODY}\r\n0\r\n\r\n`),
  'an extension of a piece that never ends': post([CHUNKED], `2;${'a'.repeat(50_000)}\r\n{}\r\n0\r\n\r\n`),
  'a trailer that changes the framing': post([CHUNKED], PIECES.replace(/\r\n$/, 'Content-Length: 5\r\n\r\n')),
  'bare line feeds': get('Host: a').replaceAll('\r\n', '\n'),
  'one bare line feed': get('Host: a\nX: b'),
  'a bare carriage return': get('Host: a\rX: b'),
  'a NUL in a header': get('Host: a', 'X: a\0b'),
  'a NUL in the name of a header': get('Host: a', 'X\0: b'),
  'a header that goes on in the next line': get('Host: a', 'X: a\r\n b'),
  'a first header that begins with a space': get(' Host: a'),
  'a space before a colon': get('Host : a'),
  'a header without a colon': get('Host: a', 'nonsense'),
  'a header without a name': get('Host: a', ': a'),
  'headers that are too long': get('Host: a', `X: ${'x'.repeat(70_000)}`),
  'a method in lower case': get('Host: a').replace('GET', 'get'),
  'a method that never ends': `${'G'.repeat(40_000)} /v1/auth HTTP/1.1\r\n\r\n`,
  'a version that is none': get('Host: a').replace('HTTP/1.1', 'HTTP/1.x'),
  'the next version': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a target with a letter beyond ASCII': get('Host: a').replace('/v1', '/v1\xa0'),
  'a target with a tab': get('Host: a').replace('/v1/', '/v1/\t'),
  'no target': get('Host: a').replace('/v1/auth ', ''),
  'a tunnel': `CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n${AUTH}\r\n\r\n`,
  'a tunnel to a path': `CONNECT /v1/jobs HTTP/1.1\r\nHost: a\r\n${AUTH}\r\n\r\n`,
};

/** What says where it ends, however odd it is: the next request is read as one. The number of the answer. */
const TAKEN: Readonly<Record<string, readonly [bytes: string, code: number]>> = {
  'a version of old': ['GET /v1/auth HTTP/1.0\r\n\r\n', 10002],
  'no version at all': ['GET /v1/auth\r\n\r\n', 10002],
  'empty lines before the request': [`\r\n\r\n${get('Host: a')}`, 0],
  'a whole URL': [get('Host: a').replace('/v1', 'http://elsewhere.example:1/v1'), 0],
  'a whole URL of another scheme': [get('Host: a').replace('/v1', 'gopher://[::1]/v1'), 0],
  'an asterisk': ['OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 10009],
  'two hosts': [get('Host: a', 'Host: b'), 10008],
  'two tokens': [get('Host: a', 'Authorization: other'), 10008],
  'two types of one body': [post([LENGTH, JSON_TYPE], BODY), 10008],
  'no host': [get(), 0],
  'an empty host': [get('Host: '), 0],
  'an upgrade to web sockets': [get('Host: a', 'Connection: Upgrade', 'Upgrade: websocket'), 0],
  'an upgrade to the next version': [
    get('Host: a', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c'),
    0,
  ],
  'extensions of pieces': [post([CHUNKED], PIECES.replace('\r', ';a=b;c="d"\r')), 0],
  'a trailer': [post([CHUNKED], PIECES.replace(/\r\n$/, 'X-Sum: 5\r\n\r\n')), 0],
  'compressed pieces': [post(['Transfer-Encoding: gzip, chunked'], PIECES), 10008],
  'another method in a header': [get('Host: a', 'X-HTTP-Method-Override: DELETE'), 0],
  'another path in a header': [get('Host: a', 'X-Original-URL: /v1/users', 'X-Rewrite-URL: /v1/users'), 0],
  'a tracing request': [get('Host: a').replace('GET', 'TRACE'), 10009],
};

for (const store of STORES) {
  describe(`malformed HTTP on the ${store} store`, () => {
    let gateway: TestGateway;
    let token: string;
    before(async () => {
      gateway = await startGateway(store);
      token = await gateway.logIn();
    });
    after(() => gateway[Symbol.asyncDispose]());
    beforeEach(async () => void (await gateway.database.db('jobs').where('job_action', 'smuggled').delete()));

    const send = async (bytes: string): Promise<RawAnswer[]> => {
      const written = Buffer.from(bytes.replaceAll(TOKEN, token), 'latin1');
      const answers = await askAlone(Number(new URL(gateway.base).port), written, false);
      assert.ok(answers !== 'no end', 'the connection was not closed');
      return answers;
    };
    const codeOf = ({ text }: RawAnswer): number => (JSON.parse(text) as { code: number }).code;
    const countSmuggled = async (): Promise<number> =>
      (await gateway.database.db('jobs').where('job_action', 'smuggled')).length;

    for (const [what, bytes] of Object.entries(REFUSED)) {
      it(`refuses ${what}, once and with an answer, and closes`, async () => {
        const answers = await send(`${bytes}${get('Host: a')}`);
        assert.deepEqual(
          answers.map((answer) => [answer.status, codeOf(answer), answer.headers.get('connection')]),
          [[400, 10008, 'close']],
        );
        assert.equal(await countSmuggled(), 0);
      });
    }

    for (const [what, [bytes, code]] of Object.entries(TAKEN)) {
      it(`takes ${what} for what it is`, async () => {
        const [answer, ...more] = await send(`${bytes}${LAST}`);
        assert.ok(answer);
        assert.equal(codeOf(answer), code, answer.text);
        const closes = answer.headers.get('connection') === 'close';
        assert.deepEqual(more.map(codeOf), closes ? [] : [10002]);
      });
    }

    it('answers a good request before the garbage behind it, each in its turn', async () => {
      for (const garbage of [
        '\0\x01garbage\r\n\r\n',
        'GET /iaas/ HTTP/1.1\r\nX: a\0\r\n\r\n',
        'x'.repeat(50_000),
      ]) {
        const answers = await send(`${post([LENGTH], BODY)}${get('Host: a')}${garbage}`);
        assert.deepEqual(
          answers.map((answer) => [answer.status, codeOf(answer)]),
          [
            [200, 0],
            [200, 0],
            [400, 10008],
          ],
        );
        // What was acknowledged was made, and what was made was acknowledged.
        const { data } = JSON.parse(answers[0]?.text ?? '') as { data: { jobId: string } };
        assert.equal((await gateway.database.db('jobs').where('job_id', data.jobId)).length, 1);
      }
      assert.equal(await countSmuggled(), 3);
    });

    it('reads no body as the next request', async () => {
      const inner = get('Host: a');
      const bytes = `GET /v1/nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
      const answers = await send(bytes);
      assert.deepEqual(answers.map(codeOf), [10009]);
    });

    it('answers eight requests that come at once on one connection in their order', async () => {
      const paths = Array.from({ length: 8 }, (_, index) => (index % 3 === 0 ? '/v1/auth' : '/v1/nowhere'));
      const lines = paths.map((path) => get('Host: a').replace('/v1/auth', path));
      const answers = await send(`${lines.join('')}${LAST}`);
      assert.deepEqual(answers.map(codeOf), [
        ...paths.map((path) => (path === '/v1/auth' ? 0 : 10009)),
        10002,
      ]);
    });

    it('has logged no fault', () => {
      const faults = gateway.logged.filter(({ level }) => level === 'error');
      assert.deepEqual(faults, []);
    });
  });
}
