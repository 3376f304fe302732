/**
 * The long run: `npm run check:rolling -- --restarts 20`. It starts a private MariaDB and a private Redis, or uses those
 * of TEST_DATABASE_URL and TEST_REDIS_URL, and exits with 1 where a call failed.
 */
import { parseArgs } from 'node:util';
import { ensureServers } from '../support/install-servers.ts';
import { startMariaDb } from '../support/mariadb.ts';
import { startRedis } from '../support/redis.ts';
import { roll } from './roll.ts';

const { values } = parseArgs({
  options: {
    restarts: { type: 'string', default: '20' },
    calls: { type: 'string', default: '50000' },
  },
});
const { TEST_DATABASE_URL: database, TEST_REDIS_URL: redis } = process.env;
await ensureServers({ mariadb: !database, redis: !redis, nginx: true });
await using mariadb = database ? undefined : await startMariaDb();
await using cache = redis ? undefined : await startRedis();
process.env.TEST_DATABASE_URL = database || mariadb?.url;
process.env.TEST_REDIS_URL = redis || cache?.url;

const restarts = Number(values.restarts);
const { faults, ...figures } = await roll({ restarts, calls: Number(values.calls), say: console.log });
console.log(JSON.stringify(figures, undefined, 2));
for (const fault of faults.slice(0, 20)) console.log(fault);
console.log(`${figures.total} calls, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
