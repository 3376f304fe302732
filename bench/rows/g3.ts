import { growthOf, readsOf, type GrowthSide } from '../growth-stage.ts';
import { growthJobId } from '../growth-job.ts';
import { measure, type Side } from '../measure.ts';
import type { Row } from '../row.ts';

const TIMES = 150;
const CONNECTIONS = 4;
const IDS = 400;

/** Without a cache: what the database has to do. */
export const g3: Row = {
  what: 'one job, and latest by type, not cached: many jobs against ten thousand',
  unit: 'call',
  must: 1.3,
  aim: 1.1,
  async measure(stage, { rounds, share, rows }) {
    const { few, many } = await growthOf(stage, rows);
    const measured = [];
    for (const [way, pathsOf] of Object.entries(WAYS)) {
      const side = (table: GrowthSide): Side =>
        readsOf(stage, table, { who: 'admin', paths: pathsOf(table.rows), connections: CONNECTIONS });
      const effort = { rounds, times: Math.round(TIMES * share) };
      measured.push({ way: `${way}, ${rows} jobs`, ...(await measure(side(many), side(few), effort)) });
    }
    return measured;
  },
};

const WAYS: Readonly<Record<string, (rows: number) => readonly string[]>> = {
  'one job': (rows) =>
    Array.from(
      { length: IDS },
      (_, index) => `/v1/jobs/${growthJobId(Math.floor((rows / IDS) * index), rows)}`,
    ),
  'latest by type': () => Array.from({ length: 10 }, (_, type) => `/v1/jobs/latest?job_type=type-${type}`),
};
