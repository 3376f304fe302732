import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import knex, { type Knex } from 'knex';
import { mysql } from './dialect.ts';
import { ACQUIRE_TIMEOUT, MIGRATION_LOCK_SECONDS, quietly, type OpenDatabase } from './open.ts';
import { aroundStatements, type AroundStatement } from './traced-client.ts';

const require = createRequire(import.meta.url);
const Mysql2 = require('knex/lib/dialects/mysql2/index.js') as typeof Knex.Client;

const CONNECT_TIMEOUT = 3_000;
/** Connections of the gateway's own: one may wait for a lock while the other is asked whether all is well. */
export const OWN_CONNECTIONS = 2;

/** A connection that holds the lock of `alone` and is silent for so long belongs to a frozen process; in seconds. */
const SILENT_MOST = 30;

/**
 * Each connection counts time in UTC, refuses what does not fit a column, gives up on locks after 3 s, and, on
 * MariaDB, is ended when a frozen gateway leaves a transaction idle for 5 s.
 */
const MYSQL_SESSION =
  "SET SESSION time_zone = '+00:00', SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE," +
  "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = 3" +
  ' /*M! , SESSION idle_transaction_timeout = 5 */';

/**
 * Without gap locks: two creations that lock ids nobody has would wait for each other. Every statement that must
 * not see an older state locks what it reads.
 */
const MYSQL_ISOLATION = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';

/** As the driver has it. */
export interface MysqlConnection {
  readonly stream: Pick<Socket, 'destroy' | 'once'>;
  query(sql: string, done: (error: Error | null) => void): void;
}

function prepareConnection(
  connection: MysqlConnection,
  done: (error: Error | null, connection: unknown) => void,
): void {
  connection.query(MYSQL_SESSION, (error) => {
    if (error) return done(error, connection);
    connection.query(MYSQL_ISOLATION, (failed) => done(failed, connection));
  });
}

/**
 * A MySQL 8 or MariaDB 10.11 server.
 * @param url `mysql://user:password@host:3306/name`
 */
export function openMysql(
  url: string,
  options: {
    /** Connections for calls; those of the gateway's own come on top. */
    readonly poolSize: number;
    readonly caFile?: string | undefined;
    /** What is to happen around each statement. */
    readonly around?: AroundStatement | undefined;
    /** In seconds; for tests. */
    readonly silentMost?: number;
    /** Told of each connection that is made. */
    readonly connected?: (connection: MysqlConnection) => void;
  },
): OpenDatabase {
  const { hostname, port, username, password, pathname } = new URL(url);
  const connect = (most: number): Knex =>
    knex({
      client: options.around ? aroundStatements(Mysql2, options.around) : 'mysql2',
      ...quietly,
      connection: {
        host: hostname.replace(/^\[(.*)\]$/, '$1'),
        port: Number(port || 3306),
        user: decodeURIComponent(username),
        password: decodeURIComponent(password),
        database: decodeURIComponent(pathname.slice(1)),
        charset: 'utf8mb4',
        timezone: 'Z',
        dateStrings: true,
        // What a change asks for one after the other goes in one round trip. No statement has a value in its text.
        multipleStatements: true,
        connectTimeout: CONNECT_TIMEOUT,
        ...(options.caFile !== undefined && { ssl: { ca: readFileSync(options.caFile) } }),
      },
      acquireConnectionTimeout: ACQUIRE_TIMEOUT,
      pool: {
        min: 0,
        max: most,
        afterCreate(connection: MysqlConnection, done: (error: Error | null, connection: unknown) => void) {
          options.connected?.(connection);
          prepareConnection(connection, done);
        },
      },
    });
  const db = connect(options.poolSize);
  const own = connect(OWN_CONNECTIONS);

  /**
   * Runs `work` while its connection, which stays out of the pool meanwhile, holds a lock of the server. It is in no
   * transaction: an idle one would be ended after 5 s, and the lock with it.
   * @param seconds to wait for the lock
   */
  const locked = async <T>(
    purpose: string,
    seconds: number,
    work: (connection: unknown) => Promise<T>,
  ): Promise<{ readonly result: T } | undefined> => {
    const connection: unknown = await db.client.acquireConnection();
    const ask = (sql: string, values: Knex.RawBinding[]): Promise<[[{ got: number }]]> =>
      db.raw(sql, values).connection(connection);
    try {
      const name = `jobgate-${purpose}-${decodeURIComponent(pathname.slice(1))}`.slice(0, 64);
      const [[row]] = await ask('select get_lock(?, ?) as got', [name, seconds]);
      if (row.got !== 1) return undefined;
      try {
        return { result: await work(connection) };
      } finally {
        // A connection that is lost has taken the lock with it.
        await ask('select release_lock(?) as got', [name]).catch(() => {});
      }
    } finally {
      await db.client.releaseConnection(connection);
    }
  };

  return {
    db,
    own,
    dialect: mysql,
    async close() {
      await Promise.all([db.destroy(), own.destroy()]);
    },
    async migrationLock(work) {
      const done = await locked('migrate', MIGRATION_LOCK_SECONDS, work);
      if (!done) throw new Error('another instance has been migrating the database for too long');
      return done.result;
    },
    async alone(name, work) {
      const done = await locked(name, 0, async (connection) => {
        const patience = (seconds: number | 'default'): Promise<unknown> =>
          db.raw(`set session wait_timeout = ${seconds}`).connection(connection);
        await patience(options.silentMost ?? SILENT_MOST);
        try {
          return await work((steps) => db.transaction(steps, { connection }));
        } finally {
          await patience('default').catch(() => {});
        }
      });
      return done?.result;
    },
  };
}
