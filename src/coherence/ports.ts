import type { ChangeTx, EntryKey, EpochState, RowKey } from '../ports.ts';

/**
 * The cache as the protocol sees it: an entry is nothing, a value, a reader's lease to fill, or a writer's block. A row is
 * locked by its writer, and its entry has one block; which job is the newest may be changed by many at once, and its entry
 * is blocked until the last of them has taken its block away. Every step compares the epoch first, by the clock and in the one thread of the
 * process that holds the entries. A step whose answer is lost rejects, and may or may not have been done.
 */
export interface EntryCache {
  /** The run id of the process behind this connection, and of its data; undefined while none may be used. */
  runId(): string | undefined;
  /** The same, asked anew: the data may have been replaced while the process ran. */
  identify(): Promise<string | undefined>;
  /** The epoch that the cache holds; undefined where it lost it. */
  epoch(): Promise<number | undefined>;
  /** Raises the epoch, never lowers it; answers the epoch that stands then. */
  setEpoch(epoch: number): Promise<number>;
  /** The values that stand under these keys; undefined for all else. One round trip. */
  get(epoch: number, keys: readonly EntryKey[]): Promise<readonly (EntryValue | undefined)[]>;
  /** Asks for the right to fill an entry. */
  lease(epoch: number, key: EntryKey, token: string): Promise<LeaseAnswer>;
  /** Puts a value, if the lease of this token still stands; the entry's life is that of the lease. */
  fill(epoch: number, key: EntryKey, token: string, value: EntryValue): Promise<void>;
  /**
   * Blocks the entries, all under the token; false, and nothing done, in another epoch. It takes the place of whatever
   * stands; only where the newest is blocked already it joins those that stand.
   */
  block(epoch: number, keys: readonly EntryKey[], token: string): Promise<boolean>;
  /** Puts a value in place of the token's own block, for what is left of its life; else removes what is older. */
  publish(epoch: number, key: RowKey, token: string, value: EntryValue): Promise<void>;
  /** Removes the blocks of this token, and no other's. */
  abort(epoch: number, keys: readonly EntryKey[], token: string): Promise<void>;
}

export interface EntryValue {
  readonly version: number;
  readonly body: Buffer;
  /** What its first reader made of it: readers of one moment are given the same value. */
  seen?: unknown;
}

/**
 * `lease`: fill it. `hit`: a value came meanwhile. `wait`: another reader is filling it. `no-epoch`: the cache
 * is in another epoch. `blocked`: a writer has held it for `age` milliseconds with the block of this token; of several,
 * it is the one that has held it longest.
 */
export type LeaseAnswer =
  | { readonly is: 'lease' }
  | { readonly is: 'hit' }
  | { readonly is: 'wait' }
  | { readonly is: 'no-epoch' }
  | { readonly is: 'blocked'; readonly age: number; readonly token: string };

/** The database as the protocol sees it. */
export interface Ledger {
  epoch(): Promise<EpochState>;
  /** Makes T at least this long, for all instances; before the first entry with such a life is made. */
  raiseTtl(ttl: number): Promise<void>;
  /**
   * Begins a transaction: locks the rows in the order of the keys, then the epoch's row with a share lock, which keeps it
   * from being fenced until the transaction ends. A row that does not exist is no error, and stays unseen in this
   * transaction unless it creates it.
   */
  begin(keys: readonly RowKey[]): Promise<LedgerTx>;
  /** The same; undefined where one of them is locked by another. */
  tryBegin(keys: readonly RowKey[]): Promise<LedgerTx | undefined>;
  /** Whether no change is under way at this moment; whoever is, is not waited for. */
  idle(): Promise<boolean>;
  /**
   * Turns the cache off, if it is still on in this epoch: no writer of the epoch is in flight once this returns.
   * Since when it is off is counted by the database's clock, from after COMMIT; see `settle`.
   */
  fence(epoch: number): Promise<void>;
  /** Begins to count where the cache is off and its fencer did not come to it; else does nothing. */
  settle(): Promise<void>;
  /**
   * Turns the cache on with this Redis process, under a new number, if it has been off for `after` ms. No number is
   * ever given to `setEpoch` twice: one that comes late must not be taken for the present one. False where it was
   * too early, where another was first, or where the cache's own epoch was higher, which the next try begins above.
   * @param setEpoch called with the epoch's row locked; answers the epoch that stands then
   */
  turnOn(runId: string, after: number, setEpoch: (epoch: number) => Promise<number>): Promise<boolean>;
}

/** One transaction of a change. */
export interface LedgerTx extends ChangeTx {
  /** As it is under its lock. */
  readonly epoch: EpochState;
  /** The entries of the newest jobs that this transaction may have made untrue so far, each once. */
  unsettled(): readonly EntryKey[];
  /** @throws where the outcome is not known */
  commit(): Promise<void>;
  rollback(): Promise<void>;
}
