import { setTimeout as sleep } from 'node:timers/promises';
import { readStoreId } from '../../adapters/sql/migrate.ts';
import { openReplica } from '../../adapters/sql/open-replica.ts';
import { openPositions } from '../../adapters/sql/replica-positions.ts';
import type { Config } from '../config.ts';
import { openDatabase } from '../open-gateway.ts';
import type { Finding } from './finding.ts';

const PAUSE = 20;

/** Whether each replica has come, within the lag that is allowed, to where the primary was. */
export async function examineReplicas(config: Config): Promise<Finding[]> {
  const { databaseReplicaUrls: urls = [], listMaxLag: most } = config;
  const check = 'replica';
  if (urls.length === 0) return [];
  const primary = openDatabase(config);
  try {
    const storeId = await readStoreId(primary);
    const position = await openPositions(primary).present();
    if (position === undefined) {
      const mend = 'turn on log_bin, and on MySQL gtid_mode, or unset DATABASE_REPLICA_URL';
      return [{ check, ok: false, seen: 'the database keeps no log to compare them by', mend }];
    }
    return await Promise.all(urls.map((url) => examineReplica(url, config, storeId, position, most)));
  } catch (thrown) {
    const mend = 'see what is said of the database';
    return [{ check, ok: false, seen: (thrown as Error).message, mend }];
  } finally {
    await primary.close();
  }
}

async function examineReplica(
  url: string,
  { databaseCaFile: caFile }: Config,
  storeId: string,
  position: string,
  most: number,
): Promise<Finding> {
  const replica = openReplica(url, { poolSize: 2, caFile });
  const check = `replica ${replica.name}`;
  const began = performance.now();
  try {
    for (;;) {
      const [reached] = await openPositions(replica).reached(storeId, [position]);
      const took = Math.ceil(performance.now() - began);
      if (reached) return { check, ok: true, seen: `has after ${took} ms what the database had` };
      if (took > most) break;
      await sleep(PAUSE);
    }
    const mend = 'look at its replication; lists are read from the primary meanwhile';
    return { check, ok: false, seen: `is more than ${most} ms behind`, mend };
  } catch (thrown) {
    const cause = (thrown as Error).cause ?? thrown;
    const mend = 'check DATABASE_REPLICA_URL; lists are read from the primary meanwhile';
    return { check, ok: false, seen: (cause as Error).message, mend };
  } finally {
    await replica.close();
  }
}
