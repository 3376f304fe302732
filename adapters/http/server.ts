import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type Koa from 'koa';

/** A listening server that can be emptied. */
export interface HttpServer {
  readonly port: number;
  /** Takes no new connections, lets calls in flight finish, and closes what is left after `most` ms. */
  drain(most: number): Promise<void>;
}

/** QingCloud's clients use an idle connection for up to 60 s: it must not be closed under their hands. */
const KEEP_ALIVE = 75_000;
const HEADERS_TIMEOUT = 8_000;
const REQUEST_TIMEOUT = 30_000;

/** @throws Error where the address cannot be listened on */
export async function listen(app: Koa, host: string, port: number): Promise<HttpServer> {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE, headersTimeout: HEADERS_TIMEOUT, requestTimeout: REQUEST_TIMEOUT },
    app.callback(),
  );
  server.on('clientError', refuseUnreadable);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    drain: (most) => drain(server, most),
  };
}

/** What is not HTTP has no protocol of ours either; the answer is in the REST API's form. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const data = { message: '请求格式错误', reason: 'malformed_request' };
  const body = JSON.stringify({ code: 10008, data });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nX-Error-Code: 10008\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

async function drain(server: Server, most: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const hard = setTimeout(() => server.closeAllConnections(), most);
  server.closeIdleConnections();
  await closed;
  clearInterval(idle);
  clearTimeout(hard);
}
