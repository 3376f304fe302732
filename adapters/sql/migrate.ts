import type { OpenDatabase } from './open.ts';
import { migrationNames, migrationSource } from './migrations/index.ts';

const OPTIONS = { migrationSource, tableName: 'jobgate_migrations' };

/**
 * Applies pending migrations, once for all instances that start together.
 * @returns the names of those that were applied now
 */
export async function migrate({ db, migrationLock }: OpenDatabase): Promise<readonly string[]> {
  return migrationLock(async () => {
    // The lock above is held: one that knex left in its table belongs to a process that died.
    await db.migrate.forceFreeMigrationsLock(OPTIONS);
    const [, applied] = (await db.migrate.latest(OPTIONS)) as [number, string[]];
    return applied;
  });
}

/** The migrations that the database lacks. Those that a newer version applied do not count. */
export async function pendingMigrations({ db }: OpenDatabase): Promise<readonly string[]> {
  if (!(await db.schema.hasTable(OPTIONS.tableName))) return migrationNames;
  const applied = new Set(await db(OPTIONS.tableName).pluck('name'));
  return migrationNames.filter((name) => !applied.has(name));
}

/** The random id that begins every key of this database's entries in Redis. */
export async function readStoreId({ db }: OpenDatabase): Promise<string> {
  const row = (await db('cache_epoch').first('store_id')) as { store_id: string } | undefined;
  if (!row) throw new Error('the table cache_epoch is empty: the database was not migrated');
  return row.store_id;
}
