import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../../src/ports.ts';

/** A command that takes longer is given up on: reads go to the database, writes try again; in ms. */
const COMMAND_TIMEOUT = 300;
const CONNECT_TIMEOUT = 1_000;
const RECONNECT_MOST = 500;

/** A connection that knows which Redis process it talks to. */
export interface RedisLink {
  readonly redis: Redis;
  /** The process behind the connection; undefined while there is none, or while it is not known which. */
  runId(): string | undefined;
  /**
   * Waits until the process is known, for so many ms at the most.
   * @throws Error where it cannot be used at all
   */
  greeted(patience: number): Promise<void>;
  /** Ends a connection that let a command wait too long; its process is not used again until it is known anew. */
  distrust(): void;
  /** What went wrong last with the connection. */
  trouble(): string | undefined;
  close(): void;
}

/**
 * Connects, and keeps connecting. Commands sent while there is no connection fail at once.
 * @param url `redis://…`, `rediss://…`, or `sentinel://host:26379,host:26379/name`
 */
export function connectRedis(url: string, options: { caFile?: string | undefined }, log: Log): RedisLink {
  const settings: RedisOptions & { replyMapping: 'legacy' } = {
    replyMapping: 'legacy',
    ...address(url),
    ...(options.caFile !== undefined && { tls: { ca: readFileSync(options.caFile) } }),
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT,
    connectTimeout: CONNECT_TIMEOUT,
    retryStrategy: (times: number) => Math.min(20 * times, RECONNECT_MOST),
  };
  const redis = new Redis(settings);
  let runId: string | undefined;
  let down = false;
  let unusable: Error | undefined;
  let trouble: string | undefined;

  // The run id belongs to a connection: the next one may lead to another process.
  redis.on('close', () => {
    runId = undefined;
    if (!down) log.warn({}, 'redis is away: reads go to the database');
    down = true;
  });
  redis.on('error', (error: Error) => (trouble = error.message));
  redis.on('ready', () => {
    const generation = redis.stream;
    redis
      .info('server')
      .then((info) => {
        if (redis.stream !== generation || redis.status !== 'ready') return;
        if (/^redis_mode:cluster/m.test(info)) {
          unusable = new Error('REDIS_URL names a Redis Cluster: use one Redis, or a Sentinel set');
          throw unusable;
        }
        runId = /^run_id:(\S+)/m.exec(info)?.[1];
        if (down) log.info({}, 'redis is back');
        down = false;
      })
      .catch((cause: unknown) => {
        log.warn({ cause }, 'redis does not say who it is');
        redis.disconnect(true);
      });
  });
  return {
    redis,
    runId: () => runId,
    async greeted(patience) {
      const until = performance.now() + patience;
      while (performance.now() < until) {
        if (unusable) throw unusable;
        if (runId !== undefined) return;
        await sleep(5);
      }
    },
    distrust() {
      runId = undefined;
      redis.disconnect(true);
    },
    trouble: () => trouble,
    close: () => redis.disconnect(),
  };
}

/** Where the server is, or where the sentinels are that know. */
type Address = Pick<
  RedisOptions,
  'host' | 'port' | 'db' | 'username' | 'password' | 'tls' | 'sentinels' | 'name'
>;

function address(url: string): Address {
  if (!url.startsWith('sentinel://')) {
    const { protocol, hostname, port, username, password, pathname } = new URL(url);
    return {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port || 6379),
      db: Number(pathname.slice(1) || 0),
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    };
  }
  const [hosts = '', name = ''] = url.slice('sentinel://'.length).split('/');
  const sentinels = hosts.split(',').map((each) => {
    const [host = '', port] = each.split(':');
    return { host, port: Number(port ?? 26379) };
  });
  return { sentinels, name };
}
