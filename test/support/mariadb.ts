import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { findProgram } from './find-program.ts';
import {
  type PrivateServer,
  type RunProgram,
  type ServerIdentity,
  startPrivateServer,
} from './private-server.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Names the folder of a server that has no data yet, which each server's data then begins as a copy of: to make one
 * takes seconds, and many tests have a server of their own.
 */
export const EMPTY_DATA = 'JOBGATE_TEST_EMPTY_DATA';

// Both kinds of servers create root@localhost only, which a connection over TCP to an address does not match
// when names are not resolved.
const INIT_SQL = `
CREATE USER IF NOT EXISTS 'root'@'127.0.0.1';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
`;

/** The path of the MariaDB or MySQL server program, or undefined when none is installed. */
export function findMariaDb(): string | undefined {
  return findProgram('mariadbd', 'mysqld');
}

/**
 * Starts a private MariaDB (or MySQL) server with an empty data folder, which root can use without a
 * password. It writes each commit to disk, as in production.
 *
 * @param options.folder - where the server's own folder is made; the system's temporary folder by default.
 * @param options.port - the port on 127.0.0.1; a free one by default.
 * @param options.args - further command-line arguments, such as `['--log-bin=changes']`.
 * @throws Error when no server is installed, or with the end of its log when it does not come up.
 */
export async function startMariaDb(
  options: { folder?: string; port?: number; args?: readonly string[] } = {},
): Promise<PrivateServer> {
  const program = findMariaDb();
  if (!program) throw new Error('Neither mariadbd nor mysqld is installed');
  const user = await serverUser();
  const userArgs = user ? [`--user=${user.name}`] : [];
  return startPrivateServer({
    name: 'mariadb',
    parent: options.folder,
    port: options.port,
    async prepare(folder, run) {
      const data = join(folder, 'data');
      await writeFile(join(folder, 'init.sql'), INIT_SQL);
      if (user) await chown(folder, user.uid, user.gid);
      const ready = process.env[EMPTY_DATA];
      // `cp` keeps the owner, and the holes of the log.
      if (ready) await run('cp', ['-a', ready, data]);
      else await makeEmptyData(data, run);
    },
    command: (folder, port) => ({
      program,
      args: [
        '--no-defaults',
        ...userArgs,
        `--datadir=${join(folder, 'data')}`,
        `--socket=${join(folder, 'server.sock')}`,
        `--pid-file=${pidFile(folder)}`,
        `--init-file=${join(folder, 'init.sql')}`,
        `--tmpdir=${folder}`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        '--skip-name-resolve',
        '--skip-log-bin',
        '--max-connections=500',
        '--character-set-server=utf8mb4',
        '--innodb-buffer-pool-size=256M',
        '--innodb-flush-log-at-trx-commit=1',
        '--performance-schema=OFF',
        // MySQL only: it would listen on a second, fixed port.
        '--loose-mysqlx=OFF',
        ...(options.args ?? []),
      ],
    }),
    url: (port) => `mysql://root@127.0.0.1:${port}/`,
    identify: (url, folder) => identifyMariaDb(url, pidFile(folder)),
  });
}

/**
 * Asks the database server at a URL for its name and version. The database named in the URL need not exist.
 *
 * @param expectedPidFile - refuses a server with another pid file.
 * @throws Error when the server does not answer within 5 s or refuses the login.
 */
export async function identifyMariaDb(url: string, expectedPidFile?: string): Promise<ServerIdentity> {
  const server = new URL(url);
  server.pathname = '/';
  const connection = await createConnection({ uri: server.href, connectTimeout: CONNECT_TIMEOUT_MS });
  // A connection that breaks between two questions must not end the process.
  connection.on('error', () => {});
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT VERSION() AS version, @@version_comment AS comment, @@pid_file AS pidFile',
    );
    const row = rows[0];
    if (expectedPidFile !== undefined && row?.['pidFile'] !== expectedPidFile) {
      throw new Error(`Another database server answers at ${url}`);
    }
    const version = String(row?.['version']);
    const isMariaDbServer = /mariadb/i.test(`${version} ${String(row?.['comment'])}`);
    return { product: isMariaDbServer ? 'MariaDB' : 'MySQL', version: version.replace(/-.*$/, '') };
  } finally {
    connection.destroy();
  }
}

/**
 * Makes the data folder of a server, as it is before its first start.
 * @throws Error when no server is installed, or with what it said
 */
export async function makeEmptyData(data: string, run: RunProgram = runQuietly): Promise<void> {
  const program = findMariaDb();
  if (!program) throw new Error('Neither mariadbd nor mysqld is installed');
  const user = await serverUser();
  const args = ['--no-defaults', `--datadir=${data}`, ...(user ? [`--user=${user.name}`] : [])];
  await mkdir(data);
  if (user) await chown(data, user.uid, user.gid);
  if (!(await isMariaDb(program))) return run(program, [...args, '--initialize-insecure']);
  const install = findProgram('mariadb-install-db', 'mysql_install_db');
  if (!install) throw new Error(`mariadb-install-db is not installed, although ${program} is`);
  await run(install, [...args, '--auth-root-authentication-method=normal', '--skip-test-db', '--force']);
}

async function runQuietly(program: string, args: string[]): Promise<void> {
  await promisify(execFile)(program, args);
}

function pidFile(folder: string): string {
  return join(folder, 'server.pid');
}

async function isMariaDb(program: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)(program, ['--no-defaults', '--version']);
  return /mariadb/i.test(stdout);
}

/**
 * The account the server runs as when started by root, who has to name one: the package's own if there is
 * one. Undefined for other users.
 */
async function serverUser(): Promise<{ name: string; uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid, gid] = /^mysql:[^:]*:(\d+):(\d+):/m.exec(accounts) ?? [];
  if (uid === undefined || gid === undefined) return { name: 'root', uid: 0, gid: 0 };
  return { name: 'mysql', uid: Number(uid), gid: Number(gid) };
}
