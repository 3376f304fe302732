import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { openGateway } from '../../bin/open-gateway.ts';
import { changeUser } from '../../src/accounts/change-user.ts';
import { setPassword } from '../../src/accounts/manage-users.ts';
import { BY_COMMAND } from '../../bin/commands/by-command.ts';
import type { Ports } from '../../src/ports.ts';
import { actionUser, callAction, callRest } from '../support/clients.ts';
import { PASSWORD, startGateway, type TestGateway } from '../support/gateway.ts';
import { ensureServers } from '../support/install-servers.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { startRedis } from '../support/redis.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

/** Short, so that the waits of the protocol are. */
const T = 300;
const JOB = '/v1/jobs/j-68mbPHJU';

describe('credentials on several instances', () => {
  let redis: PrivateServer;
  let wayOfSecond: TcpProxy;
  let first: TestGateway;
  let second: TestGateway;
  /** The ports of a third process, such as the command line. */
  let elsewhere: { ports: Ports; close(): Promise<void> };

  before(async () => {
    await ensureServers({ mariadb: false, redis: true });
    redis = await startRedis();
    wayOfSecond = await startTcpProxy(redis.port);
    first = await startGateway('servers', { REDIS_URL: redis.url, CACHE_TTL_MS: String(T) });
    second = await first.sibling({ REDIS_URL: `redis://127.0.0.1:${wayOfSecond.port}` });
    const { openDatabase } = await import('../../bin/open-gateway.ts');
    const log = { info() {}, warn() {}, error() {} };
    elsewhere = await openGateway(first.config, openDatabase(first.config), log);
    await cacheIsOn();
  });
  after(async () => {
    await elsewhere.close();
    await first[Symbol.asyncDispose]();
    await wayOfSecond[Symbol.asyncDispose]();
    await redis.stop();
  });

  /** Waits until both instances answer from the cache. */
  async function cacheIsOn(): Promise<void> {
    const token = await first.logIn();
    for (const gateway of [first, second]) {
      for (let left = 200; ; left--) {
        const before = await hits(gateway);
        await callRest(gateway, token, JOB);
        await callRest(gateway, token, JOB);
        if ((await hits(gateway)) >= before + 2) break;
        assert.ok(left > 0, 'the cache does not come on again');
        await sleep(50);
      }
    }
  }

  async function hits(gateway: TestGateway): Promise<number> {
    const text = await (await fetch(`${gateway.base}/metrics`)).text();
    return [...text.matchAll(/^jobgate_cache_lookups_total\{[^}]*outcome="hit"[^}]*\} (\d+)/gm)]
      .map(([, count]) => Number(count))
      .reduce((sum, count) => sum + count, 0);
  }

  /** A token that both instances have used and remember. */
  async function warmToken(userId: string): Promise<string> {
    const token = await first.logIn(userId);
    for (const gateway of [first, second, first, second]) {
      assert.equal((await callRest(gateway, token, '/v1/auth')).status, 200);
    }
    return token;
  }

  async function newUser(): Promise<string> {
    const userId = `usr-${Math.random().toString(36).slice(2, 10)}`;
    await first.addUser(userId, 'user');
    return userId;
  }

  async function refusedEverywhere(token: string): Promise<void> {
    for (const gateway of [second, first]) {
      const answer = await callRest(gateway, token, JOB);
      assert.equal(answer.status, 401, `${gateway.base} still takes the token`);
    }
  }

  it('refuse a token on every instance as soon as the log-out is answered', async () => {
    const userId = await newUser();
    for (let round = 0; round < 20; round++) {
      const token = await warmToken(userId);
      assert.equal((await callRest(first, token, '/v1/auth', { method: 'DELETE' })).body.code, 0);
      await refusedEverywhere(token);
    }
  });

  it('keep the other tokens of a user when one of them is logged out', async () => {
    const userId = await newUser();
    const [one, other] = [await warmToken(userId), await warmToken(userId)];
    await callRest(first, one, '/v1/auth', { method: 'DELETE' });
    assert.equal((await callRest(second, other, '/v1/auth')).status, 200);
  });

  it('refuse tokens and the old password as soon as the password is changed', async () => {
    const userId = await newUser();
    const token = await warmToken(userId);
    const old = actionUser(userId);
    const ask = (gateway: TestGateway, user = old) =>
      callAction(gateway, { action: 'DescribeJobs' }, user).then((answer) => answer.body.ret_code as number);
    assert.deepEqual([await ask(first), await ask(second)], [0, 0]);
    await setPassword(elsewhere.ports, userId, 'another password', BY_COMMAND);
    assert.deepEqual([await ask(second), await ask(first)], [1200, 1200]);
    await refusedEverywhere(token);
    assert.equal(await ask(second, { userId, password: 'another password' }), 0);
  });

  it('end on every instance as soon as an admin, or their user, has ended all of them', async () => {
    const userId = await newUser();
    const admin = await first.logIn();
    for (let round = 0; round < 10; round++) {
      const tokens = [await warmToken(userId), await warmToken(userId)];
      const [here, byWhom] = round % 2 === 0 ? [first, admin] : [second, tokens[1]];
      const path = `/v1/users/${userId}/tokens`;
      assert.equal((await callRest(here, byWhom, path, { method: 'DELETE' })).body.code, 0);
      for (const token of tokens) await refusedEverywhere(token);
    }
  });

  it('end on every instance as soon as another password is answered, by either protocol', async () => {
    const userId = await newUser();
    let password: string = PASSWORD;
    const works = (gateway: TestGateway, word: string) =>
      callAction(gateway, { action: 'DescribeJobs' }, { userId, password: word }).then(
        ({ body }) => body.ret_code === 0,
      );
    for (let round = 0; round < 6; round++) {
      const token = await first.logIn(userId, password);
      for (const gateway of [first, second, first, second]) {
        assert.equal((await callRest(gateway, token, '/v1/auth')).status, 200);
        assert.ok(await works(gateway, password));
      }
      const next = `password of round ${round}`;
      const cipher = (word: string): string => Buffer.from(word).toString('base64');
      const answer =
        round % 2 === 0
          ? await callRest(first, token, `/v1/users/${userId}/password`, {
              method: 'PUT',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ oldPassword: password, newPassword: next, confirmation: next }),
            })
          : await callAction(
              second,
              {
                action: 'ModifyUserPassword',
                old_password: cipher(password),
                new_password: cipher(next),
                confirmation: cipher(next),
              },
              { userId, password },
            );
      assert.equal(answer.body.code ?? answer.body.ret_code, 0, answer.text);
      await refusedEverywhere(token);
      for (const gateway of [second, first]) {
        assert.deepEqual([await works(gateway, password), await works(gateway, next)], [false, true]);
      }
      password = next;
    }
  });

  it('count for a user on every instance as soon as its creation is answered', async () => {
    const admin = await first.logIn();
    for (let round = 0; round < 5; round++) {
      const userId = `usr-fresh-${round}`;
      // Asked for before it is there: nothing of that may be remembered.
      for (const gateway of [first, second]) {
        const { body } = await callAction(gateway, { action: 'DescribeJobs' }, actionUser(userId));
        assert.equal(body.ret_code, 1200);
      }
      const { body } = await callRest(first, admin, '/v1/users', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userId, password: PASSWORD }),
      });
      assert.equal(body.code, 0);
      for (const gateway of [second, first]) {
        const answer = await callAction(gateway, { action: 'DescribeJobs' }, actionUser(userId));
        assert.equal(answer.body.ret_code, 0);
      }
    }
  });

  it('show all jobs to a new operator, and hide them again, from the next call on', async () => {
    const userId = await newUser();
    const token = await warmToken(userId);
    const code = async (gateway: TestGateway) => (await callRest(gateway, token, JOB)).body.code as number;
    assert.equal(await code(second), 13001);
    await changeUser(elsewhere.ports, userId, { role: 'operator' }, BY_COMMAND);
    assert.deepEqual([await code(second), await code(first)], [0, 0]);
    await changeUser(elsewhere.ports, userId, { role: 'user' }, BY_COMMAND);
    assert.deepEqual([await code(second), await code(first)], [13001, 13001]);
  });

  it('end with the user’s activation, for both protocols', async () => {
    const userId = await newUser();
    const token = await warmToken(userId);
    await callAction(second, { action: 'DescribeJobs' }, actionUser(userId));
    await changeUser(elsewhere.ports, userId, { active: false }, BY_COMMAND);
    await refusedEverywhere(token);
    const answer = await callAction(second, { action: 'DescribeJobs' }, actionUser(userId));
    assert.equal(answer.body.ret_code, 1200);
    await changeUser(elsewhere.ports, userId, { active: true }, BY_COMMAND);
    assert.equal((await callRest(second, token, '/v1/auth')).status, 200);
  });

  const incidents: Record<string, () => Promise<void>> = {
    'is emptied': async () => {
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
    },
    'loses the epoch alone': async () => {
      const client = new Redis(redis.url);
      const [key] = await client.keys('jobgate:*:epoch');
      assert.ok(key);
      await client.del(key);
      client.disconnect();
    },
    'is restarted': () => redis.restart(),
    'is killed, and comes back later': async () => {
      redis.kill('SIGKILL');
      setTimeout(() => void redis.restart(), 1_500);
    },
    'is frozen for a while': async () => {
      redis.kill('SIGSTOP');
      setTimeout(() => redis.kill('SIGCONT'), 1_500);
    },
    'is out of reach of one instance': async () => {
      wayOfSecond.cut();
      setTimeout(() => wayOfSecond.mend(), 1_500);
    },
    'does not answer one instance': async () => {
      wayOfSecond.freeze();
      setTimeout(() => wayOfSecond.mend(), 1_500);
    },
  };

  for (const [incident, happen] of Object.entries(incidents)) {
    it(`count at once when Redis ${incident}`, async () => {
      await cacheIsOn();
      const userId = await newUser();
      const tokens = [await warmToken(userId), await warmToken(userId), await warmToken(userId)];
      await happen();
      for (const [index, token] of tokens.entries()) {
        // Readers go on meanwhile; none may be told anything but the truth.
        assert.equal((await callRest(second, token, '/v1/auth')).status, 200);
        const instance = index % 2 === 0 ? second : first;
        const answer = await callRest(instance, token, '/v1/auth', { method: 'DELETE' });
        if (answer.status === 200) await refusedEverywhere(token);
        else assert.equal(answer.status, 503, answer.text);
      }
      await cacheIsOn();
    });
  }

  it('stay good through a restart of Redis', async () => {
    const token = await warmToken(await newUser());
    await redis.restart();
    for (const gateway of [first, second]) {
      assert.equal((await callRest(gateway, token, '/v1/auth')).status, 200);
    }
    await cacheIsOn();
  });

  it('are never kept by Redis: neither the token nor the password stands in it', async () => {
    const userId = await newUser();
    const token = await warmToken(userId);
    const client = new Redis(redis.url);
    const values = await Promise.all(
      (await client.keys('*')).map(async (key) => key + (await client.get(key))),
    );
    client.disconnect();
    assert.ok(values.length > 0);
    assert.ok(values.every((value) => value.startsWith('jobgate:')));
    assert.ok(!values.some((value) => value.includes(token) || value.includes(PASSWORD)));
  });
});
