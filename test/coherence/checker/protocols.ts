/** One call, as it is sent. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A job as far as the checker looks at it. */
export interface Shown {
  readonly jobId: string;
  readonly version: number;
  /** Its status, and the version at which its content was made: what a reader sees of the version. */
  readonly mark: string;
}

/** What a job is about: the content tells which version brought it. */
export interface Content {
  /** A word that stays with the job. */
  readonly name: string;
  readonly made: number;
}

export type Body = Readonly<Record<string, unknown>>;

/** How the checker speaks one of the two protocols. */
export interface Protocol {
  readonly name: 'rest' | 'action';
  /** How many jobs one call may read or change. */
  readonly most: number;
  read(jobIds: readonly string[]): Request;
  list(): Request;
  /** The newest job of a type, or of any. */
  latest(jobType: string | undefined): Request;
  create(key: string, content: Content): Request;
  report(jobId: string, status: string): Request;
  /** @param seen the version that it replaces, and no other */
  replace(jobId: string, seen: number, content: Content): Request;
  cancel(jobIds: readonly string[]): Request;
  hide(jobIds: readonly string[]): Request;
  /** 0, or the number of the refusal. */
  code(body: Body): number;
  /** The jobs in an answer; the empty list where it has none. */
  shown(body: Body): readonly Shown[];
  /** The job that a change names in its answer, and its version where that is told. */
  changed(body: Body): { readonly jobId: string; readonly version: number | undefined };
}

/** Whose the jobs are that come and go. */
export const OWNER = 'usr-owner';
/** More jobs than there ever are: a list that is shorter holds all of them. */
export const LIST_MOST = 100;
export const JOB_TYPE = 'checked';

interface JobInAnswer {
  readonly version: number;
  readonly status: string;
  readonly resources: { readonly made: number };
}

const markOf = ({ status, resources }: JobInAnswer): string => `${status} ${resources.made}`;

export function speakRest(token: string): Protocol {
  const authorized = { authorization: token };
  const get = (path: string): Request => ({ method: 'GET', path, headers: authorized, body: '' });
  const send = (method: string, path: string, body: object, headers = {}): Request => ({
    method,
    path,
    headers: { ...authorized, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const fields = ({ name, made }: Content) => ({ jobType: JOB_TYPE, jobAction: name, resources: { made } });
  type RestJob = JobInAnswer & { readonly jobId: string };
  return {
    name: 'rest',
    most: 1,
    read: ([jobId]) => get(`/v1/jobs/${jobId}`),
    list: () => get(`/v1/jobs?per_page=${LIST_MOST}`),
    latest: (jobType) => get(`/v1/jobs/latest${jobType === undefined ? '' : `?job_type=${jobType}`}`),
    create: (key, content) =>
      send('POST', '/v1/jobs', { ...fields(content), owner: OWNER }, { 'idempotency-key': key }),
    report: (jobId, status) => send('PATCH', `/v1/jobs/${jobId}`, { status }),
    replace: (jobId, seen, content) =>
      send('PUT', `/v1/jobs/${jobId}`, fields(content), { 'if-match': `"${seen}"` }),
    cancel: ([jobId]) => send('POST', `/v1/jobs/${jobId}/cancel`, {}),
    hide: ([jobId]) => ({ ...get(`/v1/jobs/${jobId}`), method: 'DELETE' }),
    code: (body) => body.code as number,
    shown(body) {
      const data = body.data as RestJob & { readonly jobs?: readonly RestJob[] };
      const jobs = data.jobs ?? [data];
      return jobs.map((job) => ({ jobId: job.jobId, version: job.version, mark: markOf(job) }));
    },
    changed: (body) => body.data as RestJob,
  };
}

/** @param user USER_ID and PASSWORD as a form */
export function speakAction(user: string): Protocol {
  const act = (action: string, parameters: Record<string, string | number>): Request => ({
    method: 'POST',
    path: '/iaas/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `action=${action}&${new URLSearchParams(parameters as Record<string, string>).toString()}&${user}`,
  });
  const several = (jobIds: readonly string[]): Record<string, string> =>
    Object.fromEntries(jobIds.map((jobId, index) => [`job_ids.${index + 1}`, jobId]));
  const fields = ({ name, made }: Content) => ({
    job_type: JOB_TYPE,
    job_action: name,
    resources: JSON.stringify({ made }),
  });
  type ActionJob = JobInAnswer & { readonly job_id: string };
  return {
    name: 'action',
    most: 3,
    read: (jobIds) => act('DescribeJobs', { verbose: 1, ...several(jobIds) }),
    list: () => act('DescribeJobs', { verbose: 1, limit: LIST_MOST }),
    latest: (jobType) =>
      act('DescribeLatestJob', { verbose: 1, ...(jobType !== undefined && { job_type: jobType }) }),
    create: (key, content) => act('CreateJob', { ...fields(content), owner: OWNER, client_token: key }),
    report: (jobId, status) => act('ModifyJobStatus', { job_id: jobId, status }),
    replace: (jobId, seen, content) =>
      act('ModifyJobAttributes', { job_id: jobId, version: seen, ...fields(content) }),
    cancel: (jobIds) => act('CancelJobs', several(jobIds)),
    hide: (jobIds) => act('DeleteJobs', several(jobIds)),
    code: (body) => body.ret_code as number,
    shown(body) {
      const jobs = (body.job_set ?? (body.job ? [body.job] : [])) as readonly ActionJob[];
      return jobs.map((job) => ({ jobId: job.job_id, version: job.version, mark: markOf(job) }));
    },
    changed: (body) => ({ jobId: body.job_id as string, version: undefined }),
  };
}
