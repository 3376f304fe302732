import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import Database from 'libsql';
import { isPassing } from './ask.ts';
import { sqlite } from './dialect.ts';
import { ACQUIRE_TIMEOUT, MIGRATION_LOCK_SECONDS, quietly, type OpenDatabase } from './open.ts';
import { aroundStatements, type AroundStatement } from './traced-client.ts';

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
 * @param around what is to happen around each statement
 */
export function openSqlite(folder: string, around?: AroundStatement): OpenDatabase {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const filename = join(folder, 'jobgate.db');
  const db = knex({
    client: around ? aroundStatements(Libsql, around) : Libsql,
    ...quietly,
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
    own: db,
    dialect: sqlite,
    generation: () => (version.get() as { data_version: number }).data_version,
    async close() {
      watcher.close();
      await db.destroy();
    },
    async alone(name, work) {
      const lock = new Database(join(folder, `${name}.lock`));
      try {
        lock.exec('pragma busy_timeout = 0');
        lock.exec('begin exclusive');
      } catch (thrown) {
        lock.close();
        if (isPassing(thrown)) return undefined;
        throw thrown;
      }
      try {
        return await work((steps) => db.transaction(steps));
      } finally {
        lock.close();
      }
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
