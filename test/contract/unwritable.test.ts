import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createJobStore } from '../../adapters/sql/jobs.ts';
import { createLedger } from '../../adapters/sql/ledger.ts';
import { Refusal } from '../../src/errors.ts';
import { openFreshStore, type FreshStore } from '../support/fresh-store.ts';
import { someJob } from '../support/some-job.ts';

/** What makes the embedded store's one connection refuse to write, and what undoes it. */
const FAULTS = [
  { what: 'is read-only', make: 'pragma query_only = on', undo: 'pragma query_only = off', says: /readonly/ },
  {
    what: 'is full',
    make: 'pragma max_page_count = 1',
    undo: 'pragma max_page_count = 100000',
    says: /full/,
  },
] as const;

for (const { what, make, undo, says } of FAULTS) {
  describe(`an embedded database that ${what}`, () => {
    let store: FreshStore;
    before(async () => void (store = await openFreshStore('embedded')));
    after(() => store[Symbol.asyncDispose]());

    it('is told from one that cannot be reached, is read as before, and is written again afterwards', async () => {
      const { db, dialect } = store.database;
      const ledger = createLedger(db, dialect);
      const resources = JSON.stringify({ text: 'x'.repeat(500_000) });
      const insert = async (): Promise<string> => {
        const job = someJob({ resources });
        const tx = await ledger.begin([{ kind: 'job', id: job.jobId }]);
        try {
          await tx.insertJob({ job, userId: 'usr-a', note: '' });
          await tx.commit();
        } finally {
          await tx.rollback();
        }
        return job.jobId;
      };
      const first = await insert();
      await db.raw(make);
      await assert.rejects(insert(), (thrown: unknown) => {
        assert.ok(thrown instanceof Refusal);
        assert.equal(thrown.reason, 'unavailable');
        assert.equal(thrown.facts.detail, 'database-unwritable');
        assert.match((thrown.facts.cause as Error).message, says);
        return true;
      });
      const { rows } = await createJobStore(db, dialect).read([first]);
      assert.equal(rows.size, 1);
      await db.raw(undo);
      await insert();
    });
  });
}
