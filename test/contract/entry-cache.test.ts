import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createMemoryEntryCache, EMBEDDED_RUN_ID, noEntryCache } from '../../adapters/memory/entry-cache.ts';
import { connectRedis } from '../../adapters/redis/connect.ts';
import { createRedisEntryCache } from '../../adapters/redis/entry-cache.ts';
import type { EntryCache, EntryValue } from '../../src/coherence/ports.ts';
import type { EntryKey, RowKey } from '../../src/ports.ts';
import { eventually } from '../support/eventually.ts';
import { ensureServers } from '../support/install-servers.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { quietLog } from '../support/quiet-log.ts';
import { startRedis } from '../support/redis.ts';

const EPOCH = 7;
const KEY: RowKey = { kind: 'job', id: 'j-68mbPHJU' };
const OTHER: RowKey = { kind: 'account', id: 'j-68mbPHJU' };
const T = 3_000;
/** Which job is the newest of a scope, whose name may be anything. */
const NEWEST: EntryKey = { kind: 'newest', id: 'usr-a 类型 {x} 🙂' };

/** Bytes that no step may take for anything but bytes. */
const value = (version: number): EntryValue => ({
  version,
  body: Buffer.concat([Buffer.from(`body ${version} V 99 L 1 `), Buffer.from([0, 0xff, 0x0a, 0x25, 0xc3])]),
});

interface OpenCache {
  readonly cache: EntryCache;
  /** Lets so much time go by for the cache. */
  pass(ms: number): Promise<void>;
  /** How long the value has still to live, in ms; it may be gone after the question. */
  left(key: EntryKey): Promise<number>;
  close(): Promise<void>;
}

interface Implementation {
  readonly name: string;
  /** The embedded cache has one epoch, and leaves no value after a change. */
  readonly embedded: boolean;
  open(ttl: number): Promise<OpenCache>;
}

let redis: PrivateServer;

const implementations: Implementation[] = [
  {
    name: 'redis',
    embedded: false,
    async open(ttl) {
      const storeId = randomBytes(8).toString('hex');
      const link = connectRedis(redis.url, {}, quietLog);
      await link.greeted(5_000);
      const cache = createRedisEntryCache(link, storeId, ttl);
      await cache.setEpoch(EPOCH);
      return {
        cache,
        pass: (ms) => sleep(ms),
        left: ({ kind, id }) => link.redis.pttl(`jobgate:{${storeId}}:${EPOCH}:${kind}:${id}`),
        close: async () => link.close(),
      };
    },
  },
  {
    name: 'memory',
    embedded: true,
    async open(ttl) {
      let now = 1_000_000;
      const cache = createMemoryEntryCache({ ttl, most: 100, clock: () => now, generation: () => 1 });
      return {
        cache,
        pass: async (ms) => void (now += ms),
        async left(key) {
          const asked = now;
          while ((await cache.get(EPOCH, [key]))[0]) now++;
          return now - asked;
        },
        close: async () => {},
      };
    },
  },
];

before(async () => {
  await ensureServers({ mariadb: false, redis: true });
  redis = await startRedis();
});
after(() => redis.stop());

