import type { Knex } from 'knex';
import { dialectOf, type Dialect } from '../dialect.ts';
import type { OpenDatabase } from '../open.ts';
import { COUNTS_LOCK } from './fold.ts';
import { changesAreNoted, createTriggers, definerOfTriggers } from './triggers.ts';
import { EVERY_WORD, EVERY_WORD_BUT_OWNER, LEVELS, OWNER, WORDS, wordsIn, type Level } from './words.ts';

export interface Recounted {
  /** How many counts there are. */
  readonly counts: number;
  /** How many of them were wrong, missing or too many; undefined where they were not in use. */
  readonly wrong: number | undefined;
  /** Whether the counts are used now; not where the database's user may not make the triggers. */
  readonly trusted: boolean;
}

const columns = WORDS.join(', ');

/**
 * Compares every count with the table of jobs, and counts anew where one is wrong or where they were not in use yet.
 * Jobs are read and written meanwhile; totals are exact all the while.
 * @returns undefined where another changes the counts now
 */
export async function recount(database: OpenDatabase): Promise<Recounted | undefined> {
  const { db } = database;
  return database.alone(COUNTS_LOCK, async (transact) => {
    const noted = await makeNoted(db);
    const wrong = noted && (await isTrusted(db)) ? await transact(countWrong) : undefined;
    if (noted && wrong !== 0) {
      await trust(db, false);
      await transact(countAnew);
    }
    const [row] = (await db('job_counts').count({ counts: '*' })) as { counts: number | string }[];
    return { counts: Number(row?.counts), wrong, trusted: noted };
  });
}

/** Sees to it that changes are noted; counts are not used while they are not. */
async function makeNoted(db: Knex): Promise<boolean> {
  if ((await changesAreNoted(db)) && !(await definerOfTriggers(db))) return true;
  await trust(db, false);
  return (await db.transaction((trx) => createTriggers(trx))) && changesAreNoted(db);
}

export async function isTrusted(db: Knex): Promise<boolean> {
  return Boolean(await db('job_count_state').where('trusted', true).first('id'));
}

async function trust(db: Knex, trusted: boolean): Promise<void> {
  await db('job_count_state').update({ trusted });
}

/**
 * What the counts of all words together must be, in one row or several: the jobs of one moment without what is still to
 * be folded then. One statement sees one moment, and locks nothing. The index has the jobs in the order of the groups.
 */
const present = ({ by }: Dialect): string =>
  `select ${columns}, count(*) as n from ${by('jobs_by_words', 'jobs', 't')} where hidden_time is null ` +
  'group by job_type, job_action, status, pre_status, owner ' +
  `union all select ${columns}, -sum(delta) from job_count_deltas group by ${columns}`;

const at = (level: Level): string =>
  WORDS.map((word) => (wordsIn(level).includes(word) ? word : `'' as ${word}`)).join(', ');

/** A level is the sum of a finer one. */
const finer = (level: Level): Level =>
  level === OWNER || level === EVERY_WORD_BUT_OWNER ? EVERY_WORD : EVERY_WORD_BUT_OWNER;

const summed = (level: Level): string => {
  const grouped = wordsIn(level).join(', ');
  const from = `select ${at(level)}, sum(jobs) as n from job_counts where level = ${finer(level)}`;
  // Without words there is nothing to group by, and no row where there are no jobs.
  return `${from} ${grouped ? `group by ${grouped}` : 'having count(*) > 0'}`;
};

async function countWrong(trx: Knex.Transaction): Promise<number> {
  let wrong = 0;
  for (const level of LEVELS) {
    const right = level === EVERY_WORD ? present(dialectOf(trx)) : summed(level);
    const counted = `select ${columns}, -jobs from job_counts where level = ${level}`;
    const differing =
      `select ${columns} from (${right} union all ${counted}) as each_one ` +
      `group by ${columns} having sum(n) <> 0`;
    const [row] = (await trx.from(trx.raw(`(${differing}) as differing`)).count({ differing: '*' })) as {
      differing: number | string;
    }[];
    wrong += Number(row?.differing);
  }
  return wrong;
}

async function countAnew(trx: Knex.Transaction): Promise<void> {
  const insert = `insert into job_counts (level, ${columns}, jobs)`;
  const dialect = dialectOf(trx);
  await trx('job_counts').delete();
  await trx.raw(
    `${insert} select ${EVERY_WORD}, ${columns}, n from (${present(dialect)}) as each_one where true ` +
      `${dialect.onConflict(['level', ...WORDS])} jobs = job_counts.jobs + ${dialect.newValue('jobs')}`,
  );
  await trx('job_counts').where('jobs', 0).delete();
  // The finer ones first.
  for (const level of LEVELS.filter((each) => each !== EVERY_WORD).toReversed()) {
    await trx.raw(`${insert} select ${level}, ${columns}, n from (${summed(level)}) as each_one`);
  }
  await trx('job_count_state').update({ trusted: true });
}
