import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Outcome } from '../wire/exchange.ts';
import { createCallDurations, within } from './call-durations.ts';
import type { Closed } from './server.ts';
import type { Because } from './tell-of-refusals.ts';

/** What operators watch: calls by operation, protocol and outcome, and what the cache did. */
export interface Metrics {
  call(outcome: Outcome, seconds: number): void;
  lookUp(kind: string, outcome: string): void;
  /** A list that was read from the primary or from a replica, where there are replicas. */
  listRead(server: string): void;
  /** How far a replica is known to be behind, in ms. */
  replicaLag(replica: string, milliseconds: number): void;
  /** A call that was refused because of load, before or after it was looked at. */
  refused(protocol: Outcome['protocol'] | 'any', because: Because): void;
  closed(because: Closed): void;
  /** Something that is read when it is asked for. @param read undefined: not known now */
  gauge(name: `jobgate_${string}`, help: string, read: () => Reading | Promise<Reading>): void;
  /** The text that Prometheus scrapes, and its content type. */
  scrape(): Promise<{ type: string; text: string }>;
}

/** A number, or one for each state. */
type Reading = number | undefined | Readonly<Record<string, number>>;

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const calls = createCallDurations(
    'jobgate_call_duration_seconds',
    'Calls, from the request to the answer.',
  );
  registry.registerMetric(calls.metric);
  const ofLookUp = new Map<string, Map<string, number>>();
  const lookUps = new Counter({
    name: 'jobgate_cache_lookups_total',
    help: 'Rows looked up in the cache: hit, miss, blocked by a writer, or bypass while the cache is off.',
    labelNames: ['kind', 'outcome'],
    registers: [],
    collect() {
      for (const [kind, ofKind] of ofLookUp) {
        for (const [outcome, count] of ofKind) this.inc({ kind, outcome }, count);
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
  const refusals = new Counter({
    name: 'jobgate_calls_refused_total',
    help: 'Calls refused because of load: of calls under way, of bodies held, or of who waits for the database.',
    labelNames: ['protocol', 'because'],
    registers: [registry],
  });
  const closings = new Counter({
    name: 'jobgate_connections_closed_total',
    help: 'Connections closed because there were too many, or slow with headers, a body or taking an answer.',
    labelNames: ['because'],
    registers: [registry],
  });
  // A rate of what never happened is 0, not unknown.
  for (const because of BECAUSE) {
    for (const protocol of because === 'database' ? DATABASE_PROTOCOLS : PROTOCOLS) {
      refusals.inc({ protocol, because }, 0);
    }
  }
  for (const because of CLOSED) closings.inc({ because }, 0);
  return {
    call: ({ protocol, operation, reason = 'ok' }, seconds) =>
      calls.note(protocol, operation, reason, seconds),
    lookUp(kind, outcome) {
      const ofKind = within(ofLookUp, kind, () => new Map<string, number>());
      ofKind.set(outcome, (ofKind.get(outcome) ?? 0) + 1);
    },
    listRead: (server) => lists.inc({ server }),
    replicaLag: (replica, milliseconds) => lag.set({ replica }, milliseconds / 1000),
    refused: (protocol, because) => refusals.inc({ protocol, because }),
    closed: (because) => closings.inc({ because }),
    gauge(name, help, read) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: ['state'],
        registers: [registry],
        async collect() {
          const reading = await read();
          gauge.reset();
          if (typeof reading === 'number') gauge.set(reading);
          else for (const [state, value] of Object.entries(reading ?? {})) gauge.set({ state }, value);
        },
      });
    },
    scrape: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

const PROTOCOLS = ['action', 'rest'] as const;
/** Who waits for the database has left the protocols behind, unless it is refused before. */
const DATABASE_PROTOCOLS = [...PROTOCOLS, 'any'] as const;
const BECAUSE: readonly Because[] = ['calls', 'bodies', 'database'];
const CLOSED: readonly Closed[] = ['connections', 'headers', 'body', 'answer'];
