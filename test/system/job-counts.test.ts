import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addRecords } from '../../adapters/sql/job-records.ts';
import { insertJobs } from '../../adapters/sql/jobs.ts';
import { readConfig } from '../../bin/config.ts';
import { openDatabase } from '../../bin/open-gateway.ts';
import { runJobgate, startServing } from '../support/built-process.ts';
import { eventually } from '../support/eventually.ts';
import { freshSettings } from '../support/fresh-settings.ts';
import { STORES } from '../support/gateway.ts';
import { someJob } from '../support/some-job.ts';

/** More than are left to be added up by each count. */
const MANY = 700;

interface Answer {
  readonly healthy: boolean;
  readonly findings: readonly { readonly check: string; readonly ok: boolean; readonly seen: string }[];
}

const wordsOf = (told: { status: number | null; seen: string }): string => `${told.status}: ${told.seen}`;

for (const store of STORES) {
  describe(`the counts of jobs on the ${store} store`, () => {
    it('are made and folded while it serves, and proved and mended by doctor', async () => {
      await using settings = await freshSettings(store);
      const { environment } = settings;
      const doctor = async (...options: string[]): Promise<{ status: number | null; seen: string }> => {
        const { status, stdout } = await runJobgate(['doctor', '--json', ...options], environment);
        const { findings } = JSON.parse(stdout) as Answer;
        return { status, seen: findings.find(({ check }) => check === 'job counts')?.seen ?? '' };
      };
      assert.equal((await runJobgate(['migrate'], environment)).status, 0);
      const database = openDatabase(readConfig(environment));
      const { db } = database;
      try {
        await insertJobs(
          db,
          Array.from({ length: MANY }, () => someJob()),
        );
        // As a migration leaves it where there are jobs.
        await db('job_count_deltas').delete();
        await db('job_count_state').update({ trusted: false });
        assert.match((await doctor()).seen, /not made yet/);
        await using serving = startServing(environment);
        await serving.says(/"msg":"job counts are in use"/);
        assert.equal((await doctor()).seen, 'in use');

        const records = Array.from({ length: MANY }, () => ({
          job: someJob(),
          hiddenTime: undefined,
          timeline: [],
        }));
        await addRecords(db, records);
        await eventually('the changes are folded', async () => {
          const left = await db('job_count_deltas').pluck('number');
          return left.length < MANY / 2;
        });

        await db('job_counts').where('level', 0).update({ jobs: 7 });
        assert.match(wordsOf(await doctor('--recount')), /^0: \d+, 1 were wrong, mended$/);
        assert.match(wordsOf(await doctor('--recount')), /^0: \d+, all right$/);

        await db.raw('drop trigger jobs_counted_insert');
        const ill = await doctor();
        assert.deepEqual(ill, { status: 1, seen: 'changes are not counted: totals must not be relied on' });
        assert.match(wordsOf(await doctor('--recount')), /^0: \d+, made anew$/);
      } finally {
        await database.close();
      }
    });
  });
}
