import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../../src/ports.ts';
import { readRedisAddress } from './address.ts';

/** A command that takes longer is given up on: reads go to the database, writes try again; in ms. */
const COMMAND_TIMEOUT = 300;
const CONNECT_TIMEOUT = 1_000;
const RECONNECT_MOST = 500;
/** As much of the id of a replication as tells it from all others, and goes into a column beside the run id. */
const HISTORY_LENGTH = 20;

/** What listens to errors that were told of already, or come too late to matter. */
const heard = (): void => {};

/** A connection that knows which Redis process it talks to. */
export interface RedisLink {
  readonly redis: Redis;
  /**
   * The process behind the connection, and the history of its data: a master that was a replica in between has another.
   * Undefined while there is no connection, or while it is not known whose it is.
   */
  runId(): string | undefined;
  /** Asks anew who is behind the connection; answers what `runId` says then. */
  identify(): Promise<string | undefined>;
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

/** What an address does not say. A file of certificates turns TLS on. */
export interface RedisSettings {
  readonly caFile?: string | undefined;
  /** Of the sentinels alone. */
  readonly sentinel?: {
    readonly username?: string | undefined;
    readonly password?: string | undefined;
    readonly caFile?: string | undefined;
  };
}

/**
 * Connects, and keeps connecting. Commands sent while there is no connection fail at once.
 * @param url see `readRedisAddress`
 */
export function connectRedis(url: string, options: RedisSettings, log: Log): RedisLink {
  const settings: RedisOptions & { replyMapping: 'legacy' } = {
    replyMapping: 'legacy',
    ...placeOf(url, options),
    enableAutoPipelining: true,
    autoPipeliningIgnoredCommands: ['mget'],
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

  // ioredis listens to a stream's first error alone. TLS may have another one, and that nobody hears ends the process.
  const hearAll = (): void => {
    const stream = redis.stream as Duplex | undefined;
    if (stream && !stream.listeners('error').includes(heard)) stream.on('error', heard);
  };
  const leave = (again: boolean): void => {
    hearAll();
    redis.disconnect(again);
  };

  // The run id belongs to a connection: the next one may lead to another process.
  redis.on('connect', hearAll);
  redis.on('close', () => {
    runId = undefined;
    if (!down) log.warn({}, 'redis is away: reads go to the database');
    down = true;
  });
  redis.on('error', (error: Error) => {
    hearAll();
    trouble = error.message;
  });
  redis.on('ready', () => {
    const generation = redis.stream;
    askWho(redis)
      .then(({ id, cluster }) => {
        if (redis.stream !== generation || redis.status !== 'ready') return;
        if (cluster) {
          unusable = new Error('REDIS_URL names a Redis Cluster: use one Redis, or a Sentinel set');
          throw unusable;
        }
        runId = id;
        if (down) log.info({}, 'redis is back');
        down = false;
      })
      .catch((cause: unknown) => {
        log.warn({ cause }, 'redis does not say who it is');
        leave(true);
      });
  });
  return {
    redis,
    runId: () => runId,
    async identify() {
      if (runId === undefined) return undefined;
      const generation = redis.stream;
      const { id } = await askWho(redis);
      // A connection that was made anew meanwhile asks for itself.
      if (redis.stream === generation && runId !== undefined) runId = id;
      return runId;
    },
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
      leave(true);
    },
    trouble: () => trouble,
    close: () => leave(false),
  };
}

/**
 * The run id stays when a server becomes a replica, takes over another's data and is made the master again; the id of
 * the replication does not.
 */
async function askWho(redis: Redis): Promise<{ id: string; cluster: boolean }> {
  const [server, replication] = await Promise.all([redis.info('server'), redis.info('replication')]);
  const runId = /^run_id:(\S+)/m.exec(server)?.[1] ?? '';
  const history = /^master_replid:(\S+)/m.exec(replication)?.[1] ?? '';
  return {
    id: `${runId}/${history.slice(0, HISTORY_LENGTH)}`,
    cluster: /^redis_mode:cluster/m.test(server),
  };
}

/** Where the master is, or who knows it, and how it is spoken to. */
function placeOf(url: string, { caFile, sentinel = {} }: RedisSettings): Omit<RedisOptions, 'replyMapping'> {
  const address = readRedisAddress(url);
  if (!address) throw new Error('REDIS_URL cannot be read');
  const { login, secure, to } = address;
  const tls = secureBy(secure, caFile);
  if (!('sentinels' in to)) return { ...to, ...login, ...(tls && { tls }) };
  const sentinelTLS = secureBy(secure, sentinel.caFile);
  return {
    sentinels: [...to.sentinels],
    name: to.name,
    ...login,
    ...(tls && { tls, enableTLSForSentinelMode: true }),
    ...(sentinelTLS && { sentinelTLS }),
    ...(sentinel.username !== undefined && { sentinelUsername: sentinel.username }),
    ...(sentinel.password !== undefined && { sentinelPassword: sentinel.password }),
    // A frozen sentinel takes connections and never answers: the next one is asked.
    sentinelCommandTimeout: COMMAND_TIMEOUT,
  };
}

function secureBy(secure: boolean, caFile: string | undefined): ConnectionOptions | undefined {
  if (caFile !== undefined) return { ca: readFileSync(caFile) };
  return secure ? {} : undefined;
}
