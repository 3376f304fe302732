import { Agent, request } from 'node:http';

/** One answer, or undefined where none came: the effect of the call is not known then. */
export type Answer = { readonly status: number; readonly body: Record<string, unknown> } | undefined;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** A call with keep-alive and a time limit, lighter than fetch: the checker shares its cores with what it checks. */
export function call(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Answer> {
  return new Promise((resolve) => {
    const sent = request(
      { host: '127.0.0.1', port, method, path, headers, agent, timeout: 12_000 },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => resolve(undefined));
        response.on('end', () => {
          resolve(readAnswer(response.statusCode ?? 0, Buffer.concat(chunks).toString()));
        });
      },
    );
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end(body);
  });
}

function readAnswer(status: number, text: string): Answer {
  try {
    return { status, body: JSON.parse(text) as Record<string, unknown> };
  } catch {
    return undefined;
  }
}

export function closeConnections(): void {
  agent.destroy();
}
