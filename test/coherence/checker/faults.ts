import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { PrivateServer } from '../../support/private-server.ts';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import type { Instance } from './instance.ts';

/** What can be broken. */
export interface Patient {
  readonly instances: readonly Instance[];
  readonly database: PrivateServer;
  readonly redis: PrivateServer;
  /** Another Redis, which no instance should use. */
  readonly otherRedis: PrivateServer;
  /** The way of each instance to Redis. */
  readonly ways: readonly TcpProxy[];
}

/** Makes a fault and mends it again; `random` is a number from 0 to 1. */
export type Fault = (patient: Patient, random: () => number) => Promise<void>;

async function withRedis(server: PrivateServer, work: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(server.url, { maxRetriesPerRequest: 0, retryStrategy: null });
  redis.on('error', () => {});
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}

const one = <Item>(items: readonly Item[], random: () => number): Item =>
  items[Math.floor(random() * items.length)] as Item;

export const faults: Readonly<Record<string, Fault>> = {
  'gateway killed': async ({ instances }, random) => {
    one(instances, random).signal('SIGKILL');
    await sleep(1_500);
  },
  'gateway frozen': async ({ instances }, random) => {
    const instance = one(instances, random);
    instance.signal('SIGSTOP');
    await sleep(300 + random() * 2_000);
    instance.signal('SIGCONT');
  },
  // Which moment it is, each instance was told at its start; frozen ones are woken here.
  'gateway dies or freezes at a moment of the protocol': async ({ instances }, random) => {
    for (let round = 0; round < 3; round++) {
      for (const instance of instances) instance.signal('SIGUSR2');
      await sleep(400 + random() * 600);
      for (const instance of instances) instance.signal('SIGCONT');
    }
  },
  'redis emptied': async ({ redis }) => withRedis(redis, (client) => client.flushall()),
  'redis loses the epoch': async ({ redis }) =>
    withRedis(redis, async (client) => {
      for (const key of await client.keys('jobgate:*:epoch')) await client.del(key);
    }),
  'redis killed': async ({ redis }, random) => {
    redis.kill('SIGKILL');
    await sleep(random() * 1_500);
    await redis.restart();
  },
  'redis restarted with old data': async ({ redis }, random) => {
    await withRedis(redis, (client) => client.save());
    await sleep(random() * 300);
    redis.kill('SIGKILL');
    await redis.restart();
    await withRedis(redis, (client) => client.config('SET', 'save', ''));
  },
  'redis frozen': async ({ redis }, random) => {
    redis.kill('SIGSTOP');
    await sleep(100 + random() * 1_500);
    redis.kill('SIGCONT');
  },
  'one instance cut off from redis': async ({ ways }, random) => {
    const way = one(ways, random);
    way.cut();
    await sleep(300 + random() * 1_500);
    way.mend();
  },
  'one instance not answered by redis': async ({ ways }, random) => {
    const way = one(ways, random);
    way.freeze();
    await sleep(300 + random() * 1_500);
    way.mend();
  },
  'redis slow for one instance': async ({ ways }, random) => {
    const way = one(ways, random);
    way.slow(20 + random() * 400);
    await sleep(500 + random() * 1_500);
    way.mend();
  },
  'one instance led to another redis': async ({ ways, redis, otherRedis }, random) => {
    const way = one(ways, random);
    way.lead(otherRedis.port);
    await sleep(300 + random() * 1_500);
    way.lead(redis.port);
  },
  'redis failed over, and back': async ({ ways, redis, otherRedis }, random) => {
    for (const way of ways) way.lead(otherRedis.port);
    await sleep(500 + random() * 2_500);
    for (const way of ways) way.lead(redis.port);
  },
  'database killed': async ({ database }, random) => {
    database.kill('SIGKILL');
    await sleep(random() * 1_000);
    await database.restart();
  },
  'database frozen': async ({ database }, random) => {
    database.kill('SIGSTOP');
    await sleep(200 + random() * 1_500);
    database.kill('SIGCONT');
  },
};
