import { Agent, request } from 'node:http';

export interface Client {
  send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<{ readonly status: number; readonly text: string }>;
  close(): void;
}

/** A few connections that are kept. @param base `http://127.0.0.1:PORT` */
export function createClient(base: string, connections: number): Client {
  const { hostname: host, port } = new URL(base);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    send: (method, path, headers, body = '') =>
      new Promise((resolve, reject) => {
        const length = body ? { 'content-length': String(Buffer.byteLength(body)) } : {};
        const options = { host, port, method, path, agent, headers: { ...headers, ...length } };
        const sent = request(options, (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
          response.on('error', reject);
        });
        sent.on('error', reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}
