import { Agent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServing, type ServingProcess } from '../support/built-process.ts';
import { freePort } from '../support/free-port.ts';
import { startGateway } from '../support/gateway.ts';
import { startNginx } from '../support/nginx.ts';
import { liveOnce, type Outcome } from './life.ts';

export interface RollSettings {
  /** How many restarts, of one instance after the other. */
  readonly restarts: number;
  /** How many calls at least. */
  readonly calls: number;
  /** The signal that ends an instance, by the number of the restart. */
  readonly signal?: (restart: number) => NodeJS.Signals;
  readonly say?: (line: string) => void;
}

/** What clients saw while instances were restarted under them. */
export interface RollReport {
  readonly restarts: number;
  readonly seconds: number;
  /** Calls by what they were. */
  readonly calls: Readonly<Record<string, number>>;
  readonly total: number;
  /** What went wrong; empty where all is well. */
  readonly faults: readonly string[];
  /** Calls that each generation of an instance answered; it took part only if there are some. */
  readonly answered: readonly number[];
}

const CLIENTS = 12;
const STOPPED = /"msg":"stopped"/;

/**
 * Restarts two instances behind nginx in turn, while clients call through it and never repeat a call. Needs
 * TEST_DATABASE_URL and TEST_REDIS_URL, and the built program.
 */
export async function roll({ restarts, calls, signal, say }: RollSettings): Promise<RollReport> {
  // It makes the stores, and takes no calls itself.
  await using witness = await startGateway('servers');
  const ports = [await freePort(), await freePort()];
  const environment = {
    DATABASE_URL: witness.config.databaseUrl,
    REDIS_URL: witness.config.redisUrl,
    TRUSTED_PROXIES: '127.0.0.1',
    // As shipped: what is empty has its default.
    DRAIN_IDLE_MS: '',
  };
  const start = async (port: number | undefined): Promise<ServingProcess> => {
    const serving = startServing({ ...environment, PORT: String(port) });
    await serving.says(/"msg":"ready"/);
    return serving;
  };
  const instances = await Promise.all(ports.map(start));
  const jobType = `rolling-${Date.now()}`;
  const faults: string[] = [];
  const counts: Record<string, number> = {};
  const answered: number[] = [];
  const progress = { total: 0, ended: false };
  const tell = ({ what, fault }: Outcome): void => {
    counts[what] = (counts[what] ?? 0) + 1;
    progress.total++;
    if (fault !== undefined) faults.push(`${what}: ${fault}`);
  };
  const calledUntil = async (many: number): Promise<void> => {
    while (progress.total < many) await sleep(20);
  };
  const began = performance.now();
  try {
    await using nginx = await startNginx({ instances: ports });
    const agent = new Agent({ keepAlive: true });
    const client = { place: nginx, agent, token: await witness.logIn(), jobType };
    const acknowledged: string[] = [];
    const clients = Array.from({ length: CLIENTS }, async (_, index) => {
      for (let round = index; !progress.ended; round++) {
        const jobId = await liveOnce(client, round % 2 === 0, tell);
        if (jobId !== undefined) acknowledged.push(jobId);
      }
    });
    try {
      for (let restart = 0; restart < restarts; restart++) {
        await calledUntil(((restart + 0.5) * calls) / restarts);
        const index = restart % ports.length;
        const old = instances[index] as ServingProcess;
        const status = await old.end(signal?.(restart) ?? 'SIGTERM');
        if (status !== 0 || !STOPPED.test(old.output())) faults.push(`it ended with ${status}`);
        if (/cut off/.test(old.output())) faults.push('calls were cut off');
        answered.push(callsIn(old.output()));
        faults.push(
          ...old
            .output()
            .split('\n')
            .filter((line) => /"level":[5-9]0/.test(line)),
        );
        instances[index] = await start(ports[index]);
        say?.(`restart ${restart + 1}: ${progress.total} calls so far, ${faults.length} faults`);
      }
      await calledUntil(calls);
    } finally {
      progress.ended = true;
      await Promise.all(clients);
      agent.destroy();
    }
    // A connection that is refused is no failure: the call goes to the other instance.
    const complaints = (await nginx.complaints())
      .split('\n')
      .filter((line) => /\[(error|crit|alert|emerg)\]/.test(line));
    faults.push(...complaints.filter((line) => !line.includes('(111: Connection refused)')));
    const rows = (await witness.database.db('jobs').where('job_type', jobType)) as { job_id: string }[];
    const stored = new Set(rows.map((row) => row.job_id));
    for (const jobId of acknowledged) if (!stored.has(jobId)) faults.push(`${jobId} was lost`);
    if (stored.size !== acknowledged.length) {
      faults.push(`${stored.size} jobs are stored, and ${acknowledged.length} were acknowledged`);
    }
  } finally {
    await Promise.all(instances.map((instance) => instance[Symbol.asyncDispose]()));
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  return { restarts, seconds, calls: counts, total: progress.total, faults, answered };
}

const callsIn = (output: string): number => output.split('"msg":"call"').length - 1;
