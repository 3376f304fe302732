import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { PrivateServer } from '../../support/private-server.ts';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import type { Instance, Plan } from './instance.ts';

/** What can be broken. */
export interface Patient {
  readonly instances: readonly Instance[];
  readonly database: PrivateServer;
  readonly redis: PrivateServer;
  /** Another Redis, which no instance should use. */
  readonly otherRedis: PrivateServer;
  /** The way of each instance to Redis. */
  readonly ways: readonly TcpProxy[];
  /** The way of each instance to the database. */
  readonly databaseWays: readonly TcpProxy[];
  /** T, in ms. */
  readonly ttl: number;
}

/** What an instance does at a moment of the protocol: one of these, as it comes. */
const PLANS: readonly Plan[] = [
  {
    'after lease': { fault: 'freeze', chance: 0.05 },
    'after work': { fault: 'die', chance: 0.1 },
    'after commit': { fault: 'freeze', chance: 0.2 },
  },
  {
    'after load': { fault: 'freeze', chance: 0.05 },
    'after block': { fault: 'die', chance: 0.1 },
    'after commit': { fault: 'die', chance: 0.1 },
    'before lock': { fault: 'freeze', chance: 0.05 },
  },
];

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

const FROZEN_WRITER: Plan = { 'after block': { fault: 'freeze', chance: 1 } };

async function loseEpoch({ redis }: Patient): Promise<void> {
  await withRedis(redis, async (client) => {
    for (const key of await client.keys('jobgate:*:epoch')) await client.del(key);
  });
}

/** Gives each instance a plan, the first ones first, and wakes those that froze when the work is done. */
async function withPlans(
  { instances }: Patient,
  plans: readonly Plan[],
  work: () => Promise<unknown>,
): Promise<void> {
  instances.forEach((instance, index) => instance.plan(plans[index] ?? {}));
  await work();
  for (const instance of instances) instance.plan({});
  // One that was frozen reads that its plan has ended only once it is awake, and may freeze before it has.
  for (let times = 0; times < 2; times++) {
    for (const instance of instances) instance.signal('SIGCONT');
    await sleep(50);
  }
}

export const faults = {
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
  'gateway dies or freezes at a moment of the protocol': async (patient, random) => {
    for (let round = 0; round < 3; round++) {
      await withPlans(patient, PLANS, () => sleep(400 + random() * 600));
    }
  },
  'reader frozen between read and fill': async (patient, random) => {
    for (let round = 0; round < 4; round++) {
      await withPlans(patient, [{ 'after load': { fault: 'freeze', chance: 0.2 } }], () =>
        sleep(250 + random() * 150),
      );
    }
  },
  'writer frozen between commit and publish': async (patient, random) => {
    await withPlans(patient, [{ 'after commit': { fault: 'freeze', chance: 1 } }], () =>
      sleep(200 + random() * 300),
    );
  },
  'redis emptied while a writer is frozen': async (patient, random) => {
    await withPlans(patient, [FROZEN_WRITER], async () => {
      await sleep(200);
      await withRedis(patient.redis, (client) => client.flushall());
      await sleep(50 + random() * 150);
    });
  },
  // Longer than it takes to turn the cache off and on again.
  'redis loses the epoch while a writer is frozen': async (patient, random) => {
    await withPlans(patient, [FROZEN_WRITER], async () => {
      await sleep(200);
      await loseEpoch(patient);
      await sleep(patient.ttl * 1.2 + 1_500 + random() * 500);
    });
  },
  'redis emptied': async ({ redis }) => withRedis(redis, (client) => client.flushall()),
  'redis loses the epoch': loseEpoch,
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
  // The other does not hear of the fence, and reads what is left in the cache.
  'one instance led to another redis, the other cut off from the database': async (
    { ways, databaseWays, redis, otherRedis, ttl },
    random,
  ) => {
    const first = random() < 0.5 ? 0 : 1;
    databaseWays[1 - first]?.cut();
    ways[first]?.lead(otherRedis.port);
    await sleep(ttl * 1.1 + 2_500 + random() * 500);
    databaseWays[1 - first]?.mend();
    ways[first]?.lead(redis.port);
  },
  'one instance cut off from the database': async ({ databaseWays }, random) => {
    const way = one(databaseWays, random);
    way.cut();
    await sleep(300 + random() * 1_500);
    way.mend();
  },
  'database slow for one instance': async ({ databaseWays }, random) => {
    const way = one(databaseWays, random);
    way.slow(20 + random() * 300);
    await sleep(500 + random() * 1_500);
    way.mend();
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
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;