for (const { name, embedded, open } of implementations) {
  describe(`the entry cache in ${name}`, () => {
    let opened: OpenCache;
    let cache: EntryCache;
    beforeEach(async () => {
      opened = await open(T);
      cache = opened.cache;
    });
    afterEach(() => opened.close());

    const get = async (key: EntryKey = KEY): Promise<EntryValue | undefined> =>
      (await cache.get(EPOCH, [key]))[0];
    const put = async (key: EntryKey, version: number): Promise<void> => {
      assert.deepEqual(await cache.lease(EPOCH, key, 'putter'), { is: 'lease' });
      await cache.fill(EPOCH, key, 'putter', value(version));
    };
    const leaseIs = async (token = 'asker', key: EntryKey = KEY): Promise<string> =>
      (await cache.lease(EPOCH, key, token)).is;

    it('knows the process that holds the entries', () => {
      assert.match(String(cache.runId()), embedded ? /^embedded$/ : /^[0-9a-f]{40}\/[0-9a-f]{20}$/);
    });

    describe('get', () => {
      it('gives nothing where nothing was put', async () => {
        assert.deepEqual(await cache.get(EPOCH, [KEY, OTHER]), [undefined, undefined]);
      });

      it('gives values byte for byte, in the order of the keys', async () => {
        await put(OTHER, 3);
        await put(KEY, 4_294_967_295);
        const none: RowKey = { kind: 'job', id: 'j-none0000' };
        assert.deepEqual(await cache.get(EPOCH, [KEY, none, OTHER, KEY]), [
          value(4_294_967_295),
          undefined,
          value(3),
          value(4_294_967_295),
        ]);
      });

      it('gives an empty body back empty', async () => {
        await cache.lease(EPOCH, KEY, 'a');
        await cache.fill(EPOCH, KEY, 'a', { version: 1, body: Buffer.alloc(0) });
        assert.deepEqual(await get(), { version: 1, body: Buffer.alloc(0) });
      });

      it('gives nothing for a lease and nothing for a block', async () => {
        await cache.lease(EPOCH, KEY, 'a');
        await cache.block(EPOCH, [OTHER], 'b');
        assert.deepEqual(await cache.get(EPOCH, [KEY, OTHER]), [undefined, undefined]);
      });
    });

    describe('lease', () => {
      it('is given to the first, while others wait', async () => {
        assert.equal(await leaseIs('first'), 'lease');
        assert.equal(await leaseIs('second'), 'wait');
        assert.equal(await leaseIs('first', OTHER), 'lease');
      });

      it('is not needed where a value stands', async () => {
        await put(KEY, 1);
        assert.equal(await leaseIs(), 'hit');
        assert.deepEqual(await get(), value(1));
      });

      it('is refused while a writer holds the entry, with the age of the block', async () => {
        await cache.block(EPOCH, [KEY], 'writer');
        await opened.pass(50);
        const answer = await cache.lease(EPOCH, KEY, 'reader');
        assert.ok(answer.is === 'blocked' && answer.age >= 49 && answer.age < 30_000, JSON.stringify(answer));
        assert.equal(answer.token, 'writer');
      });

      it('may be taken over when it was not filled for half a second', async () => {
        assert.equal(await leaseIs('dead'), 'lease');
        await opened.pass(510);
        assert.equal(await leaseIs('second'), 'lease');
        assert.equal(await leaseIs('third'), 'wait');
        await cache.fill(EPOCH, KEY, 'dead', value(1));
        assert.equal(await get(), undefined);
        await cache.fill(EPOCH, KEY, 'second', value(2));
        assert.deepEqual(await get(), value(2));
      });
    });

    describe('fill', () => {
      it('puts nothing without the lease', async () => {
        await cache.fill(EPOCH, KEY, 'a', value(1));
        assert.equal(await get(), undefined);
      });

      it('puts nothing with another’s token, or with part of it', async () => {
        await cache.lease(EPOCH, KEY, 'token of a');
        for (const token of ['token of b', 'token', 'of a', 'a', '']) {
          await cache.fill(EPOCH, KEY, token, value(1));
        }
        assert.equal(await get(), undefined);
        await cache.fill(EPOCH, KEY, 'token of a', value(1));
        assert.deepEqual(await get(), value(1));
      });

      it('puts once: the lease is spent', async () => {
        await put(KEY, 1);
        await cache.fill(EPOCH, KEY, 'putter', value(2));
        assert.deepEqual(await get(), value(1));
      });

      it('puts nothing for a reader that asked before a writer’s block', async () => {
        await cache.lease(EPOCH, KEY, 'reader');
        await cache.block(EPOCH, [KEY], 'writer');
        await cache.fill(EPOCH, KEY, 'reader', value(1));
        assert.equal(await get(), undefined);
        await cache.abort(EPOCH, [KEY], 'writer');
        await cache.fill(EPOCH, KEY, 'reader', value(1));
        assert.equal(await get(), undefined);
      });

      it('puts nothing with the token of a block', async () => {
        await cache.block(EPOCH, [KEY], 'writer');
        await cache.fill(EPOCH, KEY, 'writer', value(1));
        assert.equal(await get(), undefined);
      });

      it('gives the value what remains of the lease’s life', async () => {
        await cache.lease(EPOCH, KEY, 'a');
        await opened.pass(300);
        await cache.fill(EPOCH, KEY, 'a', value(1));
        const left = await opened.left(KEY);
        assert.ok(left > 0 && left <= T - 299, String(left));
      });
    });

    describe('block', () => {
      it('removes values and leases of all its keys', async () => {
        await put(KEY, 1);
        await cache.lease(EPOCH, OTHER, 'reader');
        assert.equal(await cache.block(EPOCH, [KEY, OTHER], 'writer'), true);
        assert.deepEqual(await cache.get(EPOCH, [KEY, OTHER]), [undefined, undefined]);
        assert.equal(await leaseIs('asker', KEY), 'blocked');
        assert.equal(await leaseIs('asker', OTHER), 'blocked');
      });

      it('takes the place of another block', async () => {
        await cache.block(EPOCH, [KEY], 'first');
        await cache.block(EPOCH, [KEY], 'second');
        await cache.abort(EPOCH, [KEY], 'first');
        assert.equal(await leaseIs(), 'blocked');
        await cache.abort(EPOCH, [KEY], 'second');
        assert.equal(await leaseIs(), 'lease');
      });

      it('outlives T', async () => {
        const short = await open(100);
        await short.cache.block(EPOCH, [KEY], 'writer');
        await short.pass(150);
        assert.equal((await short.cache.lease(EPOCH, KEY, 'reader')).is, 'blocked');
        await short.close();
      });
    });

    describe('publish', () => {
      it('ends the block', async () => {
        await cache.block(EPOCH, [KEY], 'writer');
        await cache.publish(EPOCH, KEY, 'writer', value(2));
        assert.deepEqual(await get(), embedded ? undefined : value(2));
        assert.equal(await leaseIs(), embedded ? 'lease' : 'hit');
      });

      it('leaves nothing when T has passed since the block', async () => {
        const short = await open(100);
        await short.cache.block(EPOCH, [KEY], 'writer');
        await short.pass(150);
        await short.cache.publish(EPOCH, KEY, 'writer', value(2));
        assert.equal((await short.cache.get(EPOCH, [KEY]))[0], undefined);
        assert.equal((await short.cache.lease(EPOCH, KEY, 'reader')).is, 'lease');
        await short.close();
      });

      it('leaves the block of a later writer alone', async () => {
        await cache.block(EPOCH, [KEY], 'first');
        await cache.block(EPOCH, [KEY], 'second');
        await cache.publish(EPOCH, KEY, 'first', value(2));
        assert.equal(await get(), undefined);
        assert.equal(await leaseIs(), 'blocked');
      });

      it('puts nothing where nothing stands', async () => {
        await cache.publish(EPOCH, KEY, 'writer', value(2));
        assert.equal(await get(), undefined);
        assert.equal(await leaseIs(), 'lease');
      });
    });

    describe('abort', () => {
      it('removes its own blocks and none of another', async () => {
        await cache.block(EPOCH, [KEY], 'writer');
        await cache.block(EPOCH, [OTHER], 'another');
        await cache.abort(EPOCH, [KEY, OTHER], 'writer');
        assert.equal(await leaseIs('asker', KEY), 'lease');
        assert.equal(await leaseIs('asker', OTHER), 'blocked');
      });

      it('removes neither a value nor a lease of its token', async () => {
        await put(KEY, 1);
        await cache.lease(EPOCH, OTHER, 'reader');
        await cache.abort(EPOCH, [KEY, OTHER], 'putter');
        await cache.abort(EPOCH, [KEY, OTHER], 'reader');
        assert.deepEqual(await get(), value(1));
        assert.equal(await leaseIs('asker', OTHER), 'wait');
      });
    });

    describe('what tells the newest job', () => {
      it('is leased, filled and read like any other', async () => {
        await put(NEWEST, 0);
        assert.deepEqual(await cache.get(EPOCH, [NEWEST, KEY]), [value(0), undefined]);
        assert.equal(await leaseIs('asker', NEWEST), 'hit');
      });

      it('is no value while a writer holds it, and its lease is gone', async () => {
        await put(KEY, 1);
        await cache.lease(EPOCH, NEWEST, 'reader');
        assert.equal(await cache.block(EPOCH, [NEWEST, KEY], 'writer'), true);
        assert.deepEqual(await cache.get(EPOCH, [NEWEST, KEY]), [undefined, undefined]);
        await cache.fill(EPOCH, NEWEST, 'reader', value(0));
        assert.equal(await get(NEWEST), undefined);
        await cache.abort(EPOCH, [NEWEST, KEY], 'writer');
        await cache.fill(EPOCH, NEWEST, 'reader', value(0));
        assert.equal(await get(NEWEST), undefined);
        assert.equal(await leaseIs('another', NEWEST), 'lease');
      });

      it('loses its value to a block', async () => {
        await put(NEWEST, 0);
        await cache.block(EPOCH, [NEWEST], 'writer');
        assert.equal(await leaseIs('asker', NEWEST), 'blocked');
        await cache.abort(EPOCH, [NEWEST], 'writer');
        assert.equal(await leaseIs('asker', NEWEST), 'lease');
      });

      it('is blocked until the last of its writers is done, in whatever order they are', async () => {
        const writers = ['first', 'second', 'third'];
        for (const ends of [writers, writers.toReversed(), ['second', 'first', 'third']]) {
          for (const writer of writers) await cache.block(EPOCH, [NEWEST], writer);
          for (const writer of ends) {
            assert.equal(await leaseIs('asker', NEWEST), 'blocked', writer);
            await cache.abort(EPOCH, [NEWEST], 'nobody');
            await cache.abort(EPOCH, [NEWEST], writer);
            await cache.abort(EPOCH, [NEWEST], writer);
          }
          await put(NEWEST, 0);
        }
      });

      it('names the writer that has held it longest', async () => {
        await cache.block(EPOCH, [NEWEST], 'first');
        await opened.pass(30);
        await cache.block(EPOCH, [NEWEST], 'second');
        const asked = await cache.lease(EPOCH, NEWEST, 'reader');
        assert.ok(
          asked.is === 'blocked' && asked.token === 'first' && asked.age >= 29,
          JSON.stringify(asked),
        );
        await cache.abort(EPOCH, [NEWEST], 'first');
        const again = await cache.lease(EPOCH, NEWEST, 'reader');
        assert.ok(again.is === 'blocked' && again.token === 'second' && again.age < asked.age);
      });

      it('is freed by nobody who only read it', async () => {
        await put(NEWEST, 0);
        await cache.abort(EPOCH, [NEWEST], 'putter');
        assert.deepEqual(await get(NEWEST), value(0));
      });
    });

    if (embedded) return;

    it('forgets the block of a writer after ten minutes, though others hold the newest all the time', async () => {
      const client = new Redis(redis.url);
      await client.flushall();
      await cache.setEpoch(EPOCH);
      await cache.block(EPOCH, [NEWEST], 'dead');
      const [key = ''] = await client.keys(`jobgate:*:${EPOCH}:newest:*`);
      assert.ok((await opened.left(NEWEST)) > 599_000);
      await client.zincrby(key, -590_000, 'dead');
      await cache.block(EPOCH, [NEWEST], 'second');
      assert.equal(await client.zcard(key), 2);
      await client.zincrby(key, -10_000, 'dead');
      await cache.block(EPOCH, [NEWEST], 'third');
      assert.deepEqual(await client.zrange(key, 0, '-1'), ['second', 'third']);
      client.disconnect();
    });

    describe('the epoch', () => {
      it('is only raised, and the one that stands is answered', async () => {
        assert.equal(await cache.epoch(), EPOCH);
        assert.equal(await cache.setEpoch(EPOCH - 1), EPOCH);
        assert.equal(await cache.setEpoch(EPOCH), EPOCH);
        assert.equal(await cache.epoch(), EPOCH);
        assert.equal(await cache.setEpoch(EPOCH + 3), EPOCH + 3);
        assert.equal(await cache.epoch(), EPOCH + 3);
      });

      it('keeps every digit of a large number', async () => {
        const large = 4_503_599_627_370_497;
        assert.equal(await cache.setEpoch(large), large);
        assert.equal(await cache.epoch(), large);
        assert.equal((await cache.lease(large, KEY, 'a')).is, 'lease');
      });

      it('parts the entries: those of another are not seen', async () => {
        await put(KEY, 1);
        await cache.setEpoch(EPOCH + 1);
        assert.deepEqual(await cache.get(EPOCH + 1, [KEY]), [undefined]);
      });

      it('stops every step that names another one', async () => {
        await cache.lease(EPOCH, KEY, 'reader');
        await cache.block(EPOCH, [OTHER], 'writer');
        await cache.setEpoch(EPOCH + 1);
        assert.equal((await cache.lease(EPOCH, KEY, 'reader')).is, 'no-epoch');
        await cache.fill(EPOCH, KEY, 'reader', value(1));
        await cache.publish(EPOCH, OTHER, 'writer', value(1));
        assert.deepEqual(await cache.get(EPOCH, [KEY, OTHER]), [undefined, undefined]);
        assert.equal((await cache.lease(EPOCH + 2, KEY, 'reader')).is, 'no-epoch');
      });

      it('makes a block of another one fail, and leaves the entries alone', async () => {
        await put(KEY, 1);
        await cache.setEpoch(EPOCH + 1);
        assert.equal(await cache.block(EPOCH, [KEY], 'writer'), false);
        assert.deepEqual(await get(), value(1));
        assert.ok((await opened.left(KEY)) <= T);
      });

      it('is unknown to a Redis that lost it, and every step stops', async () => {
        const fresh = await open(T);
        const client = new Redis(redis.url);
        await client.flushall();
        assert.equal(await fresh.cache.epoch(), undefined);
        assert.equal((await fresh.cache.lease(EPOCH, KEY, 'reader')).is, 'no-epoch');
        assert.equal(await fresh.cache.block(EPOCH, [KEY], 'writer'), false);
        client.disconnect();
        await fresh.close();
      });
    });

    describe('publish, beyond ending the block', () => {
      it('gives the value what is left of T since the block', async () => {
        await cache.block(EPOCH, [KEY], 'writer');
        assert.ok((await opened.left(KEY)) > 100 * T);
        await opened.pass(300);
        await cache.publish(EPOCH, KEY, 'writer', value(2));
        const left = await opened.left(KEY);
        assert.ok(left > 0 && left <= T - 299, String(left));
      });

      it('removes an older value where the block was lost', async () => {
        await put(KEY, 1);
        await cache.publish(EPOCH, KEY, 'writer', value(2));
        assert.equal(await get(), undefined);
      });

      it('removes a lease where the block was lost: its reader may have read before the commit', async () => {
        await cache.lease(EPOCH, KEY, 'reader');
        await cache.publish(EPOCH, KEY, 'writer', value(2));
        await cache.fill(EPOCH, KEY, 'reader', value(1));
        assert.equal(await get(), undefined);
      });

      it('leaves a value of its own version, and a newer one, where the block was lost', async () => {
        for (const version of [9, 10, 100]) {
          const key: RowKey = { kind: 'job', id: `j-0000${version}` };
          await put(key, version);
          await cache.publish(EPOCH, key, 'writer', value(9));
          assert.deepEqual(await get(key), value(version));
        }
      });
    });

    it('begins every key with the store’s id, and touches no other', async () => {
      const client = new Redis(redis.url);
      await client.flushall();
      await client.set('somebody else’s', 'x');
      const one = await open(T);
      await one.cache.lease(EPOCH, KEY, 'a');
      await one.cache.fill(EPOCH, KEY, 'a', value(1));
      await one.cache.block(EPOCH, [OTHER], 'b');
      await one.cache.setEpoch(EPOCH + 1);
      const keys = await client.keys('*');
      client.disconnect();
      assert.equal(keys.length, 4);
      assert.ok(keys.includes('somebody else’s'));
      const prefixed = keys.filter((key) => /^jobgate:\{[0-9a-f]{16}\}:/.test(key));
      assert.equal(prefixed.length, 3);
      assert.equal(new Set(prefixed.map((key) => key.split(':')[1])).size, 1);
      await one.close();
    });

    it('keeps two stores on one Redis apart', async () => {
      const another = await open(T);
      await put(KEY, 1);
      assert.deepEqual(await another.cache.get(EPOCH, [KEY]), [undefined]);
      await cache.setEpoch(EPOCH + 5);
      assert.equal(await another.cache.epoch(), EPOCH);
      await another.close();
    });

    it('rejects a step whose answer does not come, and serves again on a new connection', async () => {
      redis.kill('SIGSTOP');
      try {
        await assert.rejects(cache.block(EPOCH, [KEY], 'writer'));
        await assert.rejects(cache.get(EPOCH, [KEY]));
      } finally {
        redis.kill('SIGCONT');
      }
      await eventually('the run id is known again', () => cache.runId() !== undefined);
      assert.equal(await cache.epoch(), EPOCH);
    });
  });
}

