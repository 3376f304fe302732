import type { Instance } from './instance.ts';
import { CREATED, liveOnce } from './lives.ts';
import type { Protocol } from './protocols.ts';
import { ownCredentials, readById, readLatest, readList } from './readers.ts';
import { createScene, type KnownJob, type Scene, type Seen } from './scene.ts';
import { holdSession, PASSWORD } from './sessions.ts';
import { writeOnce } from './writers.ts';

/** How many clients do each thing at once. */
const CLIENTS = {
  readById: 10,
  readList: 1,
  readLatest: 4,
  writeOnce: 8,
  liveOnce: 3,
  holdSession: 2,
} as const;

export interface Workload {
  readonly record: Seen;
  /** The phase that reads are counted in, such as `calm` or `fault`. */
  phase: string;
  stop(): Promise<void>;
}

/** What the workload begins with. */
export interface Beginning {
  readonly instances: readonly Instance[];
  readonly protocols: readonly Protocol[];
  /** The same, spoken by the user whose the jobs are that come and go. */
  readonly owned: readonly Protocol[];
  /** Jobs that are there from the beginning to the end: id, and the name in their content. */
  readonly jobs: readonly { readonly jobId: string; readonly name: string }[];
  readonly user: { readonly name: string; readonly password: string };
  readonly random: () => number;
  /** T of the gateways, in ms. */
  readonly ttl: number;
}

/** Clients of every instance through both protocols, until they are stopped. */
export function startWorkload({ instances, protocols, owned, jobs, user, random, ttl }: Beginning): Workload {
  const stopping = new AbortController();
  const scene = createScene(instances, protocols, owned, random, stopping.signal);
  for (const { jobId, name } of jobs) scene.jobs.set(jobId, begin(scene, jobId, name));
  for (const subject of [...protocols.map(ownCredentials), PASSWORD]) begin(scene, subject, '');
  // As long as a value may live, and then some: what was put away must not come back.
  const known = 2 * ttl;
  const tried = new Set<string>();
  const each = {
    // Each reader and writer stays with one instance: one that is frozen does not keep the others waiting.
    readById: (client: number) => readById(scene, client),
    readList: () => readList(scene),
    readLatest: (client: number) => readLatest(scene, client),
    writeOnce: (client: number) => writeOnce(scene, client, tried),
    liveOnce: () => liveOnce(scene, known),
    holdSession: () => holdSession(scene, user, known),
  };
  const loop = async (once: (client: number) => Promise<void>, client: number): Promise<void> => {
    while (!stopping.signal.aborted) await once(client);
  };
  const loops = Object.entries(CLIENTS).flatMap(([name, clients]) =>
    Array.from({ length: clients }, (_, client) => loop(each[name as keyof typeof each], client)),
  );
  return {
    record: scene.record,
    get phase() {
      return scene.phase;
    },
    set phase(phase) {
      scene.phase = phase;
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

/** What is there when the workload begins was written before. */
function begin({ record }: Scene, subject: string, name: string): KnownJob {
  const now = performance.now();
  const write = { kind: 'write', subject, mark: CREATED, version: 1, where: 'the beginning' } as const;
  record.writes.push({ ...write, invoked: now, returned: now });
  return { jobId: subject, name, invoked: -Infinity, returned: now, lasting: true, version: 1 };
}
