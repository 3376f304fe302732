import type { Knex } from 'knex';
import type { JobList } from '../../src/ports.ts';
import { chooseWay, type Asked } from './choose-way.ts';
import { readTotals, type Totals } from './counts/totals.ts';
import type { Dialect } from './dialect.ts';
import { mergeAgain, mergeAnew } from './merge-jobs.ts';
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
  const again = await mergeAgain(db, dialect, asked, memory);
  if (again) return again;
  const list = async (trx: Knex): Promise<JobList> => {
    const totals = await readTotals(trx, filter);
    const { total } = totals;
    if (total <= page.offset) return { jobs: [], total };
    const back = page.offset < DEEP ? undefined : fromOtherEnd(asked, total);
    const nearer = back && back.page.offset < page.offset ? back : asked;
    const found = await listAnew(trx, dialect, nearer, totals, memory);
    return nearer === back ? { ...found, jobs: found.jobs.toReversed() } : found;
  };
  // From the end one counts back from the total: both have to be of one moment.
  return page.offset < DEEP ? list(db) : db.transaction(list, dialect.snapshot);
}

async function listAnew(
  db: Knex,
  dialect: Dialect,
  asked: Asked,
  totals: Totals,
  memory: CombinationMemory,
): Promise<JobList> {
  const way = chooseWay(asked, totals, memory);
  const merged = way.is === 'merge' ? await mergeAnew(db, dialect, asked, way, memory) : undefined;
  if (merged) return merged;
  const jobs = await readPage(db, dialect, asked, way.is === 'merge' ? way.otherwise : way);
  return { jobs, total: totals.total };
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
