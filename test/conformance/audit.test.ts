import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import { callAction, callRest } from '../support/clients.ts';
import { ADMIN, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';

for (const store of STORES) {
  describe(`the audit trail of calls on the ${store} store`, () => {
    let server: MailServer;
    let gateway: TestGateway;
    let admin: string;
    before(async () => {
      server = await startMailServer();
      gateway = await startGateway(store, {
        KEY_ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64'),
        TRUSTED_PROXIES: 'loopback',
        SMTP_URL: server.url,
        MAIL_FROM: 'jobgate@example.com',
      });
      admin = await gateway.logIn();
    });
    after(async () => {
      await gateway[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    const send = (token: string | undefined, method: string, path: string, body?: object) =>
      callRest(gateway, token, path, {
        method,
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': '203.0.113.7',
          'x-request-id': `${method} ${path}`.replaceAll(/[^\w/]/g, '-'),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
    /** What was written down about a user, oldest first; each entry says who, from where and what. */
    const entriesAbout = async (about: string) =>
      (
        await createAccountStore(gateway.database.db, gateway.database.dialect).listAudit({
          about,
          limit: 50,
        })
      )
        .toReversed()
        .map(({ userId, operation, fields, accessKeyId, address, requestId }) => {
          assert.equal(address, '203.0.113.7');
          return { userId, operation, fields, accessKeyId, requestId };
        });

    it('has one entry for each change of users, passwords, tokens and keys, and none for what is refused', async () => {
      const userId = 'usr-audited';
      const email = 'audited@example.com';
      await send(admin, 'POST', '/v1/users', { userId, email });
      const { token } = await server.mailTo(email);
      const password = 'chosen password';
      await send(undefined, 'POST', '/v1/users/activate', { token, password, confirmation: password });
      const own = await gateway.logIn(userId, password);
      const key = (await send(own, 'POST', '/v1/keys', { accessKeyName: 'laptop' })).body.data.accessKeyId;
      await send(own, 'PATCH', `/v1/keys/${key}`, { status: 'disabled' });
      await send(admin, 'DELETE', `/v1/keys/${key}`);
      await send(own, 'DELETE', '/v1/auth');
      await send(undefined, 'POST', '/v1/users/request_reset', { email });
      const reset = (await server.mailTo(email, 1)).token;
      await send(undefined, 'POST', '/v1/users/reset_password', {
        token: reset,
        password,
        confirmation: password,
      });
      // Refused, each in its own way.
      await send(undefined, 'POST', '/v1/users/reset_password', {
        token: reset,
        password,
        confirmation: password,
      });
      await send(admin, 'POST', '/v1/users', { userId, password });
      await send(admin, 'PATCH', `/v1/users/${userId}`, { role: 'king' });
      await send(await gateway.logIn(userId, password), 'PATCH', `/v1/users/${userId}`, { role: 'admin' });

      const entries = await entriesAbout(userId);
      assert.deepEqual(
        entries.map(({ userId: who, operation, fields, accessKeyId }) => [
          who,
          operation,
          fields,
          accessKeyId,
        ]),
        [
          [ADMIN.userId, 'create-user', ['role', 'email'], undefined],
          [userId, 'activate-user', ['status', 'password'], undefined],
          [userId, 'create-access-key', ['accessKeyName'], key],
          [userId, 'change-access-key', ['status'], key],
          [ADMIN.userId, 'remove-access-keys', [], key],
          [userId, 'log-out', ['token'], undefined],
          [userId, 'reset-password', ['password'], undefined],
        ],
      );
      assert.equal(entries[0]?.requestId, 'POST-/v1/users');
    });

    it('holds no password, token or secret', async () => {
      const rows = JSON.stringify(await gateway.database.db('audit_trail').select('*'));
      assert.doesNotMatch(rows, /chosen password|argon2|laptop|audited@/);
    });

    it('says who was first: the gateway itself, which made the admin', async () => {
      const accounts = createAccountStore(gateway.database.db, gateway.database.dialect);
      const [entry] = await accounts.listAudit({ about: ADMIN.userId, limit: 1 });
      assert.deepEqual([entry?.userId, entry?.operation], ['first start', 'create-user']);
    });

    it('has no entry for a log-in, which leaves its time with the user', async () => {
      const count = async () =>
        ((await gateway.database.db('audit_trail').select('number')) as unknown[]).length;
      const before = await count();
      const began = Date.now();
      await gateway.logIn();
      await callAction(gateway, { action: 'DescribeJobs' });
      assert.equal(await count(), before);
      const { body } = await callRest(gateway, admin, `/v1/users/${ADMIN.userId}`);
      assert.ok(Date.parse(body.data.lastLoginTime) >= began);
      assert.equal((await callRest(gateway, admin, '/v1/auth')).status, 200);
    });
  });
}
