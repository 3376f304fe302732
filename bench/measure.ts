import { cpuTime } from './cpu.ts';

/** What a round of wrk brought. */
export interface Round {
  readonly calls: number;
  readonly seconds: number;
  /** Half of the answers, and all but one in a hundred, took no longer; in ms. */
  readonly p50: number;
  readonly p99: number;
}

/** One of the two that are compared. */
export interface Side {
  readonly name: string;
  /** The processes whose CPU counts: every server that has a part in the answer. */
  readonly pids: readonly number[];
  /** What is measured in place of CPU, in µs since any moment. */
  readonly spent?: () => number;
  /**
   * Does the work so many times, or for as long as it always does, and then tells how often that was.
   * @param begun to be called where something came first that is not to be counted
   * @throws Error where an answer was not what it has to be
   */
  run(times: number, begun: () => void): Promise<Round | void>;
}

/** The medians of the rounds. */
export interface Traffic {
  readonly perSecond: number;
  /** In ms. */
  readonly p50: number;
  readonly p99: number;
}

export interface Measured {
  /** CPU for one time, in µs, or times in a second: the median of the rounds. */
  readonly ours: number;
  readonly reference: number;
  /** Ours over the reference, round by round: the median, and what half of the rounds lie between. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Where wrk drove. */
  readonly traffic?: { readonly ours: Traffic; readonly reference: Traffic };
}

interface Seen {
  readonly value: number;
  readonly round: Round | undefined;
}

const warm = new WeakSet<Side>();

/** Lets a side run before it is measured: a process that has just started compiles what it does often. */
export async function warmUp(side: Side, rounds: number, times = 1): Promise<void> {
  for (let round = 0; round < rounds; round++) await side.run(times, () => {});
  warm.add(side);
}

/**
 * Measures both in alternating rounds, so that what else the machine does meets both alike.
 * @param options `times` in each round, of each; `quantity` is the CPU of one time unless it is the times in a second
 */
export async function measure(
  ours: Side,
  reference: Side,
  options: { readonly rounds: number; readonly times: number; readonly quantity?: 'cpu' | 'rate' },
): Promise<Measured> {
  const { rounds, times, quantity = 'cpu' } = options;
  const once = async ({ pids, spent = () => cpuTime(pids), run }: Side): Promise<Seen> => {
    let before = spent();
    const begun = (): void => void (before = spent());
    const round = (await run(times, begun)) ?? undefined;
    if (quantity === 'rate') return { value: round ? round.calls / round.seconds : Number.NaN, round };
    return { value: (spent() - before) / (round?.calls ?? times), round };
  };
  for (const side of [ours, reference]) if (!warm.has(side)) await warmUp(side, 1, times);
  const pairs: { ours: Seen; reference: Seen }[] = [];
  for (let index = 0; index < rounds; index++) {
    const first = index % 2 === 0 ? await once(ours) : undefined;
    const second = await once(reference);
    pairs.push({ ours: first ?? (await once(ours)), reference: second });
  }
  const ratios = pairs.map((pair) => pair.ours.value / pair.reference.value);
  const traffic = {
    ours: trafficOf(pairs.map((pair) => pair.ours.round)),
    reference: trafficOf(pairs.map((pair) => pair.reference.round)),
  };
  return {
    ours: median(pairs.map((pair) => pair.ours.value)),
    reference: median(pairs.map((pair) => pair.reference.value)),
    ratio: median(ratios),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    ...(traffic.ours &&
      traffic.reference && { traffic: { ours: traffic.ours, reference: traffic.reference } }),
  };
}

function trafficOf(rounds: readonly (Round | undefined)[]): Traffic | undefined {
  const known = rounds.filter((round) => round !== undefined);
  if (known.length === 0) return undefined;
  return {
    perSecond: median(known.map(({ calls, seconds }) => calls / seconds)),
    p50: median(known.map(({ p50 }) => p50)),
    p99: median(known.map(({ p99 }) => p99)),
  };
}

function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}
