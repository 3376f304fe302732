import { readdirSync, readFileSync } from 'node:fs';

/** What was last seen of each thread, in ns, and the sum of all that was ever seen, by process. */
const seen = new Map<number, { threads: ReadonlyMap<string, number>; total: number }>();

/**
 * Time of the processor, of user and system, that these processes have used so far, all their threads together; in µs.
 * As the kernel's scheduler counts it, in ns: the hundredths of a second of `/proc/PID/stat` are as long as ten calls. Of a
 * thread that ended, what it did after the last look is left out.
 */
export function cpuTime(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + timeOf(pid), 0) / 1_000;
}

function timeOf(pid: number): number {
  const before = seen.get(pid);
  const threads = readThreads(pid);
  let total = before?.total ?? 0;
  for (const [thread, time] of threads) total += time - (before?.threads.get(thread) ?? 0);
  seen.set(pid, { threads, total });
  return total;
}

function readThreads(pid: number): Map<string, number> {
  const threads = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [time] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
      threads.set(thread, Number(time));
    } catch {
      // It ended since its name was read.
    }
  }
  return threads;
}
