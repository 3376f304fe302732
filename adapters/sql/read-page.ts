import type { Knex } from 'knex';
import type { JobFilter, JobList } from '../../src/ports.ts';
import type { Asked, Way } from './choose-way.ts';
import { combinationsOf } from './counts/combinations.ts';
import { EVERY_WORD, EVERY_WORD_BUT_OWNER, wordsIn } from './counts/words.ts';
import type { Dialect } from './dialect.ts';
import { compareJobs, cutPage, matchJobs, matchTimes } from './match-jobs.ts';
import { mergePage } from './merge-jobs.ts';
import type { CombinationMemory } from './remember-combinations.ts';
import { toJob, type JobRow } from './rows.ts';

/** From here on a page is looked for by the index alone, and from the nearer end. */
export const DEEP = 1_000;

/** The jobs of a page, found in this way. */
export async function readPage(
  db: Knex,
  dialect: Dialect,
  asked: Asked,
  way: Way,
  memory: CombinationMemory,
): Promise<JobList['jobs']> {
  if (way.is === 'merge') {
    const merged = await mergePage(db, dialect, asked, way, memory);
    return merged ?? readPage(db, dialect, asked, way.otherwise, memory);
  }
  const { filter, order, page } = asked;
  if (way.is === 'gather') return readChosen(db, asked, gathered(db, dialect, filter));
  const from = way.is === 'walk' ? db.raw(dialect.by(way.index, 'jobs', 't')) : 'jobs as t';
  const matching = matchJobs(db.from(from as Knex.Raw), filter, 't.');
  if (page.offset >= DEEP) return readChosen(db, asked, matching);
  return ((await cutPage(matching, order, page, 't.').select('t.*')) as JobRow[]).map(toJob);
}

/** Only the ids are sorted and passed over, not the whole rows. */
async function readChosen(
  db: Knex,
  { order, page }: Asked,
  matching: Knex.QueryBuilder,
): Promise<JobList['jobs']> {
  const chosen = cutPage(matching, order, page, 't.').select('t.job_id').as('p');
  const rows = (await db.select('j.*').from(chosen).join('jobs as j', 'j.job_id', 'p.job_id')) as JobRow[];
  return rows.map(toJob).toSorted(compareJobs(order));
}

/** Every job of the combinations that match. */
function gathered(db: Knex, dialect: Dialect, filter: JobFilter): Knex.QueryBuilder {
  const words = wordsIn(filter.owner ? EVERY_WORD : EVERY_WORD_BUT_OWNER);
  const jobs = dialect.by('jobs_by_words', 'jobs', 't');
  const joined = words.map((word) => `t.${word} = c.${word}`).join(' and ');
  const from = db.raw(`? as c ${dialect.joinInOrder} ${jobs} on ${joined}`, [
    combinationsOf(db, words, filter),
  ]);
  return matchTimes(db.from(from), filter, 't.');
}
