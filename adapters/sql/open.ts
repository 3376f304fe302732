import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import knex, { type Knex } from 'knex';
import { mysql, sqlite, type Dialect } from './dialect.ts';

/** An open database. */
export interface OpenDatabase {
  readonly db: Knex;
  readonly dialect: Dialect;
  /** Held while migrating, across processes; the lock ends with the process that holds it. */
  migrationLock<T>(work: () => Promise<T>): Promise<T>;
  /** A number that another one's commit changes; only for the embedded store. */
  generation?(): number;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT = 3_000;
const ACQUIRE_TIMEOUT = 3_000;
const MIGRATION_LOCK_SECONDS = 120;

/**
 * Each connection counts time in UTC, refuses what does not fit a column, gives up on locks after 3 s, and, on
 * MariaDB, is ended when a frozen gateway leaves a transaction idle for 5 s.
 */
const MYSQL_SESSION =
  "SET SESSION time_zone = '+00:00', SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE," +
  "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = 3" +
  ' /*M! , SESSION idle_transaction_timeout = 5 */';

/**
 * A MySQL 8 or MariaDB 10.11 server.
 * @param url `mysql://user:password@host:3306/name`
 */
export function openMysql(
  url: string,
  options: { readonly poolSize: number; readonly caFile?: string | undefined },
): OpenDatabase {
  const { hostname, port, username, password, pathname } = new URL(url);
  const db = knex({
    client: 'mysql2',
    // Errors must not carry the values of a query into a log.
    compileSqlOnError: false,
    connection: {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port || 3306),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: decodeURIComponent(pathname.slice(1)),
      charset: 'utf8mb4',
      timezone: 'Z',
      dateStrings: true,
      connectTimeout: CONNECT_TIMEOUT,
      ...(options.caFile !== undefined && { ssl: { ca: readFileSync(options.caFile) } }),
    },
    acquireConnectionTimeout: ACQUIRE_TIMEOUT,
    pool: {
      min: 0,
      max: options.poolSize,
      afterCreate(
        connection: { query(sql: string, done: (error: Error | null) => void): void },
        done: (error: Error | null, connection: unknown) => void,
      ) {
        connection.query(MYSQL_SESSION, (error) => done(error, connection));
      },
    },
  });

  return {
    db,
    dialect: mysql,
    close: () => db.destroy(),
    async migrationLock(work) {
      // The lock belongs to one connection, which stays out of the pool meanwhile.
      const trx = await db.transaction();
      try {
        const name = `jobgate-migrate-${decodeURIComponent(pathname.slice(1))}`.slice(0, 64);
        const [[row]] = await trx.raw('select get_lock(?, ?) as got', [name, MIGRATION_LOCK_SECONDS]);
        if (row.got !== 1) throw new Error('another instance has been migrating the database for too long');
        try {
          return await work();
        } finally {
          await trx.raw('select release_lock(?)', [name]);
        }
      } finally {
        await trx.rollback();
      }
    },
  };
}

const require = createRequire(import.meta.url);
const BetterSqlite3 = require('knex/lib/dialects/better-sqlite3/index.js') as typeof Knex.Client;

/** libsql has better-sqlite3's interface and comes ready built for every platform. */
class Libsql extends BetterSqlite3 {
  _driver(): unknown {
    return Database;
  }
}

/** Commits reach the disk before they are acknowledged; a second process waits for the write lock. */
function prepareSqlite(connection: InstanceType<typeof Database>): void {
  connection.exec('pragma journal_mode = wal');
  connection.exec('pragma synchronous = full');
  connection.exec('pragma busy_timeout = 5000');
  connection.exec('pragma foreign_keys = on');
}

/**
 * The embedded store, in a folder of its own.
 * @param folder made if it does not exist
 */
export function openSqlite(folder: string): OpenDatabase {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const filename = join(folder, 'jobgate.db');
  const db = knex({
    client: Libsql,
    compileSqlOnError: false,
    connection: { filename },
    useNullAsDefault: true,
    acquireConnectionTimeout: ACQUIRE_TIMEOUT,
    pool: {
      min: 1,
      max: 1,
      afterCreate(
        connection: InstanceType<typeof Database>,
        done: (error: Error | null, connection: unknown) => void,
      ) {
        prepareSqlite(connection);
        done(null, connection);
      },
    },
  });
  // A connection of its own sees every commit of the others, those of other processes too.
  const watcher = new Database(filename);
  const version = watcher.prepare('pragma data_version');

  return {
    db,
    dialect: sqlite,
    generation: () => (version.get() as { data_version: number }).data_version,
    async close() {
      watcher.close();
      await db.destroy();
    },
    async migrationLock(work) {
      const lock = new Database(join(folder, 'migrate.lock'));
      try {
        // The driver waits by stopping the whole process; the other holder may be in it.
        for (let left = MIGRATION_LOCK_SECONDS * 10; ; left--) {
          try {
            lock.exec('begin exclusive');
            break;
          } catch (busy) {
            if (left === 0) throw busy;
            await sleep(100);
          }
        }
        return await work();
      } finally {
        lock.close();
      }
    },
  };
}
