import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAttemptLimiter } from '../../adapters/attempts/attempt-limiter.ts';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import { createCredentialJudge } from '../../src/accounts/credentials.ts';
import { createPasswords } from '../../src/accounts/passwords.ts';
import type { Passwords } from '../../src/ports.ts';
import { actionUser, callAction, callRest, type Answer } from '../support/clients.ts';
import { ADMIN, PASSWORD, startGateway, STORES, type TestGateway } from '../support/gateway.ts';

const LIMITS = { LOGIN_FAILURES_PER_USER: '3', LOGIN_FAILURES_PER_ADDRESS: '8', TRUSTED_PROXIES: 'loopback' };

/** A log-in as it comes through a trusted proxy from an address. */
function logInFrom(gateway: TestGateway, address: string, name: string, password: string): Promise<Answer> {
  return callRest(gateway, undefined, '/v1/auth', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ name, password }),
  });
}

let lastAddress = 0;
/** Every test has addresses of its own: limits outlive a test. */
const newAddress = (): string => `198.51.100.${++lastAddress}`;

for (const store of STORES) {
  describe(`log-in on the ${store} store`, () => {
    let gateway: TestGateway;
    before(async () => {
      gateway = await startGateway(store, { ...LIMITS, TOKEN_TTL_SECONDS: '2' });
      for (const name of ['usr-a', 'usr-b', 'usr-c', 'usr-d']) await gateway.addUser(name, 'user');
    });
    after(() => gateway[Symbol.asyncDispose]());

    it('gives a token that ends after TOKEN_TTL_SECONDS', async () => {
      const began = Date.now();
      const { body } = await logInFrom(gateway, newAddress(), 'usr-a', PASSWORD);
      const { token, expireTime } = body.data;
      assert.match(token, /^[A-Za-z0-9_-]{43}$/);
      assert.ok(Math.abs(Date.parse(expireTime) - began - 2_000) < 1_500);
      assert.equal((await callRest(gateway, token, '/v1/auth')).body.data.expireTime, expireTime);
      await sleep(Date.parse(expireTime) - Date.now() + 5);
      assert.equal((await callRest(gateway, token, '/v1/auth')).status, 401);
    });

    it('answers a wrong password and an unknown user alike', async () => {
      const wrong = await logInFrom(gateway, newAddress(), 'usr-a', 'wrong password');
      const unknown = await logInFrom(gateway, newAddress(), 'usr-nobody', 'wrong password');
      for (const { status, body } of [wrong, unknown]) {
        assert.deepEqual([status, body.code, body.data.reason], [401, 11006, 'wrong_password']);
      }
      assert.equal(wrong.body.data.message, unknown.body.data.message);
    });

    it('refuses more failures of a user at an address, and says when to come back', async () => {
      const address = newAddress();
      for (let i = 0; i < 3; i++) {
        assert.equal((await logInFrom(gateway, address, 'usr-b', 'wrong')).body.code, 11006);
      }
      const refused = await logInFrom(gateway, address, 'usr-b', PASSWORD);
      assert.deepEqual([refused.status, refused.body.code], [200, 10018]);
      assert.ok(Number(refused.headers.get('retry-after')) > 0);
    });

    it('lets the same user in from elsewhere: a stranger cannot lock it out', async () => {
      const stranger = newAddress();
      for (let i = 0; i < 4; i++) await logInFrom(gateway, stranger, 'usr-c', 'wrong');
      assert.equal((await logInFrom(gateway, newAddress(), 'usr-c', PASSWORD)).body.code, 0);
    });

    it('refuses an address that fails for many users', async () => {
      const address = newAddress();
      for (let i = 0; i < 8; i++) await logInFrom(gateway, address, `usr-guess-${i}`, 'wrong');
      assert.equal((await logInFrom(gateway, address, 'usr-d', PASSWORD)).body.code, 10018);
    });

    it('never refuses a good credential in use, whoever fails beside it', async () => {
      const user = actionUser('usr-d');
      const ask = async (caller: typeof user) =>
        (await callAction(gateway, { action: 'DescribeJobs' }, caller)).body.ret_code as number;
      assert.equal(await ask(user), 0);
      const codes: number[] = [];
      for (let i = 0; i < 5; i++) codes.push(await ask({ userId: 'usr-d', password: 'wrong' }));
      assert.deepEqual(codes, [1200, 1200, 1200, 2500, 2500]);
      assert.equal(await ask(user), 0);
    });

    it('counts by the address of the connection where no proxy is trusted', async () => {
      const direct = await gateway.sibling({ TRUSTED_PROXIES: '' });
      const codes: number[] = [];
      for (let i = 0; i < 5; i++)
        codes.push((await logInFrom(direct, newAddress(), 'usr-x', 'wrong')).body.code);
      assert.deepEqual(codes.slice(-2), [10018, 10018]);
    });
  });
}

