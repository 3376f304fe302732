import type { Client } from './client.ts';

/** What a load consists of: the same thing again and again, each answer checked. */
export type Flow =
  /** One after the other, again and again. */
  | { readonly is: 'get by rest'; readonly token: string; readonly paths: readonly string[] }
  /** A creation and two reports of a status. */
  | { readonly is: 'write'; readonly token: string };

/** What is done each time. @throws Error where an answer is not what it has to be */
export function doing(flow: Flow, client: Client): () => Promise<void> {
  return flow.is === 'write' ? write(flow, client) : getByRest(flow, client);
}

function getByRest({ token, paths }: Flow & { is: 'get by rest' }, client: Client): () => Promise<void> {
  const headers = { authorization: token };
  const gets = paths.map((path) => sameEachTime(() => client.send('GET', path, headers)));
  let next = 0;
  return () => gets[next++ % gets.length]!();
}

/** The first answer is looked into; all others have to be the same bytes. */
function sameEachTime(send: () => ReturnType<Client['send']>): () => Promise<void> {
  let first: string | undefined;
  return async () => {
    const { status, text } = await send();
    if (first === undefined && status === 200 && (JSON.parse(text) as { code: number }).code === 0) {
      first = text;
    }
    if (status !== 200 || text !== first) throw new Error(`a wrong answer (${status}): ${text}`);
  };
}

function write({ token }: Flow & { is: 'write' }, client: Client): () => Promise<void> {
  const headers = { authorization: token, 'content-type': 'application/json' };
  const resources = { volumes: ['vol-1', 'vol-2'], size: 100 };
  const created = JSON.stringify({ jobType: 'bench', jobAction: 'Write', resources });
  const ask = async (method: string, path: string, body: string, version: number): Promise<string> => {
    const { status, text } = await client.send(method, path, headers, body);
    const { code, data } = JSON.parse(text) as { code: number; data: { jobId: string; version: number } };
    if (status !== 200 || code !== 0 || data.version !== version) {
      throw new Error(`a wrong answer (${status}): ${text}`);
    }
    return data.jobId;
  };
  return async () => {
    const jobId = await ask('POST', '/v1/jobs', created, 1);
    await ask('PATCH', `/v1/jobs/${jobId}`, '{"status":"working"}', 2);
    await ask('PATCH', `/v1/jobs/${jobId}`, '{"status":"successful"}', 3);
  };
}
