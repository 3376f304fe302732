import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import { callRest, type Answer } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { PASSWORD, startGateway, STORES, type Store, type TestGateway } from '../support/gateway.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';

const PAGES = 'https://console.example.com/users/';
const FROM = 'jobgate 通知 <jobgate@example.com>';

type Language = 'en' | 'zh';

function post(
  gateway: TestGateway,
  path: string,
  body: object,
  token?: string,
  language: Language = 'en',
): Promise<Answer> {
  return callRest(gateway, token, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': language },
    body: JSON.stringify(body),
  });
}

const start = (store: Store, url: string, environment: NodeJS.ProcessEnv = {}): Promise<TestGateway> =>
  startGateway(store, {
    SMTP_URL: url,
    MAIL_FROM: FROM,
    PUBLIC_URL: PAGES,
    LINKS_PER_ADDRESS: '1000',
    ...environment,
  });

/** What became of mails, as the log tells it. */
const told = (gateway: TestGateway, message: string) =>
  gateway.logged.filter((line) => line.message === message);

let users = 0;
/** Nobody's yet. */
const newPerson = () => {
  const userId = `usr-mail-${++users}`;
  return { userId, email: `${userId}@example.com` };
};

for (const store of STORES) {
  describe(`mails on the ${store} store`, () => {
    let server: MailServer;
    let gateway: TestGateway;
    let admin: string;
    before(async () => {
      server = await startMailServer();
      gateway = await start(store, server.url);
      admin = await gateway.logIn();
    });
    after(async () => {
      await gateway[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    const confirmed = (token: string, password = PASSWORD) => ({ token, password, confirmation: password });
    async function invite(person = newPerson(), language: Language = 'en') {
      const { body } = await post(gateway, '/v1/users', person, admin, language);
      assert.deepEqual([body.code, body.data.status], [0, 'inactive'], JSON.stringify(body));
      return { ...person, mail: await server.mailTo(person.email) };
    }
    async function activated() {
      const { mail, ...person } = await invite();
      assert.equal((await post(gateway, '/v1/users/activate', confirmed(mail.token))).body.code, 0);
      return person;
    }
    const ask = (email: string, token?: string, language: Language = 'en') =>
      post(gateway, '/v1/users/request_reset', { email }, token, language);

    it('invite a user, who chooses a password and is active then', async () => {
      const { userId, mail } = await invite();
      assert.equal(mail.from, 'jobgate@example.com');
      assert.equal(mail.subject, 'Activate your jobgate account');
      assert.ok(mail.body.includes(userId));
      assert.match(mail.body, /^https:\/\/console\.example\.com\/users\/activate#token=[\w-]{43}$/m);
      assert.match(mail.body, /until \d{4}-\d\d-\d\d \d\d:\d\d UTC\./);
      await assert.rejects(gateway.logIn(userId), /wrong_password/);
      const { body } = await post(gateway, '/v1/users/activate', confirmed(mail.token));
      assert.deepEqual([body.code, body.data], [0, { userId }]);
      await gateway.logIn(userId);
    });

    it('are written in the language of the call that brings them about', async () => {
      const { mail, userId, email } = await invite(newPerson(), 'zh');
      assert.equal(mail.subject, '激活您的 jobgate 账号');
      assert.match(mail.body, /请打开以下链接设置密码，完成激活/);
      await post(gateway, '/v1/users/activate', confirmed(mail.token));
      await ask(email, undefined, 'zh');
      const reset = await server.mailTo(email, 1);
      assert.equal(reset.subject, '重置您的 jobgate 密码');
      assert.ok(reset.body.includes(userId));
    });

    it('say who they are from, to one person, in plain text', async () => {
      const { mail, email } = await invite();
      assert.equal(mail.headers.get('to'), email);
      assert.match(mail.headers.get('content-type') ?? '', /^text\/plain; charset=utf-8$/);
      assert.match(mail.headers.get('from') ?? '', /<jobgate@example\.com>$/);
      assert.deepEqual(mail.to, [email]);
      assert.equal(mail.headers.get('cc') ?? mail.headers.get('bcc'), undefined);
    });

    it('bring a link that sets a new password once, and ends the old one and all tokens', async () => {
      const { userId, email } = await activated();
      const session = await gateway.logIn(userId);
      assert.deepEqual((await ask(email.toUpperCase())).body, { code: 0, data: {} });
      const { body, subject, token } = await server.mailTo(email, 1);
      assert.equal(subject, 'Set a new jobgate password');
      assert.match(body, /^https:\/\/console\.example\.com\/users\/reset_password#token=/m);
      const reset = await post(gateway, '/v1/users/reset_password', confirmed(token, 'reset password'));
      assert.deepEqual(reset.body, { code: 0, data: { userId } });
      assert.equal((await callRest(gateway, session, '/v1/auth')).status, 401);
      await assert.rejects(gateway.logIn(userId));
      await gateway.logIn(userId, 'reset password');
      const again = await post(gateway, '/v1/users/reset_password', confirmed(token, 'third password'));
      assert.equal(again.body.code, 11012);
    });

    it('let a link be used once, however many use it at the same moment', async () => {
      const { email } = await activated();
      await ask(email);
      const { token } = await server.mailTo(email, 1);
      const answers = await Promise.all(
        Array.from({ length: 5 }, (_, index) =>
          post(gateway, '/v1/users/reset_password', confirmed(token, `password ${index}`)),
        ),
      );
      assert.deepEqual(
        answers.map(({ body }) => body.code).toSorted((a, b) => a - b),
        [0, 11012, 11012, 11012, 11012],
      );
    });

    it('end with the next password, the next address, and a deactivation', async () => {
      const endings: readonly [string, string, object][] = [
        ['PUT', '/password', { newPassword: 'other password', confirmation: 'other password' }],
        ['PATCH', '', { email: 'elsewhere@example.com' }],
        ['PATCH', '', { status: 'inactive' }],
      ];
      for (const [method, path, body] of endings) {
        const { userId, email } = await activated();
        await ask(email);
        const { token } = await server.mailTo(email, 1);
        const headers = { 'content-type': 'application/json' };
        const init = { method, headers, body: JSON.stringify(body) };
        assert.equal((await callRest(gateway, admin, `/v1/users/${userId}${path}`, init)).body.code, 0);
        assert.equal((await post(gateway, '/v1/users/reset_password', confirmed(token))).body.code, 11012);
      }
    });

    it('invite again who did not accept yet and asks for a reset, or whose address was wrong', async () => {
      const first = await invite();
      await ask(first.email);
      const second = await server.mailTo(first.email, 1);
      assert.equal(second.subject, 'Activate your jobgate account');
      const right = `right-${first.email}`;
      await callRest(gateway, admin, `/v1/users/${first.userId}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: right }),
      });
      const third = await server.mailTo(right);
      for (const { token } of [first.mail, second]) {
        assert.equal((await post(gateway, '/v1/users/activate', confirmed(token))).body.code, 11007);
      }
      assert.equal((await post(gateway, '/v1/users/activate', confirmed(third.token))).body.code, 0);
    });

    it('go to nobody who was deactivated, nor to an address that is nobody’s, and the answer is the same', async () => {
      const kept = await activated();
      const out = await activated();
      await gateway.database.db('users').where('user_id', out.userId).update({ active: false });
      const before = server.mails.length;
      const answers = [];
      for (const email of [out.email, 'nobody@example.com', kept.email]) answers.push(await ask(email));
      assert.deepEqual(new Set(answers.map(({ text }) => text)), new Set(['{"code":0,"data":{}}']));
      await server.mailTo(kept.email, 1);
      assert.equal(server.mails.length, before + 1);
    });

    it('tell an admin, and nobody else, that an address is nobody’s', async () => {
      const { userId } = await activated();
      const email = 'nobody-at-all@example.com';
      const { body } = await ask(email, admin);
      assert.deepEqual([body.code, body.data.reason], [11011, 'email_not_registered']);
      assert.equal(told(gateway, 'call').at(-1)?.facts.userId, 'usr-00000000');
      for (const token of [undefined, 'not-a-token', await gateway.logIn(userId)]) {
        assert.deepEqual((await ask(email, token)).body, { code: 0, data: {} });
      }
    });

    it('are asked for so often and no more, alike for every address', async () => {
      const { email } = await activated();
      for (const each of [email, 'limited-nobody@example.com']) {
        for (let time = 0; time < 5; time++) assert.equal((await ask(each)).body.code, 0);
        const { body, headers } = await ask(each);
        assert.equal(body.code, 10018);
        assert.ok(Number(headers.get('retry-after')) > 0);
      }
    });

    it('reach addresses with odd letters', async () => {
      for (const [email, envelope] of [
        [
          "o'brien+jobs&more=%41!#$*/?^_`{|}~-@example.com",
          "o'brien+jobs&more=%41!#$*/?^_`{|}~-@example.com",
        ],
        ['zoë.李@例子.example', 'zoë.李@xn--fsqu00a.example'],
      ] as const) {
        await post(gateway, '/v1/users', { userId: newPerson().userId, email }, admin);
        const taken = (): boolean =>
          server.mails.some(({ to }) => to.includes(envelope) || to.includes(email));
        await eventually(`a mail to ${email} arrives`, taken);
      }
    });

    it('leave nothing of their token, and no address, in store and log', async () => {
      const { mail, email } = await invite();
      await ask(email);
      const { token } = await server.mailTo(email, 1);
      const rows = JSON.stringify(await gateway.database.db('one_time_tokens').select('*'));
      const log = JSON.stringify(gateway.logged);
      for (const secret of [mail.token, token]) {
        assert.ok(!rows.includes(secret));
        assert.ok(!log.includes(secret));
      }
      assert.ok(!log.includes(email));
    });
  });
}

describe('a mail server that fails', () => {
  const person = newPerson;

  /** Creates a user and asks for a reset; both must be answered, whatever becomes of the mails. */
  async function causeMails(gateway: TestGateway, email: string): Promise<string> {
    const { userId } = person();
    const made = await post(gateway, '/v1/users', { userId, email }, await gateway.logIn());
    assert.equal(made.body.code, 0);
    assert.deepEqual((await post(gateway, '/v1/users/request_reset', { email })).body, { code: 0, data: {} });
    return userId;
  }
  const failures = async (gateway: TestGateway, count: number) => {
    await eventually(`${count} mails fail`, () => told(gateway, 'a mail was not sent').length >= count);
    return told(gateway, 'a mail was not sent').map(({ facts }) => facts);
  };
  const alive = async (gateway: TestGateway) =>
    assert.equal((await callRest(gateway, undefined, '/healthz')).status, 200);

  it('is away: calls are answered, the log says why in codes, and the user is invited later', async () => {
    const port = await freePort();
    await using gateway = await start('embedded', `smtp://127.0.0.1:${port}`);
    const { email } = person();
    const userId = await causeMails(gateway, email);
    const facts = await failures(gateway, 2);
    assert.deepEqual(
      facts.map((each) => [each.purpose, each.userId, each.code]),
      [
        ['activation', userId, 'ESOCKET'],
        ['activation', userId, 'ESOCKET'],
      ],
    );
    await alive(gateway);
  });

  it('is slow: calls are answered meanwhile', async () => {
    const release: (() => void)[] = [];
    let greeted = 0;
    await using server = await startMailServer({
      onConnect(_session, done) {
        greeted++;
        release.push(done);
      },
    });
    await using gateway = await start('embedded', server.url);
    const { email } = person();
    await causeMails(gateway, email);
    await eventually('both mails wait for the server', () => greeted === 2);
    assert.equal(server.mails.length, 0);
    await alive(gateway);
    for (const greet of release) greet();
    await server.mailTo(email, 1);
  });

  it('takes no such recipient: the log says which number it gave, and nothing of the address', async () => {
    await using server = await startMailServer({
      onRcptTo: ({ address }, _session, done) =>
        done(Object.assign(new Error(`no such user ${address}`), { responseCode: 550 })),
    });
    await using gateway = await start('embedded', server.url);
    const { email } = person();
    await causeMails(gateway, email);
    const [facts] = await failures(gateway, 2);
    assert.deepEqual([facts?.code, facts?.responseCode, facts?.command], ['EENVELOPE', 550, 'RCPT TO']);
    assert.ok(!JSON.stringify(gateway.logged).includes(email));
  });

  it('does not answer before the gateway ends: it ends all the same', async () => {
    await using server = await startMailServer({ onConnect: () => {} });
    const gateway = await start('embedded', server.url);
    await causeMails(gateway, person().email);
    await gateway[Symbol.asyncDispose]();
  });

  it('is none at all: no reset can be asked for, whoever’s address it is', async () => {
    await using gateway = await startGateway('embedded');
    for (const email of ['nobody@example.com', 'other@example.com']) {
      const { body } = await post(gateway, '/v1/users/request_reset', { email });
      assert.deepEqual([body.code, body.data.reason], [10015, 'operation_not_allowed']);
    }
  });

  it('gets what waits when the gateway ends', async () => {
    await using server = await startMailServer();
    const gateway = await start('embedded', server.url);
    const { email } = person();
    await causeMails(gateway, email);
    await gateway[Symbol.asyncDispose]();
    assert.ok(server.mails.length >= 1);
  });
});

describe('the store of one-time tokens', () => {
  it('lets an invitation end after three days and a reset after an hour', async () => {
    await using server = await startMailServer();
    await using gateway = await start('embedded', server.url, {});
    const accounts = createAccountStore(gateway.database.db, gateway.database.dialect);
    const { userId, email } = newPerson();
    await post(gateway, '/v1/users', { userId, email }, await gateway.logIn());
    const { token } = await server.mailTo(email);
    const rows = (await gateway.database.db('one_time_tokens')) as { digest: string }[];
    const stored = await accounts.findOneTimeToken(rows[0]?.digest ?? '');
    assert.equal(Number(stored?.expireTime) - Number(stored?.createTime), 72 * 60 * 60_000);
    await post(gateway, '/v1/users/activate', { token, password: PASSWORD, confirmation: PASSWORD });
    await post(gateway, '/v1/users/request_reset', { email });
    await server.mailTo(email, 1);
    const [reset] = (await gateway.database.db('one_time_tokens').where('purpose', 'reset')) as {
      digest: string;
    }[];
    const link = await accounts.findOneTimeToken(reset?.digest ?? '');
    assert.equal(Number(link?.expireTime) - Number(link?.createTime), 60 * 60_000);
  });
});
