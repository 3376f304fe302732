import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { WholeRequest } from '../../adapters/http/whole-request.ts';

/** What a request consists of, piece by piece, and the body in it. */
const REQUESTS: Readonly<Record<string, { readonly pieces: readonly string[]; readonly body: string }>> = {
  'without a body': { pieces: ['GET / HTTP/1.1\r\nHost: any\r\n\r\n'], body: '' },
  'with an empty body': { pieces: ['POST / HTTP/1.1\r\nHost: any\r\nContent-Length: 0\r\n\r\n'], body: '' },
  'with a body that comes at once': {
    pieces: ['POST / HTTP/1.1\r\nHost: any\r\nContent-Length: 4\r\n\r\nabcd'],
    body: 'abcd',
  },
  'with a body that comes later': {
    pieces: ['POST / HTTP/1.1\r\nHost: any\r\nContent-Length: 4\r\n\r\n', 'abcd'],
    body: 'abcd',
  },
  'with a body that comes by and by': {
    pieces: ['POST / HTTP/1.1\r\nHost: any\r\nContent-Length: 6\r\n\r\nab', 'cd', 'ef'],
    body: 'abcdef',
  },
  'with a body in chunks': {
    pieces: [
      'POST / HTTP/1.1\r\nHost: any\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\nlast: x\r\n\r\n',
    ],
    body: 'abcd',
  },
  'with a body that is larger than a stream holds': {
    pieces: [
      'POST / HTTP/1.1\r\nHost: any\r\nContent-Length: 400000\r\n\r\n',
      'x'.repeat(200_000),
      'y'.repeat(200_000),
    ],
    body: 'x'.repeat(200_000) + 'y'.repeat(200_000),
  },
};

type Read = (request: WholeRequest) => Promise<string>;

/** A server of either kind of request, each of which is read in the same way and answered with what was read. */
async function serve(kind: typeof IncomingMessage, read: { how: Read }) {
  const seen: WholeRequest[] = [];
  const options = { IncomingMessage: kind as typeof WholeRequest };
  const server = createServer(options, (request: WholeRequest, response: ServerResponse) => {
    seen.push(request);
    read.how(request).then(
      (text) => response.end(text),
      (thrown: unknown) => response.destroy(thrown as Error),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    seen,
    port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
    /** Sends requests over one connection, each when the one before was answered. */
    async ask(requests: readonly (readonly string[])[]): Promise<string[]> {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.setEncoding('latin1');
      const answers: string[] = [];
      let text = '';
      socket.on('data', (chunk) => (text += String(chunk)));
      for (const pieces of requests) {
        for (const piece of pieces) {
          socket.write(piece);
          await turn();
        }
        while (!isWhole(text)) await once(socket, 'data');
        answers.push(text.slice(text.indexOf('\r\n\r\n') + 4));
        text = '';
      }
      socket.destroy();
      return answers;
    },
  };
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n') + 4;
  const length = /^content-length: (\d+)/im.exec(answer)?.[1];
  return end >= 4 && length !== undefined && answer.length >= end + Number(length);
}

const asStream: Read = async (request) => {
  let text = '';
  request.setEncoding('latin1');
  for await (const chunk of request) text += chunk as string;
  return text;
};
const byEvents: Read = async (request) => {
  let text = '';
  request.on('data', (chunk) => (text += String(chunk)));
  await once(request, 'end');
  return text;
};
const late: Read = async (request) => {
  while (!request.complete) await turn();
  await turn();
  return await asStream(request);
};
const WAYS: Readonly<Record<string, Read>> = { 'by a loop': asStream, 'by events': byEvents, late };

describe('a request that may be taken as a whole', () => {
  const read: { how: Read } = { how: asStream };
  let whole: Awaited<ReturnType<typeof serve>>;
  let ordinary: Awaited<ReturnType<typeof serve>>;
  before(async () => {
    whole = await serve(WholeRequest, read);
    ordinary = await serve(IncomingMessage, read);
  });
  after(() => {
    whole.close();
    ordinary.close();
  });

  for (const [way, how] of Object.entries(WAYS)) {
    it(`is the stream that an ordinary one is, where it is read ${way}`, async () => {
      read.how = how;
      for (const [what, { pieces, body }] of Object.entries(REQUESTS)) {
        // Waiting for the end of what the stream cannot hold would take for ever, with either kind.
        if (how === late && body.length > 16_384) continue;
        for (const server of [whole, ordinary]) {
          assert.deepEqual(await server.ask([pieces, pieces]), [body, body], what);
        }
      }
    });
  }

  it('is taken whole where all of it has come, once', async () => {
    read.how = async (request) => {
      await Promise.resolve();
      const body = request.takeWhole();
      assert.equal(request.takeWhole(), undefined);
      return body === undefined ? 'not whole' : `whole: ${body.toString()}`;
    };
    const answers = await whole.ask(
      ['without a body', 'with an empty body', 'with a body that comes at once'].map(
        (what) => REQUESTS[what]!.pieces,
      ),
    );
    assert.deepEqual(answers, ['whole: ', 'whole: ', 'whole: abcd']);
    // The headers alone have been looked at.
    read.how = async (request) => (request.takeWhole() === undefined ? 'not whole' : 'whole');
    assert.deepEqual(await whole.ask([REQUESTS['with a body that comes at once']!.pieces]), ['not whole']);
  });

  it('says when it is whole, to all who ask, be it read or not', async () => {
    const told: string[] = [];
    read.how = async (request) => {
      request.whenWhole(() => told.push('one'));
      await new Promise<void>((resolve) => request.whenWhole(resolve));
      told.push('other');
      return '';
    };
    for (const [what, { pieces, body }] of Object.entries(REQUESTS)) {
      // A stream that is full takes no more until somebody reads it.
      if (body.length > 16_384) continue;
      await whole.ask([pieces]);
      assert.deepEqual(told.splice(0), ['one', 'other'], what);
    }
  });

  it('is thrown away with its answer where nobody has read it, and leaves the connection to the next', async () => {
    read.how = async () => 'unread';
    for (const { pieces } of Object.values(REQUESTS)) {
      assert.deepEqual(await whole.ask([pieces, pieces]), ['unread', 'unread']);
    }
  });

  it('ends for who reads it after it was taken', async () => {
    read.how = async (request) => {
      await Promise.resolve();
      return `${request.takeWhole()?.toString()}, then ${JSON.stringify(await asStream(request))}`;
    };
    assert.deepEqual(await whole.ask([REQUESTS['with a body that comes at once']!.pieces]), [
      'abcd, then ""',
    ]);
  });

  it('fails for who waits for the rest when its sender goes', async () => {
    for (const server of [whole, ordinary]) {
      const failed = new Promise<string>((resolve) => {
        read.how = (request) =>
          asStream(request).then(
            () => 'read',
            (thrown: Error) => {
              resolve(thrown.message);
              return '';
            },
          );
      });
      const socket = connect(server.port, '127.0.0.1');
      socket.write('POST / HTTP/1.1\r\nHost: any\r\nContent-Length: 9\r\n\r\nab');
      const before = server.seen.length;
      while (server.seen.length === before) await turn();
      socket.destroy();
      assert.equal(await failed, 'aborted');
    }
  });
});
