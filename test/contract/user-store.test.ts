import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import { createLedger } from '../../adapters/sql/ledger.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import type { LedgerTx } from '../../src/coherence/ports.ts';
import { Refusal } from '../../src/errors.ts';
import type { AccountStore, UserFilter } from '../../src/ports.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';
import { putUser, someUser } from '../support/put-user.ts';

const CREATED = Date.UTC(2024, 1, 29, 23, 59, 59, 999);
const NOW = Date.UTC(2024, 5, 1);

const isTaken = (detail: string | undefined) => (thrown: unknown) =>
  thrown instanceof Refusal && thrown.reason === 'user_exists' && thrown.facts.detail === detail;

for (const name of DATABASES) {
  describe(`users on the ${name} database`, () => {
    let fresh: FreshStore;
    let store: AccountStore;
    before(async () => {
      fresh = await openFreshStore(name);
      store = createAccountStore(fresh.database.db, fresh.database.dialect);
    });
    after(() => fresh[Symbol.asyncDispose]());
    beforeEach(() => fresh.database.db('users').delete());

    const put = (user: Parameters<typeof putUser>[1], database: OpenDatabase = fresh.database) =>
      putUser(database, user);
    /** A change of one account in a transaction of its own. */
    async function inTx<Result>(userId: string, work: (tx: LedgerTx) => Promise<Result>): Promise<Result> {
      const tx = await createLedger(fresh.database.db, fresh.database.dialect).begin([
        { kind: 'account', id: userId },
      ]);
      try {
        const result = await work(tx);
        await tx.commit();
        return result;
      } finally {
        await tx.rollback();
      }
    }
    const idsOf = async (filter: UserFilter, page = {}): Promise<string[]> =>
      (await store.listUsers(filter, { offset: 0, limit: 100, ...page })).map((user) => user.userId);

    it('are found as they were put, by id and by e-mail address', async () => {
      const user = someUser({
        userId: 'usr-a',
        role: 'operator',
        active: false,
        invited: true,
        email: 'Zoë.O’Neil@例子.example'.replace('’', "'"),
        passwordHash: undefined,
        createTime: CREATED,
        lastLoginTime: NOW + 1,
        version: 7,
      });
      await put(user);
      assert.deepEqual(await store.findUser('usr-a'), user);
      assert.deepEqual(await store.findUserByEmail("zoë.o'neil@例子.EXAMPLE"), user);
      assert.deepEqual(await store.findUserByEmail("Zoe\u0308.O'Neil@例子.example"), user);
      assert.equal(await store.findUserByEmail("zoe.o'neil@例子.example"), undefined);
      assert.deepEqual(await inTx('usr-a', (tx) => tx.user('usr-a')), user);
    });

    it('are nobody where there is none', async () => {
      assert.equal(await store.findUser('usr-a'), undefined);
      assert.equal(await store.findUserByEmail('a@example.com'), undefined);
      assert.equal((await store.read(['usr-a'])).rows.size, 0);
      assert.deepEqual(
        await inTx('usr-a', async (tx) => [await tx.account('usr-a'), await tx.user('usr-a')]),
        [undefined, undefined],
      );
    });

    it('are not put twice, and the first stays as it was', async () => {
      await put({ userId: 'usr-a' });
      await assert.rejects(
        put({ userId: 'usr-a', role: 'admin', passwordHash: 'other' }),
        isTaken(undefined),
      );
      assert.equal((await store.findUser('usr-a'))?.passwordHash, 'hash of usr-a');
    });

    it('are put once when several instances do it at once', async () => {
      // The embedded driver waits for a lock by stopping the whole process, its holder too.
      const another = name === 'server' ? fresh.openAgain() : fresh.database;
      for (let round = 0; round < 10; round++) {
        const attempts = [fresh.database, another, fresh.database, another].map((database) =>
          put({ userId: `usr-${round}` }, database).then(
            () => true,
            (thrown: unknown) => !isTaken(undefined)(thrown) && Promise.reject(thrown),
          ),
        );
        assert.equal((await Promise.all(attempts)).filter(Boolean).length, 1);
      }
    });

    it('share no e-mail address, whichever way it is spelled; none at all is no address', async () => {
      await put({ userId: 'usr-a', email: 'One@example.com' });
      await put({ userId: 'usr-b' });
      await put({ userId: 'usr-c' });
      await assert.rejects(put({ userId: 'usr-d', email: 'oNE@EXAMPLE.com' }), isTaken('email-taken'));
      const take = inTx('usr-b', (tx) => tx.updateAccount('usr-b', { email: 'one@example.com' }));
      await assert.rejects(take, isTaken('email-taken'));
      await inTx('usr-a', (tx) => tx.updateAccount('usr-a', { email: 'ONE@example.com' }));
      assert.equal((await store.findUserByEmail('one@example.com'))?.email, 'ONE@example.com');
    });

    it('whose ids differ in case, accents or spaces are different users', async () => {
      const alike = ['usr-a', 'USR-A', 'usr-á', 'usr-a ', 'ｕｓｒ-a', 'usr-ß', 'usr-ss'];
      for (const userId of alike) await put({ userId });
      for (const userId of alike) {
        assert.equal((await store.findUser(userId))?.userId, userId);
        assert.deepEqual([...(await store.read([userId])).rows.keys()], [userId]);
      }
    });

    it('are listed by id, filtered, in pages, and counted', async () => {
      assert.equal(await store.countUsers(), 0);
      await put({ userId: 'usr-b', role: 'admin' });
      await put({ userId: 'usr-a' });
      await put({ userId: 'Usr-c', active: false, role: 'admin' });
      await put({ userId: 'usr-d', active: false });
      assert.deepEqual(await idsOf({}), ['Usr-c', 'usr-a', 'usr-b', 'usr-d']);
      assert.deepEqual(await idsOf({}, { offset: 1, limit: 2 }), ['usr-a', 'usr-b']);
      assert.deepEqual(await idsOf({}, { after: 'usr-a' }), ['usr-b', 'usr-d']);
      for (const [filter, expected] of [
        [{ role: 'admin' }, ['Usr-c', 'usr-b']],
        [{ active: false }, ['Usr-c', 'usr-d']],
        [{ role: 'admin', active: true }, ['usr-b']],
        [{ userIds: ['usr-d', 'usr-a', 'usr-none', 'USR-A'] }, ['usr-a', 'usr-d']],
        [{ userIds: [] }, []],
      ] as const) {
        assert.deepEqual(await idsOf(filter), expected);
        assert.equal(await store.countUsers(filter), expected.length);
      }
      assert.equal(await store.countUsers(), 4);
    });

    it('tell of a few other admins who are active', async () => {
      for (const userId of ['usr-a', 'usr-b', 'usr-c']) await put({ userId, role: 'admin' });
      await put({ userId: 'usr-0', role: 'admin', active: false });
      await put({ userId: 'usr-1' });
      assert.deepEqual(await store.otherAdmins('usr-a', 9), ['usr-b', 'usr-c']);
      assert.deepEqual(await store.otherAdmins('usr-c', 1), ['usr-a']);
    });

    it('have accounts that are read with the epoch, without what only a password check needs', async () => {
      await put({ userId: 'usr-a' });
      const { epoch, rows } = await store.read(['usr-a', 'usr-b']);
      assert.deepEqual([...rows], [['usr-a', { userId: 'usr-a', role: 'user', active: true, version: 1 }]]);
      assert.equal(epoch.epoch, 1);
    });

    it('are seen by the change that made them', async () => {
      await inTx('usr-a', async (tx) => {
        assert.equal(await tx.account('usr-a'), undefined);
        await tx.insertUser(someUser({ userId: 'usr-a' }));
        assert.equal((await tx.account('usr-a'))?.version, 1);
      });
    });

    it('are changed in what is given, one version up each time', async () => {
      await put({ userId: 'usr-a', active: false, invited: true, email: 'a@example.com' });
      await inTx('usr-a', (tx) => tx.updateAccount('usr-a', { role: 'operator' }));
      assert.deepEqual(
        await store.findUser('usr-a'),
        someUser({
          userId: 'usr-a',
          active: false,
          invited: true,
          email: 'a@example.com',
          role: 'operator',
          version: 2,
        }),
      );
    });

    it('are not invited any more once they are made active, or inactive', async () => {
      for (const active of [true, false]) {
        await put({ userId: `usr-${active}`, active: false, invited: true });
        await inTx(`usr-${active}`, (tx) => tx.updateAccount(`usr-${active}`, { active }));
        const user = await store.findUser(`usr-${active}`);
        assert.deepEqual([user?.active, user?.invited], [active, false]);
      }
    });

    describe('one-time tokens', () => {
      const token = (digest: string, differs = {}) =>
        ({
          digest,
          purpose: 'reset',
          userId: 'usr-a',
          createTime: NOW,
          expireTime: NOW + 60_000,
          ...differs,
        }) as const;
      beforeEach(() => put({ userId: 'usr-a' }));

      it('are found by their digest alone, outside of a change and in one', async () => {
        assert.equal(await store.addOneTimeToken(token('digest'), 1), true);
        assert.deepEqual(await store.findOneTimeToken('digest'), token('digest'));
        assert.equal(await store.findOneTimeToken('DIGEST'), undefined);
        await inTx('usr-a', async (tx) => {
          assert.deepEqual(await tx.oneTimeToken('digest'), token('digest'));
          await tx.insertOneTimeToken(token('other', { purpose: 'activation' }));
        });
        assert.equal((await store.findOneTimeToken('other'))?.purpose, 'activation');
      });

      it('are not added where the account has moved on, or is not there', async () => {
        assert.equal(await store.addOneTimeToken(token('late'), 2), false);
        assert.equal(await store.addOneTimeToken(token('nobody', { userId: 'usr-none' }), 1), false);
        assert.equal(await store.findOneTimeToken('late'), undefined);
        assert.equal((await store.findUser('usr-a'))?.version, 1);
      });

      it('take the place of the user’s of the same purpose that expired', async () => {
        await put({ userId: 'usr-b' });
        const old = { createTime: 0, expireTime: NOW - 1 };
        await store.addOneTimeToken(token('expired', old), 1);
        await store.addOneTimeToken(token('of another', { ...old, userId: 'usr-b' }), 1);
        await inTx('usr-a', (tx) =>
          tx.insertOneTimeToken(token('of another purpose', { ...old, purpose: 'activation' })),
        );
        await store.addOneTimeToken(token('new'), 1);
        assert.deepEqual(await fresh.database.db('one_time_tokens').orderBy('digest').pluck('digest'), [
          'new',
          'of another',
          'of another purpose',
        ]);
      });

      it('are removed by purpose, and with their user', async () => {
        await put({ userId: 'usr-b' });
        await store.addOneTimeToken(token('reset'), 1);
        await store.addOneTimeToken(token('activation', { purpose: 'activation' }), 1);
        await store.addOneTimeToken(token('other', { userId: 'usr-b' }), 1);
        await inTx('usr-a', (tx) => tx.removeOneTimeTokens('usr-a', ['reset']));
        assert.equal(await store.findOneTimeToken('reset'), undefined);
        assert.ok(await store.findOneTimeToken('activation'));
        await inTx('usr-a', (tx) => tx.removeOneTimeTokens('usr-a', ['activation', 'reset']));
        assert.equal(await store.findOneTimeToken('activation'), undefined);
        await fresh.database.db('users').where('user_id', 'usr-b').delete();
        assert.equal(await store.findOneTimeToken('other'), undefined);
      });
    });

    describe('the audit trail', () => {
      beforeEach(() => fresh.database.db('audit_trail').delete());
      const entry = (about: string, differs = {}) => ({
        time: NOW + 3,
        userId: 'usr-admin',
        operation: 'change-user',
        about,
        address: '2001:db8::1',
        requestId: 'r-1',
        fields: ['role', 'status'],
        ...differs,
      });
      const write = (...entries: ReturnType<typeof entry>[]): Promise<void> =>
        inTx('usr-a', async (tx) => {
          for (const each of entries) await tx.addAudit(each);
        });

      it('keeps who did what to whom, when and from where', async () => {
        const plain = entry('usr-a');
        const ofKey = entry('usr-b', { accessKeyId: 'KEY', fields: [], address: '', requestId: '' });
        await write(plain, ofKey);
        const found = await store.listAudit({ limit: 10 });
        assert.deepEqual(
          found.map(({ number: _number, ...rest }) => rest),
          [ofKey, plain],
        );
      });

      it('is read from the newest on, about one user, and below a number', async () => {
        await write(entry('usr-a'), entry('usr-b'), entry('usr-a'), entry('usr-a'));
        const all = await store.listAudit({ limit: 10 });
        const numbers = all.map((each) => each.number);
        assert.deepEqual(
          numbers,
          numbers.toSorted((a, b) => b - a),
        );
        const first = await store.listAudit({ about: 'usr-a', limit: 2 });
        assert.deepEqual(
          first.map((each) => each.number),
          [numbers[0], numbers[1]],
        );
        const second = await store.listAudit({ about: 'usr-a', limit: 2, before: first[1]?.number });
        assert.deepEqual(
          second.map((each) => each.number),
          [numbers[3]],
        );
      });

      it('says nothing of a change that was rolled back', async () => {
        await assert.rejects(
          inTx('usr-a', async (tx) => {
            await tx.addAudit(entry('usr-a'));
            throw new Error('no');
          }),
        );
        assert.deepEqual(await store.listAudit({ limit: 10 }), []);
      });
    });
  });
}
