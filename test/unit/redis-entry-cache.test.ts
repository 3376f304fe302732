import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { createRedisEntryCache } from '../../adapters/redis/entry-cache.ts';
import type { EntryCache } from '../../src/coherence/ports.ts';

const KEY = { kind: 'job', id: 'j-abcdefgh' } as const;
const VALUE = { version: 1, body: Buffer.from('bytes') };

/** Every step, and what Redis says where it did what was asked. */
const STEPS: Readonly<Record<string, readonly [(cache: EntryCache) => Promise<unknown>, unknown]>> = {
  epoch: [(cache) => cache.epoch(), '4'],
  setEpoch: [(cache) => cache.setEpoch(4), 4],
  get: [(cache) => cache.get(4, [KEY]), [Buffer.from('V 1 bytes')]],
  lease: [(cache) => cache.lease(4, KEY, 'token'), 'LEASE'],
  fill: [(cache) => cache.fill(4, KEY, 'token', VALUE), 'FILLED'],
  block: [(cache) => cache.block(4, [KEY], 'token'), 'BLOCKED'],
  publish: [(cache) => cache.publish(4, KEY, 'token', VALUE), 'PUBLISHED'],
  abort: [(cache) => cache.abort(4, [KEY], 'token'), 'ABORTED'],
};

/** A cache whose connection leads to one process when it is asked, and to another when the answer comes. */
function between(before: string | undefined, after: string | undefined, answer: unknown): EntryCache {
  let runId = before;
  const command = async (): Promise<unknown> => {
    await setImmediate();
    runId = after;
    return answer;
  };
  const redis = new Proxy({}, { get: (_, name) => (name === 'defineCommand' ? () => {} : command) });
  const link = { redis: redis as Redis, runId: () => runId, distrust() {} };
  return createRedisEntryCache(
    { ...link, identify: async () => runId, greeted: async () => {}, trouble: () => undefined, close() {} },
    'store',
    1_000,
  );
}

describe('an answer of Redis', () => {
  for (const [name, [step, answer]] of Object.entries(STEPS)) {
    it(`to ${name} counts only if it came from the process that was asked`, async () => {
      await step(between('a', 'a', answer));
      await assert.rejects(step(between('a', 'b', answer)), /made anew/);
      await assert.rejects(step(between('a', undefined, answer)), /made anew/);
      await assert.rejects(step(between(undefined, 'b', answer)), /made anew/);
    });
  }
});
