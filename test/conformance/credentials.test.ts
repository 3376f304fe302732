import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openDatabase, openGateway, type OpenGateway } from '../../bin/open-gateway.ts';
import { changeUser } from '../../src/accounts/change-user.ts';
import { setPassword } from '../../src/accounts/manage-users.ts';
import { BY_COMMAND } from '../../bin/commands/by-command.ts';
import { callRest } from '../support/clients.ts';
import { ADMIN, PASSWORD, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { quietLog } from '../support/quiet-log.ts';
import { askByAction, base64, type SentPassword } from './ask-action.ts';
import { askByRest } from './ask-rest.ts';
import type { Ask, Outcome } from './question.ts';

const good = base64(ADMIN.password);

/** What does not prove who one is, as each protocol would send it. */
const BAD: readonly { title: string; action: SentPassword; rest: string | undefined }[] = [
  { title: 'no credentials', action: {}, rest: undefined },
  { title: 'empty credentials', action: { userId: '', cipher: '' }, rest: '' },
  { title: 'half a pair of credentials', action: { userId: ADMIN.userId }, rest: 'Bearer ' },
  { title: 'the other half of a pair', action: { cipher: good }, rest: 'Token' },
  {
    title: 'malformed credentials',
    action: { userId: ADMIN.userId, cipher: '!not base64!' },
    rest: 'two words',
  },
  { title: 'wrong credentials', action: { userId: ADMIN.userId, cipher: base64('wrong') }, rest: 'wrong' },
  {
    title: 'credentials of the other protocol',
    action: { userId: ADMIN.userId, cipher: ADMIN.password },
    rest: `Basic ${base64(`${ADMIN.userId}:${ADMIN.password}`)}`,
  },
  { title: 'an unknown user', action: { userId: 'usr-none', cipher: good }, rest: good },
  {
    title: 'a user whose id is spelled in another case',
    action: { userId: 'USR-00000000', cipher: good },
    rest: 'USR-00000000',
  },
  {
    title: 'a user whose id is followed by a space',
    action: { userId: `${ADMIN.userId} `, cipher: good },
    rest: `${ADMIN.userId} x`,
  },
  {
    title: 'a user whose id is followed by a NUL',
    action: { userId: `${ADMIN.userId}\0`, cipher: good },
    rest: "' or ''='",
  },
  {
    title: 'very long credentials',
    action: { userId: 'u'.repeat(10_000), cipher: base64('p'.repeat(10_000)) },
    rest: 't'.repeat(10_000),
  },
];

const QUESTIONS = [
  { operation: 'describe-jobs', input: { limit: 1 } },
  { operation: 'describe-job', input: { jobId: 'j-68mbPHJU' } },
  { operation: 'describe-latest-job' },
] as const;

for (const store of STORES) {
  describe(`credentials on the ${store} store`, () => {
    let gateway: TestGateway;
    /** The core of another process, such as the command line. */
    let elsewhere: OpenGateway;
    before(async () => {
      gateway = await startGateway(store);
      elsewhere = await openGateway(gateway.config, openDatabase(gateway.config), quietLog);
    });
    after(async () => {
      await elsewhere.close();
      await gateway[Symbol.asyncDispose]();
    });

    const byPassword = (userId: string, password: string): Ask =>
      askByAction(gateway, { userId, cipher: base64(password) });

    for (const { title, action, rest } of BAD) {
      it(`refuses ${title} for every question`, async () => {
        for (const question of QUESTIONS) {
          assert.deepEqual(reasons(await askByAction(gateway, action)(question)), ['unauthenticated']);
          assert.ok(reasons(await askByRest(gateway, rest)(question)).includes('unauthenticated'));
        }
      });
    }

    it('refuses bad credentials before it looks at parameters', async () => {
      const question = { operation: 'describe-jobs', input: { order: 'up', limit: 0 } } as const;
      assert.ok(reasons(await askByAction(gateway, {})(question)).includes('unauthenticated'));
      assert.ok(reasons(await askByRest(gateway, undefined)(question)).includes('unauthenticated'));
    });

    it('refuses a token that was logged out, and no other of the same user', async () => {
      await gateway.addUser('usr-out', 'user');
      const [ended, kept] = [await gateway.logIn('usr-out'), await gateway.logIn('usr-out')];
      const [askEnded, askKept] = [askByRest(gateway, ended), askByRest(gateway, kept)];
      for (const ask of [askEnded, askKept]) assert.deepEqual(reasons(await ask(QUESTIONS[0])), []);
      assert.equal((await callRest(gateway, ended, '/v1/auth', { method: 'DELETE' })).body.code, 0);
      for (const question of QUESTIONS) {
        assert.ok(reasons(await askEnded(question)).includes('unauthenticated'));
      }
      assert.deepEqual(reasons(await askKept(QUESTIONS[0])), []);
      assert.deepEqual(reasons(await byPassword('usr-out', PASSWORD)(QUESTIONS[0])), []);
    });

    it('refuses the old password and every token once a password is changed', async () => {
      await gateway.addUser('usr-changed', 'user');
      const token = askByRest(gateway, await gateway.logIn('usr-changed'));
      const old = byPassword('usr-changed', PASSWORD);
      for (const ask of [token, old]) assert.deepEqual(reasons(await ask(QUESTIONS[0])), []);
      await setPassword(elsewhere.ports, 'usr-changed', 'another password', BY_COMMAND);
      for (const ask of [token, old]) {
        assert.ok(reasons(await ask(QUESTIONS[0])).includes('unauthenticated'));
      }
      const present = byPassword('usr-changed', 'another password');
      assert.deepEqual(reasons(await present(QUESTIONS[0])), []);
      const anew = askByRest(gateway, await gateway.logIn('usr-changed', 'another password'));
      assert.deepEqual(reasons(await anew(QUESTIONS[0])), []);
    });

    it('shows the jobs of others to no one who is an operator no longer', async () => {
      await gateway.addUser('usr-demoted', 'operator');
      const asks = [
        askByRest(gateway, await gateway.logIn('usr-demoted')),
        byPassword('usr-demoted', PASSWORD),
      ];
      for (const ask of asks) assert.deepEqual(reasons(await ask(QUESTIONS[1])), []);
      await changeUser(elsewhere.ports, 'usr-demoted', { role: 'user' }, BY_COMMAND);
      for (const ask of asks) assert.ok(reasons(await ask(QUESTIONS[1])).includes('job_not_found'));
    });

    it('refuses everything that a user sends who is not active', async () => {
      await gateway.addUser('usr-idle', 'admin');
      const asks = [askByRest(gateway, await gateway.logIn('usr-idle')), byPassword('usr-idle', PASSWORD)];
      for (const ask of asks) assert.deepEqual(reasons(await ask(QUESTIONS[0])), []);
      await changeUser(elsewhere.ports, 'usr-idle', { active: false }, BY_COMMAND);
      for (const ask of asks) assert.ok(reasons(await ask(QUESTIONS[0])).includes('unauthenticated'));
    });
  });
}

/** Why an answer is a refusal; nothing where it is none. */
function reasons(outcome: Outcome): readonly string[] {
  return 'refused' in outcome ? outcome.refused : [];
}
