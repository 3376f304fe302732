import type { Knex } from 'knex';
import type { Job } from '../../src/jobs/job.ts';
import type { JobScope } from '../../src/jobs/newest.ts';
import type { EpochState, JobFilter, JobList, JobOrder, JobPage } from '../../src/ports.ts';

import { readTotals, type Totals } from './counts/totals.ts';
import { EVERY_WORD, EVERY_WORD_BUT_OWNER, keyOf, WORDS, type Word, wordsIn } from './counts/words.ts';
import type { Dialect } from './dialect.ts';
import { cutPage, inOrder, matchJobs, matchTimes, matchWords, wordsOf } from './match-jobs.ts';
import { toEpochState, toJob, type EpochRow, type JobRow } from './rows.ts';
import { epochColumns } from './snapshot.ts';

/** From here on a page is looked for by the index alone, and from the nearer end. */
const DEEP = 1_000;

/** How a page is found. */
type Way =
  /** Along an index that is in the order of the list, until the page is full. */
  | { readonly is: 'walk'; readonly index: string }
  /** All jobs that match, by the combinations of words that there are, then sorted. */
  | { readonly is: 'gather' }
  /** As the database likes. */
  | { readonly is: 'any' };

/** A list that is asked for. */
interface Asked {
  readonly filter: JobFilter;
  readonly order: JobOrder;
  readonly page: JobPage;
}

/** Each ends in the order of creation. */
const INDEXES: readonly { readonly index: string; readonly words: readonly Word[] }[] = [
  { index: 'jobs_by_time', words: [] },
  { index: 'jobs_by_owner', words: ['owner'] },
  { index: 'jobs_by_owner_and_type', words: ['owner', 'job_type'] },
  { index: 'jobs_by_type', words: ['job_type'] },
  { index: 'jobs_by_action', words: ['job_action'] },
  { index: 'jobs_by_status', words: ['status'] },
  { index: 'jobs_by_pre_status', words: ['pre_status'] },
];

/** A page of jobs, and how many there are in all. */
export async function listJobs(db: Knex, dialect: Dialect, asked: Asked): Promise<JobList> {
  const { filter, page } = asked;
  const list = async (trx: Knex): Promise<JobList> => {
    const totals = await readTotals(trx, filter);
    const { total } = totals;
    if (total <= page.offset) return { jobs: [], total };
    const way = chooseWay(asked, totals);
    const read = page.offset < DEEP ? readPage : readFromNearerEnd;
    return { jobs: await read(trx, dialect, asked, way, total), total };
  };
  // From the end one counts back from the total: both have to be of one moment.
  return page.offset < DEEP ? list(db) : db.transaction(list, dialect.snapshot);
}

const NEWEST_FIRST = { by: 'createTime', descending: true } as const;

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
  const asked = { filter, order: NEWEST_FIRST, page: { offset: 0, limit: 1 } };
  const newest = jobsOfPage(db, dialect, asked, way).select('t.job_id');
  const [row] = (await db('cache_epoch as e')
    .leftJoin('jobs as j', (join) => void join.on('j.job_id', db.raw('(?)', [newest])))
    .select('j.*', ...epochColumns(db, dialect))) as (EpochRow & Partial<JobRow>)[];
  if (!row) throw new Error('the table cache_epoch is empty: the database was not migrated');
  const found = typeof row.job_id === 'string';
  return { epoch: toEpochState(row), job: found ? toJob(row as EpochRow & JobRow) : undefined };
}

/**
 * Along an index a page is full after as many steps as jobs of the index go to one that matches; if all that match are
 * fewer than that, they are gathered. Whatever is asked for, one of the two is short.
 */
