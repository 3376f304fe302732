import { migrate, pendingMigrations } from '../../adapters/sql/migrate.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import { checkServer } from '../../adapters/sql/server-version.ts';
import { readConfig, type Config } from '../config.ts';
import { createLog } from '../log.ts';
import { openDatabase, openGateway, type OpenGateway } from '../open-gateway.ts';

/** Opens the database of the settings for one command, and closes it after. */
export async function withDatabase<Result>(
  work: (database: OpenDatabase, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = readConfig();
  const database = openDatabase(config);
  try {
    await checkServer(database);
    return await work(database, config);
  } finally {
    await database.close();
  }
}

/**
 * The same, migrated.
 * @throws Error where the database is not migrated and may not be migrated now
 */
export async function withMigratedDatabase<Result>(
  work: (database: OpenDatabase, config: Config) => Promise<Result>,
): Promise<Result> {
  return withDatabase(async (database, config) => {
    if (config.migrateOnStart === 'on') await migrate(database);
    else if ((await pendingMigrations(database)).length > 0) {
      throw new Error('the database is not migrated: run jobgate migrate');
    }
    return work(database, config);
  });
}

/**
 * Opens the core with its stores for one command. What it changes counts at once for instances that serve.
 * @throws Error as {@link withMigratedDatabase}
 */
export async function withGateway<Result>(
  work: (open: OpenGateway, database: OpenDatabase) => Promise<Result>,
): Promise<Result> {
  return withMigratedDatabase(async (database, config) => {
    // Standard output belongs to the command's answer.
    const open = await openGateway(config, database, createLog('silent'));
    try {
      return await work(open, database);
    } catch (cause) {
      if (!open.keeper.cutOff()) throw cause;
      throw new Error('the cache of the instances cannot be reached: set REDIS_URL as they have it', {
        cause,
      });
    } finally {
      await open.close();
    }
  });
}
