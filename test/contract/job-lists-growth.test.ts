import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Knex } from 'knex';
import { recount } from '../../adapters/sql/counts/recount.ts';
import { dropTriggers } from '../../adapters/sql/counts/triggers.ts';
import { EVERY_WORD_BUT_OWNER, wordsIn } from '../../adapters/sql/counts/words.ts';
import { createJobStore } from '../../adapters/sql/jobs.ts';
import { migrate } from '../../adapters/sql/migrate.ts';
import { openMysql } from '../../adapters/sql/open-mysql.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import { findCombinations, readMerged, SPARE } from '../../adapters/sql/merge-jobs.ts';
import { toSqlTime } from '../../adapters/sql/time.ts';
import type { JobFilter } from '../../src/ports.ts';
import { mulberry } from '../coherence/checker/mulberry.ts';
import { filtersOf } from '../support/count-subsets.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const FEW = 2_000;
const MANY = 60_000;
const AT_ONCE = 2_000;
const START = Date.UTC(2024, 0, 1);
const NEWEST = { by: 'createTime', descending: true } as const;
const PAGE = { offset: 0, limit: 20 };
const WORDS = {
  owner: ['usr-large', 'usr-1', 'usr-2'],
  jobType: ['t0', 't1', 't2', 't3'],
  jobAction: ['a0', 'a1', 'a2'],
  status: ['successful', 'failed', 'canceled'],
  preStatus: ['step1', 'step2'],
};
/** All that match are older than half of the jobs. */
const OLD: JobFilter = { jobType: ['old'], status: ['failed'] };
/** Of the words but the owner. */
const COMBINATIONS = 5 * 3 * 3 * 2;
/** What a server reads of a page again, having written it to a table of its own. */
const A_FEW = 100;

/** A type of which there are many jobs, all of them in the older half. */
function rowOf(index: number, jobs: number, random: () => number): object {
  const pick = (of: readonly string[], rare: number): string =>
    of[random() < rare ? Math.floor(random() * of.length) : 0]!;
  const createTime = toSqlTime(START + Math.floor(index * (86_400_000 / jobs)) * 1_000);
  const old = index < jobs / 2 && random() < 0.2;
  return {
    job_id: `j-${String(index).padStart(8, '0')}`,
    owner: pick(WORDS.owner, 0.5),
    job_type: old ? 'old' : pick(WORDS.jobType, 0.3),
    job_action: pick(WORDS.jobAction, 0.3),
    status: pick(WORDS.status, 0.1),
    pre_status: pick(WORDS.preStatus, 0.2),
    resources: '{}',
    create_time: createTime,
    update_time: createTime,
    version: 3,
  };
}

async function tableOf(jobs: number) {
  const place: TestDatabase = await createTestDatabase();
  const database: OpenDatabase = openMysql(place.url, { poolSize: 4 });
  const { db } = database;
  await migrate(database);
  await dropTriggers(db);
  const random = mulberry(1);
  for (let from = 0; from < jobs; from += AT_ONCE) {
    await db('jobs').insert(Array.from({ length: AT_ONCE }, (_, index) => rowOf(from + index, jobs, random)));
  }
  await db.raw('analyze table jobs');
  assert.equal((await recount(database))?.trusted, true);
  return {
    database,
    async [Symbol.asyncDispose]() {
      await database.close();
      await place[Symbol.asyncDispose]();
    },
  };
}

/** How many rows and entries of indexes the server reads for it; they are counted for a connection. */
async function readsOf(db: Knex, ask: (trx: Knex) => Promise<unknown>): Promise<number> {
  return db.transaction(async (trx) => {
    await trx.raw('flush status');
    await ask(trx);
    const [counted] = (await trx.raw("show session status like 'Handler_read%'")) as [{ Value: string }[]];
    return counted.reduce((sum, { Value }) => sum + Number(Value), 0);
  });
}

describe('a list of jobs of a growing table', () => {
  let few: Awaited<ReturnType<typeof tableOf>>;
  let many: Awaited<ReturnType<typeof tableOf>>;
  before(async () => {
    few = await tableOf(FEW);
    many = await tableOf(MANY);
  });
  after(async () => {
    await few[Symbol.asyncDispose]();
    await many[Symbol.asyncDispose]();
  });

  it('reads no more where it is merged, however many jobs match and wherever they are', async () => {
    const along = { index: 'jobs_by_words_but_owner', words: wordsIn(EVERY_WORD_BUT_OWNER) };
    let tried = 0;
    for (const { database } of [few, many]) {
      const { db, dialect } = database;
      for (const filter of [OLD, ...filtersOf(WORDS, mulberry(2)).filter(({ owner }) => !owner)]) {
        const asked = { filter, order: NEWEST, page: PAGE };
        const { all } = (await findCombinations(db, dialect, asked, { ...along, most: 100 }))!;
        if (all.length === 0) continue;
        const reads = await readsOf(db, async (trx) => {
          const found = (await findCombinations(trx, dialect, asked, { ...along, most: 100 }))!;
          assert.ok(await readMerged(trx, dialect, asked, along, found));
        });
        // Both statements look through all combinations, the second one once more for the total, and read so many jobs of
        // each that matches.
        const most = 3 * COMBINATIONS + 2 * all.length * (PAGE.limit + SPARE + 1) + A_FEW;
        assert.ok(reads <= most, `${reads} rows, not ${most}, for ${JSON.stringify(filter)}`);
        tried++;
      }
    }
    assert.ok(tried > 40, String(tried));
  });

  it('reads little more, whatever is asked for', async () => {
    const { db, dialect } = many.database;
    for (const filter of filtersOf(WORDS, mulberry(3))) {
      const reads = await readsOf(db, (trx) => createJobStore(trx, dialect).list(filter, NEWEST, PAGE));
      assert.ok(reads <= 4_000, `${reads} rows for ${JSON.stringify(filter)}`);
    }
  });
});
