import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';

/** A database of one test file's own on the server of the run. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

/** @throws Error where the run has no server: tests are started with `npm test` */
export async function createTestDatabase(server = process.env.TEST_DATABASE_URL): Promise<TestDatabase> {
  if (!server) throw new Error('TEST_DATABASE_URL is not set: start the tests with npm test');
  const name = `jobgate_test_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string): Promise<void> => {
    const { hostname, port, username, password } = new URL(server);
    const connection = await createConnection({
      host: hostname,
      port: Number(port || 3306),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    });
    try {
      await connection.query(sql);
    } finally {
      await connection.end();
    }
  };
  await run(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, [Symbol.asyncDispose]: () => run(`drop database ${name}`) };
}
