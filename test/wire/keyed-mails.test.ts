import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { callRest, type Answer } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { ADMIN, PASSWORD, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { assertRest } from './assert-convention.ts';

const HOUR = 60 * 60_000;

for (const store of STORES) {
  describe(`the POSTs of the REST API that nobody has to log in for, on the ${store} store`, () => {
    let server: MailServer;
    let gateway: TestGateway;
    let other: TestGateway;
    let admin: string;
    let now = Date.now();
    before(async () => {
      server = await startMailServer();
      const settings = {
        SMTP_URL: server.url,
        MAIL_FROM: 'jobgate@example.com',
        LINKS_PER_EMAIL: '100',
        LINKS_PER_ADDRESS: '1000',
        TOKEN_TTL_SECONDS: '604800',
      };
      gateway = await startGateway(store, settings, { clock: () => now });
      other = store === 'servers' ? await gateway.sibling() : gateway;
      admin = await gateway.logIn();
    });
    after(async () => {
      await gateway[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    const post = (
      path: string,
      body: object,
      key?: string,
      { at = gateway, token = undefined as string | undefined } = {},
    ): Promise<Answer> =>
      callRest(at, token, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
        body: JSON.stringify(body),
      });
    const chosen = (token: string, password = PASSWORD) => ({ token, password, confirmation: password });
    let people = 0;
    async function invited(): Promise<{ userId: string; email: string; token: string }> {
      const userId = `usr-${store}-${++people}`;
      const email = `${userId}@example.com`;
      assertRest(await post('/v1/users', { userId, email }, undefined, { token: admin }), 0);
      return { userId, email, token: (await server.mailTo(email)).token };
    }
    /** One who was sent a link to set another password. */
    async function forgetful(): Promise<{ userId: string; email: string; token: string }> {
      const { userId, email, token } = await invited();
      assertRest(await post('/v1/users/activate', chosen(token, 'a forgotten password')), 0);
      assertRest(await post('/v1/users/request_reset', { email }), 0);
      return { userId, email, token: (await server.mailTo(email, 1)).token };
    }
    const rowsOf = async (key: string): Promise<string> =>
      JSON.stringify(await gateway.database.db('idempotency_keys').where('idempotency_key', key));

    for (const [path, ready, without] of [
      ['/v1/users/activate', invited, 11009],
      ['/v1/users/reset_password', forgetful, 11012],
    ] as const) {
      it(`${path} is answered again as it was, though the token was used up`, async () => {
        const { userId, token } = await ready();
        const first = await post(path, chosen(token), 'once');
        assertRest(first, 0);
        assert.equal(first.body.data.userId, userId);
        const session = await gateway.logIn(userId);
        for (const at of [gateway, other]) {
          assert.equal((await post(path, chosen(token), 'once', { at })).text, first.text);
        }
        // It has no second effect: a session that began meanwhile goes on.
        assertRest(await callRest(other, session, '/v1/auth'), 0);
        assertRest(await post(path, chosen(token)), without);
        assertRest(await post(path, chosen(token), 'another'), without);
        const audited: unknown[] = await gateway.database.db('audit_trail').where({
          about: userId,
          operation: path.endsWith('activate') ? 'activate-user' : 'reset-password',
        });
        assert.equal(audited.length, 1);
      });

      it(`${path} is done once when it comes eight times at once`, async () => {
        const { userId, token } = await ready();
        const answers = await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            post(path, chosen(token), 'at-once', { at: index % 2 ? other : gateway }),
          ),
        );
        for (const answer of answers) assertRest(answer, 0);
        assert.deepEqual(new Set(answers.map(({ body }) => body.data.userId)), new Set([userId]));
        assert.ok(await gateway.logIn(userId));
      });

      it(`${path} is refused where the key came with another password, which is not set`, async () => {
        const { userId, token } = await ready();
        assertRest(await post(path, chosen(token), 'mine'), 0);
        const answer = await post(path, chosen(token, 'another password'), 'mine', { at: other });
        assertRest(answer, 10017);
        await assert.rejects(gateway.logIn(userId, 'another password'), /wrong_password/);
        assert.ok(await gateway.logIn(userId));
      });

      it(`${path} keeps a key apart from the same one beside another token`, async () => {
        const [one, two] = [await ready(), await ready()];
        for (const { token, userId } of [one, two, one]) {
          const { body } = await post(path, chosen(token), 'shared');
          assert.deepEqual([body.code, body.data.userId], [0, userId]);
        }
      });

      it(`${path} stores neither token nor password for that`, async () => {
        const { token } = await ready();
        assertRest(await post(path, chosen(token), `clear${path}`), 0);
        const rows = await rowsOf(`clear${path}`);
        assert.match(rows, /\$argon2id\$/);
        for (const secret of [token, PASSWORD]) assert.ok(!rows.includes(secret));
      });

      it(`${path} is a used token after a day`, async () => {
        const { token } = await ready();
        assertRest(await post(path, chosen(token), 'aged'), 0);
        now += 25 * HOUR;
        assertRest(await post(path, chosen(token), 'aged'), without);
      });
    }

    it('a token is good for one of the two: the key does not turn one into the other', async () => {
      const { token } = await invited();
      assertRest(await post('/v1/users/reset_password', chosen(token), 'turned'), 11012);
      assertRest(await post('/v1/users/activate', chosen(token), 'turned'), 0);
      assertRest(await post('/v1/users/reset_password', chosen(token), 'turned'), 10017);
    });

    it('whoever tries passwords beside a key that was used is stopped like any who guesses', async () => {
      await using strict = await gateway.sibling({ LOGIN_FAILURES_PER_USER: '3' });
      const { token } = await invited();
      assertRest(await post('/v1/users/activate', chosen(token), 'guessed'), 0);
      const guess = () =>
        post('/v1/users/activate', chosen(token, 'a wrong guess'), 'guessed', { at: strict });
      // Where instances count together, the other tests have guessed before.
      const codes = store === 'embedded' ? [10017, 10017, 10017, 10018] : [10018];
      if (store === 'servers') for (let time = 0; time < 3; time++) await guess();
      for (const code of codes) assertRest(await guess(), code);
      assertRest(await post('/v1/users/activate', chosen(token), 'guessed', { at: strict }), 10018);
    });

    it('a link is sent once for a key, however its address is spelled, and again for another key', async () => {
      const { email } = await invited();
      const before = (): number => server.mails.filter(({ to }) => to.includes(email)).length;
      const asked = [email, email.toUpperCase(), email, email];
      const answers = await Promise.all(
        asked.map((each, index) =>
          post('/v1/users/request_reset', { email: each }, 'link', { at: index % 2 ? other : gateway }),
        ),
      );
      for (const { body } of answers) assert.deepEqual(body, { code: 0, data: {} });
      await eventually('the link arrives', () => before() === 2);
      assertRest(await post('/v1/users/request_reset', { email }, 'link'), 0);
      assertRest(await post('/v1/users/request_reset', { email }, 'other-link'), 0);
      await eventually('the other link arrives', () => before() === 3);
      // All that was asked for before it has been seen to.
      assertRest(await post('/v1/users/request_reset', { email }), 0);
      await eventually('the last link arrives', () => before() === 4);
    });

    it('an address that is nobody’s is answered alike, and nothing is kept of it', async () => {
      for (let time = 0; time < 2; time++) {
        const { body } = await post('/v1/users/request_reset', { email: 'nobody@example.com' }, 'stranger');
        assert.deepEqual(body, { code: 0, data: {} });
      }
      const { email } = await invited();
      await post('/v1/users/request_reset', { email }, 'known');
      await eventually('the other request is seen to', async () => (await rowsOf('known')) !== '[]');
      assert.equal(await rowsOf('stranger'), '[]');
      assert.ok(!(await rowsOf('known')).includes(email));
    });

    it('a log-in gives a token of its own each time, and keeps none', async () => {
      const credentials = { name: ADMIN.userId, password: ADMIN.password };
      const tokens = new Set<string>();
      for (const at of [gateway, other]) {
        const answer = await post('/v1/auth', credentials, 'log-in', { at });
        assertRest(answer, 0);
        tokens.add(answer.body.data.token);
      }
      assert.equal(tokens.size, 2);
      for (const token of tokens) assertRest(await callRest(gateway, token, '/v1/auth'), 0);
      assert.equal(await rowsOf('log-in'), '[]');
    });

    it('a key that is none is refused by every POST', async () => {
      for (const [path, body] of [
        ['/v1/auth', { name: ADMIN.userId, password: ADMIN.password }],
        ['/v1/users', { password: PASSWORD }],
        ['/v1/users/activate', chosen('x')],
        ['/v1/users/request_reset', { email: 'nobody@example.com' }],
        ['/v1/users/reset_password', chosen('x')],
      ] as const) {
        const answer = await post(path, body, 'x'.repeat(129), { token: admin });
        assertRest(answer, 10001);
        assert.deepEqual(Object.keys(answer.body.data.parameters), ['Idempotency-Key']);
      }
    });
  });
}
