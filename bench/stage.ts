import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '../test/support/database.ts';
import { startServing } from '../test/support/built-process.ts';
import { startMariaDb } from '../test/support/mariadb.ts';
import type { PrivateServer } from '../test/support/private-server.ts';
import { startRedis } from '../test/support/redis.ts';
import type { Caller } from './action-credentials.ts';
import { startLoader, type Loader } from './loader.ts';

const ADMIN = { userId: 'usr-00000000', password: 'bench-password' } as const;

/** Indexes on millions of rows are sorted in few passes, and stay in memory with what is read again and again. */
const FOR_MANY_ROWS = [
  '--innodb-buffer-pool-size=2G',
  '--innodb-sort-buffer-size=64M',
  '--innodb-log-file-size=1G',
];

/** What an answer holds under `data`. */
type Body = Readonly<Record<string, unknown>>;

/** Everything that the rows measure with. */
export interface Stage extends AsyncDisposable {
  readonly database: PrivateServer;
  readonly redis: PrivateServer;
  readonly gateway: { readonly base: string; readonly pid: number };
  readonly loader: Loader;
  readonly caller: Caller;
  /** A token of the caller. */
  readonly token: string;
  /** A call of the REST API. */
  call(method: string, path: string, body?: object): Promise<Body>;
  /** The share of look-ups that the cache answered, since the last time that it was asked for. */
  hits(): Promise<number>;
  /**
   * A small server of `bench/references`, over the gateway's tables or over a database of its own beside them; the same one
   * for all that ask for it.
   */
  startReference(
    name: string,
    over?: { readonly sameTables: true },
  ): Promise<{ readonly base: string; readonly pid: number }>;
  /** Ends a thing with the stage. */
  keep<Thing extends AsyncDisposable>(thing: Thing): Thing;
}

/** Brings up private servers, and the built gateway before them, with authentication, validation and log. */
export async function setStage(): Promise<Stage> {
  const undo: (() => unknown)[] = [];
  const end = async (): Promise<void> => {
    for (const each of undo.toReversed()) await each();
  };
  const keep = <Thing extends AsyncDisposable>(thing: Thing): Thing => {
    undo.push(() => thing[Symbol.asyncDispose]());
    return thing;
  };
  try {
    const database = keep(await startMariaDb({ args: FOR_MANY_ROWS }));
    const redis = keep(await startRedis());
    const loader = keep(startLoader());
    const { url } = keep(await createTestDatabase(database.url));
    const serving = keep(
      startServing({
        DATABASE_URL: url,
        REDIS_URL: redis.url,
        BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
        LOG_LEVEL: 'info',
      }),
    );
    await serving.says(/"msg":"ready"/);
    const { base, pid } = serving;
    const call = async (method: string, path: string, body?: object, token = ''): Promise<Body> => {
      const headers = { authorization: token, 'content-type': 'application/json' };
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const answer = (await (await fetch(base + path, init)).json()) as { code: number; data: Body };
      if (answer.code !== 0) throw new Error(`${method} ${path} answers ${JSON.stringify(answer)}`);
      return answer.data;
    };
    const { userId: name, password } = ADMIN;
    const { token } = (await call('POST', '/v1/auth', { name, password })) as { token: string };
    const key = (await call('POST', '/v1/keys', {}, token)) as Omit<Caller, keyof typeof ADMIN>;
    let counted = { hit: 0, all: 0 };
    const references = new Map<string, ReturnType<typeof startReference>>();
    return {
      database,
      redis,
      gateway: { base, pid },
      loader,
      caller: { ...ADMIN, accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey },
      token,
      call: (method, path, body) => call(method, path, body, token),
      async hits() {
        const now = readLookUps(await (await fetch(`${base}/metrics`)).text());
        const share = (now.hit - counted.hit) / Math.max(now.all - counted.all, 1);
        counted = now;
        return share;
      },
      startReference(name, over) {
        const key = `${name} ${over ? 'over the same tables' : 'alone'}`;
        const start = async (): ReturnType<typeof startReference> => {
          const databaseUrl = over ? url : keep(await createTestDatabase(database.url)).url;
          return keep(await startReference(name, { DATABASE_URL: databaseUrl, REDIS_URL: redis.url }));
        };
        const started = references.get(key) ?? start();
        references.set(key, started);
        return started;
      },
      keep,
      [Symbol.asyncDispose]: end,
    };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}

function readLookUps(metrics: string): { hit: number; all: number } {
  const counts = { hit: 0, all: 0 };
  for (const [, labels, count] of metrics.matchAll(/^jobgate_cache_lookups_total\{(.*)\} (\d+)$/gm)) {
    counts.all += Number(count);
    if (labels?.includes('outcome="hit"')) counts.hit += Number(count);
  }
  return counts;
}

async function startReference(
  name: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ base: string; pid: number } & AsyncDisposable> {
  const program = fileURLToPath(new URL(`references/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error(`the reference ${name} does not come up`)));
  });
  return {
    base: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, 'exit');
    },
  };
}
