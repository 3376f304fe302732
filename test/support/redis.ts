import { Redis, type RedisOptions } from 'ioredis';
import { findProgram } from './find-program.ts';
import { type PrivateServer, type ServerIdentity, startPrivateServer } from './private-server.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** The path of the Redis or Valkey server program, or undefined when none is installed. */
export function findRedis(): string | undefined {
  return findProgram('redis-server', 'valkey-server');
}

/**
 * Starts a private Redis (or Valkey) server that keeps its data in memory only: it comes back empty from
 * `restart()`. It refuses writes instead of evicting keys when memory is short.
 *
 * @param options.folder - where the server's own folder is made; the system's temporary folder by default.
 * @param options.port - the port on 127.0.0.1; a free one by default.
 * @param options.args - further command-line arguments, such as `['--maxmemory', '64mb']`.
 * @throws Error when no server is installed, or with the end of its log when it does not come up.
 */
export async function startRedis(
  options: { folder?: string; port?: number; args?: string[] } = {},
): Promise<PrivateServer> {
  const program = findRedis();
  if (!program) throw new Error('Neither redis-server nor valkey-server is installed');
  return startPrivateServer({
    name: 'redis',
    parent: options.folder,
    port: options.port,
    prepare: () => Promise.resolve(),
    command: (folder, port) => ({
      program,
      args: [
        ['--bind', '127.0.0.1'],
        ['--port', String(port)],
        ['--dir', folder],
        ['--save', ''],
        ['--appendonly', 'no'],
        ['--maxmemory-policy', 'noeviction'],
        options.args ?? [],
      ].flat(),
    }),
    url: (port) => `redis://127.0.0.1:${port}`,
    identify: (url, _folder, pid) => identifyRedis(url, pid),
  });
}

/**
 * Asks the Redis or Valkey server at a URL for its name and version.
 *
 * @param expectedPid - refuses a server that runs as another process.
 * @param options - what the URL does not say.
 * @throws Error when the server does not answer within 5 s or refuses the login.
 */
export async function identifyRedis(
  url: string,
  expectedPid?: number,
  options: Pick<RedisOptions, 'tls'> = {},
): Promise<ServerIdentity> {
  const client = new Redis(url, {
    ...options,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // `connect` only says that the connection is closed; the event says why.
  let reason: Error | undefined;
  client.on('error', (error) => (reason = error));
  try {
    await client.connect();
    const info = await client.info('server');
    const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
    if (expectedPid !== undefined && Number(field('process_id')) !== expectedPid) {
      throw new Error(`Another Redis server answers at ${url}`);
    }
    const valkey = field('valkey_version');
    if (valkey !== undefined) return { product: 'Valkey', version: valkey };
    return { product: 'Redis', version: field('redis_version') ?? 'of unknown version' };
  } catch (error) {
    throw reason ?? error;
  } finally {
    client.disconnect();
  }
}
