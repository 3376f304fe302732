import type { Instance } from './instance.ts';
import { call } from './caller.ts';
import type { Operation } from './history.ts';

/** A read that came back, with what is needed to tell whether it proves something. */
export interface ReadSeen extends Operation {
  readonly requestId: string;
  readonly instance: Instance;
  readonly phase: string;
}

/** A write whose answer was lost: the timeline tells whether it took place. */
export interface OpenWrite {
  readonly job: string;
  readonly mark: string;
  readonly invoked: number;
  readonly where: string;
}

/** Everything that the workload did. */
export interface Seen {
  readonly reads: ReadSeen[];
  readonly writes: Operation[];
  readonly open: OpenWrite[];
  /** Calls that were answered with an error, by kind: reads may fail, and must say so. */
  readonly errors: Map<string, number>;
}

export interface Workload {
  readonly record: Seen;
  /** The phase that reads are counted in, such as `calm` or `fault`. */
  phase: string;
  stop(): Promise<void>;
}

/** A job in the REST API, as far as the checker looks at it. */
interface Shown {
  readonly jobId: string;
  readonly version: number;
  readonly status: string;
}

const JSON_TYPE = 'application/json';

/**
 * Readers and writers of a few jobs, through every instance and both protocols, until they are stopped.
 * @param credentials a REST token, and USER_ID and PASSWORD as a form
 */
export function startWorkload(
  instances: readonly Instance[],
  jobs: readonly string[],
  credentials: { readonly token: string; readonly form: string },
  seed: number,
  readers = 10,
  writers = 6,
): Workload {
  const record: Seen = { reads: [], writes: [], open: [], errors: new Map() };
  const random = mulberry(seed);
  const stopped = new AbortController();
  let count = 0;
  const workload: Workload = {
    record,
    phase: 'calm',
    async stop() {
      stopped.abort();
      await Promise.all(loops);
    },
  };
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));
  const failed = (what: string): void => void record.errors.set(what, (record.errors.get(what) ?? 0) + 1);

  const readOnce = async (): Promise<void> => {
    const instance = pick(instances);
    const { port } = instance;
    if (port === undefined) return pause(20);
    const job = pick(jobs);
    const rest = random() < 0.5;
    const requestId = `r${++count}`;
    const { phase } = workload;
    const invoked = performance.now();
    const headers = { 'x-request-id': requestId };
    const answer = rest
      ? await call(port, 'GET', `/v1/jobs/${job}`, { ...headers, authorization: credentials.token }, '')
      : await call(
          port,
          'POST',
          '/iaas/',
          { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
          `action=DescribeJobs&verbose=1&job_ids.1=${job}&${credentials.form}`,
        );
    const returned = performance.now();
    const seen = answer && (rest ? readRest(answer.body) : readAction(answer.body));
    if (!seen) {
      failed(
        answer
          ? `read ${answer.status} ${String(answer.body.code ?? answer.body.ret_code)}`
          : 'read: no answer',
      );
      return pause(5);
    }
    const where = `${instance.name} ${rest ? 'rest' : 'action'}`;
    record.reads.push({ kind: 'read', job, invoked, returned, ...seen, where, requestId, instance, phase });
  };

  /** A list shows every job at one moment: it is a read of each. */
  const listOnce = async (): Promise<void> => {
    const instance = pick(instances);
    const { port } = instance;
    if (port === undefined) return pause(20);
    const latest = random() < 0.5;
    const path = latest ? '/v1/jobs/latest' : '/v1/jobs?per_page=100';
    const { phase } = workload;
    const invoked = performance.now();
    const answer = await call(port, 'GET', path, { authorization: credentials.token }, '');
    const returned = performance.now();
    if (answer?.body.code !== 0) {
      failed(answer ? `list ${answer.status}` : 'list: no answer');
      return pause(5);
    }
    const data = answer.body.data as Shown & { jobs: Shown[] };
    for (const shown of latest ? [data] : data.jobs) {
      const { jobId: job, version, status: mark } = shown;
      const where = `${instance.name} ${latest ? 'latest' : 'list'}`;
      record.reads.push({
        kind: 'read',
        job,
        invoked,
        returned,
        version,
        mark,
        where,
        requestId: '',
        instance,
        phase,
      });
    }
    await pause(30);
  };

  const writeOnce = async (): Promise<void> => {
    const instance = pick(instances);
    const { port } = instance;
    if (port === undefined) return pause(20);
    const job = pick(jobs);
    const rest = random() < 0.5;
    const mark = `w${++count}`;
    const where = `${instance.name} ${rest ? 'rest' : 'action'}`;
    const invoked = performance.now();
    const answer = rest
      ? await call(
          port,
          'PATCH',
          `/v1/jobs/${job}`,
          { authorization: credentials.token, 'content-type': JSON_TYPE },
          JSON.stringify({ status: mark }),
        )
      : await call(
          port,
          'POST',
          '/iaas/',
          { 'content-type': 'application/x-www-form-urlencoded' },
          `action=ModifyJobStatus&job_id=${job}&status=${mark}&${credentials.form}`,
        );
    const returned = performance.now();
    const code = answer?.body.code ?? answer?.body.ret_code;
    if (answer && code === 0) {
      // The action API does not tell the version: the timeline does, by the mark.
      const version = rest ? (answer.body as { data: { version: number } }).data.version : Number.NaN;
      record.writes.push({ kind: 'write', job, invoked, returned, version, mark, where });
    } else {
      record.open.push({ job, mark, invoked, where });
      failed(answer ? `write ${answer.status} ${String(code)}` : 'write: no answer');
    }
    await pause(10 + random() * 60);
  };

  const loop = async (once: () => Promise<void>): Promise<void> => {
    while (!stopped.signal.aborted) await once();
  };
  const loops = [
    ...Array.from({ length: readers }, () => loop(readOnce)),
    ...Array.from({ length: writers }, () => loop(writeOnce)),
    loop(listOnce),
  ];
  return workload;
}

function readRest(body: Record<string, unknown>): { version: number; mark: string } | undefined {
  if (body.code !== 0) return undefined;
  const { version, status } = body.data as { version: number; status: string };
  return { version, mark: status };
}

function readAction(body: Record<string, unknown>): { version: number; mark: string } | undefined {
  if (body.ret_code !== 0) return undefined;
  const [job] = body.job_set as { version: number; status: string }[];
  // A job that is there and is not found would be a lie: version 0 is below every other.
  return job ? { version: job.version, mark: job.status } : { version: 0, mark: 'not found' };
}

/** A small generator of numbers from 0 to 1, the same for the same seed. */
export function mulberry(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
