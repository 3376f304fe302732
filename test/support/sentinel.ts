import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { startPrivateServer, type PrivateServer } from './private-server.ts';
import { findRedis, identifyRedis } from './redis.ts';

const NAME = 'jobgate-test';
const SENTINELS = 3;
/** Who replicas log in as. */
const REPLICA = 'replica';

/** A set of Redis servers and three sentinels that make another one the master where the master fails. */
export interface SentinelSet extends AsyncDisposable {
  /** As `REDIS_URL` has it. */
  readonly url: string;
  readonly servers: readonly PrivateServer[];
  readonly sentinels: readonly PrivateServer[];
  /** The server that the sentinels call the master now. @throws Error where no sentinel answers */
  master(): Promise<PrivateServer>;
  /** Has another one made the master, while the present one is well. @throws Error where the sentinels refuse */
  failOver(): Promise<void>;
  /**
   * Keeps its replicas from what a master is told from now on, until `feedReplicas`. Freezing them would not: what
   * was sent waits for them in the system's buffers.
   */
  starveReplicas(master: PrivateServer): Promise<void>;
  /** Waits until it answers, if it was frozen. Not needed for one that ended and comes back. */
  feedReplicas(server: PrivateServer): Promise<void>;
  /** Waits until every sentinel has another master than this one. */
  masterIsNot(server: PrivateServer): Promise<void>;
  /**
   * Waits until the master has replicas that hold what it holds.
   * @param replicas all other servers by default
   */
  whole(replicas?: number): Promise<void>;
  /** A client of one server or sentinel of the set; the caller disconnects it. */
  client(server: PrivateServer, of?: 'server' | 'sentinel'): Redis;
}

export interface SentinelSetOptions {
  readonly replicas?: number;
  /** Of the servers. */
  readonly password?: string;
  /** Of the sentinels. */
  readonly sentinelPassword?: string;
  /** A folder with `key.pem` and `fullchain.pem`: everybody speaks TLS then, and nothing else. */
  readonly tls?: string;
}

/**
 * Starts a master, replicas and sentinels, and waits until they know each other.
 * @throws Error where Redis is not installed or the set does not come together
 */
export async function startSentinelSet(options: SentinelSetOptions = {}): Promise<SentinelSet> {
  const { replicas = 1, password, sentinelPassword, tls } = options;
  const started: PrivateServer[] = [];
  const start = async (kind: 'server' | 'sentinel', lines: readonly string[]): Promise<PrivateServer> => {
    const server = await startMember(kind, [...lines, ...tlsLines(tls)], options);
    started.push(server);
    return server;
  };
  const end = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
  };
  try {
    const login = [
      `user ${REPLICA} on >${REPLICA} +psync +replconf +ping`,
      `masteruser ${REPLICA}`,
      `masterauth ${REPLICA}`,
      ...(password === undefined ? [] : [`requirepass ${password}`]),
    ];
    const first = await start('server', login);
    const others = await Promise.all(
      Array.from({ length: replicas }, () =>
        start('server', [...login, `replicaof 127.0.0.1 ${first.port}`]),
      ),
    );
    const watched = [
      `sentinel monitor ${NAME} 127.0.0.1 ${first.port} 2`,
      `sentinel down-after-milliseconds ${NAME} 700`,
      `sentinel failover-timeout ${NAME} 3000`,
      `sentinel parallel-syncs ${NAME} 10`,
      ...(password === undefined ? [] : [`sentinel auth-pass ${NAME} ${password}`]),
      ...(sentinelPassword === undefined ? [] : [`requirepass ${sentinelPassword}`]),
    ];
    const sentinels = await Promise.all(Array.from({ length: SENTINELS }, () => start('sentinel', watched)));
    const set = describeSet([first, ...others], sentinels, options, end);
    await set.whole();
    await eventually('the sentinels know each other and all servers', () => set.knowsAll());
    return set;
  } catch (thrown) {
    await end();
    throw thrown;
  }
}

