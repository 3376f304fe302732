import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../adapters/sql/migrate.ts';
import { openMysql } from '../../adapters/sql/open-mysql.ts';
import { openSqlite } from '../../adapters/sql/open-sqlite.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import { createTestDatabase } from './database.ts';

/** Every database that the store's ports are implemented on. */
export const DATABASES = ['embedded', 'server'] as const;
export type DatabaseName = (typeof DATABASES)[number];

/** A migrated database of one suite's own. */
export interface FreshStore extends AsyncDisposable {
  readonly database: OpenDatabase;
  /** The URL of the server's database, or the folder of the embedded one. */
  readonly place: string;
  /** Another pool of connections to the same database, as another instance has one. */
  openAgain(): OpenDatabase;
}

export async function openFreshStore(name: DatabaseName): Promise<FreshStore> {
  if (name === 'server') {
    const { url, [Symbol.asyncDispose]: drop } = await createTestDatabase();
    return prepare(url, () => openMysql(url, { poolSize: 12 }), drop);
  }
  const folder = await mkdtemp(join(tmpdir(), 'jobgate-store-'));
  return prepare(
    folder,
    () => openSqlite(folder),
    () => rm(folder, { recursive: true, force: true }),
  );
}

async function prepare(
  place: string,
  open: () => OpenDatabase,
  drop: () => PromiseLike<void>,
): Promise<FreshStore> {
  const database = open();
  const opened = [database];
  await migrate(database);
  return {
    database,
    place,
    openAgain() {
      const another = open();
      opened.push(another);
      return another;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((each) => each.close()));
      await drop();
    },
  };
}
