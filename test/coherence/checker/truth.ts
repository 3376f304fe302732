import { tokenDigest } from '../../../src/accounts/credentials.ts';
import type { OpenDatabase } from '../../../adapters/sql/open.ts';
import type { Truth, Version } from './history.ts';
import { CREATED, HIDDEN } from './lives.ts';
import { LOGGED_IN } from './readers.ts';
import type { Seen } from './scene.ts';
import { replacedAt } from './writers.ts';

type Db = OpenDatabase['db'];

interface EventRow {
  readonly job_id: string;
  readonly version: number;
  readonly status: string;
  readonly note: string;
}

/**
 * What the tables say of all writes: the timelines of jobs, and which tokens are there.
 * @param beginning subjects that were there before, with version 1 and no row of a timeline
 */
export async function readTruth(db: Db, beginning: Iterable<string>, { tokens }: Seen): Promise<Truth> {
  const truth = new Map<string, Map<number, Version>>();
  for (const subject of beginning) truth.set(subject, new Map([[1, { by: CREATED, shows: 'pending 1' }]]));
  const events = (await db('job_events').orderBy(['job_id', 'version']).select('*')) as EventRow[];
  let before: { jobId: string; status: string; made: number } | undefined;
  for (const { job_id: jobId, version, status, note } of events) {
    if (before?.jobId !== jobId) before = { jobId, status: 'pending', made: 1 };
    const versions = truth.get(jobId) ?? new Map<number, Version>();
    truth.set(jobId, versions);
    const by = version === 1 ? CREATED : byWhat(note, status, before.status, version);
    const made = by === replacedAt(version) ? version : before.made;
    versions.set(version, { by, shows: by === HIDDEN ? undefined : `${status} ${made}` });
    before = { jobId, status, made };
  }
  const digests = new Set((await db('tokens').pluck('digest')) as string[]);
  for (const [subject, token] of tokens) {
    const versions = new Map([[1, { by: CREATED, shows: LOGGED_IN } as Version]]);
    if (!digests.has(tokenDigest(token))) versions.set(2, { by: HIDDEN, shows: undefined });
    truth.set(subject, versions);
  }
  return truth;
}

/** A change that leaves the status as it was, and does not hide the job, replaced its content. */
function byWhat(note: string, status: string, before: string, version: number): string {
  if (note === HIDDEN) return HIDDEN;
  return status === before ? replacedAt(version) : status;
}

/** The jobs in the order of their creation: their places by id. */
export async function readOrder(db: Db): Promise<ReadonlyMap<string, number>> {
  const ids = (await db('jobs').orderBy(['create_time', 'job_id']).pluck('job_id')) as string[];
  return new Map(ids.map((jobId, place) => [jobId, place]));
}

/** By the key of a creation: the jobs that the database has of it, with those that answers named. */
export async function readEffects(db: Db, { created }: Seen): Promise<Map<string, Set<string>>> {
  const rows = (await db('jobs').select('job_id', 'job_action')) as { job_id: string; job_action: string }[];
  const effects = new Map([...created].map(([key, jobs]) => [key, new Set(jobs)]));
  for (const { job_id: jobId, job_action: key } of rows) effects.get(key)?.add(jobId);
  return effects;
}
