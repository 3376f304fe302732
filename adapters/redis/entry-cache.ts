import type { Redis } from 'ioredis';
import type { EntryCache, EntryValue, LeaseAnswer } from '../../src/coherence/ports.ts';
import type { EntryKey } from '../../src/ports.ts';
import type { RedisLink } from './connect.ts';
import { createBatch } from './batch.ts';
import { scripts } from './scripts.ts';

/** The scripts as commands of the connection. */
interface Steps {
  jgLease(
    epochKey: string,
    key: string,
    epoch: number,
    token: string,
    ttl: number,
  ): Promise<string | [number, string]>;
  jgFill(epochKey: string, key: string, epoch: number, token: string, value: Buffer): Promise<string>;
  jgBlock(keyCount: number, ...keysAndArguments: (string | number)[]): Promise<string>;
  jgPublish(
    epochKey: string,
    key: string,
    epoch: number,
    token: string,
    ttl: number,
    version: number,
    value: Buffer,
  ): Promise<string>;
  jgAbort(keyCount: number, ...keysAndArguments: (string | number)[]): Promise<string>;
  jgSetEpoch(epochKey: string, epoch: number): Promise<number>;
}

/**
 * Entries in Redis.
 * @param storeId begins every key
 * @param ttl T, in ms
 */
export function createRedisEntryCache(
  { redis, runId, identify, distrust }: RedisLink,
  storeId: string,
  ttl: number,
): EntryCache {
  const steps = defineSteps(redis);
  const prefix = `jobgate:{${storeId}}:`;
  const epochKey = `${prefix}epoch`;
  // Joined once for each epoch: ten keys of a call are hashed each as one piece.
  let begins = { epoch: -1, job: '', account: '', newest: '' };
  const keyOf = (epoch: number, { kind, id }: EntryKey): string => {
    if (begins.epoch !== epoch) {
      const begin = (name: EntryKey['kind']): string => `${prefix}${epoch}:${name}:`;
      begins = { epoch, job: begin('job'), account: begin('account'), newest: begin('newest') };
    }
    return begins[kind] + id;
  };

  /**
   * An answer counts only if it came from the process that was asked: a command may have waited in a queue while
   * the connection was made anew, to a process whose run id nobody has compared yet. And a connection that let
   * a command wait too long is not trusted with the next.
   */
  const sent = async <Answer>(command: Promise<Answer>): Promise<Answer> => {
    const asked = runId();
    const answer = await timely(command);
    if (asked === undefined || runId() !== asked) throw new Error('the connection to redis was made anew');
    return answer;
  };
  const timely = async <Answer>(command: Promise<Answer>): Promise<Answer> => {
    const asked = runId();
    try {
      return await command;
    } catch (cause) {
      const { message } = cause as Error;
      if (message === 'Command timed out' && runId() === asked) distrust();
      throw cause;
    }
  };

  const readValues = createBatch(async (names: readonly string[]) => {
    const entries = await sent(redis.mgetBuffer(...names));
    return entries.map((entry) => (entry ? readValue(entry) : undefined));
  });

  return {
    runId,
    identify: () => timely(identify()),

    async epoch() {
      const text = await sent(redis.get(epochKey));
      return text === null ? undefined : Number(text);
    },

    setEpoch: (epoch) => sent(steps.jgSetEpoch(epochKey, epoch)),

    get: (epoch, keys) => readValues(keys.map((key) => keyOf(epoch, key))),

    async lease(epoch, key, token) {
      const answer = await sent(steps.jgLease(epochKey, keyOf(epoch, key), epoch, token, ttl));
      if (typeof answer === 'string') return LEASE_ANSWERS[answer]!;
      const [age, holder] = answer;
      return { is: 'blocked', age, token: holder };
    },

    async fill(epoch, key, token, value) {
      await sent(steps.jgFill(epochKey, keyOf(epoch, key), epoch, token, writeValue(value)));
    },

    async block(epoch, keys, token) {
      const shared = keys.filter(({ kind }) => kind === 'newest');
      const names = [...keys.filter(({ kind }) => kind !== 'newest'), ...shared].map((key) =>
        keyOf(epoch, key),
      );
      const given = [epochKey, ...names, epoch, token, shared.length];
      return (await sent(steps.jgBlock(names.length + 1, ...given))) === 'BLOCKED';
    },

    async publish(epoch, key, token, value) {
      const bytes = writeValue(value);
      await sent(steps.jgPublish(epochKey, keyOf(epoch, key), epoch, token, ttl, value.version, bytes));
    },

    async abort(epoch, keys, token) {
      const names = keys.map((key) => keyOf(epoch, key));
      await sent(steps.jgAbort(names.length + 1, epochKey, ...names, token));
    },
  };
}

const LEASE_ANSWERS: Readonly<Record<string, LeaseAnswer>> = {
  LEASE: { is: 'lease' },
  HIT: { is: 'hit' },
  WAIT: { is: 'wait' },
  NOEPOCH: { is: 'no-epoch' },
};

function defineSteps(redis: Redis): Steps {
  for (const [name, { numberOfKeys, lua }] of Object.entries(scripts)) {
    const command = `jg${name[0]?.toUpperCase()}${name.slice(1)}`;
    redis.defineCommand(command, { lua, ...(numberOfKeys !== undefined && { numberOfKeys }) });
  }
  return redis as unknown as Steps;
}

const VALUE = 0x56;
const SPACE = 0x20;

function readValue(entry: Buffer): EntryValue | undefined {
  if (entry[0] !== VALUE) return undefined;
  const end = entry.indexOf(SPACE, 2);
  return { version: Number(entry.toString('latin1', 2, end)), body: entry.subarray(end + 1) };
}

function writeValue({ version, body }: EntryValue): Buffer {
  return Buffer.concat([Buffer.from(`V ${version} `), body]);
}
