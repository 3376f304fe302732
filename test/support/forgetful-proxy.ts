import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { findUndocumented } from './documented.ts';
import { headersOf } from './headers-of.ts';

/**
 * A proxy in front of one gateway that can lose answers: what was asked for has been done by then. Answers of the REST API
 * are judged by the OpenAPI document, also those that are lost; the proxy's end fails where one is not as documented.
 */
export interface ForgetfulProxy extends AsyncDisposable {
  readonly base: string;
  /** The headers of every request with this method, in their order. */
  seen(method: string): readonly IncomingHttpHeaders[];
  /** Loses the answers to the next requests with this method. */
  lose(method: string, times: number): void;
}

export async function startForgetfulProxy(target: string): Promise<ForgetfulProxy> {
  const asked: { method: string; headers: IncomingHttpHeaders }[] = [];
  const losing = new Map<string, number>();
  const undocumented: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', headers, url = '/' } = incoming;
    asked.push({ method, headers });
    const left = losing.get(method) ?? 0;
    losing.set(method, left - 1);
    const sent = buffer(incoming);
    const forwarded = request(new URL(url, target), { method, headers }, (answer) => {
      void Promise.all([buffer(answer), sent]).then(([body, asking]) => {
        const complaint = findUndocumented({
          method,
          target: url,
          sent: headersOf(headers),
          body: asking.toString(),
          status: answer.statusCode ?? 0,
          headers: headersOf(answer.headers),
          text: body.toString(),
        });
        if (complaint !== undefined) undocumented.push(complaint);
        if (left > 0) return outgoing.destroy();
        // A browser sends again by itself what is lost on a connection that it has used before.
        const closing = { ...answer.headers, connection: 'close' };
        return outgoing.writeHead(answer.statusCode ?? 502, closing).end(body);
      });
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: (method) => asked.filter((each) => each.method === method).map(({ headers }) => headers),
    lose: (method, times) => void losing.set(method, times),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      assert.deepEqual(undocumented, []);
    },
  };
}
