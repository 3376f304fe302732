import { openMysql, type MysqlConnection } from './open-mysql.ts';
import type { OpenDatabase } from './open.ts';
import type { AroundStatement } from './traced-client.ts';

/** A replica, with connections of its own. */
export interface OpenReplica extends OpenDatabase {
  /** Host and port: for the log and the metrics. */
  readonly name: string;
  /** Ends every connection at once; who waits for an answer on one gets an error. */
  abandon(): void;
}

/** Opens a replica. @param url as that of the database */
export function openReplica(
  url: string,
  options: {
    readonly poolSize: number;
    readonly caFile?: string | undefined;
    readonly around?: AroundStatement | undefined;
  },
): OpenReplica {
  const streams = new Set<MysqlConnection['stream']>();
  const database = openMysql(url, {
    ...options,
    connected({ stream }) {
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
    },
  });
  return {
    ...database,
    name: new URL(url).host,
    abandon() {
      // The driver's own way to end a connection leaves those waiting who wait for an answer.
      for (const stream of streams) stream.destroy();
    },
  };
}
