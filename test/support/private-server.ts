import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { exitOf, isRunning, Watchdog } from './watchdog.ts';

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 25;
const LOG_TAIL_LINES = 60;
const PORT_ATTEMPTS = 3;

/** Which server answers: the product's name and its version number, such as `MariaDB` and `10.11.19`. */
export interface ServerIdentity {
  product: string;
  version: string;
}

/** A server of the tests' own on 127.0.0.1, with its data in a temporary folder. */
export interface PrivateServer extends ServerIdentity, AsyncDisposable {
  url: string;
  port: number;
  /** The process id; another one after `restart()`. */
  readonly pid: number;
  /** Ends the server at once and removes its folder. Does nothing when called again. */
  stop(): Promise<void>;
  /** Sends a signal to the server, without waiting for what it does. Does nothing when it is down. */
  kill(signal: NodeJS.Signals): void;
  /**
   * Brings the server back on the same port and in the same folder, after an orderly shutdown if it still
   * runs. Returns once it answers.
   *
   * @throws Error with the end of the server's log when it does not come up again.
   */
  restart(): Promise<void>;
}

/** Runs a program to its end. @throws Error where it fails */
export type RunProgram = (program: string, args: string[]) => Promise<void>;

/** What differs between the kinds of servers. */
export interface ServerPlan {
  /** Part of the folder's name, and how errors call the server. */
  name: string;
  /** The folder below which the server's own folder is made; the system's temporary folder if undefined. */
  parent: string | undefined;
  /** A free port is taken if undefined. */
  port: number | undefined;
  /** Fills the server's folder before its first start. Programs started with `run` write to its log. */
  prepare(folder: string, run: RunProgram): Promise<void>;
  /** Writes into the folder what depends on the port, before each attempt to start. */
  beforeStart?(folder: string, port: number, run: RunProgram): Promise<void>;
  command(folder: string, port: number): { program: string; args: string[] };
  url(port: number): string;
  /** Asks the server a real question; throws while it is not ready, or if another process answers. */
  identify(url: string, folder: string, pid: number): Promise<ServerIdentity>;
}

/**
 * Starts a server according to a plan and waits until it answers. The server does not keep this process
 * alive, and is ended when this process ends in any way.
 *
 * @throws Error with the end of the server's log when it does not come up.
 */
export async function startPrivateServer(plan: ServerPlan): Promise<PrivateServer> {
  const folder = await mkdtemp(join(resolve(plan.parent ?? tmpdir()), `jobgate-${plan.name}-`));
  const watchdog = new Watchdog(folder);
  try {
    const run: RunProgram = (program, args) => runToEnd(program, args, folder, watchdog);
    await plan.prepare(folder, run);
    for (let attempt = 1; ; attempt++) {
      const port = plan.port ?? (await freePort());
      await plan.beforeStart?.(folder, port, run);
      const server = new Server(plan, folder, port, watchdog);
      try {
        await server.start();
        return server;
      } catch (error) {
        const portIsTaken = /address already in use/i.test(String(error));
        if (plan.port !== undefined || !portIsTaken || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    await watchdog.end();
    throw error;
  }
}

class Server implements PrivateServer {
  readonly url: string;
  readonly port: number;
  product = '';
  version = '';
  private readonly plan: ServerPlan;
  private readonly folder: string;
  private readonly watchdog: Watchdog;
  private child: ChildProcess | undefined;
  private exited: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | undefined;

  constructor(plan: ServerPlan, folder: string, port: number, watchdog: Watchdog) {
    this.plan = plan;
    this.folder = folder;
    this.port = port;
    this.url = plan.url(port);
    this.watchdog = watchdog;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const { program, args } = this.plan.command(this.folder, this.port);
    const child = spawnLogged(program, args, this.folder, this.watchdog);
    this.child = child;
    this.exited = exitOf(child);
    child.unref();
    const deadline = Date.now() + READY_TIMEOUT_MS;
    let reason: unknown;
    while (isRunning(child) && Date.now() < deadline) {
      try {
        // A server that ends is not worth waiting for an answer, which may take its time to fail.
        const identity = await Promise.race([
          this.plan.identify(this.url, this.folder, this.pid),
          this.exited.then(() => Promise.reject(new Error('ended'))),
        ]);
        this.product = identity.product;
        this.version = identity.version;
        return;
      } catch (error) {
        reason = error;
        await sleep(POLL_MS);
      }
    }
    const problem = isRunning(child)
      ? `does not answer within ${READY_TIMEOUT_MS / 1000} s (${String(reason)})`
      : `ended instead of answering (${child.exitCode ?? child.signalCode ?? 'not started'})`;
    const log = await logTail(this.folder);
    await this.end('SIGKILL');
    throw new Error(`The private ${this.plan.name} on port ${this.port} ${problem}:\n${log}`);
  }

  kill(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async restart(): Promise<void> {
    if (this.stopped) throw new Error(`The private ${this.plan.name} is stopped, its data are removed`);
    await this.end('SIGTERM');
    await this.start();
  }

  stop(): Promise<void> {
    this.stopped ??= this.remove();
    return this.stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async remove(): Promise<void> {
    // The data are thrown away, so an orderly shutdown would only cost time.
    await this.end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    await this.watchdog.end();
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || !isRunning(child)) return;
    child.ref();
    // Workers of a server that is killed would outlive it.
    if (signal === 'SIGKILL' && child.pid !== undefined) process.kill(-child.pid, signal);
    else child.kill(signal);
    // A server that a test has paused with SIGSTOP would not take notice of the signal.
    child.kill('SIGCONT');
    const lastResort = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.exited;
    clearTimeout(lastResort);
  }
}

function logPath(folder: string): string {
  return join(folder, 'output.log');
}

async function logTail(folder: string): Promise<string> {
  const log = await readFile(logPath(folder), 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n') || '(its log is empty)';
}

/** Starts a program in a process group of its own, which is what the watchdog kills. */
function spawnLogged(program: string, args: string[], folder: string, watchdog: Watchdog): ChildProcess {
  const log = openSync(logPath(folder), 'a');
  try {
    const child = spawn(program, args, { detached: true, cwd: folder, stdio: ['ignore', log, log] });
    child.on('error', () => {});
    watchdog.watch(child);
    return child;
  } finally {
    closeSync(log);
  }
}

async function runToEnd(program: string, args: string[], folder: string, watchdog: Watchdog): Promise<void> {
  const child = spawnLogged(program, args, folder, watchdog);
  await exitOf(child);
  if (child.exitCode === 0) return;
  throw new Error(
    `${program} failed (${child.exitCode ?? child.signalCode ?? 'not started'}):\n${await logTail(folder)}`,
  );
}
