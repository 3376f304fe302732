import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import { createLedger } from '../../adapters/sql/ledger.ts';
import { KeyTaken } from '../../src/jobs/answer-once.ts';
import { eventually } from '../support/eventually.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';
import { startGateway, STORES } from '../support/gateway.ts';

const NOW = Date.UTC(2024, 5, 1);

for (const name of DATABASES) {
  describe(`signed calls on the ${name} database`, () => {
    let fresh: FreshStore;
    before(async () => void (fresh = await openFreshStore(name)));
    after(() => fresh[Symbol.asyncDispose]());

    const remember = async (digest: string, expireTime: number, answer = '{}'): Promise<void> => {
      const tx = await createLedger(fresh.database.db, fresh.database.dialect).begin();
      try {
        await tx.rememberSigned({ digest, userId: 'usr-a', answer, expireTime });
        await tx.commit();
      } finally {
        await tx.rollback();
      }
    };
    const recall = async (digest: string): Promise<string | undefined> => {
      const tx = await createLedger(fresh.database.db, fresh.database.dialect).begin();
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

    it('are forgotten once they have expired, however many there are', async () => {
      const rows = Array.from({ length: 1_200 }, (_, index) => ({
        digest: `old ${index}`,
        user_id: 'usr-a',
        answer: '{}',
        expire_time: '2024-05-31 23:59:59.998',
      }));
      await fresh.database.db.batchInsert('seen_signatures', rows, 400);
      await remember('kept', NOW);
      await createAccountStore(fresh.database.db, fresh.database.dialect).forgetSigned(NOW);
      const left = await fresh.database.db('seen_signatures').orderBy('digest').pluck('digest');
      assert.deepEqual(left, ['kept', 'one']);
    });
  });
}

for (const store of STORES) {
  it(`a gateway on the ${store} store forgets signed calls that have expired`, async () => {
    await using gateway = await startGateway(store);
    const old = { digest: 'old', user_id: 'usr-a', answer: '{}', expire_time: '2024-01-01 00:00:00.000' };
    const kept = { ...old, digest: 'kept', expire_time: '2999-01-01 00:00:00.000' };
    await gateway.database.db('seen_signatures').insert([old, kept]);
    await gateway.sibling();
    const left = () => gateway.database.db('seen_signatures').pluck('digest');
    await eventually('the old one is forgotten', async () => (await left()).length === 1);
    assert.deepEqual(await left(), ['kept']);
  });
}
