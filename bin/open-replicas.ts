import { createJobStore } from '../adapters/sql/jobs.ts';
import { openReplica } from '../adapters/sql/open-replica.ts';
import type { OpenDatabase } from '../adapters/sql/open.ts';
import type { AroundStatement } from '../adapters/sql/traced-client.ts';
import { createReplicas, type ListServer, type Replicas } from '../adapters/sql/replicas.ts';
import type { JobStore, Log } from '../src/ports.ts';
import type { Config } from './config.ts';

/** Told where lists are read, and how far replicas are behind, in ms. */
export interface ListWatch {
  readonly count?: (server: ListServer) => void;
  readonly lag?: (name: string, milliseconds: number) => void;
}

/** The replicas that lists may be read from; undefined where the settings allow no lag. */
export function openReplicas(
  { databaseReplicaUrls: urls = [], databasePoolSize: poolSize, databaseCaFile: caFile, listMaxLag }: Config,
  primary: { readonly database: OpenDatabase; readonly store: JobStore },
  storeId: string,
  log: Log,
  watch: ListWatch = {},
  around?: AroundStatement,
): Replicas<JobStore> | undefined {
  if (urls.length === 0) return undefined;
  const replicas = urls.map((url) => {
    const replica = openReplica(url, { poolSize, caFile, around });
    return { replica, store: createJobStore(replica.db, replica.dialect) };
  });
  const { count = () => {}, lag = () => {} } = watch;
  return createReplicas(primary, replicas, { most: listMaxLag, storeId, log, count, lag });
}
