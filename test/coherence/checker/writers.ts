import { pickJob } from './readers.ts';
import type { Scene } from './scene.ts';

const SHARE_OF_REPLACEMENTS = 0.2;

/** The mark of the write that replaced a job's content. */
export const replacedAt = (version: number): string => `made ${version}`;

/** Reports a status that nobody else reports, or replaces the content of the version that was seen last. */
export async function writeOnce(scene: Scene, home: number, tried: Set<string>): Promise<void> {
  const way = await scene.way({ home });
  if (!way) return;
  const job = pickJob(scene);
  const { protocol, where } = way;
  const subject = job.jobId;
  const next = job.version + 1;
  // The content says which version brought it: only one write may try to.
  const replaces = scene.random() < SHARE_OF_REPLACEMENTS && !tried.has(`${subject} ${next}`);
  if (replaces) tried.add(`${subject} ${next}`);
  const mark = replaces ? replacedAt(next) : `w${scene.count()}`;
  const request = replaces
    ? protocol.replace(subject, job.version, { name: job.name, made: next })
    : protocol.report(subject, mark);
  const invoked = performance.now();
  const outcome = await scene.ask(way, replaces ? 'replace' : 'report', request);
  const write = { kind: 'write', subject, mark, invoked, where } as const;
  if (outcome.is === 'done') {
    const { version } = protocol.changed(outcome.body);
    scene.record.writes.push({ ...write, returned: outcome.returned, version });
    job.version = Math.max(job.version, version ?? 0);
  } else if (outcome.is === 'unknown') {
    scene.record.writes.push({ ...write, returned: Infinity, version: undefined });
  }
  await scene.pause(10 + scene.random() * 60);
}
