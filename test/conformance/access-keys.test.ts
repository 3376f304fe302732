import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ADMIN, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { callSigned, newKey } from '../support/sign.ts';
import { keysByAction, keysByRest, type KeyDoor, type Refused, type SeenKey } from './key-doors.ts';

const WAYS = ['the action API', 'the signed action API', 'the REST API'] as const;
const USERS = ['usr-a', 'usr-b', 'usr-oper'];

for (const store of STORES) {
  describe(`access keys on the ${store} store`, () => {
    let gateway: TestGateway;
    const doors = new Map<string, Record<(typeof WAYS)[number], KeyDoor>>();
    before(async () => {
      gateway = await startGateway(store);
      for (const userId of USERS) await gateway.addUser(userId, userId === 'usr-oper' ? 'operator' : 'user');
      for (const userId of [ADMIN.userId, ...USERS]) {
        doors.set(userId, {
          'the action API': keysByAction(gateway, userId),
          'the signed action API': keysByAction(gateway, userId, await newKey(gateway, userId)),
          'the REST API': keysByRest(gateway, await gateway.logIn(userId)),
        });
      }
    });
    after(() => gateway[Symbol.asyncDispose]());

    const signs = async (id: string, secret: string): Promise<boolean> => {
      const { body } = await callSigned(gateway, { id, secret }, { action: 'DescribeJobs', limit: 1 });
      assert.ok([0, 1200].includes(body.ret_code));
      return body.ret_code === 0;
    };
    const made = (answer: (SeenKey & { secret: string }) | Refused): SeenKey & { secret: string } => {
      assert.ok('secret' in answer, JSON.stringify(answer));
      return answer;
    };
    const refused = (answer: unknown): unknown => (answer as Partial<Refused>).refused;

    for (const way of WAYS) {
      const doorOf = (userId: string): KeyDoor => {
        const its = doors.get(userId);
        assert.ok(its);
        return its[way];
      };

      it(`are made, listed, renamed, disabled, enabled and removed by ${way}`, async () => {
        const door = doorOf('usr-a');
        const before = await door.list({});
        assert.ok(Array.isArray(before));
        const { secret, ...one } = made(await door.create({ name: '部署 key 😀' }));
        const { secret: another, ...two } = made(await door.create({}));
        assert.match(one.accessKeyId, /^[A-Z]{20}$/);
        assert.match(secret, /^[A-Za-z0-9]{40}$/);
        assert.notEqual(secret, another);
        assert.deepEqual(
          [one.accessKeyName, one.owner, one.status, two.accessKeyName],
          ['部署 key 😀', 'usr-a', 'active', ''],
        );
        assert.ok(Math.abs(one.createTime - Date.now()) < 60_000);

        const ids = [two.accessKeyId, one.accessKeyId];
        for (const each of WAYS) {
          const its = doors.get('usr-a')?.[each];
          const listed = await its?.list({});
          assert.ok(Array.isArray(listed));
          assert.deepEqual(
            new Set(listed.map((key) => key.accessKeyId)),
            new Set([...before.map((key) => key.accessKeyId), ...ids]),
          );
          assert.deepEqual(await its?.list({ ids: [one.accessKeyId, 'UNKNOWN'] }), [one], each);
        }
        assert.ok(await signs(one.accessKeyId, secret));
        assert.ok(!(await signs(one.accessKeyId, another)));

        const changed = async (input: { name?: string; status?: string }, shows: Partial<SeenKey>) => {
          assert.equal(await door.change(one.accessKeyId, input), 'changed');
          assert.deepEqual(await door.list({ ids: [one.accessKeyId] }), [{ ...one, ...shows }]);
        };
        await changed({ name: 'renamed' }, { accessKeyName: 'renamed' });
        assert.ok(await signs(one.accessKeyId, secret));
        await changed({ status: 'disabled' }, { accessKeyName: 'renamed', status: 'disabled' });
        assert.ok(!(await signs(one.accessKeyId, secret)));
        assert.ok(await signs(two.accessKeyId, another));
        await changed({ status: 'active', name: 'both' }, { accessKeyName: 'both' });
        assert.ok(await signs(one.accessKeyId, secret));

        for (const id of ids) assert.equal(await door.remove(id), 'removed');
        assert.deepEqual(await door.list({ ids }), []);
        assert.deepEqual(
          [await signs(one.accessKeyId, secret), await signs(two.accessKeyId, another)],
          [false, false],
        );
        assert.equal(refused(await door.remove(one.accessKeyId)), 'resource_not_found');
      });

      it(`are each user’s own, and the admin’s to manage, by ${way}`, async () => {
        const { accessKeyId, secret } = made(await doorOf('usr-a').create({ name: 'own' }));
        for (const stranger of ['usr-b', 'usr-oper']) {
          const door = doorOf(stranger);
          assert.deepEqual(await door.list({ ids: [accessKeyId] }), []);
          assert.equal(refused(await door.list({ owner: 'usr-a' })), 'permission_denied');
          assert.equal(refused(await door.create({ owner: 'usr-a' })), 'permission_denied');
          // In the same words as for a key that does not exist.
          for (const act of [
            (id: string) => door.change(id, { status: 'disabled' }),
            (id: string) => door.change(id, { name: 'mine' }),
            (id: string) => door.remove(id),
          ]) {
            const [theirs, none] = [await act(accessKeyId), await act('NOSUCHKEYNOSUCHKEYNO')];
            assert.equal(refused(theirs), 'resource_not_found');
            assert.deepEqual(theirs, none);
          }
        }
        assert.ok(await signs(accessKeyId, secret));

        const admin = doorOf(ADMIN.userId);
        const [seen] = (await admin.list({ owner: 'usr-a', ids: [accessKeyId] })) as SeenKey[];
        assert.equal(seen?.owner, 'usr-a');
        assert.equal(await admin.change(accessKeyId, { status: 'disabled' }), 'changed');
        assert.ok(!(await signs(accessKeyId, secret)));
        assert.equal(await admin.remove(accessKeyId), 'removed');
        const made2 = made(await admin.create({ owner: 'usr-a' }));
        assert.equal(made2.owner, 'usr-a');
        assert.equal(await doorOf('usr-a').remove(made2.accessKeyId), 'removed');
        assert.equal(refused(await admin.create({ owner: 'usr-none' })), 'user_not_found');
        assert.equal(refused(await admin.list({ owner: 'usr-none' })), 'user_not_found');
      });

      it(`are not made of what is no name or no status, by ${way}`, async () => {
        const door = doorOf('usr-b');
        const { accessKeyId } = made(await door.create({ name: 'x'.repeat(64) }));
        for (const [answer, word] of [
          [await door.create({ name: 'x'.repeat(65) }), /64 characters/],
          [await door.create({ name: 'a\0b' }), /Unicode text without NUL/],
          [await door.change(accessKeyId, { status: 'gone' }), /active, disabled/],
          [await door.change(accessKeyId, { name: 'x'.repeat(65) }), /64 characters/],
        ] as const) {
          assert.equal(refused(answer), 'invalid_parameter');
          assert.match((answer as Refused).message, word);
        }
        assert.equal(await door.remove(accessKeyId), 'removed');
      });
    }

    it('are at most twenty of a user, also when thirty are made at once, by every way', async () => {
      const userId = 'usr-many';
      await gateway.addUser(userId, 'user');
      const byRest = keysByRest(gateway, await gateway.logIn(userId));
      const first = made(await byRest.create({}));
      const ways = [
        keysByAction(gateway, userId),
        byRest,
        keysByAction(gateway, userId, { id: first.accessKeyId, secret: first.secret }),
        keysByRest(await gateway.sibling(), await gateway.logIn(userId)),
      ];
      const answers = await Promise.all(
        Array.from({ length: 30 }, async (_, index) => ways[index % 4]?.create({})),
      );
      const done = answers.filter((answer) => answer && 'secret' in answer);
      assert.equal(done.length, 19);
      for (const answer of answers) {
        if (answer && 'secret' in answer) continue;
        assert.equal(refused(answer), 'operation_not_allowed');
        assert.match(
          answer?.message ?? '',
          /not allowed as things stand: the user has as many access keys as a user may have/,
        );
      }
      assert.equal(((await byRest.list({})) as SeenKey[]).length, 20);
      // Disabled ones count; a removed one does not.
      assert.equal(await byRest.change(first.accessKeyId, { status: 'disabled' }), 'changed');
      assert.equal(refused(await byRest.create({})), 'operation_not_allowed');
      assert.equal(await byRest.remove(first.accessKeyId), 'removed');
      made(await byRest.create({}));
    });

    it('stay when only some of those to be removed are there', async () => {
      const key = await newKey(gateway, 'usr-a');
      const { body } = await callSigned(gateway, key, {
        action: 'DeleteAccessKeys',
        'access_keys.1': key.id,
        'access_keys.2': 'NOSUCHKEY',
      });
      assert.equal(body.ret_code, 2100);
      assert.ok(await signs(key.id, key.secret));
      const gone = await callSigned(gateway, key, {
        action: 'DeleteAccessKeys',
        access_keys: JSON.stringify([key.id, key.id]),
      });
      assert.deepEqual(gone.body.access_keys, [key.id]);
    });
  });
}
