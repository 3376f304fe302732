import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Load } from './load.ts';

const PROGRAM = fileURLToPath(new URL('load.ts', import.meta.url));

/** The process that makes load. */
export interface Loader extends AsyncDisposable {
  /** @throws Error where an answer was wrong */
  carry(load: Load): Promise<void>;
}

export function startLoader(): Loader {
  const child = fork(PROGRAM, { execArgv: ['--import', 'tsx'] });
  return {
    async carry(load) {
      const ended = once(child, 'message') as Promise<[{ failed?: string }]>;
      child.send(load);
      const [{ failed }] = await ended;
      if (failed !== undefined) throw new Error(failed);
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}
