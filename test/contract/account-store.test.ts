import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import { createLedger } from '../../adapters/sql/ledger.ts';
import { tokenDigest } from '../../src/accounts/credentials.ts';
import type { AccountStore } from '../../src/ports.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';

const CREATED = Date.UTC(2024, 1, 29, 23, 59, 59, 999);
const NOW = Date.UTC(2024, 5, 1);
const LATER = NOW + 60_000;

const user = (userId: string) =>
  ({ userId, role: 'user', passwordHash: `hash of ${userId}`, createTime: CREATED }) as const;

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
      const tx = await createLedger(fresh.database.db, fresh.database.dialect).begin();
      await tx.updateAccount(userId, {});
      await tx.commit();
    };

    describe('users', () => {
      it('finds a user as it was added, active and at version 1', async () => {
        assert.equal(await store.addUser({ ...user('usr-a'), role: 'operator' }), true);
        assert.deepEqual(await store.findUser('usr-a'), {
          ...user('usr-a'),
          role: 'operator',
          active: true,
          version: 1,
        });
      });

      it('finds nobody where there is none', async () => {
        assert.equal(await store.findUser('usr-a'), undefined);
        assert.equal((await store.read(['usr-a'])).rows.size, 0);
      });

      it('does not add a user twice, and leaves the first as it was', async () => {
        await store.addUser(user('usr-a'));
        assert.equal(await store.addUser({ ...user('usr-a'), role: 'admin', passwordHash: 'other' }), false);
        assert.equal((await store.findUser('usr-a'))?.passwordHash, 'hash of usr-a');
      });

      it('adds a user once when several instances add it at once', async () => {
        const another = fresh.openAgain();
        const other = createAccountStore(another.db, another.dialect);
        for (let round = 0; round < 10; round++) {
          const add = (each: AccountStore): Promise<boolean> => each.addUser(user(`usr-${round}`));
          const added = await Promise.all([store, other, store, other].map(add));
          assert.equal(added.filter(Boolean).length, 1);
        }
      });

      it('takes ids that differ in case, accents or spaces for different users', async () => {
        const alike = ['usr-a', 'USR-A', 'usr-á', 'usr-a ', 'ｕｓｒ-a', 'usr-ß', 'usr-ss'];
        for (const userId of alike) assert.equal(await store.addUser(user(userId)), true);
        for (const userId of alike) {
          assert.equal((await store.findUser(userId))?.userId, userId);
          assert.deepEqual([...(await store.read([userId])).rows.keys()], [userId]);
        }
      });

      it('lists users by id and counts them', async () => {
        assert.equal(await store.countUsers(), 0);
        for (const userId of ['usr-b', 'usr-a', 'Usr-c']) await store.addUser(user(userId));
        assert.equal(await store.countUsers(), 3);
        const listed = await store.listUsers();
        assert.deepEqual(
          listed.map((each) => each.userId),
          ['Usr-c', 'usr-a', 'usr-b'],
        );
        assert.deepEqual(listed[1], { ...user('usr-a'), active: true, version: 1 });
      });

      it('reads accounts with the epoch, without what only a password check needs', async () => {
        await store.addUser(user('usr-a'));
        const { epoch, rows } = await store.read(['usr-a', 'usr-b']);
        assert.deepEqual([...rows], [['usr-a', { userId: 'usr-a', role: 'user', active: true, version: 1 }]]);
        assert.equal(epoch.epoch, 1);
      });
    });

    describe('tokens', () => {
      beforeEach(() => store.addUser(user('usr-a')));

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

      it('does not raise the account’s version with a token', async () => {
        await store.addToken({ digest: 'd', userId: 'usr-a', expireTime: LATER }, 1, NOW);
        assert.equal((await store.findUser('usr-a'))?.version, 1);
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
        await store.addUser(user('usr-b'));
        await store.addToken({ digest: 'a', userId: 'usr-a', expireTime: LATER }, 1, NOW);
        await store.addToken({ digest: 'b', userId: 'usr-b', expireTime: LATER }, 1, NOW);
        await fresh.database.db('users').where('user_id', 'usr-a').delete();
        assert.deepEqual(await tokensLeft(), ['b']);
        assert.equal(await store.findToken('a'), undefined);
      });
    });
  });
}
