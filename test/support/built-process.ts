import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../dist/bin/jobgate.js', import.meta.url));

/** What a command said and how it ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Only what the test says, and what a process needs to run at all: settings of the machine do not count. */
export function environmentOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
}

/** Runs a command of the built program to its end. @param input what it reads on standard input */
export async function runJobgate(
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
  input = '',
): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...parameters], { env: environmentOf(environment) });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  child.stdin.end(input);
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

/** A built gateway that serves. */
export interface ServingProcess extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, as the process said. */
  readonly base: string;
  readonly pid: number;
  /** All that it said so far, on both outputs. */
  output(): string;
  /** Waits until it has said something. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it by a signal; answers its exit status. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the built program, on a free port. At its end it leaves no time to clients that keep idle connections.
 * @param through a program with its parameters that becomes this one
 */
export function startServing(
  environment: NodeJS.ProcessEnv,
  through: readonly string[] = [],
): ServingProcess {
  const env = environmentOf({ PORT: '0', DRAIN_IDLE_MS: '0', ...environment });
  const command = [...through, process.execPath, PROGRAM, 'serve'];
  const child = spawn(command[0] ?? '', command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const closed = once(child, 'close') as Promise<[number | null]>;
  let ended = false;
  void closed.then(() => (ended = true));

  const serving: ServingProcess = {
    get base() {
      const port = /"port":(\d+)/.exec(output)?.[1];
      if (port === undefined) throw new Error(`it has not said where it listens:\n${output}`);
      return `http://127.0.0.1:${port}`;
    },
    pid: child.pid ?? 0,
    output: () => output,
    async says(pattern) {
      for (;;) {
        const match = pattern.exec(output);
        if (match) return match;
        if (ended) throw new Error(`it ended without saying ${pattern}:\n${output}`);
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), closed]);
      }
    },
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      const [status] = await closed;
      return status;
    },
    async [Symbol.asyncDispose]() {
      if (!ended) await serving.end('SIGKILL');
    },
  };
  return serving;
}
