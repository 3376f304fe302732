import assert from 'node:assert/strict';
import { setImmediate as comeRound } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { createBatch } from '../../adapters/redis/batch.ts';

describe('a batch of keys', () => {
  it('asks by one command for all keys of one round, each once, and answers each its own', async () => {
    const asked: (readonly string[])[] = [];
    const read = createBatch(async (keys) => {
      asked.push(keys);
      return keys.map((key) => key.toUpperCase());
    });
    const answers = await Promise.all([read(['a', 'b']), read(['a']), read(['c', 'c', 'b'])]);
    assert.deepEqual(answers, [['A', 'B'], ['A'], ['C', 'C', 'B']]);
    assert.deepEqual(asked, [['a', 'b', 'c']]);
  });

  it('lets no key join a command that was sent, though its answer is still to come', async () => {
    let value = 'old';
    let commands = 0;
    let answer!: () => void;
    const slow = new Promise<void>((resolve) => (answer = resolve));
    const read = createBatch(async (keys) => {
      // What a server reads is what stands when the command comes, however late its answer is.
      const found = keys.map(() => value);
      if (++commands === 1) await slow;
      return found;
    });
    const first = read(['a']);
    await comeRound();
    assert.equal(commands, 1);
    value = 'new';
    const second = read(['a']);
    await comeRound();
    answer();
    assert.deepEqual(await Promise.all([first, second]), [['old'], ['new']]);
    assert.equal(commands, 2);
  });

  it('fails every reader of a command that failed, and none of the next', async () => {
    let commands = 0;
    const read = createBatch(async (keys) => {
      if (++commands === 1) throw new Error('away');
      return keys;
    });
    const outcomes = await Promise.allSettled([read(['a']), read(['b', 'a']), read(['b'])]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    );
    assert.deepEqual(await read(['a']), ['a']);
  });

  it('asks for very many keys by several commands, and for those of one reader by one', async () => {
    const sizes: number[] = [];
    const read = createBatch(async (keys) => {
      sizes.push(keys.length);
      return keys;
    });
    const keys = Array.from({ length: 1_000 }, (_, index) => `k${index}`);
    const wanted = [0, 300, 400, 450, 950].map((start) => keys.slice(start, start + 300));
    assert.deepEqual(await Promise.all(wanted.map(read)), wanted);
    assert.deepEqual(sizes, [300, 300, 300, 350]);
  });
});
