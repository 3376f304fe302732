import type { Knex } from 'knex';
import type { JobFilter, JobList, JobOrder } from '../../src/ports.ts';
import { chooseWay, orderedWay, type Asked } from './choose-way.ts';
import { readTotals } from './counts/totals.ts';
import type { Dialect } from './dialect.ts';
import { readPage } from './read-page.ts';
import { DEEP } from './read-rows.ts';
import type { CombinationMemory } from './remember-combinations.ts';

/** A page of jobs, and how many there are in all. */
export async function listJobs(
  db: Knex,
  dialect: Dialect,
  asked: Asked,
  memory: CombinationMemory,
): Promise<JobList> {
  const { filter, page } = asked;
  const list = async (trx: Knex): Promise<JobList> => {
    const totals = await readTotals(trx, filter);
    const { total } = totals;
    if (total <= page.offset) return { jobs: [], total };
    const back = page.offset < DEEP ? undefined : fromOtherEnd(asked, total);
    const nearer = back && back.page.offset < page.offset ? back : asked;
    const jobs = await readPage(trx, dialect, nearer, chooseWay(nearer, totals, memory), memory);
    return { jobs: nearer === back ? jobs.toReversed() : jobs, total };
  };
  // From the end one counts back from the total: both have to be of one moment.
  return page.offset < DEEP ? list(db) : db.transaction(list, dialect.snapshot);
}

/** The first job of an order. */
export async function firstJob(
  db: Knex,
  dialect: Dialect,
  filter: JobFilter,
  order: JobOrder,
  memory: CombinationMemory,
): Promise<JobList['jobs'][number] | undefined> {
  const way = orderedWay(filter, order) ?? ({ is: 'any' } as const);
  const [job] = await readPage(db, dialect, { filter, order, page: { offset: 0, limit: 1 } }, way, memory);
  return job;
}

/** The same page in the opposite order. */
function fromOtherEnd({ filter, order, page }: Asked, total: number): Asked {
  const limit = Math.min(page.limit, total - page.offset);
  return {
    filter,
    order: { ...order, descending: !order.descending },
    page: { offset: total - page.offset - limit, limit },
  };
}
