import { ask } from './ask.ts';
import type { OpenDatabase } from './open.ts';

/** The least versions with what the queries and the migrations rely on. */
const LEAST = { MySQL: [8, 0], MariaDB: [10, 11] } as const;

/** What the database calls itself, such as `MariaDB 10.11.19`, or `SQLite`. */
export async function describeServer({ db, dialect }: OpenDatabase): Promise<string> {
  const name = dialect.name;
  if (name === 'sqlite') {
    const [row] = (await ask(() => db.raw('select sqlite_version() as version'))) as [{ version: string }];
    return `SQLite ${row.version}`;
  }
  const [[row]] = (await ask(() => db.raw('select version() as version'))) as [[{ version: string }]];
  const product = /mariadb/i.test(row.version) ? 'MariaDB' : 'MySQL';
  return `${product} ${/^\d+(\.\d+)*/.exec(row.version)?.[0] ?? row.version}`;
}

/**
 * @returns what the database calls itself
 * @throws Error where it is too old; Refusal `unavailable` where it cannot be reached
 */
export async function checkServer(database: OpenDatabase): Promise<string> {
  const description = await describeServer(database);
  const [product = '', version = ''] = description.split(' ');
  const least = LEAST[product as keyof typeof LEAST];
  if (!least) return description;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > least[0] || (major === least[0] && minor >= least[1])) return description;
  throw new Error(`${description} is too old: jobgate needs MySQL 8.0 or MariaDB 10.11, or later`);
}
