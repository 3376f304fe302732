import { setTimeout as sleep } from 'node:timers/promises';
import { callsOf, type Mix } from './calls.ts';
import { makeLoad, type Load, type Summary } from './load.ts';
import type { Stage } from './stage.ts';
import type { Verdict } from './verdict.ts';

/** Connections of closed loops, of which the best shows what the gateway can carry. */
const CLOSED = [16, 32, 64, 128];
/** Connections that the open load may use: many more than calls can be under way. */
const OPEN = 2_000;
const TIMES = 3;
/** Calls a second of a process that has nothing else to do: who makes the load sees its own delays in all times. */
const SAMPLED = 200;

/** So long each part takes, in seconds. */
export interface Lengths {
  readonly closed: number;
  readonly usual: number;
  readonly overload: number;
}

/** Finds what the gateway can carry, offers three times that, and sees how it comes back. */
export async function overload(
  stage: Stage,
  mix: Mix,
  lengths: Lengths,
  say: (line: string) => void,
): Promise<Verdict[]> {
  const { port } = stage;
  const requests = callsOf(stage, mix);
  const load = async (what: string, rate: number | undefined, seconds: number, connections = OPEN) => {
    const made = await makeLoad({ port, rate, seconds, connections, requests });
    say(`${mix}, ${what}: ${describe(made)}`);
    return made;
  };

  await load('to warm up', undefined, lengths.closed, CLOSED[0]);
  const closed: Load[] = [];
  for (const connections of CLOSED) {
    closed.push(await load(`${connections} at a time`, undefined, lengths.closed, connections));
  }
  const peak = Math.max(...closed.map(({ good }) => good));
  const usual = await load('half of it', peak / 2, lengths.usual);
  const before = stage.memory();
  let most = before;
  const watching = setInterval(() => (most = Math.max(most, stage.memory())), 250);
  const offered = load(`${TIMES} times of it`, peak * TIMES, lengths.overload);
  const sampling = load('a sample of them', SAMPLED, lengths.overload);
  // The load that is usual begins when the other ends: what is answered in its first seconds tells.
  await sleep(lengths.overload * 1_000 + 500);
  const after = await load('half of it again', peak / 2, lengths.usual);
  const over = await offered;
  const sampled = await sampling;
  clearInterval(watching);

  return [
    {
      what: `goodput at ${TIMES} times the load, of the peak`,
      is: (over.good + sampled.good) / peak,
      least: 0.9,
    },
    { what: 'refusals: p99, ms', is: sampled.refusedTimes.p99, most: 10 },
    {
      what: 'answers that were neither good nor a refusal, a second',
      is: over.wrong + sampled.wrong,
      most: 0,
    },
    { what: 'memory more than before, MiB', is: most - before, most: 256 },
    { what: 'seconds until normal again', is: secondsUntilNormal(after.seconds, usual), most: 5 },
  ].map((verdict) => ({ ...verdict, what: `${mix}: ${verdict.what}` }));
}

/** What may be refused more than in the worst second of before, as a share of all: entries of the cache die together. */
const BY_CHANCE = 0.03;

/** Normal: hardly more is refused than in the worst second of before, and the times are about those of then. */
function secondsUntilNormal(seconds: readonly Summary[], usual: Load): number {
  const worst = (what: (second: Summary) => number): number => Math.max(...usual.seconds.map(what));
  const most = worst(({ refused }) => refused);
  const longest = Math.max(2 * worst(({ goodTimes }) => goodTimes.p99), 20);
  const normal = ({ good, refused, wrong, goodTimes }: Summary): boolean =>
    refused <= most + BY_CHANCE * (good + refused) && wrong === 0 && goodTimes.p99 < longest;
  // Two in a row: what goes wrong later is not of the load before.
  const first = seconds.findIndex((second, index) => normal(second) && normal(seconds[index + 1] ?? second));
  return first < 0 ? Infinity : first;
}

export function describe({ good, refused, wrong, unsent, goodTimes, refusedTimes }: Summary): string {
  const parts = [
    `${good.toFixed(0)} good/s (p50 ${goodTimes.p50.toFixed(1)} ms, p99 ${goodTimes.p99.toFixed(1)} ms)`,
  ];
  if (refused > 0) {
    const { p50, p99 } = refusedTimes;
    parts.push(`${refused.toFixed(0)} refused/s (p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms)`);
  }
  if (wrong > 0) parts.push(`${wrong.toFixed(1)} wrong/s`);
  if (unsent > 0) parts.push(`${unsent.toFixed(0)} not sent/s`);
  return parts.join(', ');
}