function chooseWay({ filter, order, page }: Asked, { total, counted, having, all }: Totals): Way {
  const ordered = orderedWay(filter, order);
  if (ordered) return ordered;
  if (!counted) return { is: 'any' };
  const walks =
    order.by === 'updateTime'
      ? [{ index: 'jobs_by_update_time', jobs: all }]
      : INDEXES.filter(({ words }) => words.every((word) => having.has(word))).map(({ index, words }) => ({
          index,
          jobs: Math.min(all, ...words.map((word) => having.get(word) ?? all)),
        }));
  const [shortest] = walks.toSorted((a, b) => a.jobs - b.jobs);
  if (!shortest) return { is: 'any' };
  const steps = ((page.offset + page.limit) * shortest.jobs) / total;
  return total <= steps ? { is: 'gather' } : { is: 'walk', index: shortest.index };
}

/** The index in which what the filter matches stands together, in the order asked for. */
function orderedWay(filter: JobFilter, { by }: JobOrder): Way | undefined {
  const asked = wordsOf(filter);
  if (filter.jobIds || [...asked.values()].some((words) => words.length !== 1)) return undefined;
  if (by === 'updateTime') return asked.size === 0 ? { is: 'walk', index: 'jobs_by_update_time' } : undefined;
  const found = INDEXES.find(
    ({ words }) => words.length === asked.size && words.every((word) => asked.has(word)),
  );
  return found && { is: 'walk', index: found.index };
}

async function readPage(db: Knex, dialect: Dialect, asked: Asked, way: Way): Promise<JobList['jobs']> {
  const matching = jobsOfPage(db, dialect, asked, way);
  if (way.is !== 'gather' && asked.page.offset < DEEP) {
    return ((await matching.select('t.*')) as JobRow[]).map(toJob);
  }
  // Only the ids are sorted and passed over, not the whole rows.
  const chosen = db.select('j.*').from(matching.select('t.job_id').as('p'));
  const rows = inOrder(chosen.join('jobs as j', 'j.job_id', 'p.job_id'), asked.order, 'j.');
  return ((await rows) as JobRow[]).map(toJob);
}

async function readFromNearerEnd(
  db: Knex,
  dialect: Dialect,
  asked: Asked,
  way: Way,
  total: number,
): Promise<JobList['jobs']> {
  const { order, page } = asked;
  const limit = Math.min(page.limit, total - page.offset);
  const offset = total - page.offset - limit;
  if (offset >= page.offset) return readPage(db, dialect, asked, way);
  const back = { ...order, descending: !order.descending };
  const jobs = await readPage(db, dialect, { ...asked, order: back, page: { offset, limit } }, way);
  return jobs.toReversed();
}

/** A query of the page's jobs, which are `t` in it. */
function jobsOfPage(db: Knex, dialect: Dialect, { filter, order, page }: Asked, way: Way): Knex.QueryBuilder {
  if (way.is === 'gather') return cutPage(gathered(db, dialect, filter), order, page, 't.');
  const from = way.is === 'walk' ? db.raw(dialect.by(way.index, 'jobs', 't')) : 'jobs as t';
  return cutPage(matchJobs(db.from(from as Knex.Raw), filter, 't.'), order, page, 't.');
}

/** Every job of the combinations that match; those that are not folded yet stand among the deltas. */
function gathered(db: Knex, dialect: Dialect, filter: JobFilter): Knex.QueryBuilder {
  const level = filter.owner ? EVERY_WORD : EVERY_WORD_BUT_OWNER;
  const words = wordsIn(level);
  const combinations = matchWords(
    db('job_counts')
      .where(keyOf(level))
      .select([...words]),
    filter,
  ).union(matchWords(db('job_count_deltas').select([...words]), filter));
  const jobs = dialect.by('jobs_by_words', 'jobs', 't');
  const joined = WORDS.filter((word) => words.includes(word)).map((word) => `t.${word} = c.${word}`);
  const from = db.raw(`? as c ${dialect.joinInOrder} ${jobs} on ${joined.join(' and ')}`, [combinations]);
  return matchTimes(db.from(from), filter, 't.');
}
