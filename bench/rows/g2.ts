import { writeCursor } from '../../src/jobs/page-cursor.ts';
import { growthOf, readsOf } from '../growth-stage.ts';
import { measure, type Side } from '../measure.ts';
import type { Row } from '../row.ts';

const TIMES = 100;
const DEPTH = 200_000;

/** Time, not CPU: what a caller waits for a page. */
export const g2: Row = {
  what: 'page by cursor against the first page, time',
  unit: 'page',
  must: 3,
  aim: 1.5,
  async measure(stage, { rounds, share, rows }) {
    const { many } = await growthOf(stage, rows);
    const depth = Math.min(DEPTH, Math.floor(rows / 2));
    const [last] = await many.select(
      'select job_id, create_time from jobs where hidden_time is null ' +
        `order by create_time desc, job_id desc limit 1 offset ${depth}`,
    );
    const time = Date.parse(`${String(last?.create_time).replace(' ', 'T')}Z`);
    const after = writeCursor({ by: 'createTime', descending: true, time, jobId: String(last?.job_id) });
    const side = (name: string, query: string): Side => ({
      ...readsOf(stage, many, { who: 'admin', paths: [`/v1/jobs?per_page=20${query}`], connections: 1 }),
      name,
      spent: () => performance.now() * 1_000,
    });
    const effort = { rounds, times: Math.round(TIMES * share) };
    const measured = await measure(side('deep', `&after=${after}`), side('first', ''), effort);
    return [{ way: `at depth ${depth} of ${rows}`, ...measured }];
  },
};
