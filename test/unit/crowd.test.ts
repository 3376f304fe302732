import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Knex } from 'knex';
import { watchPool } from '../../adapters/sql/crowd.ts';
import { spareStores } from '../../src/gateway/spare-stores.ts';
import type { AccountStore, Changes, JobStore } from '../../src/ports.ts';

/** A pool of 8 connections, calls that are begun and ended by the test, and a clock that it moves. */
function makePool(): {
  crowd: ReturnType<typeof watchPool>;
  begin(count: number): void;
  /** Ends the oldest. */
  end(count: number): Promise<void>;
  pass(milliseconds: number): void;
} {
  let now = 0;
  const ends: (() => void)[] = [];
  const pool = { max: 8, numPendingAcquires: () => 3, numUsed: () => 8, numFree: () => 0 };
  const crowd = watchPool({ client: { pool } } as unknown as Knex, () => now);
  return {
    crowd,
    begin(count) {
      for (let each = 0; each < count; each++)
        void crowd.follow(new Promise<void>((resolve) => ends.push(resolve)));
    },
    async end(count) {
      for (const each of ends.splice(0, count)) each();
      await new Promise(setImmediate);
    },
    pass: (milliseconds) => void (now += milliseconds),
  };
}

const KINDS = ['lists', 'changes', 'reads'] as const;

describe('the queue for connections to the database', () => {
  it('is no crowd while it is a burst that has just come', () => {
    const { crowd, begin, pass } = makePool();
    begin(500);
    pass(99);
    for (const kind of KINDS) assert.ok(!crowd.crowded(kind), kind);
  });

  it('is one where nothing moves; short ones are not, and of changes and reads by id more may wait than of lists', () => {
    const { crowd, begin, pass } = makePool();
    begin(8 + 3);
    pass(100);
    assert.ok(!crowd.crowded('lists'));
    begin(1);
    assert.deepEqual(
      KINDS.filter((kind) => crowd.crowded(kind)),
      ['lists'],
    );
    begin(4);
    assert.deepEqual(
      KINDS.filter((kind) => crowd.crowded(kind)),
      ['lists', 'changes'],
    );
    begin(8);
    assert.deepEqual(
      KINDS.filter((kind) => crowd.crowded(kind)),
      [...KINDS],
    );
  });

  it('may be the longer, the faster it moves', async () => {
    const { crowd, begin, end, pass } = makePool();
    begin(8 + 150);
    // Nine in ten ms: a list may wait for forty-five of them.
    for (let round = 0; round < 10; round++) {
      pass(10);
      await end(10);
    }
    assert.ok(crowd.crowded('lists'));
    assert.ok(!crowd.crowded('changes'));
    await end(5);
    assert.ok(!crowd.crowded('lists'));
    begin(51);
    assert.ok(crowd.crowded('changes'));
    assert.ok(!crowd.crowded('reads'));
  });

  it('is judged anew where it was not met for a while', async () => {
    const { crowd, begin, end, pass } = makePool();
    begin(8 + 20);
    pass(200);
    assert.ok(crowd.crowded('reads'));
    await end(28);
    assert.ok(!crowd.crowded('lists'));
    begin(100);
    assert.ok(crowd.crowded('reads'));
    await end(100);
    pass(5_001);
    begin(100);
    assert.ok(!crowd.crowded('lists'));
  });

  it('counts what fails like what does not', async () => {
    const { crowd, begin, pass } = makePool();
    begin(8 + 3);
    await assert.rejects(crowd.follow(Promise.reject(new Error('gone'))), /gone/);
    pass(200);
    assert.ok(!crowd.crowded('lists'));
  });

  it('is told as the pool knows it', () => {
    assert.deepEqual(makePool().crowd.now(), { used: 8, free: 0, waiting: 3 });
  });

  it('keeps new calls away by their kind, and is told of each; what is under way goes on', async () => {
    const crowded = new Set<string>();
    let refused = 0;
    let under = 0;
    let followed = 0;
    const answer = async (): Promise<number> => 1;
    const { jobs, accounts, spareChanges } = spareStores(
      {
        jobs: { timeline: answer, list: answer } as unknown as JobStore,
        accounts: { read: answer } as unknown as AccountStore,
      },
      {
        crowded: (kind) => crowded.has(kind),
        follow: (call) => {
          under++;
          followed++;
          return call.finally(() => under--);
        },
      },
      () => void refused++,
    );
    const change = async (_: unknown, work: (tx: never) => Promise<unknown>): Promise<unknown> => {
      crowded.add('changes');
      return work({} as never);
    };
    const changes = spareChanges({ change } as Changes);
    assert.equal(await changes.change([], async () => 'done'), 'done');
    const busy = { reason: 'unavailable' };
    await assert.rejects(
      changes.change([], async () => 'done'),
      busy,
    );
    assert.equal(await jobs.timeline('j-00000001'), 1);
    crowded.add('lists');
    await assert.rejects(
      jobs.list({}, { by: 'createTime', descending: true }, { offset: 0, limit: 1 }),
      busy,
    );
    assert.equal(Number(await accounts.read(['usr-00000001'])), 1);
    crowded.add('reads');
    await assert.rejects(jobs.timeline('j-00000001'), busy);
    await assert.rejects(accounts.read(['usr-00000001']), busy);
    assert.deepEqual([refused, followed, under], [4, 2, 0]);
  });
});
