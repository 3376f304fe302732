import { Redis } from 'ioredis';
import { readStoreId } from '../../adapters/sql/migrate.ts';
import type { TestGateway } from '../support/gateway.ts';

/** Takes every entry out of the gateway's cache, so that the next question is answered by the database. */
export async function emptyCache({ config, database }: TestGateway): Promise<void> {
  if (config.redisUrl === undefined) {
    // Another connection's commit empties the embedded cache.
    await database.db('cache_epoch').update({ version: database.db.raw('version + 1') });
    return;
  }
  const redis = new Redis(config.redisUrl);
  try {
    const begins = `jobgate:{${await readStoreId(database)}}:*`;
    const kinds = ['job', 'account', 'newest'].map((kind) => redis.keys(`${begins}:${kind}:*`));
    const keys = (await Promise.all(kinds)).flat();
    if (keys.length > 0) await redis.del(...keys);
  } finally {
    redis.disconnect();
  }
}
