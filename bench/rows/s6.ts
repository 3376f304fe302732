import { actionCredentials, type ActionWay } from '../action-credentials.ts';
import type { Flow } from '../flows.ts';
import { measure, type Side } from '../measure.ts';
import type { Row } from '../row.ts';
import type { Stage } from '../stage.ts';

const TIMES = 4_000;
const CONNECTIONS = 8;
/** Values die after T and are filled again; more misses than these, and it is not the cache that is measured. */
const HITS_AT_LEAST = 0.95;

/** An action call against the same REST call. */
export const s6: Row = {
  what: 'one job by id, cached: action API against REST',
  unit: 'call',
  must: 1.25,
  aim: 1.1,
  async measure(stage, { rounds, share }) {
    const { gateway, redis, database, loader, caller, token } = stage;
    const jobId = await addJob(stage);
    const pids = [gateway.pid, redis.pid, database.pid];
    const side = (name: string, flow: Flow): Side => ({
      name,
      pids,
      run: (times) => loader.carry({ base: gateway.base, flow, times, connections: CONNECTIONS }),
    });
    const rest = side('REST', { is: 'read by rest', token, jobId });
    const measured = [];
    for (const by of Object.keys(actionCredentials) as ActionWay[]) {
      await stage.hits();
      const action = side(`action, ${by}`, { is: 'read by action', by, caller, jobId });
      const result = await measure(action, rest, { rounds, times: Math.round(TIMES * share) });
      const hits = await stage.hits();
      if (hits < HITS_AT_LEAST) throw new Error(`the cache answered only ${(100 * hits).toFixed(1)} %`);
      measured.push({ way: by, ...result });
    }
    return measured;
  },
};

async function addJob({ call }: Stage): Promise<string> {
  const resources = { volumes: ['vol-1', 'vol-2'], size: 100 };
  const job = { jobType: 'bench', jobAction: 'Read', resources, directive: { action: 'Read', count: 1 } };
  return ((await call('POST', '/v1/jobs', job)) as { jobId: string }).jobId;
}
