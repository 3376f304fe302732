import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insertJobs } from '../../adapters/sql/jobs.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import { sampleJobs } from '../../adapters/wire/sample-jobs.ts';
import { readConfig, type Config } from '../../bin/config.ts';
import { openDatabase, type Hooks } from '../../bin/open-gateway.ts';
import { serve } from '../../bin/serve.ts';
import type { Role } from '../../schemas/user.ts';
import { createPasswords } from '../../src/accounts/passwords.ts';
import type { Job } from '../../src/jobs/job.ts';
import { ask } from './ask.ts';
import { createTestDatabase } from './database.ts';
import { putUser } from './put-user.ts';

/** The two set-ups that every behaviour is shown on. */
export const STORES = ['embedded', 'servers'] as const;
export type Store = (typeof STORES)[number];

/** The admin of every test gateway. */
export const ADMIN = { userId: 'usr-00000000', password: 'correct horse battery' } as const;

export interface TestGateway extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly base: string;
  readonly config: Config;
  /** Direct access to the store, past the gateway. */
  readonly database: OpenDatabase;
  /** Every line that the gateway logged, parsed. */
  readonly logged: {
    readonly level: string;
    readonly message: string;
    readonly facts: Record<string, unknown>;
  }[];
  /** Another instance on the same stores. */
  sibling(environment?: NodeJS.ProcessEnv): Promise<TestGateway>;
  addUser(userId: string, role: Role, password?: string): Promise<void>;
  addJobs(...jobs: Job[]): Promise<void>;
  /** A token of a user; the admin's without arguments. */
  logIn(userId?: string, password?: string): Promise<string>;
}

/** The password that `addUser` gives unless told another. */
export const PASSWORD = 'a good password';

/** What every test gateway on the servers seals access keys with; the embedded store makes a key of its own. */
export const ENCRYPTION_KEY = Buffer.alloc(32, 'test').toString('base64');

/**
 * Starts a gateway in this process, on stores of its own: the embedded one, or a fresh database and the Redis of
 * the run. It holds the sample jobs and the admin.
 * @param hooks such as a clock, which siblings share
 */
export async function startGateway(
  store: Store,
  environment: NodeJS.ProcessEnv = {},
  hooks: Hooks = {},
): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'jobgate-test-'));
  const database = store === 'servers' ? await createTestDatabase() : undefined;
  const cleanUp = async (): Promise<void> => {
    await database?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const gateway = await startOn(
      {
        HOST: '127.0.0.1',
        PORT: '0',
        DATA_DIR: folder,
        BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        DRAIN_IDLE_MS: '0',
        LOGIN_FAILURES_PER_USER: '1000',
        LOGIN_FAILURES_PER_ADDRESS: '1000',
        ...(database && {
          DATABASE_URL: database.url,
          REDIS_URL: process.env.TEST_REDIS_URL,
          KEY_ENCRYPTION_KEY: ENCRYPTION_KEY,
        }),
        ...environment,
      },
      hooks,
      cleanUp,
    );
    await gateway.addJobs(...sampleJobs());
    return gateway;
  } catch (thrown) {
    await cleanUp();
    throw thrown;
  }
}

async function startOn(
  environment: NodeJS.ProcessEnv,
  hooks: Hooks,
  cleanUp: () => Promise<void>,
): Promise<TestGateway> {
  const config = readConfig(environment);
  const logged: TestGateway['logged'] = [];
  const keep = (level: string) => (facts: object, message: string) =>
    void logged.push({ level, message, facts: facts as Record<string, unknown> });
  const log = { info: keep('info'), warn: keep('warn'), error: keep('error') };
  const running = await serve(config, log, () => {}, hooks);
  const base = `http://127.0.0.1:${running.port}`;
  const direct = openDatabase(config);
  const siblings: TestGateway[] = [];

  return {
    base,
    config,
    database: direct,
    logged,
    async sibling(more = {}) {
      const sibling = await startOn({ ...environment, ...more }, hooks, async () => {});
      siblings.push(sibling);
      return sibling;
    },
    async addUser(userId, role, password = PASSWORD) {
      const passwordHash = await createPasswords().hash(password);
      await putUser(direct, { userId, role, passwordHash, createTime: Date.now() });
    },
    async addJobs(...jobs) {
      await insertJobs(direct.db, jobs);
    },
    async logIn(userId = ADMIN.userId, password = userId === ADMIN.userId ? ADMIN.password : PASSWORD) {
      const answer = await ask(base, '/v1/auth', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: userId, password }),
      });
      const { code, data } = answer.body as { code: number; data: { token: string } };
      if (code !== 0) throw new Error(`cannot log in as ${userId}: ${JSON.stringify(data)}`);
      return data.token;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(siblings.splice(0).map((sibling) => sibling[Symbol.asyncDispose]()));
      await running.stop();
      await direct.close();
      await cleanUp();
    },
  };
}