describe('the entry cache in memory, by itself', () => {
  let now = 0;
  let generation = 0;
  const create = (most: number): EntryCache =>
    createMemoryEntryCache({ ttl: T, most, clock: () => now, generation: () => generation });
  const keys = Array.from({ length: 6 }, (_, index): RowKey => ({ kind: 'job', id: `j-0000000${index}` }));
  const put = async (cache: EntryCache, key: RowKey): Promise<void> => {
    await cache.lease(EPOCH, key, 'putter');
    await cache.fill(EPOCH, key, 'putter', value(1));
  };
  const [one, two, three] = keys as [RowKey, RowKey, RowKey];

  it('is the embedded process', () => assert.equal(create(1).runId(), EMBEDDED_RUN_ID));

  it('loses values and leases, and keeps blocks, when another process has written', async () => {
    const cache = create(10);
    await put(cache, one);
    await cache.lease(EPOCH, two, 'reader');
    await cache.block(EPOCH, [three], 'writer');
    generation++;
    await cache.fill(EPOCH, two, 'reader', value(1));
    assert.deepEqual(await cache.get(EPOCH, [one, two, three]), [undefined, undefined, undefined]);
    assert.equal((await cache.lease(EPOCH, one, 'asker')).is, 'lease');
    assert.equal((await cache.lease(EPOCH, three, 'asker')).is, 'blocked');
  });

  it('holds so many entries at the most, and gives up the oldest first', async () => {
    const cache = create(3);
    for (const key of keys) await put(cache, key);
    const held = (await cache.get(EPOCH, keys)).map((entry) => entry !== undefined);
    assert.deepEqual(held, [false, false, false, true, true, true]);
  });

  it('gives up no block for want of space', async () => {
    const cache = create(3);
    for (const key of keys) await cache.block(EPOCH, [key], 'writer');
    await put(cache, { kind: 'account', id: 'usr-a' });
    for (const key of keys) assert.equal((await cache.lease(EPOCH, key, 'asker')).is, 'blocked');
  });

  it('loses a value when its time is over', async () => {
    const cache = create(3);
    await put(cache, one);
    now += T - 1;
    assert.deepEqual(await cache.get(EPOCH, [one]), [value(1)]);
    now += 1;
    assert.deepEqual(await cache.get(EPOCH, [one]), [undefined]);
  });
});

describe('no entry cache', () => {
  it('holds nothing, gives no lease and cannot block', async () => {
    assert.equal(noEntryCache.runId(), undefined);
    assert.equal(await noEntryCache.epoch(), undefined);
    assert.equal((await noEntryCache.lease(EPOCH, KEY, 'a')).is, 'no-epoch');
    await noEntryCache.fill(EPOCH, KEY, 'a', value(1));
    assert.equal(await noEntryCache.block(EPOCH, [KEY], 'a'), false);
    await noEntryCache.publish(EPOCH, KEY, 'a', value(1));
    await noEntryCache.abort(EPOCH, [KEY], 'a');
    assert.deepEqual(await noEntryCache.get(EPOCH, [KEY, OTHER]), [undefined, undefined]);
  });
});
