import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { actionUser } from '../support/clients.ts';
import { ADMIN, PASSWORD, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { userDoorOfAction, userDoorOfRest, type UserDoor, type UserInput } from './user-doors.ts';

const HOUR = 60 * 60_000;

for (const store of STORES) {
  describe(`creating a user with a key on the ${store} store`, () => {
    let server: MailServer;
    let gateway: TestGateway;
    /** Both protocols, on two instances where there are two. */
    let doors: [action: UserDoor, rest: UserDoor, otherAction: UserDoor, otherRest: UserDoor];
    let now = Date.now();
    before(async () => {
      server = await startMailServer();
      const mails = { SMTP_URL: server.url, MAIL_FROM: 'jobgate@example.com' };
      gateway = await startGateway(store, mails, { clock: () => now });
      const other = store === 'servers' ? await gateway.sibling() : gateway;
      doors = [
        userDoorOfAction(gateway, actionUser()),
        userDoorOfRest(gateway, () => gateway.logIn(), ADMIN.userId),
        userDoorOfAction(other, actionUser()),
        userDoorOfRest(other, () => other.logIn(), ADMIN.userId),
      ];
    });
    after(async () => {
      await gateway[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    let used = 0;
    /** A request that no other test makes. */
    const request = () => {
      const own = `usr-keyed-${++used}`;
      return { userId: own, role: 'operator', password: PASSWORD, idempotencyKey: `key/${own}=+` } as const;
    };
    const create = (index: number, input: UserInput) => (doors[index % 4] as UserDoor)('create-user', input);
    const idOf = async (index: number, input: UserInput): Promise<string> => {
      const { userId, refused } = await create(index, input);
      assert.equal(refused, undefined);
      return userId ?? '';
    };
    const refusalOf = async (index: number, input: UserInput): Promise<string> =>
      (await create(index, input)).refused ?? 'none';
    const atOnce = (input: UserInput): Promise<string[]> =>
      Promise.all(Array.from({ length: 8 }, (_, index) => idOf(index, input)));
    const users = async (): Promise<number> => (await gateway.database.db('users').pluck('user_id')).length;

    it('makes one, however often and wherever it comes', async () => {
      for (const first of [0, 1, 2, 3]) {
        const input = request();
        for (let index = first; index < first + 8; index++) {
          assert.equal(await idOf(index, input), input.userId);
        }
        assert.equal(
          (await gateway.database.db('audit_trail').where({ about: input.userId, operation: 'create-user' }))
            .length,
          1,
        );
        assert.ok(await gateway.logIn(input.userId));
      }
    });

    it('makes one when it comes eight times at once, with an id of its own or one that is made up', async () => {
      const { userId, ...anyId } = request();
      const before = await users();
      assert.deepEqual(new Set(await atOnce({ ...anyId, userId })), new Set([userId]));
      const made = await atOnce({ ...anyId, idempotencyKey: `${anyId.idempotencyKey}-any` });
      assert.equal(new Set(made).size, 1);
      assert.match(made[0] ?? '', /^usr-[0-9a-z]{8}$/);
      assert.equal(await users(), before + 2);
    });

    it('sends one invitation when it comes eight times at once', async () => {
      const { role, idempotencyKey } = request();
      const email = `${store}-invited@example.com`;
      const made = await atOnce({ role, email, idempotencyKey });
      assert.equal(new Set(made).size, 1);
      const { token } = await server.mailTo(email);
      assert.equal(await idOf(1, { role, email, idempotencyKey }), made[0]);
      // What would be sent leaves a moment after the answer: a later mail has overtaken none.
      await idOf(0, { role, email: `${store}-later@example.com` });
      await server.mailTo(`${store}-later@example.com`);
      assert.equal(server.mails.filter(({ to }) => to.includes(email)).length, 1);
      assert.equal(token.length, 43);
    });

    it('is refused where the key came with another request, the password included', async () => {
      const input = request();
      const { password: _password, ...invited } = input;
      await idOf(0, input);
      for (const [index, other] of [
        { ...input, role: 'user' },
        { ...input, userId: `${input.userId}-other` },
        { ...input, email: 'someone@example.com' },
        { ...input, password: `${PASSWORD} other` },
        { ...invited, email: 'someone@example.com' },
      ].entries()) {
        assert.equal(await refusalOf(index, other), 'idempotency_conflict', JSON.stringify(other));
        assert.equal(await refusalOf(index + 1, other), 'idempotency_conflict');
      }
      assert.equal(await idOf(3, input), input.userId);
      assert.ok(await gateway.logIn(input.userId));
    });

    it('leaves the key free where it was refused', async () => {
      const input = request();
      await idOf(0, input);
      const second = { ...input, idempotencyKey: `${input.idempotencyKey}-second` };
      assert.equal(await refusalOf(1, second), 'user_exists');
      assert.equal(await refusalOf(0, second), 'user_exists');
      assert.equal(await idOf(2, { ...second, userId: `${input.userId}-b` }), `${input.userId}-b`);
    });

    it('keeps the hash of the password alone', async () => {
      const input = request();
      await idOf(1, input);
      const rows: { answer: string; digest: string }[] = await gateway.database
        .db('idempotency_keys')
        .where('idempotency_key', input.idempotencyKey);
      assert.equal(rows.length, 1);
      const text = JSON.stringify(rows);
      assert.match(text, /\$argon2id\$/);
      for (const way of ['utf8', 'base64', 'hex'] as const) {
        assert.ok(!text.includes(Buffer.from(PASSWORD).toString(way)), way);
      }
    });

    it('is another request after a day', async () => {
      const input = request();
      await idOf(0, input);
      now += 25 * HOUR;
      assert.equal(await refusalOf(1, input), 'user_exists');
      assert.equal(await idOf(0, { ...input, userId: `${input.userId}-b` }), `${input.userId}-b`);
    });
  });
}
