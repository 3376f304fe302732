import { cpuTime } from './cpu.ts';

/** One of the two that are compared. */
export interface Side {
  readonly name: string;
  /** The processes whose CPU counts: every server that has a part in the answer. */
  readonly pids: readonly number[];
  /** What is measured in place of CPU, in µs since any moment. */
  readonly spent?: () => number;
  /** Does the work so many times. @throws Error where an answer was not what it has to be */
  run(times: number): Promise<void>;
}

export interface Measured {
  /** CPU for one time, in µs: the median of the rounds. */
  readonly ours: number;
  readonly reference: number;
  /** Ours over the reference, round by round: the median, and what half of the rounds lie between. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Measures both in alternating rounds, so that what else the machine does meets both alike.
 * @param times in each round, of each
 */
export async function measure(
  ours: Side,
  reference: Side,
  { rounds, times }: { readonly rounds: number; readonly times: number },
): Promise<Measured> {
  const round = async ({ pids, spent = () => cpuTime(pids), run }: Side): Promise<number> => {
    const before = spent();
    await run(times);
    return (spent() - before) / times;
  };
  // The first round of each warms up.
  await round(ours);
  await round(reference);
  const pairs: { ours: number; reference: number }[] = [];
  for (let index = 0; index < rounds; index++) {
    const first = index % 2 === 0 ? await round(ours) : undefined;
    const second = await round(reference);
    pairs.push({ ours: first ?? (await round(ours)), reference: second });
  }
  const ratios = pairs.map((pair) => pair.ours / pair.reference);
  return {
    ours: quantile(
      pairs.map((pair) => pair.ours),
      0.5,
    ),
    reference: quantile(
      pairs.map((pair) => pair.reference),
      0.5,
    ),
    ratio: quantile(ratios, 0.5),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
  };
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}
