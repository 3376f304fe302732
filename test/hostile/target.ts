import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import { readConfig } from '../../bin/config.ts';
import { openDatabase } from '../../bin/open-gateway.ts';
import { tokenDigest } from '../../src/accounts/credentials.ts';
import { startServing } from '../support/built-process.ts';
import { callAction, callRest } from '../support/clients.ts';
import { freePort } from '../support/free-port.ts';
import { freshSettings } from '../support/fresh-settings.ts';
import { ADMIN, ENCRYPTION_KEY, PASSWORD, type Store } from '../support/gateway.ts';
import { CLEARS_UP, memoryOf } from '../support/memory-of.ts';
import { newKey } from '../support/sign.ts';
import type { Caller, Place } from './real-requests.ts';

/** A built gateway in a process of its own, and what is known of it past its protocols. */
export interface Target extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** What requests need, with tokens that hold now. */
  place(): Promise<Place>;
  /** How many rows the table of jobs has. */
  countJobs(): Promise<number>;
  /** Those of the ids that the table does not have. */
  missing(jobIds: readonly string[]): Promise<string[]>;
  /** Bytes of memory that the process holds, after it has cleared up. */
  memory(): Promise<number>;
  /** What it logged: faults alone. */
  output(): string;
}

const USERS = {
  'usr-hostile': 'user',
  'usr-maker': 'user',
  'usr-operator': 'operator',
  'usr-target': 'user',
};
const CALLERS = ['usr-hostile', 'usr-maker', 'usr-operator', ADMIN.userId];

export async function startTarget(store: Store): Promise<Target> {
  const settings = await freshSettings(store);
  const environment = {
    ...settings.environment,
    BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
    KEY_ENCRYPTION_KEY: ENCRYPTION_KEY,
    LOG_LEVEL: 'error',
    // One for each request at once: where the disk is slow, none is refused because others wait.
    DATABASE_POOL_SIZE: '64',
    ...CLEARS_UP,
  };
  const port = await freePort();
  const serving = startServing({ ...environment, PORT: String(port) });
  const base = `http://127.0.0.1:${port}`;
  // A machine that does much else takes its time to start one more process.
  while (!(await fetch(`${base}/readyz`).catch(() => undefined))?.ok) await sleep(100);
  for (const [userId, role] of Object.entries(USERS)) {
    const password = Buffer.from(PASSWORD).toString('base64');
    await callAction({ base }, { action: 'CreateUser', user_id: userId, role, password });
  }
  const keys = new Map<string, Caller['key']>();
  for (const userId of CALLERS) keys.set(userId, await newKey({ base }, userId));
  const about = await newKey({ base }, 'usr-target');
  const content = { job_type: 't', job_action: 'a' };
  const made = await callAction({ base }, { action: 'CreateJob', ...content, owner: 'usr-hostile' });
  const database = openDatabase(readConfig(environment));
  const accounts = createAccountStore(database.db, database.dialect);

  /** Past the gateway: its log-in is closed to this address after the first hundred guesses. */
  const mint = async (userId: string): Promise<string> => {
    const token = randomBytes(32).toString('base64url');
    const stored = { digest: tokenDigest(token), userId, expireTime: Date.now() + 3_600_000 };
    for (;;) {
      const user = await accounts.findUser(userId);
      if (user && (await accounts.addToken(stored, user.version, Date.now()))) return token;
    }
  };
  const tokens = new Map<string, string>();

  return {
    port,
    pid: serving.pid,
    async place() {
      const callers = await Promise.all(
        CALLERS.map(async (userId): Promise<Caller> => {
          const before = tokens.get(userId);
          const holds = before && (await callRest({ base }, before, '/v1/auth')).status === 200;
          const token = holds ? before : await mint(userId);
          tokens.set(userId, token);
          const password = userId === ADMIN.userId ? ADMIN.password : PASSWORD;
          return { userId, password, token, key: keys.get(userId)! };
        }),
      );
      const page = await callRest({ base }, tokens.get(ADMIN.userId), '/v1/jobs?per_page=1&job_type=t');
      return {
        callers,
        jobId: made.body.job_id,
        userId: 'usr-target',
        accessKeyId: about.id,
        cursor: page.body.data.next ?? 'WyJjcmVhdGVUaW1lIiwxLDAsImotNjhtYlBISlUiXQ',
      };
    },
    async countJobs() {
      const [row] = (await database.db('jobs').count({ rows: '*' })) as { rows: number | string }[];
      return Number(row?.rows);
    },
    async missing(jobIds) {
      const found = new Set<string>();
      for (let from = 0; from < jobIds.length; from += 500) {
        const some = jobIds.slice(from, from + 500);
        const rows = (await database.db('jobs').whereIn('job_id', some).select('job_id')) as {
          job_id: string;
        }[];
        for (const { job_id: jobId } of rows) found.add(jobId);
      }
      return jobIds.filter((jobId) => !found.has(jobId));
    },
    memory: () => memoryOf(serving.pid),
    output: serving.output,
    async [Symbol.asyncDispose]() {
      await database.close();
      await serving[Symbol.asyncDispose]();
      await settings[Symbol.asyncDispose]();
    },
  };
}
