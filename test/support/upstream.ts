import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request as it came from the proxy. */
export interface Received {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A server behind a proxy that keeps what it is sent. */
export interface Upstream extends AsyncDisposable {
  readonly port: number;
  readonly received: Received[];
}

/** @param answer what it does with a request whose body was read */
export async function startUpstream(
  answer: (received: Received, response: ServerResponse) => void | Promise<void>,
): Promise<Upstream> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method = '', url = '', headers } = request;
      const one = { method, target: url, headers, body };
      received.push(one);
      return answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An instance that carries out what it is told and dies before it answers. @param target the port of a real one */
export function startForgetful(target: number): Promise<Upstream> {
  return startUpstream(async ({ method, target: path, headers, body }, response) => {
    const { connection: _, host: __, 'content-length': ___, 'transfer-encoding': ____, ...kept } = headers;
    await fetch(`http://127.0.0.1:${target}${path}`, {
      method,
      headers: kept as Record<string, string>,
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    }).then((answer) => answer.arrayBuffer());
    response.socket?.destroy();
  });
}
