import { readFileSync } from 'node:fs';
import { insertJobs } from '../../adapters/sql/jobs.ts';
import { openMysql } from '../../adapters/sql/open-mysql.ts';
import { startServing, type ServingProcess } from '../support/built-process.ts';
import { createTestDatabase } from '../support/database.ts';
import { ADMIN } from '../support/gateway.ts';
import { startMariaDb } from '../support/mariadb.ts';
import { CLEARS_UP } from '../support/memory-of.ts';
import { startNginx } from '../support/nginx.ts';
import { startRedis } from '../support/redis.ts';
import { someJob } from '../support/some-job.ts';
import { setApart } from './apart.ts';

/** The built gateway on private servers, with jobs in it. */
export interface Stage extends AsyncDisposable {
  readonly serving: ServingProcess;
  /** Where calls go: to the gateway, or to the nginx before it. */
  readonly port: number;
  /** Whether those who carry the load have processors of their own. */
  readonly apart: boolean;
  readonly token: string;
  readonly jobIds: readonly string[];
  /** One whose answer is large. */
  readonly largeJobId: string;
  /** What the process holds of the memory, in MiB. */
  memory(): number;
}

const JOBS = 5_000;
const LARGE = 1_000_000;

/** @param behindNginx two gateways behind nginx as it is shipped, apart from those who call them, in place of one */
export async function setStage(behindNginx = false): Promise<Stage> {
  const undo: AsyncDisposable[] = [];
  const end = async (): Promise<void> => {
    for (const each of undo.toReversed()) await each[Symbol.asyncDispose]();
  };
  try {
    const mariadb = await startMariaDb();
    undo.push(mariadb);
    const redis = await startRedis();
    undo.push(redis);
    const database = await createTestDatabase(mariadb.url);
    undo.push(database);
    const serve = async (): Promise<ServingProcess> => {
      const started = startServing({
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        ...CLEARS_UP,
      });
      undo.push(started);
      await started.says(/"msg":"ready"/);
      return started;
    };
    const serving = await serve();
    const instances = behindNginx ? [serving, await serve()] : [serving];
    const jobs = Array.from({ length: JOBS }, (_, index) =>
      someJob({
        jobId: `j-load${String(index).padStart(8, '0')}`,
        createTime: Date.now() - index * 1_000,
        ...(index === JOBS - 1 && { resources: JSON.stringify({ text: 'x'.repeat(LARGE) }) }),
      }),
    );
    const direct = openMysql(database.url, { poolSize: 1 });
    for (let start = 0; start < JOBS; start += 500)
      await insertJobs(direct.db, jobs.slice(start, start + 500));
    await direct.close();
    const answer = await fetch(`${serving.base}/v1/auth`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: ADMIN.userId, password: ADMIN.password }),
    });
    const { data } = (await answer.json()) as { data: { token: string } };
    const ports = instances.map(({ base }) => Number(new URL(base).port));
    let apart = false;
    let port = ports[0] ?? 0;
    if (behindNginx) {
      const carriers = [mariadb, redis, ...instances].map(({ pid }) => pid);
      const placed = await setApart(carriers);
      if (placed) undo.push(placed);
      apart = placed !== undefined;
      const nginx = await startNginx({ instances: ports, plain: true });
      undo.push(nginx);
      port = Number(new URL(nginx.base).port);
    }
    const jobIds = jobs.map((job) => job.jobId);
    // The oldest: it is on no page that anyone asks for.
    const largeJobId = jobIds.pop() ?? '';
    return {
      serving,
      port,
      apart,
      token: data.token,
      jobIds,
      largeJobId,
      memory: () =>
        Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${serving.pid}/status`, 'utf8'))?.[1]) / 1_024,
      [Symbol.asyncDispose]: end,
    };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}
