import { setTimeout as sleep } from 'node:timers/promises';
import { call } from './caller.ts';
import type { Group } from './effects.ts';
import type { Operation } from './history.ts';
import type { Instance } from './instance.ts';
import type { Body, Protocol, Request } from './protocols.ts';

/** A read that came back, with what is needed to tell whether it proves something. */
export interface ReadSeen extends Operation {
  /** Empty where the cache has no part in the answer. */
  readonly requestId: string;
  /** What was asked for: jobs by id, or the newest. */
  readonly asked: 'ids' | 'newest' | undefined;
  /** Of the newest job: the others that were known when it was asked for. Those that are newer are not there. */
  readonly others?: readonly string[];
  readonly instance: Instance;
  readonly phase: string;
}

/** A write, acknowledged or not; where the answer tells no version, the database knows it by the mark. */
export interface WriteSeen extends Operation {
  readonly kind: 'write';
}

/** Everything that the workload did. */
export interface Seen {
  readonly reads: ReadSeen[];
  readonly writes: WriteSeen[];
  /** By the key of a creation: the jobs that answers to it named. */
  readonly created: Map<string, Set<string>>;
  readonly groups: Group[];
  /** The tokens of sessions, by subject. */
  readonly tokens: Map<string, string>;
  /** Calls that were answered with an error, by kind: calls may fail, and must say so. */
  readonly errors: Map<string, number>;
}

/** A job that the workload knows, from the answer to its creation until a while after it was hidden. */
export interface KnownJob {
  readonly jobId: string;
  /** The word in its content that stays. */
  readonly name: string;
  /** When its creation was invoked, and acknowledged. */
  readonly invoked: number;
  readonly returned: number;
  readonly lasting: boolean;
  /** The highest version that anybody was told of. */
  version: number;
}

/** An instance that is up, a protocol to speak with it, and both in a word. */
export interface Way {
  readonly instance: Instance;
  readonly port: number;
  readonly protocol: Protocol;
  readonly where: string;
}

/** `refused`: nothing was done, and why is known. `unknown`: no answer, or none that tells what was done. */
export type Outcome =
  | { readonly is: 'done'; readonly body: Body; readonly invoked: number; readonly returned: number }
  | { readonly is: 'refused'; readonly code: number; readonly invoked: number; readonly returned: number }
  | { readonly is: 'unknown' };

/** What the loops of a workload share. */
export interface Scene {
  readonly record: Seen;
  readonly jobs: Map<string, KnownJob>;
  /** Sessions that were logged in, until a while after they were logged out: subject and token. */
  readonly sessions: Map<string, string>;
  /** The protocols, spoken by the user whose the jobs are that come and go, and who sees no others. */
  readonly owned: readonly Protocol[];
  readonly stopped: AbortSignal;
  /** Every instance, by number. */
  readonly homes: readonly number[];
  /** The phase that reads are counted in, such as `calm` or `fault`. */
  phase: string;
  /** A number from 0 to 1. */
  random(): number;
  pick<Item>(items: readonly Item[]): Item;
  /** A number that nobody else has. */
  count(): number;
  /**
   * Undefined while the instance is down, after a short pause.
   * @param home which instance it is; any by default
   */
  way(from?: { readonly home?: number; readonly protocol?: Protocol['name'] }): Promise<Way | undefined>;
  ask(way: Way, what: string, request: Request, requestId?: string): Promise<Outcome>;
  pause(milliseconds: number): Promise<void>;
}

/** Numbers of both protocols that say: whoever you are, you are not known. */
export const UNKNOWN_CALLER: ReadonlySet<number> = new Set([10002, 1200]);
/** Numbers of both protocols that say: there is no such job. */
export const NO_JOB: ReadonlySet<number> = new Set([13001, 2100]);
const CANNOT_TELL: ReadonlySet<number> = new Set([10000, 5000, 5100]);

export function createScene(
  instances: readonly Instance[],
  protocols: readonly Protocol[],
  owned: readonly Protocol[],
  random: () => number,
  stopped: AbortSignal,
): Scene {
  let counted = 0;
  const record: Seen = {
    reads: [],
    writes: [],
    created: new Map(),
    groups: [],
    tokens: new Map(),
    errors: new Map(),
  };
  const failed = (what: string): Outcome => {
    record.errors.set(what, (record.errors.get(what) ?? 0) + 1);
    return { is: 'unknown' };
  };
  const scene: Scene = {
    record,
    jobs: new Map(),
    sessions: new Map(),
    owned,
    stopped,
    homes: instances.map((_, home) => home),
    phase: 'calm',
    random,
    pick: <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item,
    count: () => ++counted,
    pause: (milliseconds) => sleep(milliseconds),

    async way({ home, protocol: named } = {}) {
      const instance = home === undefined ? scene.pick(instances) : instances[home % instances.length]!;
      const protocol = named ? protocols.find(({ name }) => name === named)! : scene.pick(protocols);
      const { port } = instance;
      if (port !== undefined) return { instance, port, protocol, where: `${instance.name} ${protocol.name}` };
      await sleep(20);
      return undefined;
    },

    async ask({ port, protocol }, what, { method, path, headers, body }, requestId = '') {
      const invoked = performance.now();
      const all = requestId ? { ...headers, 'x-request-id': requestId } : headers;
      const answer = await call(port, method, path, all, body);
      const returned = performance.now();
      if (!answer) return failed(`${what}: no answer`);
      const code = protocol.code(answer.body);
      if (code === 0) return { is: 'done', body: answer.body, invoked, returned };
      failed(`${what} ${answer.status} ${code}`);
      return CANNOT_TELL.has(code) ? { is: 'unknown' } : { is: 'refused', code, invoked, returned };
    },
  };
  return scene;
}
