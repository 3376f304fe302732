import { readFileSync } from 'node:fs';

/** Of Linux, as user programs see it: the kernel counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** User and system time that these processes have used so far, all their threads together; in µs. */
export function cpuTime(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in the second field may hold spaces and brackets; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return (ticks.reduce((sum, each) => sum + each, 0) * 1_000_000) / TICKS_PER_SECOND;
}
