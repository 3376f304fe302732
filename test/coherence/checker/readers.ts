import { JOB_TYPE, LIST_MOST, type Protocol, type Shown } from './protocols.ts';
import {
  NO_JOB,
  UNKNOWN_CALLER,
  type KnownJob,
  type Outcome,
  type ReadSeen,
  type Scene,
  type Way,
} from './scene.ts';

const SHARE_OF_LASTING = 0.75;
/** More reads than these for each write find little that is new: where there are more, their readers take breaks. */
const READS_FOR_WRITE = 20;
const BREAK = 10;
const SHARE_OF_SEVERAL = 0.2;
const SHARE_OF_SESSIONS = 0.2;

/** What the reader of a session sees of it. */
export const LOGGED_IN = 'logged in';

/** The subject of what the checker itself calls with, which nobody ends. */
export function ownCredentials({ name }: Protocol): string {
  return `the checker by ${name}`;
}

type Told = Exclude<Outcome, { is: 'unknown' }>;

/** Reads one job by id, or several in one call. */
export async function readById(scene: Scene, home: number): Promise<void> {
  const way = await scene.way({ home });
  if (!way) return;
  const { most } = way.protocol;
  const several = most > 1 && scene.random() < SHARE_OF_SEVERAL;
  const jobs = Array.from({ length: several ? most : 1 }, () => pickJob(scene));
  const inSession = way.protocol.name === 'rest' && scene.random() < SHARE_OF_SESSIONS;
  const session = inSession ? scene.pick([...scene.sessions.keys()]) : undefined;
  await readThese(scene, way, [...new Set(jobs.map(({ jobId }) => jobId))], session);
  const { reads, writes } = scene.record;
  if (reads.length > writes.length * READS_FOR_WRITE) await scene.pause(BREAK);
}

/**
 * @param jobIds as many as the protocol reads in one call
 * @param session in REST: the session whose token the call carries
 */
export async function readThese(
  scene: Scene,
  way: Way,
  jobIds: readonly string[],
  session?: string,
): Promise<void> {
  const { protocol } = way;
  const request = protocol.read(jobIds);
  const authorization = session && scene.sessions.get(session);
  const headers = authorization ? { authorization } : {};
  const requestId = `r${scene.count()}`;
  const { phase } = scene;
  const what = session ? 'read in a session' : 'read';
  const all = { ...request, headers: { ...request.headers, ...headers } };
  const outcome = await scene.ask(way, what, all, requestId);
  if (outcome.is === 'unknown') return scene.pause(5);
  const unknown = outcome.is === 'refused' && UNKNOWN_CALLER.has(outcome.code);
  const credentials = { scene, way, phase, requestId: '', asked: undefined, told: outcome };
  // Every answer says of the caller's credentials that they are good, or that they are not.
  if (unknown) saw(credentials, session ?? ownCredentials(protocol), undefined);
  else if (session) saw(credentials, session, { jobId: session, version: 1, mark: LOGGED_IN });
  if (unknown) return;
  const shown = outcome.is === 'done' ? protocol.shown(outcome.body) : [];
  const seen = { scene, way, phase, requestId, asked: 'ids', told: outcome } as const;
  for (const jobId of jobIds)
    saw(
      seen,
      jobId,
      shown.find((job) => job.jobId === jobId),
    );
}

/** A list shows every job at one moment: it is a read of each, and of those that are not in it. */
export async function readList(scene: Scene): Promise<void> {
  const way = await scene.way();
  if (!way) return;
  const known = [...scene.jobs.keys()];
  const { phase } = scene;
  const told = await scene.ask(way, 'list', way.protocol.list());
  if (told.is !== 'done') return scene.pause(5);
  const shown = way.protocol.shown(told.body);
  const seen = { scene, way, phase, requestId: '', asked: undefined, told };
  for (const job of shown) saw(seen, job.jobId, job);
  const listed = new Set(shown.map(({ jobId }) => jobId));
  const complete = shown.length < LIST_MOST;
  if (complete) for (const jobId of known) if (!listed.has(jobId)) saw(seen, jobId, undefined);
  await scene.pause(30);
}

/**
 * The newest job is a read of that job, and says of every newer one that it is not there. The user whose the jobs are
 * that come and go sees no others, and may be told that there is none.
 */
export async function readLatest(scene: Scene, home: number): Promise<void> {
  const any = await scene.way({ home });
  if (!any) return;
  const own = scene.random() < 0.5 && scene.owned.find(({ name }) => name === any.protocol.name);
  const way = own ? { ...any, protocol: own, where: `${any.where}, own` } : any;
  const known = [...scene.jobs.values()];
  const { phase } = scene;
  const requestId = `r${scene.count()}`;
  const request = way.protocol.latest(scene.pick([undefined, JOB_TYPE]));
  const told = await scene.ask(way, 'latest', request, requestId);
  const seen = { scene, way, phase, requestId, asked: 'newest' } as const;
  if (told.is === 'refused' && NO_JOB.has(told.code)) {
    for (const { jobId, lasting } of known) if (!lasting) saw({ ...seen, told }, jobId, undefined);
  }
  if (told.is !== 'done') return scene.pause(5);
  const [newest] = way.protocol.shown(told.body);
  if (!newest) throw new Error('an answer to "latest" has a job');
  const others = known.flatMap(({ jobId }) => (jobId === newest.jobId ? [] : [jobId]));
  saw({ ...seen, told, others }, newest.jobId, newest);
  await scene.pause(10);
}

export function pickJob({ jobs, random, pick }: Scene): KnownJob {
  const all = [...jobs.values()];
  const wanted = random() < SHARE_OF_LASTING;
  const chosen = all.filter(({ lasting }) => lasting === wanted);
  return pick(chosen.length > 0 ? chosen : all);
}

interface Seeing {
  readonly scene: Scene;
  readonly way: Way;
  readonly phase: string;
  readonly requestId: string;
  readonly asked: ReadSeen['asked'];
  readonly others?: readonly string[];
  readonly told: Told;
}

function saw({ scene, way, told, ...seen }: Seeing, subject: string, shown: Shown | undefined): void {
  const { invoked, returned } = told;
  const { instance, where } = way;
  const read = { ...seen, kind: 'read', subject, invoked, returned, where, instance } as const;
  scene.record.reads.push({ ...read, version: shown?.version, mark: shown?.mark ?? 'nothing' });
  const known = scene.jobs.get(subject);
  if (known && shown) known.version = Math.max(known.version, shown.version);
}
