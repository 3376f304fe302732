import type { Agent } from 'node:https';
import type { Answer } from '../support/clients.ts';
import { ADMIN } from '../support/gateway.ts';
import { callSecurely, type SecureCall, type SecurePlace } from '../support/https.ts';

/** One call of a client: what it is, and whether its answer is the right one. */
interface Step {
  readonly what: string;
  readonly target: string;
  readonly asked?: SecureCall;
  /** @returns whether the answer is what it has to be */
  readonly right: (answer: Answer) => boolean;
}

/** What became of one call. */
export interface Outcome {
  readonly what: string;
  /** What went wrong; undefined: nothing. */
  readonly fault: string | undefined;
}

export interface Client {
  readonly place: SecurePlace;
  readonly agent: Agent;
  readonly token: string;
  readonly jobType: string;
}

const PASSWORD = Buffer.from(ADMIN.password).toString('base64');

/**
 * The life of one job through both APIs, each step asked for once and never again: it is created, read, replaced,
 * canceled and hidden.
 * @param tell hears of each call
 * @returns the job's id, where its creation was acknowledged
 */
export async function liveOnce(
  client: Client,
  byAction: boolean,
  tell: (outcome: Outcome) => void,
): Promise<string | undefined> {
  const ask = async ({ what, target, asked, right }: Step): Promise<Answer | undefined> => {
    try {
      const answer = await callSecurely(client.place, target, { ...asked, agent: client.agent });
      tell({ what, fault: right(answer) ? undefined : `${answer.status} ${answer.text.slice(0, 300)}` });
      return answer;
    } catch (thrown) {
      tell({ what, fault: String(thrown) });
      return undefined;
    }
  };
  const rest = (method: string, target: string, body?: object, headers: Record<string, string> = {}) => ({
    what: `${method} ${target.replace(/j-\w+/, '{job_id}').replace(/\?.*/, '')}`,
    target,
    asked: {
      method,
      headers: {
        authorization: client.token,
        ...headers,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    },
  });
  const action = (parameters: Readonly<Record<string, string>>) => ({
    what: String(parameters.action),
    target: '/iaas/',
    asked: {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...parameters, USER_ID: ADMIN.userId, PASSWORD }).toString(),
    },
  });
  const isVersion =
    (version: number) =>
    ({ body }: Answer): boolean =>
      body.code === 0 && body.data.version === version;

  const { jobType } = client;
  const created = await ask(
    byAction
      ? {
          ...action({ action: 'CreateJob', job_type: jobType, job_action: 'Roll' }),
          right: ({ body }) => body.ret_code === 0,
        }
      : { ...rest('POST', '/v1/jobs', { jobType, jobAction: 'Roll' }), right: isVersion(1) },
  );
  const jobId: string | undefined = created?.body?.job_id ?? created?.body?.data?.jobId;
  if (jobId === undefined) return undefined;
  const path = `/v1/jobs/${jobId}`;
  await ask({ ...rest('GET', path), right: isVersion(1) });
  await ask({
    ...rest('PUT', path, { jobType, jobAction: 'Rolled' }, { 'if-match': '"1"' }),
    right: isVersion(2),
  });
  await ask({
    ...action({ action: 'DescribeJobs', 'job_ids.1': jobId, verbose: '1' }),
    right: ({ body }) => body.ret_code === 0 && body.job_set[0]?.version === 2,
  });
  await ask({ ...rest('POST', `${path}/cancel`), right: isVersion(3) });
  await ask({
    ...rest('GET', `/v1/jobs?job_type=${jobType}&per_page=5`),
    right: ({ body }) => body.code === 0 && body.data.total > 0,
  });
  if (byAction) await ask({ ...rest('DELETE', path), right: ({ body }) => body.code === 0 });
  await ask({
    ...rest('GET', path),
    right: byAction ? ({ body }) => body.code === 13001 : isVersion(3),
  });
  return jobId;
}