describe('a password that comes with every call', () => {
  let gateway: TestGateway;
  let verified = 0;
  const origin = { address: '127.0.0.1' };
  const { userId } = ADMIN;
  const inBase64 = (password: string): string => Buffer.from(password).toString('base64');
  const admin = {
    by: 'password',
    userId,
    written: inBase64(ADMIN.password),
    read: () => ADMIN.password,
  } as const;
  before(async () => void (gateway = await startGateway('servers')));
  after(() => gateway[Symbol.asyncDispose]());

  function newJudge() {
    const real = createPasswords();
    const passwords: Passwords = {
      hash: (password) => real.hash(password),
      verify(password, hash) {
        verified++;
        return real.verify(password, hash);
      },
    };
    const { db, dialect } = gateway.database;
    const accounts = createAccountStore(db, dialect);
    const attempts = createAttemptLimiter({ perUser: 3, perAddress: 3, window: 60 });
    verified = 0;
    return createCredentialJudge({
      accounts,
      passwords,
      attempts,
      clock: Date.now,
      secretBox: undefined,
      // Whatever is encrypted comes to the text that it is.
      passwordKey: { publicKey: '', decrypt: async (cipher) => String(cipher) },
      keyUses: { note: () => {} },
      signatureWindow: 60_000,
    });
  }

  it('is hashed once, also when many calls come at once', async () => {
    const judge = newJudge();
    await Promise.all(Array.from({ length: 50 }, async () => judge.recognize(admin, origin)));
    await judge.recognize(admin, origin);
    assert.equal(verified, 1);
  });

  it('is read only where it is not remembered as it was written', async () => {
    const judge = newJudge();
    let reads = 0;
    const read = (): string => (reads++, ADMIN.password);
    for (let times = 0; times < 3; times++) await judge.recognize({ ...admin, read }, origin);
    assert.deepEqual([reads, verified], [1, 1]);
    await judge.recognize({ ...admin, written: `${admin.written}=`, read }, origin);
    assert.deepEqual([reads, verified], [2, 2]);
  });

  it('is another one where the same letters were encrypted', async () => {
    const judge = newJudge();
    await judge.recognize(admin, origin);
    const cipher = Buffer.from(admin.written);
    const asCipher = async (): Promise<unknown> => judge.recognize({ by: 'cipher', userId, cipher }, origin);
    await assert.rejects(asCipher, { reason: 'unauthenticated' });
    // And the other way round: a password whose letters are the base64 of something else.
    await judge.recognize({ by: 'cipher', userId, cipher: Buffer.from(ADMIN.password) }, origin);
    const misread = { by: 'password', userId, written: ADMIN.password, read: () => 'else' } as const;
    await assert.rejects(async () => judge.recognize(misread, origin), { reason: 'unauthenticated' });
  });

  it('is refused where what was written is none', async () => {
    const nothing = { ...admin, read: () => undefined };
    const refusal = { reason: 'unauthenticated', facts: { detail: 'credentials-malformed' } };
    await assert.rejects(async () => newJudge().recognize(nothing, origin), refusal);
    assert.equal(verified, 0);
  });

  it('is not hashed again when only the account’s version moved', async () => {
    const judge = newJudge();
    const claim = await judge.recognize(admin, origin);
    await gateway.database.db('users').where('user_id', ADMIN.userId).increment('version', 1);
    judge.outdate(claim);
    const renewed = await judge.recognize(admin, origin);
    assert.deepEqual([renewed.version, verified], [claim.version + 1, 1]);
  });

  it('is refused at once where the stored hash is another', async () => {
    const judge = newJudge();
    const claim = await judge.recognize(admin, origin);
    const passwordHash = await createPasswords().hash('quite another');
    await gateway.database.db('users').where('user_id', ADMIN.userId).update({ password_hash: passwordHash });
    judge.outdate(claim);
    await assert.rejects(async () => judge.recognize(admin, origin), { reason: 'unauthenticated' });
  });
});