function describeSet(
  servers: readonly PrivateServer[],
  sentinels: readonly PrivateServer[],
  { password, sentinelPassword, tls }: SentinelSetOptions,
  end: () => Promise<void>,
): SentinelSet & { knowsAll(): Promise<boolean> } {
  const client: SentinelSet['client'] = ({ port }, of = 'server') => {
    const secret = of === 'server' ? password : sentinelPassword;
    const redis = new Redis({
      host: '127.0.0.1',
      port,
      ...(secret !== undefined && { password: secret }),
      ...(tls !== undefined && { tls: { rejectUnauthorized: false } }),
      replyMapping: 'legacy',
      connectTimeout: 1_000,
      commandTimeout: 1_000,
      maxRetriesPerRequest: 0,
      retryStrategy: null,
    });
    redis.on('error', () => {});
    return redis;
  };
  /** Undefined where it does not answer. */
  const ask = async <Answer>(
    server: PrivateServer,
    of: 'server' | 'sentinel',
    question: (redis: Redis) => Promise<Answer>,
  ): Promise<Answer | undefined> => {
    const redis = client(server, of);
    try {
      return await question(redis);
    } catch {
      return undefined;
    } finally {
      redis.disconnect();
    }
  };
  const portOf = (sentinel: PrivateServer): Promise<number | undefined> =>
    ask(sentinel, 'sentinel', async (redis) => {
      const [, port] = (await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)) as [string, string];
      return Number(port);
    });
  const set = {
    url: `${tls === undefined ? 'sentinel' : 'sentinels'}://${
      password === undefined ? '' : `:${encodeURIComponent(password)}@`
    }${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${NAME}`,
    servers,
    sentinels,
    client,
    async master() {
      for (const sentinel of sentinels) {
        const port = await portOf(sentinel);
        const master = servers.find((server) => server.port === port);
        if (master) return master;
      }
      throw new Error('no sentinel knows a master');
    },
    async failOver() {
      const redis = client(sentinels[0]!, 'sentinel');
      try {
        await redis.call('SENTINEL', 'FAILOVER', NAME);
      } finally {
        redis.disconnect();
      }
    },
    async starveReplicas(master: PrivateServer) {
      const redis = client(master);
      try {
        await redis.call('ACL', 'SETUSER', REPLICA, 'off');
        await redis.call('CLIENT', 'KILL', 'TYPE', 'replica');
      } finally {
        redis.disconnect();
      }
    },
    feedReplicas: (server: PrivateServer) =>
      eventually('it takes replicas again', async () => {
        const answer = await ask(server, 'server', (redis) => redis.call('ACL', 'SETUSER', REPLICA, 'on'));
        return answer === 'OK';
      }),
    masterIsNot: (server: PrivateServer) =>
      eventually('the sentinels have another master', async () => {
        const ports = await Promise.all(sentinels.map(portOf));
        return ports.every((port) => port !== undefined && port !== server.port);
      }),
    whole: (replicas = servers.length - 1) =>
      eventually('the master has its replicas', async () => {
        const master = sentinels.length > 0 ? await set.master() : servers[0]!;
        const info = await ask(master, 'server', (redis) => redis.info('replication'));
        return (info?.match(/state=online/g) ?? []).length >= replicas;
      }),
    async knowsAll() {
      const known = await Promise.all(
        sentinels.map((sentinel) =>
          ask(sentinel, 'sentinel', async (redis) => {
            const master = (await redis.call('SENTINEL', 'MASTER', NAME)) as string[];
            const field = (name: string): number => Number(master[master.indexOf(name) + 1]);
            return (
              field('num-other-sentinels') === sentinels.length - 1 &&
              field('num-slaves') === servers.length - 1
            );
          }),
        ),
      );
      return known.every((each) => each === true);
    },
    [Symbol.asyncDispose]: end,
  };
  return set;
}

function tlsLines(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  return [
    `tls-cert-file ${join(folder, 'fullchain.pem')}`,
    `tls-key-file ${join(folder, 'key.pem')}`,
    `tls-ca-cert-file ${join(folder, 'fullchain.pem')}`,
    'tls-auth-clients no',
    'tls-replication yes',
  ];
}

/** A server or a sentinel with a file of settings of its own, which it rewrites when it gets another role. */
async function startMember(
  kind: 'server' | 'sentinel',
  lines: readonly string[],
  { password, sentinelPassword, tls }: SentinelSetOptions,
): Promise<PrivateServer> {
  const program = findRedis();
  if (!program) throw new Error('Neither redis-server nor valkey-server is installed');
  const secret = kind === 'server' ? password : sentinelPassword;
  const login = secret === undefined ? '' : `:${encodeURIComponent(secret)}@`;
  return startPrivateServer({
    name: kind === 'server' ? 'redis' : 'sentinel',
    parent: undefined,
    port: undefined,
    prepare: () => Promise.resolve(),
    async beforeStart(folder, port) {
      const ports = tls === undefined ? [`port ${port}`] : ['port 0', `tls-port ${port}`];
      const memory = ['save ""', 'maxmemory-policy noeviction', 'repl-diskless-sync-delay 0'];
      const settings = ['bind 127.0.0.1', `dir ${folder}`, ...ports, ...(kind === 'server' ? memory : [])];
      await writeFile(join(folder, 'member.conf'), `${[...settings, ...lines].join('\n')}\n`);
    },
    command: (folder) => ({
      program,
      args: [join(folder, 'member.conf'), ...(kind === 'sentinel' ? ['--sentinel'] : [])],
    }),
    url: (port) => `${tls === undefined ? 'redis' : 'rediss'}://${login}127.0.0.1:${port}`,
    identify: (url, _folder, pid) =>
      identifyRedis(url, pid, tls === undefined ? {} : { tls: { rejectUnauthorized: false } }),
  });
}
