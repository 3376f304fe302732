import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Moment } from '../../../src/coherence/steps.ts';
import { compile } from '../../support/compile.ts';

const PROGRAM = fileURLToPath(new URL('faulty-gateway.ts', import.meta.url));

/** What is to happen at which moment, and how likely each time; the first that happens ends the plan. */
export type Plan = Partial<Record<Moment, { readonly fault: 'die' | 'freeze'; readonly chance: number }>>;

/** One gateway process that comes back whenever it dies. */
export interface Instance {
  readonly name: string;
  /** Undefined while it is down. */
  readonly port: number | undefined;
  /** Whether the answer to a request came from the cache alone; true, false, or undefined where it is not known. */
  cached(requestId: string): boolean | undefined;
  signal(signal: NodeJS.Signals): void;
  /** Gives it a plan, in place of the one that it had; an empty one makes nothing happen. */
  plan(plan: Plan): void;
  /** How often it died or froze at a moment of the protocol. */
  readonly faults: ReadonlyMap<string, number>;
  readonly restarts: number;
  stop(): Promise<void>;
}

/** Starts an instance and waits until it serves. */
export async function startInstance(name: string, environment: NodeJS.ProcessEnv): Promise<Instance> {
  const cached = new Map<string, boolean>();
  const faults = new Map<string, number>();
  let child: ChildProcess | undefined;
  let port: number | undefined;
  let stopped = false;
  let restarts = -1;

  const read = (line: string): void => {
    if (!line.startsWith('{')) return;
    const said = JSON.parse(line) as {
      serving?: number;
      fault?: string;
      moment?: Moment;
      reason?: string;
      requestId?: string;
      cached?: boolean;
    };
    if (said.reason === 'internal') process.stderr.write(`${name}: ${line}\n`);
    if (said.serving !== undefined) port = said.serving;
    if (said.fault !== undefined) {
      const fault = `${said.fault} ${said.moment}`;
      faults.set(fault, (faults.get(fault) ?? 0) + 1);
    }
    if (said.requestId !== undefined && said.cached !== undefined) cached.set(said.requestId, said.cached);
  };

  const start = (): void => {
    restarts++;
    child = spawn(process.execPath, ['--enable-source-maps', compile(PROGRAM)], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    createInterface({ input: child.stdout! }).on('line', read);
    child.once('exit', () => {
      port = undefined;
      if (!stopped) setTimeout(() => !stopped && start(), 50);
    });
  };
  start();
  for (;;) {
    if (port !== undefined) break;
    await sleep(20);
  }

  return {
    name,
    get port() {
      return port;
    },
    get restarts() {
      return restarts;
    },
    faults,
    cached: (requestId) => cached.get(requestId),
    signal: (signal) => void child?.kill(signal),
    plan(plan) {
      if (child?.connected) child.send(plan, () => {});
    },
    async stop() {
      stopped = true;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
