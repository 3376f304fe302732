import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { actionUser, callAction, callRaw, callRest, type Answer } from '../support/clients.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { assertAction, assertRest } from './assert-convention.ts';

const LIMIT = 5;

function assertLeft({ headers }: Answer, left: number): void {
  assert.deepEqual(
    [headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')],
    [String(LIMIT), String(left)],
  );
  assert.match(headers.get('ratelimit-reset') ?? '', /^([1-9]|[1-5]\d|60)$/);
}

for (const store of STORES) {
  describe(`a limit of calls on the ${store} store`, () => {
    let gateway: TestGateway;
    before(async () => {
      gateway = await startGateway(store, { RATE_LIMIT_PER_MINUTE: String(LIMIT) });
      for (const name of ['usr-both', 'usr-other', 'usr-wrong']) await gateway.addUser(name, 'user');
    });
    after(() => gateway[Symbol.asyncDispose]());

    it('counts the calls of a user through both protocols and all instances together', async () => {
      const sibling = store === 'servers' ? await gateway.sibling() : gateway;
      const token = await gateway.logIn('usr-both');
      const calls = [
        () => callRest(gateway, token, '/v1/jobs'),
        () => callAction(sibling, { action: 'DescribeJobs' }, actionUser('usr-both')),
        () => callRest(sibling, token, '/v1/jobs/j-00000000'),
        () => callAction(gateway, { action: 'DescribeJobs', limit: 0 }, actionUser('usr-both')),
        () => callRest(gateway, token, '/v1/auth'),
      ];
      for (const [index, call] of calls.entries()) assertLeft(await call(), LIMIT - 1 - index);

      const refused = await callRest(gateway, token, '/v1/jobs', { headers: { 'accept-language': 'en' } });
      assertRest(refused, 10018);
      assertLeft(refused, 0);
      assert.equal(refused.headers.get('retry-after'), refused.headers.get('ratelimit-reset'));
      assert.match(refused.body.data.message, /too many requests/);
      const action = await callAction(sibling, { action: 'DescribeJobs' }, actionUser('usr-both'));
      assertAction(action, 2500);
      assertLeft(action, 0);
    });

    it('leaves other users alone', async () => {
      const answer = await callAction(gateway, { action: 'DescribeJobs' }, actionUser('usr-other'));
      assertAction(answer, 0);
      assertLeft(answer, LIMIT - 1);
    });

    it('does not count what others send in a user’s name', async () => {
      const wrong = { userId: 'usr-wrong', password: 'not the password' };
      for (let i = 0; i < LIMIT + 1; i++) {
        assertAction(await callAction(gateway, { action: 'DescribeJobs' }, wrong), 1200);
      }
      assertLeft(await callAction(gateway, { action: 'DescribeJobs' }, actionUser('usr-wrong')), LIMIT - 1);
    });
  });
}

describe('a limit of calls that need no credentials', () => {
  it('counts them by address', async () => {
    await using gateway = await startGateway('embedded', { RATE_LIMIT_PER_MINUTE: String(LIMIT) });
    const show = (): Promise<Answer> => callRaw(gateway, '/v1/auth/key');
    for (let left = LIMIT - 1; left >= 0; left--) assertLeft(await show(), left);
    assertRest(await show(), 10018);
  });
});

describe('calls that are not limited', () => {
  it('are told nothing of a limit', async () => {
    await using gateway = await startGateway('embedded');
    const answer = await callRest(gateway, await gateway.logIn(), '/v1/jobs');
    assert.equal(answer.headers.get('ratelimit-limit'), null);
  });
});
