import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../errors.ts';
import type { Changes, ChangeTx, Clock, EntryKey, Log, RowKey } from '../ports.ts';
import type { EntryKinds } from './entry-kinds.ts';
import { WRITE_AFTER_FENCE, type EpochKeeper } from './epoch-keeper.ts';
import type { EntryCache, EntryValue, Ledger, LedgerTx } from './ports.ts';
import type { Watch } from './steps.ts';

/** So many times entries could not be blocked before the cache is turned off for all. */
const BLOCKS_BEFORE_FENCE = 3;
const PAUSE_BETWEEN_BLOCKS = 40;
const REPAIRS_AT_ONCE = 8;
/** How long to wait where it is not counted yet since when the cache is off; in ms. */
const NOT_COUNTED_YET = 50;
/** A transaction that took longer after its block is not committed: the block must outlive it by far; in ms. */
const COMMIT_WITHIN = 60_000;
/** A caller that waited so long is told to come back; in ms. */
const GIVE_UP_AFTER = 10_000;

/** What one attempt came to: done, or to be tried again after a while. */
type Attempt<Result> =
  | { readonly is: 'done'; readonly result: Result }
  | { readonly is: 'not-blocked'; readonly epoch: number }
  | { readonly is: 'too-early'; readonly wait: number };

/** A block that no living writer can hold. */
export interface LeftBlock {
  readonly epoch: number;
  readonly key: EntryKey;
  readonly token: string;
}

/**
 * The write side of the protocol: lock, change, block, commit, publish.
 * @param parts `follow` is shown each attempt, which takes a connection to the database; what waits between two has none
 */
export function createChanges(parts: {
  readonly ledger: Ledger;
  readonly cache: EntryCache;
  readonly keeper: EpochKeeper;
  readonly kinds: EntryKinds;
  readonly clock: Clock;
  readonly log: Log;
  readonly watch?: Watch;
  follow?<Answer>(attempt: Promise<Answer>): Promise<Answer>;
}): Changes & { repair(left: LeftBlock): void } {
  const { ledger, cache, keeper, kinds, clock, log, watch = () => {} } = parts;
  const { follow = (attempt) => attempt } = parts;
  const repairing = new Set<string>();

  const attempt = async <Result>(
    tx: LedgerTx,
    keys: readonly RowKey[],
    work: (tx: ChangeTx) => Promise<Result>,
  ): Promise<Attempt<Result>> => {
    const state = tx.epoch;
    keeper.observe(state);
    if (!state.on) {
      const wait = state.offFor < 0 ? NOT_COUNTED_YET : state.ttl * WRITE_AFTER_FENCE - state.offFor;
      if (wait > 0) return { is: 'too-early', wait };
      const result = await work(tx);
      await tx.commit();
      return { is: 'done', result };
    }
    const { epoch } = state;
    const result = await work(tx);
    const values = new Map<RowKey, EntryValue>();
    for (const key of keys) {
      const value = await valueIn(tx, key);
      if (value) values.set(key, value);
    }
    // What the work made untrue is known only now; and so long as nothing is committed nobody needs a block.
    const touched: readonly EntryKey[] = [...keys, ...tx.unsettled()];
    watch('after work');
    const token = randomUUID();
    const reachable = cache.runId() === state.runId;
    const blockedAt = performance.now();
    const blocked = reachable && (await cache.block(epoch, touched, token).catch(() => false));
    if (!blocked) return { is: 'not-blocked', epoch };
    watch('after block');
    if (performance.now() - blockedAt > COMMIT_WITHIN) {
      await tx.rollback();
      await cache.abort(epoch, touched, token).catch(() => {});
      throw new Refusal('unavailable', { detail: 'busy' });
    }
    // Where the outcome is unknown this throws, and the entries stay blocked: readers go to the database.
    await tx.commit();
    watch('after commit');
    const published = [...values].map(([key, value]) => cache.publish(epoch, key, token, value));
    const freed = touched.filter((key) => !values.has(key as RowKey));
    if (freed.length > 0) published.push(cache.abort(epoch, freed, token));
    await Promise.all(published).catch((cause: unknown) =>
      log.warn({ keys: touched, cause }, 'entries stay blocked after a change'),
    );
    watch('after publish');
    return { is: 'done', result };
  };

  const valueIn = async (tx: LedgerTx, { kind, id }: RowKey): Promise<EntryValue | undefined> => {
    if (kind === 'job') {
      const job = await kinds.job.loadIn(tx, id);
      return job && kinds.job.encode(job);
    }
    const account = await kinds.account.loadIn(tx, id);
    return account && kinds.account.encode(account);
  };

  const once = async <Result>(
    keys: readonly RowKey[],
    work: (tx: ChangeTx) => Promise<Result>,
    wait: boolean,
  ): Promise<Attempt<Result> | undefined> => {
    watch('before lock');
    const tx = await (wait ? ledger.begin(keys) : ledger.tryBegin(keys));
    if (!tx) return undefined;
    try {
      watch('after lock');
      return await attempt(tx, keys, work);
    } finally {
      await tx.rollback();
    }
  };

  /** Where no change is under way now, none is that began before: what it left blocked may be freed. */
  const free = async ({ epoch, key, token }: LeftBlock): Promise<void> => {
    if (await ledger.idle()) await cache.abort(epoch, [key], token);
  };

  return {
    async change(keys, work) {
      const giveUpAt = clock() + GIVE_UP_AFTER;
      let notBlocked = 0;
      for (;;) {
        const outcome = await follow(once(keys, work, true));
        if (!outcome) throw new Error('a row that is waited for is locked in the end');
        if (outcome.is === 'done') return outcome.result;
        if (clock() > giveUpAt) throw new Refusal('unavailable', { detail: 'busy', retryAfter: 1 });
        if (outcome.is === 'too-early') {
          await sleep(Math.min(outcome.wait, giveUpAt - clock()));
        } else if (++notBlocked % BLOCKS_BEFORE_FENCE === 0) {
          await keeper.fence(outcome.epoch);
        } else {
          await sleep(PAUSE_BETWEEN_BLOCKS);
        }
      }
    },

    /** Of a row: a change of nothing, which puts the present value in place of the block. */
    repair(left) {
      const { key } = left;
      const name = `${key.kind}:${key.id}`;
      if (repairing.has(name) || repairing.size >= REPAIRS_AT_ONCE) return;
      repairing.add(name);
      const repaired = isRow(key) ? once([key], async () => {}, false) : free(left);
      repaired
        .catch((cause: unknown) => log.warn({ key, cause }, 'a blocked entry could not be repaired'))
        .finally(() => repairing.delete(name));
    },
  };
}

function isRow(key: EntryKey): key is RowKey {
  return key.kind !== 'newest';
}
