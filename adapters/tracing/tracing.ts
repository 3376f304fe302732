import type { IncomingMessage, ServerResponse } from 'node:http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { EntryCache } from '../../src/coherence/ports.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { Log } from '../../src/ports.ts';
import type { AroundStatement } from '../sql/traced-client.ts';
import { createSpans, type Spans } from './spans.ts';
import { tellFailures } from './tell-failures.ts';
import { traceOperations, traceRequests } from './trace-calls.ts';
import { traceRoundTrips, traceStatements } from './trace-stores.ts';

export interface TracingSettings {
  /** Where spans are sent by OTLP over HTTP, such as `http://collector:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  /** Which part of the traces that begin here is kept, from 0 to 1; a caller's own word counts before. */
  readonly kept: number;
  readonly database: 'mysql' | 'sqlite';
}

/** Puts spans around what a gateway does. */
export interface Tracing {
  requests<Request extends IncomingMessage, Response extends ServerResponse>(
    inner: (request: Request, response: Response) => void,
  ): typeof inner;
  operations(inner: Gateway): Gateway;
  readonly statement: AroundStatement;
  entryCache(inner: EntryCache): EntryCache;
  /** A port whose every method is a round trip to Redis. */
  roundTrips<Port extends object>(port: Port): Port;
  /** A log whose lines name the trace that they belong to. */
  log(inner: Log): Log;
  /** Sends what is left, but does not wait for long. */
  close(): Promise<void>;
}

/** An answer that takes longer is given up on, and an end waits no longer than this; in ms. */
const PATIENCE = 3_000;
/** Spans of so long are sent together, in ms. */
const TOGETHER = 1_000;

export function createTracing(settings: TracingSettings, log: Log): Tracing {
  const { url, headers, service, kept, database } = settings;
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: PATIENCE });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(kept) }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: tellFailures(exporter, log), scheduledDelayMillis: TOGETHER }),
    ],
  });
  const spans = createSpans(provider.getTracer('jobgate'));
  return {
    requests: (inner) => traceRequests(spans, inner),
    operations: (inner) => traceOperations(spans, inner),
    statement: traceStatements(spans, database),
    entryCache: (inner) => traceRoundTrips(spans, inner, ['runId']),
    roundTrips: (port) => traceRoundTrips(spans, port),
    log: (inner) => nameTraces(spans, inner),
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}

function nameTraces(spans: Spans, log: Log): Log {
  const name = (facts: object): object => {
    const context = spans.present()?.spanContext();
    return context ? { ...facts, trace_id: context.traceId, span_id: context.spanId } : facts;
  };
  return {
    info: (facts, message) => log.info(name(facts), message),
    warn: (facts, message) => log.warn(name(facts), message),
    error: (facts, message) => log.error(name(facts), message),
  };
}
