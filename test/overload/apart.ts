import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { findProgram } from '../support/find-program.ts';

/**
 * Puts processes on one half of the processors, and this one, with all that it will start, on the other. So a load does not
 * take from those who carry it, as it would not where callers have machines of their own.
 * @returns puts this process back; undefined, and nothing done, where there is one processor or no `taskset`
 */
export async function setApart(pids: readonly number[]): Promise<AsyncDisposable | undefined> {
  const taskset = findProgram('taskset');
  const processors = availableParallelism();
  if (!taskset || processors < 2) return undefined;
  const half = processors >> 1;
  const put = async (from: number, to: number, pid: number): Promise<void> => {
    await promisify(execFile)(taskset, ['-apc', `${from}-${to}`, String(pid)]);
  };
  for (const pid of pids) await put(0, half - 1, pid);
  await put(half, processors - 1, process.pid);
  return { [Symbol.asyncDispose]: () => put(0, processors - 1, process.pid) };
}
