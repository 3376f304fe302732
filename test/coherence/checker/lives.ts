import type { Request } from './protocols.ts';
import { readThese } from './readers.ts';
import type { KnownJob, Outcome, Scene, Way } from './scene.ts';

/** The marks of the writes that begin and end a job. */
export const CREATED = 'created';
export const CANCELED = 'canceled';
export const HIDDEN = 'hidden';

const PAUSE_BEFORE_RETRY = 40;
/** Some creations are asked for again though they were answered. */
const SHARE_OF_NEEDLESS_RETRIES = 0.2;

/**
 * Creates a job or several, cancels and hides them, all at once or each alone, and gives readers time before and
 * after each step. A change without an answer is asked for again elsewhere.
 * @param known how long readers look for a job that was hidden; in ms
 */
export async function liveOnce(scene: Scene, known: number): Promise<void> {
  const size = scene.pick([1, 3]);
  const created = await Promise.all(Array.from({ length: size }, () => createOne(scene)));
  const jobIds = created.flatMap((job) => job?.jobId ?? []);
  if (jobIds.length === 0) return;
  for (const mark of [CANCELED, HIDDEN]) {
    await scene.pause(50 + scene.random() * 200);
    await lookAt(scene, jobIds);
    await changeAll(scene, jobIds, mark);
    await lookAt(scene, jobIds);
  }
  await scene.pause(known);
  for (const jobId of jobIds) scene.jobs.delete(jobId);
}

async function createOne(scene: Scene): Promise<KnownJob | undefined> {
  const { record, jobs } = scene;
  const key = `key-${scene.count()}`;
  const answers = new Set<string>();
  record.created.set(key, answers);
  const invoked = performance.now();
  for (let first: KnownJob | undefined; ;) {
    const told = await insist(scene, 'create', ({ protocol }) =>
      protocol.create(key, { name: key, made: 1 }),
    );
    if (told?.outcome.is !== 'done') return first;
    const { outcome, way } = told;
    const { jobId } = way.protocol.changed(outcome.body);
    answers.add(jobId);
    const { returned } = outcome;
    first ??= { jobId, name: key, invoked, returned, lasting: false, version: 1 };
    if (!jobs.has(jobId)) {
      jobs.set(jobId, first);
      const write = { kind: 'write', subject: jobId, mark: CREATED, version: 1 } as const;
      record.writes.push({ ...write, invoked, returned, where: way.where });
    }
    if (scene.random() >= SHARE_OF_NEEDLESS_RETRIES) return first;
  }
}

/** Who has changed something looks at it, on every instance. */
async function lookAt(scene: Scene, jobIds: readonly string[]): Promise<void> {
  const looks = scene.homes.map(async (home) => {
    const way = await scene.way({ home, ...(jobIds.length > 1 && { protocol: 'action' }) });
    if (way) await readThese(scene, way, jobIds);
  });
  await Promise.all(looks);
}

/** Cancels or hides; however often it is asked for, it is one write of each job. */
async function changeAll(scene: Scene, jobIds: readonly string[], mark: string): Promise<void> {
  scene.record.groups.push({ subjects: jobIds, mark });
  const invoked = performance.now();
  const request = ({ protocol }: Way): Request =>
    mark === HIDDEN ? protocol.hide(jobIds) : protocol.cancel(jobIds);
  const told = await insist(scene, mark, request, jobIds.length > 1 ? 'action' : undefined);
  // A refusal says that an earlier attempt came through: nobody else ends these jobs.
  const returned = told ? told.outcome.returned : Infinity;
  const where = told?.way.where ?? 'nobody knows';
  for (const subject of jobIds) {
    scene.record.writes.push({ kind: 'write', subject, mark, invoked, returned, where, version: undefined });
  }
}

/** Asks, any instance each time, until it is told what was done. */
export async function insist(
  scene: Scene,
  what: string,
  request: (way: Way) => Request,
  protocol?: 'rest' | 'action',
): Promise<{ readonly outcome: Exclude<Outcome, { is: 'unknown' }>; readonly way: Way } | undefined> {
  while (!scene.stopped.aborted) {
    const way = await scene.way(protocol && { protocol });
    const outcome = way && (await scene.ask(way, what, request(way)));
    if (way && outcome && outcome.is !== 'unknown') return { outcome, way };
    await scene.pause(PAUSE_BEFORE_RETRY);
  }
  return undefined;
}
