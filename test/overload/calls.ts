import { ADMIN } from '../support/gateway.ts';
import type { Stage } from './stage.ts';

export const MIXES = ['mixed', 'reads'] as const;
export type Mix = (typeof MIXES)[number];

/** Jobs in one call of those that only read: it costs a gateway far more than nginx to refuse it, or us to ask. */
const AT_ONCE = 100;

/**
 * Requests of a day: of twenty, twelve read a job by id, four list, two look for the newest, two create. Or reads alone, of
 * a hundred jobs by id in each call.
 */
export function callsOf({ token, jobIds }: Pick<Stage, 'token' | 'jobIds'>, mix: Mix): string[] {
  const get = (path: string): string => request('GET', path, { authorization: token });
  const byId = (jobId: string): string => get(`/v1/jobs/${jobId}`);
  // Few enough to be in the cache.
  const read = jobIds.slice(0, 200);
  if (mix === 'reads') {
    const turned = read.map((_, index) => [...read.slice(index), ...read.slice(0, index)].slice(0, AT_ONCE));
    return turned.map((ids) => encode(get(`/v1/jobs?job_ids=${ids.join(',')}&per_page=${AT_ONCE}`)));
  }
  const calls = read.map(byId);
  const credentials = { USER_ID: ADMIN.userId, PASSWORD: Buffer.from(ADMIN.password).toString('base64') };
  const action = (parameters: Record<string, string>): string =>
    request(
      'POST',
      '/iaas/',
      { 'content-type': 'application/x-www-form-urlencoded' },
      new URLSearchParams({ ...parameters, ...credentials }).toString(),
    );
  const others = read.flatMap((jobId, index) => [
    ...(index % 3 === 0 ? [action({ action: 'DescribeJobs', job_ids: jobId })] : []),
    ...(index % 3 === 1 ? [get('/v1/jobs?per_page=20')] : []),
    ...(index % 6 === 2 ? [get('/v1/jobs/latest?job_type=neonsan')] : []),
    ...(index % 6 === 5
      ? [
          request(
            'POST',
            '/v1/jobs',
            { authorization: token, 'content-type': 'application/json' },
            JSON.stringify({
              jobType: 'load',
              jobAction: 'Load',
              resources: { volumes: ['vol-1', 'vol-2'] },
            }),
          ),
        ]
      : []),
  ]);
  return interleave(calls, others).map(encode);
}

/** A whole request. */
export function request(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): string {
  const all = { host: 'gateway', ...headers, ...(body && { 'content-length': String(body.length) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Both lists spread evenly. */
function interleave(one: readonly string[], other: readonly string[]): string[] {
  const placed = [one, other].flatMap((list) =>
    list.map((call, index) => ({ call, place: (index + 0.5) / list.length })),
  );
  return placed.toSorted((a, b) => a.place - b.place).map(({ call }) => call);
}
