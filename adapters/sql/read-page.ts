import type { Knex } from 'knex';
import type { JobFilter, JobList } from '../../src/ports.ts';
import type { Asked, OtherWay } from './choose-way.ts';
import { combinationsOf } from './counts/combinations.ts';
import { EVERY_WORD, EVERY_WORD_BUT_OWNER, wordsIn } from './counts/words.ts';
import type { Dialect } from './dialect.ts';
import { matchJobs, matchTimes } from './match-jobs.ts';
import { readRows } from './read-rows.ts';
import { toJob } from './rows.ts';

/** The jobs of a page, found in this way. */
export async function readPage(
  db: Knex,
  dialect: Dialect,
  asked: Asked,
  way: OtherWay,
): Promise<JobList['jobs']> {
  const rows =
    way.is === 'gather'
      ? await readRows(db, asked, gathered(db, dialect, asked.filter), { idsAlone: true })
      : await readRows(db, asked, passed(db, dialect, asked.filter, way));
  return rows.map(toJob);
}

/** Jobs that match, as an index or the database meets them. */
export function passed(
  db: Knex,
  dialect: Dialect,
  filter: JobFilter,
  way: Exclude<OtherWay, { is: 'gather' }>,
): Knex.QueryBuilder {
  const from = way.is === 'walk' ? db.raw(dialect.by(way.index, 'jobs', 't')) : 'jobs as t';
  return matchJobs(db.from(from as Knex.Raw), filter, 't.');
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
