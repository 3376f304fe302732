import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import type { Role } from '../../schemas/user.ts';
import { actionUser, callAction, callRest } from '../support/clients.ts';
import { ADMIN, PASSWORD, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { emptyCache } from './empty-cache.ts';
import {
  userDoorOfAction,
  userDoorOfRest,
  type UserDoor,
  type UserInput,
  type UserOperation,
} from './user-doors.ts';

const CALLERS: Readonly<Record<string, Role>> = {
  'usr-alice': 'user',
  'usr-bob': 'user',
  'usr-operator': 'operator',
};

/** Every operation that names a user, with an input that an admin could have carried out. */
const NAMING: readonly (readonly [UserOperation, UserInput])[] = [
  ['change-user', { role: 'admin' }],
  ['change-user', { status: 'inactive' }],
  ['change-user', { email: 'taken-over@example.com' }],
  ['change-password', { newPassword: 'another password', confirmation: 'another password' }],
  [
    'change-password',
    { oldPassword: PASSWORD, newPassword: 'another password', confirmation: 'another password' },
  ],
  ['revoke-tokens', {}],
];

for (const store of STORES) {
  for (const protocol of ['action', 'rest'] as const) {
    describe(`users by the ${protocol} protocol on the ${store} store`, () => {
      let gateway: TestGateway;
      let admin: UserDoor;
      before(async () => {
        gateway = await startGateway(store);
        for (const [userId, role] of Object.entries(CALLERS)) await gateway.addUser(userId, role);
        admin = doorFor(ADMIN.userId);
      });
      after(() => gateway[Symbol.asyncDispose]());

      function doorFor(userId: string, password?: string): UserDoor {
        const user = password === undefined ? actionUser(userId) : { userId, password };
        return protocol === 'action'
          ? userDoorOfAction(gateway, user)
          : userDoorOfRest(gateway, () => gateway.logIn(userId, user.password), userId);
      }
      const refusalOf = async (answer: ReturnType<UserDoor>): Promise<string> =>
        (await answer).refused ?? 'none';
      const stored = (userId: string) =>
        createAccountStore(gateway.database.db, gateway.database.dialect).findUser(userId);
      let used = 0;
      const newId = (): string => `usr-new-${++used}`;
      async function made(input: UserInput = {}): Promise<string> {
        const userId = newId();
        assert.deepEqual(await admin('create-user', { userId, password: PASSWORD, ...input }), { userId });
        return userId;
      }
      async function mayLogIn(userId: string, password: string): Promise<boolean> {
        const { body } = await callAction(gateway, { action: 'DescribeJobs' }, { userId, password });
        return body.ret_code === 0;
      }
      const audited = async (about: string): Promise<string[]> =>
        (
          await createAccountStore(gateway.database.db, gateway.database.dialect).listAudit({
            about,
            limit: 50,
          })
        )
          .toReversed()
          .map((entry) => `${entry.userId} ${entry.operation} ${entry.fields.join(',')}`);

      it('are created active with the password that an admin gives, and shown without it', async () => {
        const email = 'Zoë@例子.example';
        const userId = await made({ role: 'operator', email });
        assert.ok(await mayLogIn(userId, PASSWORD));
        const { users, total } = await admin('describe-users', { userIds: [userId] });
        const expected = { userId, role: 'operator', status: 'active', email };
        assert.deepEqual([users, total], [[expected], 1]);
        assert.deepEqual(await audited(userId), [`${ADMIN.userId} create-user role,email,password`]);
      });

      it('get an id where none is given, and are plain users unless told', async () => {
        const { userId } = await admin('create-user', { password: PASSWORD });
        assert.match(userId ?? '', /^usr-[0-9a-z]{8}$/);
        assert.equal((await stored(userId ?? ''))?.role, 'user');
      });

      it('need a password where no mail can be sent', async () => {
        for (const input of [{}, { email: 'nomail@example.com' }]) {
          const { refused, message } = await admin('create-user', input);
          assert.equal(refused, 'invalid_parameter');
          assert.match(message ?? '', /password is missing/);
        }
      });

      it('exist once: by id exactly, by e-mail address however it is spelled', async () => {
        const userId = await made({ email: `${protocol}@example.com` });
        const again = { userId, password: PASSWORD };
        assert.equal(await refusalOf(admin('create-user', again)), 'user_exists');
        const sameMail = await admin('create-user', {
          userId: newId(),
          password: PASSWORD,
          email: `${protocol.toUpperCase()}@EXAMPLE.com`,
        });
        assert.equal(sameMail.refused, 'user_exists');
        assert.match(sameMail.message ?? '', /another user has this e-mail address/);
        const other = await made();
        const taken = admin('change-user', { userId: other, email: `${protocol}@example.com` });
        assert.equal(await refusalOf(taken), 'user_exists');
        assert.deepEqual(await admin('create-user', { ...again, userId: userId.toUpperCase() }), {
          userId: userId.toUpperCase(),
        });
      });

      const WRONG: readonly (readonly [string, UserInput, RegExp])[] = [
        ['an id with a space', { userId: 'two words' }, /user_?id must be/i],
        ['an id with a line break', { userId: 'usr-a\r\nBcc:x' }, /user_?id must be/i],
        ['a role that is none', { role: 'king' }, /role must be one of user, operator, admin/],
        ['a short password', { password: '7 chars' }, /password must have at least 8 characters/],
        ['a long password', { password: 'x'.repeat(257) }, /password must have at most 256 characters/],
        ['an address without @', { email: 'nobody' }, /email must be an e-mail address/],
        ['two addresses', { email: 'a@example.com,b@example.com' }, /email must be/],
        [
          'an address with a header behind it',
          { email: 'a@example.com\r\nBcc: b@example.com' },
          /email must/,
        ],
        ['an address with a name', { email: 'A <a@example.com>' }, /email must be/],
        [
          'a long address',
          { email: `${'a'.repeat(64)}@${'b'.repeat(200)}.com` },
          /email must have at most 254/,
        ],
      ];
      for (const [what, input, said] of WRONG) {
        it(`are not created with ${what}`, async () => {
          const { refused, message } = await admin('create-user', { password: PASSWORD, ...input });
          assert.equal(refused, 'invalid_parameter');
          assert.match(message ?? '', said);
        });
      }

      it('are changed in role, status and e-mail address, from the next call on', async () => {
        const userId = await made();
        const change = { role: 'operator', email: `${userId}@example.com` };
        assert.deepEqual(await admin('change-user', { userId, ...change }), { userId });
        const { users } = await admin('describe-users', { userIds: [userId] });
        assert.deepEqual(users, [{ userId, status: 'active', ...change }]);
        await admin('change-user', { userId, status: 'inactive' });
        assert.equal(await mayLogIn(userId, PASSWORD), false);
        await admin('change-user', { userId, status: 'active' });
        assert.equal(await mayLogIn(userId, PASSWORD), true);
        assert.deepEqual((await audited(userId)).slice(1), [
          `${ADMIN.userId} change-user role,email`,
          `${ADMIN.userId} change-user status`,
          `${ADMIN.userId} change-user status`,
        ]);
      });

      it('stay as they are where nothing is made different, and nothing is written down', async () => {
        const userId = await made({ role: 'operator' });
        const before = await stored(userId);
        for (const input of [{}, { role: 'operator', status: 'active' }]) {
          assert.deepEqual(await admin('change-user', { userId, ...input }), { userId });
        }
        assert.deepEqual(await stored(userId), before);
        assert.equal((await audited(userId)).length, 1);
      });

      it('that do not exist are told as such to an admin', async () => {
        for (const [operation, input] of NAMING) {
          assert.equal(await refusalOf(admin(operation, { userId: 'usr-none', ...input })), 'user_not_found');
        }
        assert.deepEqual(await admin('describe-users', { userIds: ['usr-none'] }), {
          users: [],
          total: 0,
          next: undefined,
        });
      });

      for (const caller of Object.keys(CALLERS)) {
        it(`of others are no business of ${caller}, whether they exist or not`, async () => {
          const door = doorFor(caller);
          const victim = await made();
          const before = await stored(victim);
          for (const [operation, input] of NAMING) {
            const expected = operation === 'change-user' ? 'permission_denied' : 'user_not_found';
            const answers = await Promise.all(
              [victim, 'usr-none'].map((userId) => door(operation, { userId, ...input })),
            );
            assert.deepEqual(
              answers.map((answer) => answer.refused),
              [expected, expected],
            );
            assert.equal(answers[0]?.message, answers[1]?.message);
          }
          assert.deepEqual(await stored(victim), before);
          assert.equal(
            await refusalOf(door('create-user', { userId: newId(), password: PASSWORD })),
            'permission_denied',
          );
        });

        it(`shown to ${caller} are itself alone`, async () => {
          const door = doorFor(caller);
          const own = { userId: caller, role: CALLERS[caller], status: 'active' };
          for (const input of [{}, { userIds: [caller, 'usr-00000000', 'usr-none'] }, { status: 'active' }]) {
            const { users, total } = await door('describe-users', input);
            assert.deepEqual([users, total], [[own], 1]);
          }
          const { users, total } = await door('describe-users', { userIds: ['usr-00000000'] });
          assert.deepEqual([users, total], [[], 0]);
        });
      }

      it('do not make themselves more than they are', async () => {
        const userId = await made();
        const door = doorFor(userId);
        for (const input of [{ role: 'admin' }, { status: 'active' }, { email: 'own@example.com' }]) {
          assert.equal(await refusalOf(door('change-user', { userId, ...input })), 'permission_denied');
        }
        const before = await stored(userId);
        const passwords = {
          oldPassword: PASSWORD,
          newPassword: 'new password',
          confirmation: 'new password',
        };
        const answer = await door('change-password', { userId, ...passwords }, { role: 'admin' });
        if (protocol === 'rest') assert.equal(answer.refused, 'invalid_parameter');
        assert.deepEqual([(await stored(userId))?.role, before?.role], ['user', 'user']);
      });

      it('take nothing from a call that is not declared', async () => {
        const smuggled = {
          active: 'false',
          invited: '1',
          version: '77',
          password_hash: 'x',
          passwordHash: 'x',
          create_time: '2000-01-01T00:00:00Z',
          createTime: '2000-01-01T00:00:00Z',
        };
        const userId = newId();
        const answer = await admin('create-user', { userId, password: PASSWORD }, smuggled);
        if (protocol === 'rest') {
          assert.equal(answer.refused, 'invalid_parameter');
          assert.equal(await stored(userId), undefined);
          await admin('create-user', { userId, password: PASSWORD });
          assert.equal(await refusalOf(admin('change-user', { userId }, smuggled)), 'invalid_parameter');
        } else {
          await admin('change-user', { userId }, smuggled);
        }
        const user = await stored(userId);
        assert.ok(user && user.createTime > Date.now() - 60_000);
        assert.deepEqual([user.active, user.invited, user.version], [true, false, 1]);
        assert.ok(await mayLogIn(userId, PASSWORD));
      });

      it('keep one active admin among them', async () => {
        for (const input of [{ role: 'operator' }, { status: 'inactive' }]) {
          const { refused, message } = await admin('change-user', { userId: ADMIN.userId, ...input });
          assert.equal(refused, 'operation_not_allowed');
          assert.match(message ?? '', /nobody else is an active admin/);
        }
        const second = await made({ role: 'admin' });
        const idle = await made({ role: 'admin' });
        await admin('change-user', { userId: idle, status: 'inactive' });
        // Two admins who put each other down at the same moment: one of them stays.
        const tokens = [await gateway.logIn(), await gateway.logIn(second)] as const;
        const [first, other] = [ADMIN.userId, second].map((userId, index) =>
          protocol === 'action'
            ? doorFor(userId)
            : userDoorOfRest(gateway, async () => tokens[index] ?? '', userId),
        );
        const both = await Promise.all([
          first?.('change-user', { userId: second, role: 'user' }),
          other?.('change-user', { userId: ADMIN.userId, role: 'user' }),
        ]);
        const accounts = createAccountStore(gateway.database.db, gateway.database.dialect);
        assert.equal(await accounts.countUsers({ role: 'admin', active: true }), 1, JSON.stringify(both));
        // Past the gateway, for the tests that follow.
        await gateway.database
          .db('users')
          .where('user_id', ADMIN.userId)
          .update({ role: 'admin', version: 50 });
        await emptyCache(gateway);
      });

      it('change their own password by giving the old one, which ends their tokens', async () => {
        const userId = await made();
        const token = await gateway.logIn(userId);
        const next = 'next password 密码';
        const passwords = { newPassword: next, confirmation: next };
        const door = doorFor(userId);
        const wrong = await door('change-password', { oldPassword: 'wrong password', ...passwords });
        assert.equal(wrong.refused, 'wrong_password');
        assert.equal(await refusalOf(door('change-password', passwords)), 'invalid_parameter');
        const differ = { oldPassword: PASSWORD, newPassword: next, confirmation: 'next passwort' };
        assert.equal(await refusalOf(door('change-password', differ)), 'passwords_differ');
        const short = { oldPassword: PASSWORD, newPassword: 'short', confirmation: 'short' };
        assert.equal(await refusalOf(door('change-password', short)), 'invalid_parameter');
        assert.equal((await callRest(gateway, token, '/v1/auth')).status, 200);

        assert.deepEqual(await door('change-password', { oldPassword: PASSWORD, ...passwords }), { userId });
        assert.equal((await callRest(gateway, token, '/v1/auth')).status, 401);
        assert.deepEqual([await mayLogIn(userId, PASSWORD), await mayLogIn(userId, next)], [false, true]);
        const [, change] = await audited(userId);
        assert.equal(change, `${userId} change-password password`);
        assert.equal((await audited(userId)).length, 2);
      });

      it('get another password from an admin, who does not know the old one but must give its own', async () => {
        const userId = await made();
        const token = await gateway.logIn(userId);
        const passwords = { newPassword: 'given password', confirmation: 'given password' };
        assert.deepEqual(await admin('change-password', { userId, ...passwords }), { userId });
        assert.equal((await callRest(gateway, token, '/v1/auth')).status, 401);
        assert.ok(await mayLogIn(userId, 'given password'));
        const own = await admin('change-password', { userId: ADMIN.userId, ...passwords });
        assert.equal(own.refused, 'invalid_parameter');
        assert.match(own.message ?? '', /old_?password is missing/i);
      });

      it('end all their tokens, or have an admin end them, and no others', async () => {
        const [userId, other] = [await made(), await made()];
        for (const door of [doorFor(userId), admin]) {
          const tokens = [
            await gateway.logIn(userId),
            await gateway.logIn(userId),
            await gateway.logIn(other),
          ];
          assert.deepEqual(await door('revoke-tokens', { userId }), { userId });
          const seen = await Promise.all(tokens.map((token) => callRest(gateway, token, '/v1/auth')));
          assert.deepEqual(
            seen.map(({ status }) => status),
            [401, 401, 200],
          );
        }
        assert.ok(await mayLogIn(userId, PASSWORD));
        assert.deepEqual((await audited(userId)).slice(1), [
          `${userId} revoke-tokens tokens`,
          `${ADMIN.userId} revoke-tokens tokens`,
        ]);
      });

      it('are listed page by page, each once, by cursor, and filtered', async () => {
        const ids = [];
        for (let left = 5; left > 0; left--) ids.push(await made({ role: 'operator' }));
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await admin('describe-users', {
            role: 'operator',
            limit: 2,
            ...(after !== undefined && { after }),
          });
          assert.ok(page.users && page.users.length <= 2);
          seen.push(...page.users.map((user) => (user as { userId: string }).userId));
          after = page.next;
        } while (after !== undefined);
        assert.deepEqual(seen, seen.toSorted());
        assert.ok(ids.every((userId) => seen.includes(userId)));
        assert.equal((await admin('describe-users', { role: 'operator', limit: 1 })).total, seen.length);
        const odd = Buffer.from('["users","two words"]').toString('base64url');
        for (const cursor of ['nonsense', odd, Buffer.from('{"0":1}').toString('base64url')]) {
          assert.equal(await refusalOf(admin('describe-users', { after: cursor })), 'invalid_parameter');
        }
      });
    });
  }
}
