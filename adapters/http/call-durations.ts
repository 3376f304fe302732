import type { Histogram, Metric } from 'prom-client';

/** Upper bounds of the buckets, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;

/** The calls of one combination of labels. */
interface Calls {
  readonly labels: Readonly<Record<'protocol' | 'operation' | 'outcome', string>>;
  /** How many fell into each bucket, but for those that took longer than all bounds. */
  readonly inBucket: Float64Array;
  count: number;
  /** In seconds. */
  sum: number;
}

type ByName<Value> = Map<string, Value>;
type Reading = Awaited<ReturnType<Histogram<keyof Calls['labels'] | 'le'>['get']>>;

/** How long calls took, as the registry shows it. */
export interface CallDurations {
  note(protocol: string, operation: string, outcome: string, seconds: number): void;
  readonly metric: Metric;
}

/**
 * A histogram of the registry, by hand, since every call is noted: the registry's own takes a µs for it, this one a tenth.
 * The labels are looked up one by one, as a key made of them would have to be made, and hashed, for each call.
 */
export function createCallDurations(name: string, help: string): CallDurations {
  const byProtocol: ByName<ByName<ByName<Calls>>> = new Map();
  const all: Calls[] = [];

  const begin = (protocol: string, operation: string, outcome: string): Calls => {
    const inBucket = new Float64Array(BOUNDS.length);
    const calls: Calls = { labels: { protocol, operation, outcome }, inBucket, count: 0, sum: 0 };
    all.push(calls);
    return calls;
  };

  const get = async (): Promise<Reading> => ({
    name,
    help,
    // The enumeration of types is none of the values that the registry's module exports.
    type: 'histogram' as unknown as Reading['type'],
    aggregator: 'sum',
    collect: () => {},
    values: all.flatMap((calls) => valuesOf(name, calls)),
  });

  return {
    note(protocol, operation, outcome, seconds) {
      const byOperation = within(byProtocol, protocol, newMap<ByName<Calls>>);
      const byOutcome = within(byOperation, operation, newMap<Calls>);
      const calls = within(byOutcome, outcome, () => begin(protocol, operation, outcome));
      calls.count++;
      calls.sum += seconds;
      let bucket = 0;
      while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket++;
      if (bucket < BOUNDS.length) calls.inBucket[bucket]!++;
    },
    // The registry asks a metric for its name and its values, and for nothing else.
    metric: { name, get } as unknown as Metric,
  };
}

const newMap = <Value>(): ByName<Value> => new Map();

/** What stands in a map under a name, or is put there. */
export function within<Value>(map: ByName<Value>, name: string, make: () => Value): Value {
  const known = map.get(name);
  if (known !== undefined) return known;
  const made = make();
  map.set(name, made);
  return made;
}

function valuesOf(name: string, { labels, inBucket, count, sum }: Calls): Reading['values'] {
  let below = 0;
  const buckets = BOUNDS.map((le, bucket) => ({
    metricName: `${name}_bucket`,
    labels: { le, ...labels },
    value: (below += inBucket[bucket]!),
  }));
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
