import type { Tracing } from '../adapters/tracing/tracing.ts';
import type { Log } from '../src/ports.ts';
import type { Config } from './config.ts';

/** Traces, where the settings name somebody to send them to; else not even the code for it is loaded. */
export async function openTracing(config: Config, log: Log): Promise<Tracing | undefined> {
  const { otlpEndpoint, otlpHeaders = {}, serviceName, tracesKept, databaseUrl } = config;
  if (otlpEndpoint === undefined) return undefined;
  const { createTracing } = await import('../adapters/tracing/tracing.ts');
  return createTracing(
    {
      url: `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: otlpHeaders,
      service: serviceName,
      kept: tracesKept,
      database: databaseUrl === undefined ? 'sqlite' : 'mysql',
    },
    log,
  );
}
