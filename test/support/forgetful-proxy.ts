import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A proxy in front of one server that can lose answers: what was asked for has been done by then. */
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
  const server = createServer((incoming, outgoing) => {
    const { method = '', headers, url = '/' } = incoming;
    asked.push({ method, headers });
    const left = losing.get(method) ?? 0;
    losing.set(method, left - 1);
    const forwarded = request(new URL(url, target), { method, headers }, (answer) => {
      void buffer(answer).then((body) => {
        if (left > 0) return outgoing.destroy();
        // A browser sends again by itself what is lost on a connection that it has used before.
        const headers = { ...answer.headers, connection: 'close' };
        return outgoing.writeHead(answer.statusCode ?? 502, headers).end(body);
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
    },
  };
}
