import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { callAction, callRest, type Answer } from '../support/clients.ts';
import { PASSWORD, startGateway, type TestGateway } from '../support/gateway.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';

/** Every number that the REST convention gives to accounts, made to happen. */
describe('the account codes of the REST API', () => {
  let server: MailServer;
  let gateway: TestGateway;
  let admin: string;
  before(async () => {
    server = await startMailServer();
    gateway = await startGateway('embedded', { SMTP_URL: server.url, MAIL_FROM: 'jobgate@example.com' });
    admin = await gateway.logIn();
    await gateway.addUser('usr-codes', 'user');
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const send = (method: string, path: string, body: object, token?: string): Promise<Answer> =>
    callRest(gateway, token, path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const hasCode = (answer: Answer, code: number, reason: string, status = 200): void => {
    assert.deepEqual([answer.body.code, answer.body.data.reason, answer.status], [code, reason, status]);
    assert.equal(answer.headers.get('x-error-code'), String(code));
  };
  const confirmed = (token: string) => ({ token, password: PASSWORD, confirmation: PASSWORD });
  let people = 0;
  async function invited(): Promise<{ userId: string; email: string; token: string }> {
    const userId = `usr-codes-${++people}`;
    const email = `${userId}@example.com`;
    assert.equal((await send('POST', '/v1/users', { userId, email }, admin)).body.code, 0);
    const { token } = await server.mailTo(email);
    return { userId, email, token };
  }
  const activate = (token: string): Promise<Answer> => send('POST', '/v1/users/activate', confirmed(token));

  it('11003: a user of this id is created again', async () => {
    const body = { userId: 'usr-codes', password: PASSWORD };
    hasCode(await send('POST', '/v1/users', body, admin), 11003, 'user_exists');
  });

  it('11004: an admin asks for a user that does not exist', async () => {
    hasCode(await callRest(gateway, admin, '/v1/users/usr-none'), 11004, 'user_not_found');
  });

  it('11005: a user that is not active logs in with its password', async () => {
    await gateway.addUser('usr-idle', 'user');
    await send('PATCH', '/v1/users/usr-idle', { status: 'inactive' }, admin);
    const answer = await send('POST', '/v1/auth', { name: 'usr-idle', password: PASSWORD });
    hasCode(answer, 11005, 'user_inactive', 401);
  });

  it('11006: a log-in with a wrong password, by HTTP 401; another password with a wrong old one, by 200', async () => {
    const answer = await send('POST', '/v1/auth', { name: 'usr-codes', password: 'wrong password' });
    hasCode(answer, 11006, 'wrong_password', 401);
    const body = { oldPassword: 'wrong password', newPassword: 'new password', confirmation: 'new password' };
    const token = await gateway.logIn('usr-codes');
    hasCode(await send('PUT', '/v1/users/usr-codes/password', body, token), 11006, 'wrong_password');
  });

  it('11007: an activation with a token that never was one, or is good for a reset alone', async () => {
    for (const token of ['x', 'A'.repeat(43), 'два'.repeat(20)]) {
      hasCode(await activate(token), 11007, 'token_invalid');
    }
    const { token, email } = await invited();
    await activate(token);
    await send('POST', '/v1/users/request_reset', { email });
    const reset = await server.mailTo(email, 1);
    hasCode(await activate(reset.token), 11007, 'token_invalid');
  });

  it('11009: an activation of a user that is active, by the token that did it or by an admin', async () => {
    const { token } = await invited();
    assert.equal((await activate(token)).body.code, 0);
    hasCode(await activate(token), 11009, 'user_already_active');
    const other = await invited();
    await send('PATCH', `/v1/users/${other.userId}`, { status: 'active' }, admin);
    hasCode(await activate(other.token), 11009, 'user_already_active');
  });

  it('11010: an activation after an admin took it back, or too late', async () => {
    const kept = await invited();
    await send('PATCH', `/v1/users/${kept.userId}`, { status: 'inactive' }, admin);
    hasCode(await activate(kept.token), 11010, 'activation_failed');
    const late = await invited();
    const past = { expire_time: '2020-01-01 00:00:00.000' };
    await gateway.database.db('one_time_tokens').where('user_id', late.userId).update(past);
    hasCode(await activate(late.token), 11010, 'activation_failed');
    await assert.rejects(gateway.logIn(late.userId), /wrong_password/);
  });

  it('11011: an admin asks for a reset by an address that is nobody’s', async () => {
    const answer = await send('POST', '/v1/users/request_reset', { email: 'nobody@example.com' }, admin);
    hasCode(answer, 11011, 'email_not_registered');
  });

  it('11012: a reset with a link that is unknown, used, too late, or not for a reset', async () => {
    const reset = (token: string): Promise<Answer> =>
      send('POST', '/v1/users/reset_password', confirmed(token));
    hasCode(await reset('A'.repeat(43)), 11012, 'reset_link_invalid');
    const { token, email, userId } = await invited();
    hasCode(await reset(token), 11012, 'reset_link_invalid');
    await activate(token);
    await send('POST', '/v1/users/request_reset', { email });
    const link = (await server.mailTo(email, 1)).token;
    const past = { expire_time: '2020-01-01 00:00:00.000' };
    await gateway.database.db('one_time_tokens').where('user_id', userId).update(past);
    hasCode(await reset(link), 11012, 'reset_link_invalid');
    await send('POST', '/v1/users/request_reset', { email });
    const good = (await server.mailTo(email, 2)).token;
    assert.equal((await reset(good)).body.code, 0);
    hasCode(await reset(good), 11012, 'reset_link_invalid');
  });

  it('11013: a confirmation that differs, whatever else is asked for', async () => {
    const different = { password: PASSWORD, confirmation: 'another password' };
    const { token } = await invited();
    for (const path of ['activate', 'reset_password']) {
      const answer = await send('POST', `/v1/users/${path}`, { token, ...different });
      hasCode(answer, 11013, 'passwords_differ');
    }
    const body = { oldPassword: PASSWORD, newPassword: PASSWORD, confirmation: 'another password' };
    const own = await gateway.logIn('usr-codes');
    hasCode(await send('PUT', '/v1/users/usr-codes/password', body, own), 11013, 'passwords_differ');
    assert.equal((await activate(token)).body.code, 0);
  });

  it('10018: too many wrong tokens from one address, as too many wrong passwords', async () => {
    await using strict = await gateway.sibling({ LOGIN_FAILURES_PER_USER: '3' });
    const post = (path: string, body: object, token?: string): Promise<Answer> =>
      callRest(strict, token, path, {
        method: path.endsWith('/password') ? 'PUT' : 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    for (let time = 0; time < 3; time++) {
      assert.equal((await post('/v1/users/activate', confirmed('wrong'))).body.code, 11007);
    }
    for (const path of ['activate', 'reset_password']) {
      const answer = await post(`/v1/users/${path}`, confirmed('wrong'));
      hasCode(answer, 10018, 'rate_limited');
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
    }
    const token = await gateway.logIn('usr-codes');
    const wrong = { oldPassword: 'wrong password', newPassword: PASSWORD, confirmation: PASSWORD };
    for (let time = 0; time < 3; time++) {
      hasCode(await post('/v1/users/usr-codes/password', wrong, token), 11006, 'wrong_password');
    }
    const answer = await post('/v1/users/usr-codes/password', { ...wrong, oldPassword: PASSWORD }, token);
    hasCode(answer, 10018, 'rate_limited');
    hasCode(await post('/v1/auth', { name: 'usr-codes', password: PASSWORD }), 10018, 'rate_limited');
  });

  it('have their ret_code in the action API, where it has one', async () => {
    const call = async (parameters: Record<string, string>) =>
      (await callAction(gateway, { lang: 'en', ...parameters })).body;
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const password = base64(PASSWORD);
    for (const [parameters, retCode, word] of [
      [{ action: 'CreateUser', user_id: 'usr-codes', password }, 1510, 'UserAlreadyExists'],
      [{ action: 'RevokeTokens', user_id: 'usr-none' }, 1610, 'UserNotFound'],
      [
        {
          action: 'ModifyUserPassword',
          old_password: base64('wrong'),
          new_password: password,
          confirmation: password,
        },
        1620,
        'PasswordMismatch',
      ],
      [
        { action: 'ModifyUserPassword', new_password: password, confirmation: base64('differs') },
        1100,
        'PasswordsDiffer',
      ],
    ] as const) {
      const body = await call(parameters);
      assert.deepEqual([body.action, body.ret_code], [`${parameters.action}Response`, retCode]);
      assert.ok(body.message.startsWith(`${word}, `), body.message);
    }
  });
});
