import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The program itself stays as it is built; it only learns to clear up when it is told to. */
const CLEAR_UP = `
  import { setFlagsFromString } from 'node:v8';
  import { runInNewContext } from 'node:vm';
  setFlagsFromString('--expose-gc');
  const clear = runInNewContext('gc');
  process.on('SIGWINCH', () => clear());
`;

/** What a process is started with that is asked for its memory. */
export const CLEARS_UP = {
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(CLEAR_UP)}`,
} as const;

/** Bytes of memory that the process holds, after it has cleared up. */
export async function memoryOf(pid: number): Promise<number> {
  for (let times = 0; times < 3; times++) {
    await sleep(700);
    process.kill(pid, 'SIGWINCH');
  }
  await sleep(1_000);
  const [, pages = ''] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return Number(pages) * 4_096;
}
