import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAttemptLimiter } from '../../adapters/attempts/attempt-limiter.ts';
import { connectRedis, type RedisLink } from '../../adapters/redis/connect.ts';
import { Refusal } from '../../src/errors.ts';
import type { AttemptLimiter } from '../../src/ports.ts';
import { eventually } from '../support/eventually.ts';
import { ensureServers } from '../support/install-servers.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { quietLog } from '../support/quiet-log.ts';
import { startRedis } from '../support/redis.ts';

const LIMITS = { perUser: 3, perAddress: 5, window: 600 };
const HERE = '192.0.2.1';
const THERE = '2001:db8::1';

const isLimited = (thrown: unknown): boolean =>
  thrown instanceof Refusal &&
  thrown.reason === 'rate_limited' &&
  Number.isInteger(thrown.facts.retryAfter) &&
  Number(thrown.facts.retryAfter) >= 1 &&
  Number(thrown.facts.retryAfter) <= LIMITS.window;

async function fail(limiter: AttemptLimiter, times: number, userId: string, address = HERE): Promise<void> {
  for (let time = 0; time < times; time++) await limiter.failed(userId, address);
}

let redis: PrivateServer;
let link: RedisLink;
let stores = 0;
const sharedStore = () => ({ redis: link.redis, prefix: `jobgate:{${++stores}}:` });

before(async () => {
  await ensureServers({ mariadb: false, redis: true });
  redis = await startRedis();
  link = connectRedis(redis.url, {}, quietLog);
  await link.greeted(5_000);
});
after(async () => {
  link.close();
  await redis.stop();
});

const implementations: Record<string, () => AttemptLimiter> = {
  'in the process': () => createAttemptLimiter(LIMITS),
  'in Redis': () => createAttemptLimiter(LIMITS, sharedStore()),
};

for (const [name, create] of Object.entries(implementations)) {
  describe(`the attempt limiter ${name}`, () => {
    it('admits whoever did not fail', async () => {
      const limiter = create();
      for (let time = 0; time < 20; time++) await limiter.admit('usr-a', HERE);
    });

    it('refuses a user at an address after so many failures, and says when to come again', async () => {
      const limiter = create();
      await fail(limiter, LIMITS.perUser - 1, 'usr-a');
      await limiter.admit('usr-a', HERE);
      await fail(limiter, 1, 'usr-a');
      await assert.rejects(limiter.admit('usr-a', HERE), isLimited);
    });

    it('admits the same user elsewhere, and others here', async () => {
      const limiter = create();
      await fail(limiter, LIMITS.perUser, 'usr-a');
      await limiter.admit('usr-a', THERE);
      await limiter.admit('usr-b', HERE);
    });

    it('takes all addresses of a network of IPv6 for one', async () => {
      const limiter = create();
      for (let user = 0; user < LIMITS.perAddress; user++)
        await fail(limiter, 1, `usr-${user}`, `2001:db8::${user}`);
      await assert.rejects(limiter.admit('usr-new', THERE), isLimited);
      await limiter.admit('usr-new', '2001:db8:0:1::1');
    });

    it('refuses every user of an address after so many failures of all', async () => {
      const limiter = create();
      for (let user = 0; user < LIMITS.perAddress; user++) await fail(limiter, 1, `usr-${user}`);
      await assert.rejects(limiter.admit('usr-new', HERE), isLimited);
      await limiter.admit('usr-0', THERE);
    });

    it('forgets the failures of a user that succeeds, and not those of the address', async () => {
      const limiter = create();
      await fail(limiter, LIMITS.perUser - 1, 'usr-a');
      await limiter.succeeded('usr-a', HERE);
      await fail(limiter, LIMITS.perUser - 1, 'usr-a');
      await limiter.admit('usr-a', HERE);
      await fail(limiter, 1, 'usr-b');
      await assert.rejects(limiter.admit('usr-c', HERE), isLimited);
    });

    it('takes users whose ids differ in case for different users', async () => {
      const limiter = create();
      await fail(limiter, LIMITS.perUser, 'usr-a');
      await limiter.admit('USR-A', HERE);
    });
  });
}

describe('the attempt limiter of several instances', () => {
  it('counts for all of them in one Redis', async () => {
    const shared = sharedStore();
    const [one, two] = [createAttemptLimiter(LIMITS, shared), createAttemptLimiter(LIMITS, shared)];
    await fail(one, 2, 'usr-a');
    await fail(two, 1, 'usr-a');
    await assert.rejects(one.admit('usr-a', HERE), isLimited);
    await assert.rejects(two.admit('usr-a', HERE), isLimited);
    await two.succeeded('usr-a', HERE);
    await one.admit('usr-a', HERE);
  });

  it('begins its keys with those of the store, and lets them die', async () => {
    const shared = sharedStore();
    await fail(createAttemptLimiter(LIMITS, shared), 1, 'usr-a');
    const keys = (await link.redis.keys('*')).filter((key) => key.startsWith(shared.prefix));
    assert.equal(keys.length, 2);
    for (const key of keys) assert.ok((await link.redis.pttl(key)) > 0);
  });

  it('keeps counting in the process while Redis is away, and shares again when it is back', async () => {
    const shared = sharedStore();
    const [one, two] = [createAttemptLimiter(LIMITS, shared), createAttemptLimiter(LIMITS, shared)];
    redis.kill('SIGKILL');
    await eventually('the link is down', () => link.runId() === undefined);
    await fail(one, LIMITS.perUser, 'usr-a');
    await assert.rejects(one.admit('usr-a', HERE), isLimited);
    await two.admit('usr-a', HERE);
    await one.succeeded('usr-a', HERE);
    await one.admit('usr-a', HERE);
    await redis.restart();
    await eventually('the link is up', () => link.runId() !== undefined);
    await fail(one, LIMITS.perUser, 'usr-a');
    await assert.rejects(two.admit('usr-a', HERE), isLimited);
  });
});
