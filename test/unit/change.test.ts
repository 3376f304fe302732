import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createChanges } from '../../src/coherence/change.ts';
import { createEntryKinds } from '../../src/coherence/entry-kinds.ts';
import type { EpochKeeper } from '../../src/coherence/epoch-keeper.ts';
import type { EntryCache, Ledger, LedgerTx } from '../../src/coherence/ports.ts';
import { Refusal } from '../../src/errors.ts';
import type { Account } from '../../src/accounts/account.ts';
import { createJobFaces } from '../../src/jobs/job-view.ts';
import type { AccountStore, EntryKey, EpochState, JobStore, RowKey } from '../../src/ports.ts';
import { eventually } from '../support/eventually.ts';
import { quietLog } from '../support/quiet-log.ts';

const KEY: RowKey = { kind: 'account', id: 'usr-a' };
const NEWEST: EntryKey = { kind: 'newest', id: ' deploy' };
const LEFT = { epoch: 4, key: KEY, token: 'left' };
const T = 50;
const ON: EpochState = { epoch: 4, on: true, runId: 'run-a', offFor: 0, ttl: T };

describe('a change', () => {
  /** Every step that was taken, in order. */
  let steps: string[];
  let state: EpochState;
  let runId: string | undefined;
  let account: Account | undefined;
  let locked: boolean;
  let idle: boolean;
  /** What a change makes untrue beside its rows. */
  let unsettled: EntryKey[];
  let blocked: readonly EntryKey[];
  let freed: readonly EntryKey[];
  let now: number;
  /** The attempts that take a connection now. */
  let counted: number;
  /** What a step does instead of succeeding. */
  let instead: Partial<Record<string, () => unknown>>;
  let changes: ReturnType<typeof createChanges>;

  const step = async <Result>(name: string, result: Result): Promise<Result> => {
    steps.push(name);
    const other = instead[name];
    return other ? ((await other()) as Result) : result;
  };

  beforeEach(() => {
    [steps, state, runId, locked, now, instead] = [[], ON, 'run-a', false, 0, {}];
    [idle, unsettled, blocked, freed] = [true, [], [], []];
    counted = 0;
    account = { userId: 'usr-a', role: 'user', active: true, version: 1 };
    const opened = (epoch: EpochState): LedgerTx => {
      let ended = false;
      const tx: Partial<LedgerTx> = {
        epoch,
        account: async () => account,
        unsettled: () => unsettled,
        async commit() {
          ended = true;
          await step('commit', undefined);
        },
        async rollback() {
          if (!ended) await step('rollback', undefined);
          ended = true;
        },
      };
      return tx as LedgerTx;
    };
    const cache: Partial<EntryCache> = {
      runId: () => runId,
      block(_epoch, keys) {
        blocked = keys;
        return step('block', true);
      },
      publish: (_epoch, _key, _token, { version }) => step(`publish ${version}`, undefined),
      abort(_epoch, keys) {
        freed = keys;
        return step('abort', undefined);
      },
    };
    const keeper: Partial<EpochKeeper> = {
      observe() {},
      async fence(epoch) {
        await step(`fence ${epoch}`, undefined);
      },
    };
    changes = createChanges({
      ledger: {
        begin: () => step('begin', state).then(opened),
        tryBegin: () => step('try to begin', state).then((seen) => (locked ? undefined : opened(seen))),
        idle: () => step('idle', idle),
      } as Partial<Ledger> as Ledger,
      cache: cache as EntryCache,
      keeper: keeper as EpochKeeper,
      kinds: createEntryKinds({} as JobStore, {} as AccountStore, createJobFaces({})),
      clock: () => now,
      log: quietLog,
      follow(attempt) {
        counted++;
        return attempt.finally(() => counted--);
      },
    });
  });

  const change = (): Promise<string> =>
    changes.change([KEY], async () => {
      await step('work', undefined);
      account = account && { ...account, version: account.version + 1 };
      return 'done';
    });

  it('locks, changes, blocks, commits, and publishes what it made', async () => {
    assert.equal(await change(), 'done');
    assert.deepEqual(steps, ['begin', 'work', 'block', 'commit', 'publish 2']);
    assert.deepEqual(blocked, [KEY]);
  });

  it('blocks with its rows what else the work made untrue, and frees that after the commit', async () => {
    unsettled = [NEWEST];
    assert.equal(await change(), 'done');
    assert.deepEqual(steps, ['begin', 'work', 'block', 'commit', 'publish 2', 'abort']);
    assert.deepEqual(blocked, [KEY, NEWEST]);
    assert.deepEqual(freed, [NEWEST]);
  });

  it('leaves the entry empty where the row is gone', async () => {
    account = undefined;
    await change();
    assert.deepEqual(steps, ['begin', 'work', 'block', 'commit', 'abort']);
    assert.deepEqual(freed, [KEY]);
  });

  it('touches no entry and changes nothing where the work refuses', async () => {
    instead.work = () => Promise.reject(new Refusal('user_not_found'));
    await assert.rejects(change(), /user_not_found/);
    assert.deepEqual(steps, ['begin', 'work', 'rollback']);
  });

  it('leaves the entry blocked where the outcome of the commit is not known', async () => {
    instead.commit = () => Promise.reject(new Refusal('unavailable', { detail: 'database' }));
    await assert.rejects(change(), /unavailable/);
    assert.deepEqual(steps, ['begin', 'work', 'block', 'commit']);
  });

  it('is done once it is committed, even where it cannot be published', async () => {
    instead['publish 2'] = () => Promise.reject(new Error('away'));
    assert.equal(await change(), 'done');
  });

  it('never commits without a block while the cache is on', async () => {
    let answers = 0;
    instead.block = () => {
      if (answers++ === 0) return false;
      if (answers === 2) return Promise.reject(new Error('no answer'));
      return true;
    };
    assert.equal(await change(), 'done');
    const round = ['begin', 'work', 'block', 'rollback'];
    const last = ['begin', 'work', 'block', 'commit', 'publish 4'];
    assert.deepEqual(steps, [...round, ...round, ...last]);
  });

  it('turns the cache off when it cannot block for the third time, then waits until values are dead', async () => {
    instead.block = () => false;
    instead['fence 4'] = () => (state = { ...ON, epoch: 5, on: false, offFor: 0 });
    const waits: number[] = [];
    instead.begin = () => {
      if (!state.on) waits.push(state.offFor);
      const seen = state;
      state = state.on ? state : { ...state, offFor: state.offFor + T };
      return seen;
    };
    assert.equal(await change(), 'done');
    assert.equal(steps.filter((name) => name === 'block').length, 3);
    assert.deepEqual(waits, [0, T, 2 * T]);
    assert.deepEqual(steps.slice(-3), ['begin', 'work', 'commit']);
  });

  it('does not touch a cache behind which another process stands than the registered one', async () => {
    for (const other of ['run-b', undefined]) {
      [steps, runId, state] = [[], other, ON];
      instead['fence 4'] = () => (state = { ...ON, epoch: 5, on: false, offFor: 1_000_000 });
      assert.equal(await change(), 'done');
      assert.equal(steps.includes('block'), false);
      assert.equal(steps.includes('fence 4'), true);
    }
  });

  it('needs no cache while it is off for long enough, by the longest life of any instance', async () => {
    state = { ...ON, on: false, offFor: T * 1.1 };
    runId = undefined;
    assert.equal(await change(), 'done');
    assert.deepEqual(steps, ['begin', 'work', 'commit']);
  });

  it('gives up as busy where the time never comes', async () => {
    state = { ...ON, on: false, offFor: 0 };
    instead.begin = () => {
      now += 4_000;
      return state;
    };
    await assert.rejects(
      change(),
      (thrown: unknown) =>
        thrown instanceof Refusal && thrown.reason === 'unavailable' && thrown.facts.detail === 'busy',
    );
    assert.equal(steps.includes('work'), false);
    assert.equal(steps.includes('commit'), false);
  });

  it('holds neither row nor epoch nor connection while it waits for its next attempt', async () => {
    const seen: number[] = [];
    instead.block = () => seen.push(counted) > 1;
    const changing = change();
    assert.equal(counted, 1);
    await eventually('the first attempt is over', () => steps.at(-1) === 'rollback' && counted === 0);
    await changing;
    assert.equal(steps.indexOf('rollback') < steps.lastIndexOf('begin'), true);
    assert.deepEqual([seen, counted], [[1, 1], 0]);
  });

  describe('that repairs a block left behind', () => {
    const settled = (): Promise<void> =>
      eventually('the repair is over', () => ['rollback', 'publish 1'].includes(steps.at(-1) ?? ''));

    it('publishes the row as it is, and changes no version', async () => {
      changes.repair(LEFT);
      await settled();
      assert.deepEqual(steps, ['try to begin', 'block', 'commit', 'publish 1']);
    });

    it('does not wait for a writer that holds the row, nor touch its block', async () => {
      locked = true;
      changes.repair(LEFT);
      await sleep(20);
      assert.deepEqual(steps, ['try to begin']);
    });

    it('is not begun twice for one entry', async () => {
      changes.repair(LEFT);
      changes.repair(LEFT);
      await settled();
      assert.equal(steps.filter((name) => name === 'try to begin').length, 1);
    });

    it('frees what tells the newest of a scope once no change is under way, and waits for none', async () => {
      idle = false;
      changes.repair({ ...LEFT, key: NEWEST });
      await eventually('it was looked', () => steps.length > 0);
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(steps, ['idle']);
      idle = true;
      changes.repair({ ...LEFT, key: NEWEST });
      await eventually('it is freed', () => steps.at(-1) === 'abort');
      assert.deepEqual(steps, ['idle', 'idle', 'abort']);
      assert.deepEqual(freed, [NEWEST]);
    });

    it('fails without a word to anyone, and may be tried again', async () => {
      instead['try to begin'] = () => Promise.reject(new Error('away'));
      changes.repair(LEFT);
      assert.deepEqual(steps, ['try to begin']);
      [steps, instead] = [[], {}];
      await eventually('it is tried again', () => {
        changes.repair(LEFT);
        return steps.length > 0;
      });
      await settled();
    });
  });
});
