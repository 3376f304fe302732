import type { Knex } from 'knex';
import type { Job } from '../../src/jobs/job.ts';
import type { JobScope } from '../../src/jobs/newest.ts';
import type { EpochState } from '../../src/ports.ts';
import { orderedWay } from './choose-way.ts';
import type { Dialect } from './dialect.ts';
import { cutPage } from './match-jobs.ts';
import { passed } from './read-page.ts';
import { toEpochState, toJob, type EpochRow, type JobRow } from './rows.ts';
import { epochColumns } from './snapshot.ts';

const NEWEST_FIRST = { by: 'createTime', descending: true } as const;
const FIRST = { offset: 0, limit: 1 } as const;

/** The newest job of a scope, with the epoch's row, in one statement: what it says of both was true at one moment. */
export async function newestJob(
  db: Knex,
  dialect: Dialect,
  { owner, jobType }: JobScope,
): Promise<{ epoch: EpochState; job: Job | undefined }> {
  const filter = {
    ...(owner !== undefined && { owner: [owner] }),
    ...(jobType !== undefined && { jobType: [jobType] }),
  };
  const way = orderedWay(filter, NEWEST_FIRST) ?? ({ is: 'any' } as const);
  const newest = cutPage(passed(db, dialect, filter, way), NEWEST_FIRST, FIRST, 't.').select('t.job_id');
  const [row] = (await db('cache_epoch as e')
    .leftJoin('jobs as j', (join) => void join.on('j.job_id', db.raw('(?)', [newest])))
    .select('j.*', ...epochColumns(db, dialect))) as (EpochRow & Partial<JobRow>)[];
  if (!row) throw new Error('the table cache_epoch is empty: the database was not migrated');
  const found = typeof row.job_id === 'string';
  return { epoch: toEpochState(row), job: found ? toJob(row as EpochRow & JobRow) : undefined };
}
