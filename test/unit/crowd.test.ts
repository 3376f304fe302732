import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Knex } from 'knex';
import { watchPool } from '../../adapters/sql/crowd.ts';
import { spareStores } from '../../src/gateway/spare-stores.ts';
import type { AccountStore, Changes, JobStore } from '../../src/ports.ts';

/** A pool of 8 connections, and a clock that the test moves. */
function makePool(): {
  crowd: ReturnType<typeof watchPool>;
  waits(waiting: number): void;
  pass(milliseconds: number): void;
} {
  let waiting = 0;
  let now = 0;
  const pool = { max: 8, numPendingAcquires: () => waiting, numUsed: () => 8, numFree: () => 0 };
  return {
    crowd: watchPool({ client: { pool } } as unknown as Knex, () => now),
    waits: (many) => void (waiting = many),
    pass: (milliseconds) => void (now += milliseconds),
  };
}

describe('the queue for connections to the database', () => {
  it('is no crowd while it is a burst that has just come', () => {
    const { crowd, waits, pass } = makePool();
    assert.ok(!crowd.reads());
    waits(100);
    pass(450);
    assert.ok(!crowd.reads());
    assert.ok(!crowd.changes());
  });

  it('is one when it has stood for a while and is not short; changes may make it longer than reads', () => {
    const { crowd, waits, pass } = makePool();
    waits(3);
    pass(600);
    assert.ok(!crowd.reads());
    waits(4);
    assert.ok(crowd.reads());
    assert.ok(!crowd.changes());
    waits(8);
    assert.ok(crowd.changes());
  });

  it('is none any more as soon as it was empty', () => {
    const { crowd, waits, pass } = makePool();
    waits(50);
    pass(600);
    assert.ok(crowd.reads());
    waits(0);
    assert.ok(!crowd.reads());
    waits(50);
    assert.ok(!crowd.reads());
  });

  it('keeps new reads and changes away, and is told of each; what is under way goes on', async () => {
    let crowded = false;
    let refused = 0;
    const asked: string[] = [];
    const timeline = (): Promise<number> => Promise.resolve(asked.push('timeline'));
    const { jobs, spareChanges } = spareStores(
      { jobs: { timeline } as unknown as JobStore, accounts: {} as AccountStore },
      { reads: () => crowded, changes: () => crowded },
      () => void refused++,
    );
    const change = async (_: unknown, work: (tx: never) => Promise<unknown>): Promise<unknown> => {
      crowded = true;
      return work({} as never);
    };
    const changes = spareChanges({ change } as Changes);
    assert.equal(await changes.change([], async () => 'done'), 'done');
    await assert.rejects(
      changes.change([], async () => 'done'),
      { reason: 'unavailable' },
    );
    await assert.rejects(jobs.timeline('j-00000001'), { reason: 'unavailable' });
    assert.equal(refused, 2);
    crowded = false;
    assert.equal(await jobs.timeline('j-00000001'), 1);
  });
});
