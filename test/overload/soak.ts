import { memoryOf } from '../support/memory-of.ts';
import { callsOf } from './calls.ts';
import { makeLoad } from './load.ts';
import { describe } from './overload.ts';
import type { Stage } from './stage.ts';
import type { Verdict } from './verdict.ts';

/** Calls a second, and for how long at a time, in seconds. */
const RATE = 200;
const PIECE = 60;
/** What a process holds after so many pieces is what it needs: pools are full, and code is compiled. */
const WARM = 3;

/** The load of a day, for minutes: what the process holds must not grow with what it has done. */
export async function soak(stage: Stage, minutes: number, say: (line: string) => void): Promise<Verdict[]> {
  const requests = callsOf(stage, 'mixed');
  const held: number[] = [];
  let wrong = 0;
  for (let minute = 1; minute <= minutes + WARM; minute++) {
    const made = await makeLoad({ port: stage.port, rate: RATE, seconds: PIECE, connections: 200, requests });
    wrong += made.wrong;
    const bytes = await memoryOf(stage.serving.pid);
    if (minute >= WARM) held.push(bytes);
    say(`soak, minute ${minute}: ${(bytes / 2 ** 20).toFixed(1)} MiB, ${describe(made)}`);
  }
  // One reading is off by some megabytes, as the allocator likes.
  const part = Math.max(1, Math.floor(held.length / 4));
  const growth = median(held.slice(-part)) / median(held.slice(0, part)) - 1;
  return [
    { what: `soak: memory after ${minutes} minutes more than at first, %`, is: growth * 100, most: 10 },
    { what: 'soak: answers that were neither good nor a refusal, a second', is: wrong, most: 0 },
  ];
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
