import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import { createLedger } from '../../adapters/sql/ledger.ts';
import { tokenDigest } from '../../src/accounts/credentials.ts';
import type { AccountStore } from '../../src/ports.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';
import { putUser } from '../support/put-user.ts';

const NOW = Date.UTC(2024, 5, 1);
const LATER = NOW + 60_000;

for (const name of DATABASES) {
  describe(`the account store on the ${name} database`, () => {
    let fresh: FreshStore;
    let store: AccountStore;

    before(async () => {
      fresh = await openFreshStore(name);
      store = createAccountStore(fresh.database.db, fresh.database.dialect);
    });
    after(() => fresh[Symbol.asyncDispose]());
    beforeEach(() => fresh.database.db('users').delete());

    const tokensLeft = async (): Promise<string[]> =>
      (await fresh.database.db('tokens').orderBy('digest').pluck('digest')) as string[];

    /** The change that a log-out or another password makes. */
    const moveVersion = async (userId: string): Promise<void> => {
      const tx = await createLedger(fresh.database.db, fresh.database.dialect).begin([]);
      await tx.updateAccount(userId, {});
      await tx.commit();
    };

    describe('tokens', () => {
      beforeEach(() => putUser(fresh.database, { userId: 'usr-a' }));

      it('finds a token by its digest, with the account’s present version', async () => {
        const digest = tokenDigest('the token itself');
        assert.equal(await store.addToken({ digest, userId: 'usr-a', expireTime: LATER + 7 }, 1, NOW), true);
        const found = await store.findToken(digest);
        assert.deepEqual(found, { digest, userId: 'usr-a', expireTime: LATER + 7, version: 1 });
        await moveVersion('usr-a');
        assert.equal((await store.findToken(digest))?.version, 2);
      });

      it('knows a token by nothing but its digest', async () => {
        const digest = tokenDigest('the token itself');
        await store.addToken({ digest, userId: 'usr-a', expireTime: LATER }, 1, NOW);
        assert.equal(await store.findToken('the token itself'), undefined);
        assert.equal(await store.findToken(digest.toUpperCase()), undefined);
        const stored = JSON.stringify(await fresh.database.db('tokens').select('*'));
        assert.doesNotMatch(stored, /the token itself/);
      });

      it('does not add a token where the account has moved on', async () => {
        await moveVersion('usr-a');
        assert.equal(
          await store.addToken({ digest: 'd', userId: 'usr-a', expireTime: LATER }, 1, NOW),
          false,
        );
        assert.deepEqual(await tokensLeft(), []);
        assert.equal(await store.addToken({ digest: 'd', userId: 'usr-a', expireTime: LATER }, 2, NOW), true);
      });

      it('does not add a token of a user that does not exist', async () => {
        const token = { digest: 'd', userId: 'usr-none', expireTime: LATER };
        assert.equal(await store.addToken(token, 1, NOW), false);
        assert.equal(await store.findToken('d'), undefined);
      });

      it('notes the log-in with a token, and does not raise the account’s version', async () => {
        assert.equal((await store.findUser('usr-a'))?.lastLoginTime, undefined);
        await store.addToken({ digest: 'd', userId: 'usr-a', expireTime: LATER }, 1, NOW + 7);
        const user = await store.findUser('usr-a');
        assert.deepEqual([user?.lastLoginTime, user?.version], [NOW + 7, 1]);
        await store.addToken({ digest: 'late', userId: 'usr-a', expireTime: LATER }, 2, LATER);
        assert.equal((await store.findUser('usr-a'))?.lastLoginTime, NOW + 7);
      });

      it('adds all tokens of one user that come at once', async () => {
        const digests = Array.from({ length: 8 }, (_, index) => `digest-${index}`);
        const added = await Promise.all(
          digests.map((digest) => store.addToken({ digest, userId: 'usr-a', expireTime: LATER }, 1, NOW)),
        );
        assert.deepEqual(new Set(added), new Set([true]));
        assert.deepEqual(await tokensLeft(), digests);
      });

      it('loses a user’s tokens with the user', async () => {
        await putUser(fresh.database, { userId: 'usr-b' });
        await store.addToken({ digest: 'a', userId: 'usr-a', expireTime: LATER }, 1, NOW);
        await store.addToken({ digest: 'b', userId: 'usr-b', expireTime: LATER }, 1, NOW);
        await fresh.database.db('users').where('user_id', 'usr-a').delete();
        assert.deepEqual(await tokensLeft(), ['b']);
        assert.equal(await store.findToken('a'), undefined);
      });
    });
  });
}
