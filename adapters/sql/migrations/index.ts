import type { Knex } from 'knex';
import { jobs } from './0001-jobs.ts';
import { accounts } from './0002-accounts.ts';
import { cacheEpoch } from './0003-cache-epoch.ts';
import { jobWrites } from './0004-job-writes.ts';
import { cleanUp } from './0005-clean-up.ts';
import { accessKeys } from './0006-access-keys.ts';
import { users } from './0007-users.ts';
import { jobCounts } from './0008-job-counts.ts';
import { jobsInOrder } from './0009-jobs-in-order.ts';

const migrations: Readonly<Record<string, Knex.Migration>> = {
  '0001-jobs': jobs,
  '0002-accounts': accounts,
  '0003-cache-epoch': cacheEpoch,
  '0004-job-writes': jobWrites,
  '0005-clean-up': cleanUp,
  '0006-access-keys': accessKeys,
  '0007-users': users,
  '0008-job-counts': jobCounts,
  '0009-jobs-in-order': jobsInOrder,
};

export const migrationNames = Object.keys(migrations);

/** The migrations as modules, so that they run the same from the sources and from a build. */
export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => migrationNames,
  getMigrationName: (name) => name,
  getMigration: async (name) => migrations[name] as Knex.Migration,
};
