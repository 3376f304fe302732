import type { Knex } from 'knex';
import type { Dialect } from './dialect.ts';

/** An open database. */
export interface OpenDatabase {
  readonly db: Knex;
  /** The gateway's own connections, which no call uses: what it does for all of them does not wait behind them. */
  readonly own: Knex;
  readonly dialect: Dialect;
  /** Held while migrating, across processes; the lock ends with the process that holds it. */
  migrationLock<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Runs `work` while no other process does any of this name on the same database; undefined where one does. The lock
   * ends with the process, on a server also with one that is frozen for half a minute.
   * @param work runs transactions by what it is given: those fail once the lock is lost
   */
  alone<T>(name: string, work: (transaction: Transact) => Promise<T>): Promise<T | undefined>;
  /** A number that another one's commit changes; only for the embedded store. */
  generation?(): number;
  close(): Promise<void>;
}

/** Runs steps in a transaction. */
export type Transact = <Result>(steps: (trx: Knex.Transaction) => Promise<Result>) => Promise<Result>;

/** How long a call waits for a connection of the pool, in ms. */
export const ACQUIRE_TIMEOUT = 3_000;
/** How long an instance waits for another to migrate. */
export const MIGRATION_LOCK_SECONDS = 120;

/** Settings of every connection: errors are thrown, logged by whoever can say what they mean, and carry no values. */
export const quietly = {
  compileSqlOnError: false,
  log: { error() {}, warn() {}, deprecate() {}, debug() {} },
} as const;
