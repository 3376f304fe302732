import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLedger } from '../../adapters/sql/ledger.ts';
import { KeyTaken } from '../../src/jobs/answer-once.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';

const NOW = Date.UTC(2024, 5, 1);

for (const name of DATABASES) {
  describe(`signed calls on the ${name} database`, () => {
    let fresh: FreshStore;
    before(async () => void (fresh = await openFreshStore(name)));
    after(() => fresh[Symbol.asyncDispose]());

    const remember = async (digest: string, expireTime: number, answer = '{}'): Promise<void> => {
      const tx = await createLedger(fresh.database.db, fresh.database.dialect).begin([]);
      try {
        await tx.rememberSigned({ digest, userId: 'usr-a', answer, expireTime });
        await tx.commit();
      } finally {
        await tx.rollback();
      }
    };
    const recall = async (digest: string): Promise<string | undefined> => {
      const tx = await createLedger(fresh.database.db, fresh.database.dialect).begin([]);
      try {
        return await tx.recallSigned(digest);
      } finally {
        await tx.rollback();
      }
    };

    it('are remembered with what they came to, and once', async () => {
      const answer = JSON.stringify({ result: '扩容 😀'.repeat(20_000) });
      await remember('one', NOW, answer);
      assert.equal(await recall('one'), answer);
      assert.equal(await recall('ONE'), undefined);
      await assert.rejects(remember('one', NOW), KeyTaken);
    });
  });
}
