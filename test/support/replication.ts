import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { startMariaDb } from './mariadb.ts';
import type { PrivateServer } from './private-server.ts';

/** A MariaDB server and a replica of it. */
export interface Replication extends AsyncDisposable {
  readonly primary: PrivateServer;
  readonly replica: PrivateServer;
  /** The same database on the replica. */
  onReplica(url: string): string;
  /** Runs statements by root, one after the other; answers the rows of the last. */
  run(server: PrivateServer, ...statements: readonly string[]): Promise<readonly RowDataPacket[]>;
  /** The replica makes changes so many seconds later than the primary; 0 is at once. */
  delay(seconds: number): Promise<void>;
}

/** @throws Error where MariaDB is not installed or does not come up */
export async function startReplication(): Promise<Replication> {
  const [primary, replica] = await Promise.all([
    startMariaDb({ args: ['--log-bin=changes', '--server-id=1'] }),
    startMariaDb({ args: ['--server-id=2', '--read-only', '--relay-log=relayed'] }),
  ]);
  const run: Replication['run'] = async ({ port }, ...statements) => {
    const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' });
    try {
      let rows: RowDataPacket[] = [];
      for (const statement of statements) [rows] = await connection.query<RowDataPacket[]>(statement);
      return rows;
    } finally {
      await connection.end();
    }
  };
  try {
    await run(
      replica,
      `change master to master_host = '127.0.0.1', master_port = ${primary.port}, master_user = 'root',
        master_connect_retry = 1, master_use_gtid = slave_pos`,
      'start slave',
    );
  } catch (thrown) {
    await Promise.all([primary.stop(), replica.stop()]);
    throw thrown;
  }
  return {
    primary,
    replica,
    onReplica: (url) => url.replace(`:${primary.port}/`, `:${replica.port}/`),
    run,
    async delay(seconds) {
      await run(replica, 'stop slave', `change master to master_delay = ${seconds}`, 'start slave');
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([primary.stop(), replica.stop()]);
    },
  };
}
