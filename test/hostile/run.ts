/**
 * The long run: `npm run check:hostile -- --requests 1000000 --seed 1`. So many bad requests of each protocol go to a
 * built gateway; it exits with 1 where one of them was answered wrongly, where something was lost, or where the process
 * holds a tenth more memory than when it was warm. `--store servers` takes a private MariaDB and Redis.
 */
import { parseArgs } from 'node:util';
import type { Store } from '../support/gateway.ts';
import { ensureServers } from '../support/install-servers.ts';
import { startMariaDb } from '../support/mariadb.ts';
import { startRedis } from '../support/redis.ts';
import { attack } from './attack.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    store: { type: 'string', default: 'embedded' },
    protocol: { type: 'string', multiple: true, default: ['action', 'rest'] },
  },
});
const servers = values.store === 'servers';
if (servers) await ensureServers({ mariadb: true, redis: true });
await using mariadb = servers ? await startMariaDb() : undefined;
await using redis = servers ? await startRedis() : undefined;
if (mariadb && redis)
  Object.assign(process.env, { TEST_DATABASE_URL: mariadb.url, TEST_REDIS_URL: redis.url });

console.log(`seed ${values.seed}, ${values.requests} requests of each protocol, ${values.store} store`);
const reports = await attack({
  store: values.store as Store,
  requests: Number(values.requests),
  seed: Number(values.seed),
  protocols: values.protocol as ('action' | 'rest')[],
  say: console.log,
});
for (const { finds, ...figures } of reports) {
  const growth = figures.memory.end / figures.memory.warm - 1;
  console.log(JSON.stringify(figures, undefined, 2));
  console.log(`${figures.protocol}: ${finds.length} finds, memory grew by ${(growth * 100).toFixed(1)} %`);
  if (finds.length > 0 || growth >= 0.1) process.exitCode = 1;
}
