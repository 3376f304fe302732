import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLinkRequests } from '../../adapters/attempts/link-requests.ts';
import { connectRedis, type RedisLink } from '../../adapters/redis/connect.ts';
import { Refusal } from '../../src/errors.ts';
import type { LinkRequests } from '../../src/ports.ts';
import { ensureServers } from '../support/install-servers.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { quietLog } from '../support/quiet-log.ts';
import { startRedis } from '../support/redis.ts';

const LIMITS = { perEmail: 2, perAddress: 5 };

const isLimited = (thrown: unknown): boolean =>
  thrown instanceof Refusal &&
  thrown.reason === 'rate_limited' &&
  Number(thrown.facts.retryAfter) >= 1 &&
  Number(thrown.facts.retryAfter) <= 3_600;

let redis: PrivateServer;
let link: RedisLink;
let stores = 0;

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

const implementations: Record<string, () => LinkRequests> = {
  'in the process': () => createLinkRequests(LIMITS),
  'in Redis': () => createLinkRequests(LIMITS, { redis: link.redis, prefix: `jobgate:{${++stores}}:` }),
};

for (const [name, create] of Object.entries(implementations)) {
  describe(`requests of mails, counted ${name}`, () => {
    it('are granted to an e-mail address so often, whoever asks and however it is spelled', async () => {
      const requests = create();
      await requests.admit('a@example.com', '192.0.2.1');
      await requests.admit('A@Example.com', '192.0.2.2');
      await assert.rejects(requests.admit('a@example.com', '192.0.2.3'), isLimited);
      await requests.admit('b@example.com', '192.0.2.3');
    });

    it('are granted to who asks so often, whatever is asked for', async () => {
      const requests = create();
      for (let time = 0; time < LIMITS.perAddress; time++) {
        await requests.admit(`${time}@example.com`, '192.0.2.1');
      }
      await assert.rejects(requests.admit('last@example.com', '192.0.2.1'), isLimited);
      // What was refused to one who asks too much is not used up for others.
      for (let time = 0; time < 10; time++) {
        await requests.admit('last@example.com', '192.0.2.1').catch(() => {});
      }
      await requests.admit('last@example.com', '192.0.2.2');
    });
  });
}

describe('requests of mails, counted in Redis', () => {
  it('are counted for all instances together, and name no address there', async () => {
    const shared = { redis: link.redis, prefix: `jobgate:{${++stores}}:` };
    const [one, other] = [createLinkRequests(LIMITS, shared), createLinkRequests(LIMITS, shared)];
    await one.admit('secret@example.com', '192.0.2.1');
    await other.admit('secret@example.com', '192.0.2.1');
    await assert.rejects(one.admit('secret@example.com', '192.0.2.1'), isLimited);
    const keys = await link.redis.keys(`${shared.prefix}*`);
    assert.ok(keys.length > 0);
    assert.ok(!keys.some((key) => key.includes('secret')));
  });
});
