import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Outcome } from '../wire/exchange.ts';

/** What operators watch: calls by operation, protocol and outcome, and what the cache did. */
export interface Metrics {
  call(outcome: Outcome, seconds: number): void;
  lookUp(kind: string, outcome: string): void;
  /** A list that was read from the primary or from a replica, where there are replicas. */
  listRead(server: string): void;
  /** How far a replica is known to be behind, in ms. */
  replicaLag(replica: string, milliseconds: number): void;
  /** The text that Prometheus scrapes, and its content type. */
  scrape(): Promise<{ type: string; text: string }>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const calls = new Histogram({
    name: 'jobgate_call_duration_seconds',
    help: 'Calls, from the request to the answer.',
    labelNames: ['protocol', 'operation', 'outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  // Labels are looked up once for each combination: there are few, and a look costs more than counting does.
  const ofCall = new Map<string, Histogram.Internal<string>>();
  const ofLookUp = new Map<string, number>();
  const lookUps = new Counter({
    name: 'jobgate_cache_lookups_total',
    help: 'Rows looked up in the cache: hit, miss, blocked by a writer, or bypass while the cache is off.',
    labelNames: ['kind', 'outcome'],
    registers: [],
    collect() {
      for (const [key, count] of ofLookUp) {
        const [kind = '', outcome = ''] = key.split(' ');
        this.inc({ kind, outcome }, count);
      }
      ofLookUp.clear();
    },
  });
  registry.registerMetric(lookUps);
  const lists = new Counter({
    name: 'jobgate_list_reads_total',
    help: 'Lists of jobs that were read from the primary or from a replica, where replicas may be read.',
    labelNames: ['server'],
    registers: [registry],
  });
  const lag = new Gauge({
    name: 'jobgate_replica_lag_seconds',
    help: 'How far a replica is behind, at the most; +Inf where that is not known.',
    labelNames: ['replica'],
    registers: [registry],
  });
  return {
    call({ protocol, operation, reason = 'ok' }, seconds) {
      const key = `${protocol} ${operation} ${reason}`;
      let child = ofCall.get(key);
      if (!child) ofCall.set(key, (child = calls.labels(protocol, operation, reason)));
      child.observe(seconds);
    },
    lookUp(kind, outcome) {
      const key = `${kind} ${outcome}`;
      ofLookUp.set(key, (ofLookUp.get(key) ?? 0) + 1);
    },
    listRead: (server) => lists.inc({ server }),
    replicaLag: (replica, milliseconds) => lag.set({ replica }, milliseconds / 1000),
    scrape: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}
