import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { findProgram } from '../support/find-program.ts';

const CORES = availableParallelism();
const canPin = CORES > 1 && findProgram('taskset') !== undefined;

/** What a program is started through to have a core of its own, as on a machine to which the load comes from others. */
export function onCore(core: number): readonly string[] {
  return canPin ? ['taskset', '--cpu-list', String(core)] : [];
}

/** Leaves the first core to who has it of its own: this process, and all that it starts, use the others. */
export function leaveFirstCore(): void {
  if (!canPin) return;
  const others = ['--all-tasks', '--cpu-list', '--pid', `1-${CORES - 1}`, String(process.pid)];
  execFileSync('taskset', others, { stdio: 'ignore' });
}
