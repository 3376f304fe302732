import { measure, type Side } from '../measure.ts';
import type { Row } from '../row.ts';

const TIMES = 200;
const CONNECTIONS = 4;

/** What the gateway adds to a write. */
export const g4: Row = {
  what: 'create + two status changes: REST against SQL by hand',
  unit: 'job',
  must: 2.5,
  aim: 1.5,
  async measure(stage, { rounds, share }) {
    const { gateway, redis, database, loader, token } = stage;
    const byHand = await stage.startReference('sql-by-hand');
    const side = (name: string, base: string, pids: readonly number[]): Side => ({
      name,
      pids,
      run: (times) => loader.carry({ base, flow: { is: 'write', token }, times, connections: CONNECTIONS }),
    });
    const ours = side('jobgate', gateway.base, [gateway.pid, redis.pid, database.pid]);
    const reference = side('SQL by hand', byHand.base, [byHand.pid, database.pid]);
    const effort = { rounds: 2 * rounds, times: Math.round(TIMES * share) };
    return [{ way: '', ...(await measure(ours, reference, effort)) }];
  },
};
