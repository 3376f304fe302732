import assert from 'node:assert/strict';
import { constants, createHmac, publicEncrypt } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import { callAction, callRaw, callRest, type Answer } from '../support/clients.ts';
import { ADMIN, PASSWORD, startGateway, STORES, type TestGateway } from '../support/gateway.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('users on the wire', () => {
  let gateway: TestGateway;
  let admin: string;
  before(async () => {
    gateway = await startGateway('embedded', { TRUSTED_PROXIES: 'loopback' });
    admin = await gateway.logIn();
  });
  after(() => gateway[Symbol.asyncDispose]());

  const sendRest = (method: string, path: string, body: object, headers = {}): Promise<Answer> =>
    callRest(gateway, admin, path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it('are one object in the REST envelope, with the place where it is found', async () => {
    const body = { userId: 'usr-a@b', role: 'operator', email: 'a@example.com', password: PASSWORD };
    const { status, headers, body: made } = await sendRest('POST', '/v1/users', body);
    assert.equal(status, 200);
    assert.equal(headers.get('location'), '/v1/users/usr-a%40b');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.deepEqual(Object.keys(made), ['code', 'data']);
    const { createTime, ...rest } = made.data;
    assert.match(createTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(rest, { userId: 'usr-a@b', role: 'operator', status: 'active', email: 'a@example.com' });
    await gateway.logIn('usr-a@b');
    const { data } = (await callRest(gateway, admin, headers.get('location') ?? '')).body;
    assert.deepEqual(Object.keys(data), ['userId', 'role', 'status', 'email', 'createTime', 'lastLoginTime']);
    const patched = await sendRest('PATCH', '/v1/users/usr-a@b', { role: 'user' });
    assert.equal(patched.body.data.role, 'user');
  });

  it('are a page in the REST envelope', async () => {
    const { data } = (await callRest(gateway, admin, '/v1/users?page=2&per_page=1')).body;
    assert.deepEqual(Object.keys(data), ['users', 'total', 'page', 'perPage']);
    assert.deepEqual([data.users.length, data.total, data.page, data.perPage], [1, 2, 2, 1]);
    const first = (await callRest(gateway, admin, '/v1/users?per_page=1')).body.data;
    const next = (await callRest(gateway, admin, `/v1/users?per_page=1&after=${first.next}`)).body.data;
    assert.deepEqual(Object.keys(next), ['users', 'total', 'perPage']);
    assert.deepEqual(next.users, data.users);
    for (const [query, code] of [
      ['page=0', 10010],
      ['per_page=101', 10011],
      ['perPage=2', 10001],
      ['query_by=role&role=admin', 10001],
      ['role=king', 10001],
    ] as const) {
      assert.equal((await callRest(gateway, admin, `/v1/users?${query}`)).body.code, code);
    }
  });

  it('are a user_set in the action API', async () => {
    const { body } = await callAction(gateway, { action: 'DescribeUsers', users: ADMIN.userId });
    assert.deepEqual(Object.keys(body), ['action', 'ret_code', 'total_count', 'user_set']);
    const [user] = body.user_set;
    assert.deepEqual(Object.keys(user), ['create_time', 'last_login_time', 'role', 'status', 'user_id']);
    assert.match(user.create_time, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal((await callAction(gateway, { action: 'DescribeUsers', limit: 5000 })).body.ret_code, 0);
  });

  it('need credentials, but for the three calls of who has none', async () => {
    for (const [method, path] of [
      ['GET', '/v1/users'],
      ['POST', '/v1/users'],
      ['GET', '/v1/users/usr-00000000'],
      ['PATCH', '/v1/users/usr-00000000'],
      ['PUT', '/v1/users/usr-00000000/password'],
      ['DELETE', '/v1/users/usr-00000000/tokens'],
    ] as const) {
      const { status, body } = await callRest(gateway, undefined, path, { method });
      assert.deepEqual([status, body.code], [401, 10002], `${method} ${path}`);
    }
    for (const name of ['activate', 'request_reset', 'reset_password']) {
      const { status, body } = await callRest(gateway, undefined, `/v1/users/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      assert.deepEqual([status, body.code], [200, 10001], name);
    }
    for (const action of ['ActivateUser', 'RequestReset', 'ResetPassword', 'DescribeUser']) {
      assert.equal((await callAction(gateway, { action })).body.ret_code, 1101);
    }
  });

  describe('whose passwords are parameters of an action', () => {
    const create = (password: string, userId: string): Promise<Answer> =>
      callAction(gateway, { action: 'CreateUser', user_id: userId, password, lang: 'en' });

    it('take base64', async () => {
      assert.equal((await create(base64('密码 as base64'), 'usr-base64')).body.ret_code, 0);
      await gateway.logIn('usr-base64', '密码 as base64');
    });

    it('take a cipher text for the gateway’s key', async () => {
      const { publicKey } = (await callRest(gateway, undefined, '/v1/auth/key')).body.data;
      const key = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
      const cipher = publicEncrypt(key, Buffer.from('an encrypted password')).toString('base64');
      assert.equal((await create(`rsa:${cipher}`, 'usr-rsa')).body.ret_code, 0);
      await gateway.logIn('usr-rsa', 'an encrypted password');
    });

    it('take nothing else, and name the parameter', async () => {
      const latin1 = Buffer.from('pässwörd', 'latin1').toString('base64');
      for (const password of ['plain text, it seems', 'rsa:AAAA', 'rsa:', latin1]) {
        const { body } = await create(password, 'usr-wrong');
        assert.equal(body.ret_code, 1100);
        assert.match(body.message, /password must be the base64 of a password/);
      }
    });

    it('take none from a URL, unless that was allowed', async () => {
      const query = new URLSearchParams({
        action: 'CreateUser',
        user_id: 'usr-in-url',
        password: base64('in the url'),
        lang: 'en',
      });
      const form = new URLSearchParams({ USER_ID: ADMIN.userId, PASSWORD: base64(ADMIN.password) });
      const init = { method: 'POST', body: form };
      const { body } = await callRaw(gateway, `/iaas/?${query.toString()}`, init);
      assert.equal(body.ret_code, 1100);
      assert.match(body.message, /a PASSWORD in a URL ends up in logs/);
      await using open = await gateway.sibling({ PASSWORD_IN_QUERY: 'allow' });
      assert.equal((await callRaw(open, `/iaas/?${query.toString()}`, init)).body.ret_code, 0);
    });

    it('take only the forms that PASSWORD_CIPHERS lists', async () => {
      await using rsaOnly = await gateway.sibling({ PASSWORD_CIPHERS: 'rsa' });
      const { publicKey } = (await callRest(gateway, undefined, '/v1/auth/key')).body.data;
      const key = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
      const own = `rsa:${publicEncrypt(key, Buffer.from(ADMIN.password)).toString('base64')}`;
      const form = new URLSearchParams({
        action: 'CreateUser',
        user_id: 'usr-cipher',
        password: base64('not this way'),
        USER_ID: ADMIN.userId,
        PASSWORD: own,
        lang: 'en',
      });
      const { body } = await callRaw(rsaOnly, '/iaas/', { method: 'POST', body: form });
      assert.equal(body.ret_code, 1100);
      assert.match(body.message, /this form of PASSWORD is not accepted here/);
    });

    it('take none that others could read, where the gateway was told so, by either protocol', async () => {
      await using careful = await gateway.sibling({ PASSWORD_OVER_HTTP: 'refuse' });
      const token = await gateway.logIn();
      const headers = { 'x-forwarded-proto': 'http', 'content-type': 'application/json' };
      const passwords = { oldPassword: ADMIN.password, newPassword: PASSWORD, confirmation: PASSWORD };
      const init = { method: 'PUT', headers, body: JSON.stringify(passwords) };
      const path = `/v1/users/${ADMIN.userId}/password`;
      const { body } = await callRest(careful, token, path, init);
      assert.deepEqual([body.code, body.data.reason], [10001, 'invalid_parameter']);
    });
  });
});

/** A call as QingCloud's clients sign it, so that it can be sent twice. */
function sign(id: string, secret: string, parameters: Record<string, string>): URLSearchParams {
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const all: Record<string, string> = {
    ...parameters,
    access_key_id: id,
    signature_method: 'HmacSHA256',
    signature_version: '1',
    time_stamp: time,
    version: '1',
  };
  const pairs = Object.keys(all)
    .toSorted()
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(all[name] ?? '')}`);
  const text = `POST\n/iaas/\n${pairs.join('&')}`;
  return new URLSearchParams({
    ...all,
    signature: createHmac('sha256', secret).update(text).digest('base64'),
  });
}

for (const store of STORES) {
  describe(`signed calls about users on the ${store} store`, () => {
    let gateway: TestGateway;
    let key: { accessKeyId: string; secretAccessKey: string };
    let ownKey: typeof key;
    before(async () => {
      gateway = await startGateway(store, { KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') });
      await gateway.addUser('usr-signer', 'user');
      const make = async (token: string) =>
        (
          await callRest(gateway, token, '/v1/keys', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: '{}',
          })
        ).body.data;
      key = await make(await gateway.logIn());
      ownKey = await make(await gateway.logIn('usr-signer'));
    });
    after(() => gateway[Symbol.asyncDispose]());

    /** Sends the same call three times; every answer must be that of the first. */
    async function sendAgain(form: URLSearchParams) {
      const answers = [];
      for (let time = 0; time < 3; time++) {
        answers.push((await callRaw(gateway, '/iaas/', { method: 'POST', body: form })).body);
      }
      assert.deepEqual(answers, [answers[0], answers[0], answers[0]]);
      return answers[0];
    }
    const accounts = () => createAccountStore(gateway.database.db, gateway.database.dialect);

    it('create one user', async () => {
      const parameters = { action: 'CreateUser', password: base64(PASSWORD) };
      const before = await accounts().countUsers();
      const body = await sendAgain(sign(key.accessKeyId, key.secretAccessKey, parameters));
      assert.equal(body.ret_code, 0);
      assert.equal(await accounts().countUsers(), before + 1);
      await gateway.logIn(body.user_id);
      const rows = JSON.stringify(await gateway.database.db('seen_signatures').select('*'));
      assert.doesNotMatch(rows, /argon2/);
    });

    it('change a user once, whatever was changed since', async () => {
      const parameters = { action: 'ModifyUserAttributes', user_id: 'usr-signer', role: 'operator' };
      const form = sign(key.accessKeyId, key.secretAccessKey, parameters);
      assert.equal((await sendAgain(form)).ret_code, 0);
      const back = { ...parameters, role: 'user' };
      await sendAgain(sign(key.accessKeyId, key.secretAccessKey, back));
      await sendAgain(form);
      assert.equal((await accounts().findUser('usr-signer'))?.role, 'user');
    });

    it('change a password once: the second is told so, though its old password is wrong by then', async () => {
      const parameters = {
        action: 'ModifyUserPassword',
        old_password: base64(PASSWORD),
        new_password: base64('signed password'),
        confirmation: base64('signed password'),
      };
      const body = await sendAgain(sign(ownKey.accessKeyId, ownKey.secretAccessKey, parameters));
      assert.deepEqual([body.ret_code, body.user_id], [0, 'usr-signer']);
      await gateway.logIn('usr-signer', 'signed password');
      const entries = await accounts().listAudit({ about: 'usr-signer', limit: 50 });
      assert.equal(entries.filter((entry) => entry.operation === 'change-password').length, 1);
      const another = sign(ownKey.accessKeyId, ownKey.secretAccessKey, { ...parameters, zone: 'other' });
      assert.equal((await sendAgain(another)).ret_code, 1620);
    });

    it('end tokens once: a log-in after the first stays', async () => {
      const form = sign(key.accessKeyId, key.secretAccessKey, {
        action: 'RevokeTokens',
        user_id: 'usr-signer',
      });
      assert.equal((await sendAgain(form)).ret_code, 0);
      const token = await gateway.logIn('usr-signer', 'signed password');
      await sendAgain(form);
      assert.equal((await callRest(gateway, token, '/v1/auth')).status, 200);
    });
  });
}
