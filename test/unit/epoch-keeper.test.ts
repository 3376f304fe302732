import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { createEpochKeeper, type EpochKeeper } from '../../src/coherence/epoch-keeper.ts';
import type { EntryCache, Ledger } from '../../src/coherence/ports.ts';
import { Refusal } from '../../src/errors.ts';
import type { EpochState } from '../../src/ports.ts';
import { quietLog } from '../support/quiet-log.ts';

const T = 1_000;
const on = (epoch: number, runId = 'run-a'): EpochState => ({ epoch, on: true, runId, offFor: 0, ttl: T });
const off = (epoch: number, offFor = 0): EpochState => ({ epoch, on: false, runId: 'run-a', offFor, ttl: T });

describe('the epoch keeper', () => {
  let row: EpochState;
  let runId: string | undefined;
  /** Who the process turns out to be once it is asked. */
  let replaced: string | undefined;
  let cacheEpoch: number | undefined;
  let now: number;
  let fenced: number[];
  let keeper: EpochKeeper;

  beforeEach(() => {
    row = on(4);
    runId = 'run-a';
    replaced = undefined;
    cacheEpoch = 4;
    now = 1_000_000;
    fenced = [];
    const ledger: Pick<Ledger, 'epoch' | 'fence' | 'settle' | 'turnOn'> = {
      epoch: async () => row,
      async fence(epoch) {
        fenced.push(epoch);
        if (row.on && row.epoch === epoch) row = off(epoch + 1);
      },
      async settle() {
        if (!row.on && row.offFor < 0) row = off(row.epoch, 0);
      },
      async turnOn(id, after, setEpoch) {
        if (row.on || row.offFor <= after) return false;
        const next = row.epoch + 1;
        const stands = await setEpoch(next);
        row = stands === next ? on(next, id) : off(stands, row.offFor);
        return row.on;
      },
    };
    const cache: Pick<EntryCache, 'runId' | 'identify' | 'epoch' | 'setEpoch'> = {
      runId: () => runId,
      identify: async () => (runId = replaced ?? runId),
      epoch: async () => cacheEpoch,
      setEpoch: async (epoch) => (cacheEpoch = Math.max(cacheEpoch ?? 0, epoch)),
    };
    keeper = createEpochKeeper({
      ledger: ledger as Ledger,
      cache: cache as EntryCache,
      clock: () => now,
      log: quietLog,
    });
  });

  describe('what it knows', () => {
    it('is nothing before it has seen the row', () => assert.equal(keeper.usable(), undefined));

    it('is the epoch while the cache is on with the process behind the connection', () => {
      keeper.observe(on(4));
      assert.equal(keeper.usable(), 4);
      runId = 'run-b';
      assert.equal(keeper.usable(), undefined);
      runId = undefined;
      assert.equal(keeper.usable(), undefined);
    });

    it('is nothing while the cache is off', () => {
      keeper.observe(off(4));
      assert.equal(keeper.usable(), undefined);
    });

    it('is not set back by an answer that others have overtaken', () => {
      const inOrder = [off(4), on(4), off(5), on(5), on(6)];
      for (let late = 0; late < inOrder.length; late++) {
        for (const state of inOrder) keeper.observe(state);
        keeper.observe(inOrder[late] as EpochState);
        assert.equal(keeper.usable(), 6);
      }
    });

    it('does not take an epoch that was turned on for off again', () => {
      keeper.observe(on(4));
      keeper.observe(off(4));
      assert.equal(keeper.usable(), 4);
      keeper.observe(off(5));
      assert.equal(keeper.usable(), undefined);
      keeper.observe(on(4));
      assert.equal(keeper.usable(), undefined);
    });
  });

  describe('a tick', () => {
    it('does nothing while all agree', async () => {
      await keeper.tick();
      assert.equal(keeper.usable(), 4);
      assert.deepEqual(fenced, []);
    });

    it('fences, and never turns straight on, a cache that is another process, or has another epoch or none', async () => {
      for (const change of [
        () => (runId = 'run-b'),
        () => (cacheEpoch = undefined),
        () => (cacheEpoch = 3),
        () => (cacheEpoch = 9),
      ]) {
        [row, runId, cacheEpoch, fenced] = [on(4), 'run-a', 4, []];
        change();
        await keeper.tick();
        assert.deepEqual(fenced, [4]);
        assert.equal(row.on, false);
        assert.equal(keeper.usable(), undefined);
      }
    });

    it('asks anew who holds the entries: their data may have been replaced', async () => {
      await keeper.tick();
      replaced = 'run-a after it was a replica';
      await keeper.tick();
      assert.deepEqual(fenced, [4]);
      row = off(5, 10 * T);
      await keeper.tick();
      assert.deepEqual(row, on(6, replaced));
    });

    it('leaves the epoch to others while it cannot reach the cache itself', async () => {
      runId = undefined;
      await keeper.tick();
      row = off(5, 1_000_000);
      await keeper.tick();
      assert.deepEqual(fenced, []);
      assert.equal(row.on, false);
    });

    it('turns a cache on only when every value of the old epoch is dead', async () => {
      row = off(5, T * 1.2 + 500);
      await keeper.tick();
      assert.equal(row.on, false);
      row = off(5, T * 1.2 + 501);
      runId = 'run-b';
      await keeper.tick();
      assert.deepEqual([row.on, row.runId, keeper.usable()], [true, 'run-b', 6]);
      assert.equal(cacheEpoch, 6);
    });

    it('begins to count where a fencer left it undone, also while it cannot reach the cache', async () => {
      row = off(5, -1);
      runId = undefined;
      await keeper.tick();
      assert.equal(row.offFor, 0);
    });

    it('waits by the longest life that any instance gives', async () => {
      row = { ...off(5, T * 2), ttl: T * 3 };
      await keeper.tick();
      assert.equal(row.on, false);
    });

    it('goes on above the cache’s epoch where the database is behind it', async () => {
      row = off(5, 1_000_000);
      cacheEpoch = 40;
      await keeper.tick();
      await keeper.tick();
      assert.deepEqual([row.epoch, cacheEpoch, keeper.usable()], [41, 41, 41]);
    });
  });

  describe('a fence', () => {
    it('makes the cache unusable here at once', async () => {
      await keeper.tick();
      await keeper.fence(4);
      assert.equal(keeper.usable(), undefined);
    });

    it('is not repeated within half a minute by an instance that alone is cut off', async () => {
      runId = undefined;
      await keeper.fence(4);
      row = on(5);
      keeper.observe(row);
      assert.equal(keeper.cutOff(), true);
      const refused = (thrown: unknown): boolean =>
        thrown instanceof Refusal && thrown.reason === 'unavailable' && thrown.facts.detail === 'busy';
      await assert.rejects(keeper.fence(5), refused);
      assert.equal(row.on, true);
      now += 30_000;
      assert.equal(keeper.cutOff(), false);
      await keeper.fence(5);
      assert.equal(row.on, false);
    });

    it('may be repeated by an instance that was not cut off in between', async () => {
      runId = undefined;
      await keeper.fence(4);
      runId = 'run-a';
      row = on(5);
      cacheEpoch = 5;
      await keeper.tick();
      runId = undefined;
      await keeper.fence(5);
      assert.deepEqual(fenced, [4, 5]);
    });

    it('may be repeated by an instance that reaches the cache', async () => {
      await keeper.fence(4);
      row = on(5);
      await keeper.fence(5);
      assert.deepEqual(fenced, [4, 5]);
      assert.equal(keeper.cutOff(), false);
    });
  });
});
