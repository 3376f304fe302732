import type { Readiness } from '../adapters/http/admin.ts';
import type { Guard } from '../adapters/http/guard.ts';
import type { Metrics } from '../adapters/http/metrics.ts';
import type { OpenGateway } from './open-gateway.ts';

/** Shows operators the state of the process, each time that they look. */
export function watchInside(
  { gauge }: Pick<Metrics, 'gauge'>,
  inside: {
    readonly door: Guard;
    readonly readiness: Readiness;
    readonly opened: () => OpenGateway | undefined;
    /** Whether there is a cache that it could use. */
    readonly caches: boolean;
    readonly connections: () => number | Promise<number>;
    readonly droppedLines: () => number;
  },
): void {
  const { door, readiness, opened, caches, connections, droppedLines } = inside;
  gauge('jobgate_ready', '1 while the instance may be sent traffic.', async () =>
    Number((await readiness()).ready),
  );
  gauge('jobgate_calls_under_way', 'Calls that are being answered.', door.underWay);
  gauge('jobgate_call_limit', 'Calls that may be under way now; below CALL_LIMIT under load.', door.limit);
  gauge('jobgate_connections', 'Connections of clients.', connections);
  gauge(
    'jobgate_log_lines_dropped',
    'Lines of the log that were dropped since the start, as nobody took them.',
    droppedLines,
  );
  gauge(
    'jobgate_database_connections',
    'Connections to the database for calls, and calls that wait for one.',
    () => opened()?.crowd.now(),
  );
  gauge(
    'jobgate_cache_epoch',
    'The epoch of the cache; it rises when the cache is turned off for all instances.',
    () => opened()?.keeper.known()?.epoch,
  );
  gauge('jobgate_cache_on', '1 while this instance uses the cache.', () => {
    const open = caches ? opened() : undefined;
    return open && Number(open.keeper.usable() !== undefined);
  });
}
