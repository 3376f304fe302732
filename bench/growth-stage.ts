import { createConnection } from 'mysql2/promise';
import { runJobgate, startServing } from '../test/support/built-process.ts';
import { createTestDatabase } from '../test/support/database.ts';
import { fillJobs } from './growth-fill.ts';
import { OWN_USER } from './growth-job.ts';
import type { Side } from './measure.ts';
import type { Stage } from './stage.ts';

/** A gateway without a cache, before a table of so many jobs. */
export interface GrowthSide {
  readonly rows: number;
  readonly base: string;
  /** The gateway's process, and the database's. */
  readonly pids: readonly number[];
  /** A token of an admin, and one of the user who owns many of the jobs. */
  readonly tokens: { readonly admin: string; readonly user: string };
  /** The rows of a statement. */
  select(sql: string): Promise<readonly Readonly<Record<string, number | string>>[]>;
}

export interface Growth {
  readonly few: GrowthSide;
  readonly many: GrowthSide;
}

const FEW = 10_000;
const PASSWORD = 'bench-password';
const made = new WeakMap<Stage, Promise<Growth>>();

/** Two tables on one server, filled alike; made once for all rows. */
export function growthOf(stage: Stage, rows: number): Promise<Growth> {
  const present = made.get(stage) ?? setGrowth(stage, rows);
  made.set(stage, present);
  return present;
}

/** Reads of a table, one path after the other, by so many connections at once. */
export function readsOf(
  { loader }: Stage,
  { rows, base, pids, tokens }: GrowthSide,
  asked: {
    readonly who: keyof GrowthSide['tokens'];
    readonly paths: readonly string[];
    readonly connections: number;
  },
): Side {
  const { who, paths, connections } = asked;
  const flow = { is: 'get by rest', token: tokens[who], paths } as const;
  return { name: `${rows} jobs`, pids, run: (times) => loader.carry({ base, flow, times, connections }) };
}

async function setGrowth(stage: Stage, rows: number): Promise<Growth> {
  return { few: await setSide(stage, FEW), many: await setSide(stage, rows) };
}

async function setSide({ keep, database }: Stage, rows: number): Promise<GrowthSide> {
  const { url } = keep(await createTestDatabase(database.url));
  await fillJobs(url, rows, console.error);
  const environment = { DATABASE_URL: url, BOOTSTRAP_ADMIN_PASSWORD: PASSWORD };
  const serving = keep(startServing(environment));
  await serving.says(/"msg":"ready"/);
  const added = await runJobgate(
    ['user', 'add', OWN_USER, '--role', 'user', '--password-stdin'],
    environment,
    PASSWORD,
  );
  if (added.status !== 0) throw new Error(added.stderr);
  const { base, pid } = serving;
  const logIn = async (name: string): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ name, password: PASSWORD });
    const answer = await fetch(`${base}/v1/auth`, { method: 'POST', headers, body });
    return ((await answer.json()) as { data: { token: string } }).data.token;
  };
  return {
    rows,
    base,
    pids: [pid, database.pid],
    tokens: { admin: await logIn('usr-00000000'), user: await logIn(OWN_USER) },
    async select(sql) {
      const connection = await createConnection({ uri: url, timezone: 'Z', dateStrings: true });
      try {
        const [found] = await connection.query(sql);
        return found as Record<string, number | string>[];
      } finally {
        await connection.end();
      }
    },
  };
}
