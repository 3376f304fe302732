import type { Knex } from 'knex';
import type { Ledger, LedgerTx } from '../../src/coherence/ports.ts';
import { Refusal } from '../../src/errors.ts';
import type { EpochState, RowKey } from '../../src/ports.ts';
import { accessKeyChanges } from './access-keys.ts';
import { answerChanges } from './answers.ts';
import { ask } from './ask.ts';
import { auditChanges } from './audit-trail.ts';
import type { Dialect, Lock } from './dialect.ts';
import { jobChanges, toVisibleJob, type HideableRow, type KnownJobs } from './job-changes.ts';
import { toEpochState, type EpochRow } from './rows.ts';
import { epochColumns } from './snapshot.ts';
import { tokenChanges } from './tokens.ts';
import { openTransaction, type Transaction } from './transaction.ts';
import { userChanges } from './users.ts';

/** The database's side of the coherent cache: the epoch's row, and transactions that change rows with entries. */
export function createLedger(db: Knex, dialect: Dialect): Ledger {
  const epochIn = async (trx: Knex): Promise<EpochState> =>
    toEpochState((await trx('cache_epoch as e').first(...epochColumns(trx, dialect))) as EpochRow);

  const selectEpoch = db('cache_epoch as e')
    .first(...epochColumns(db, dialect))
    .toQuery();
  // Who has only read may be refused to write, as another has written since: the one write lock is taken here.
  const lockEpoch = dialect.shareLock
    ? [{ sql: `${selectEpoch} ${dialect.shareLock}` }]
    : [dialect.lockRow('cache_epoch', 'id', '1', true), { sql: selectEpoch }];
  const lockEpochAlone = async (trx: Knex, wait = true): Promise<void> => {
    const { sql, values } = dialect.lockRow('cache_epoch', 'id', '1', wait);
    await trx.raw(sql, values);
  };

  /** Undefined where a row is held by another, and `wait` is false. */
  const begin = async (keys: readonly RowKey[], wait: boolean): Promise<LedgerTx | undefined> => {
    const opening = openTransaction(db, dialect);
    const giveUp = (): void => void opening.then((trx) => trx.rollback()).catch(() => {});
    const locks = keys.map(({ kind, id }) => dialect.lockRow(TABLES[kind].table, TABLES[kind].key, id, wait));
    try {
      const trx = await ask(() => opening);
      const done = await ask(() =>
        trx.run([...locks, ...lockEpoch]).catch((thrown: unknown) => {
          if (!wait && dialect.isHeld(thrown)) return undefined;
          throw thrown;
        }),
      );
      if (done)
        return ledgerTx(
          trx,
          keys,
          done.map(dialect.readLock),
          toEpochState(done.at(-1)?.rows[0] as EpochRow),
        );
    } catch (thrown) {
      // One that opens after nobody waits for it any more would hold its connection for ever.
      giveUp();
      throw thrown;
    }
    giveUp();
    return undefined;
  };

  // The time begins after COMMIT, however long that took: until then readers may have filled the old epoch.
  const settle = (): Promise<void> =>
    ask(async () => {
      const since = db.raw(dialect.presentTime);
      await db('cache_epoch').where('mode', 'OFF').where('off_since', NOT_KNOWN).update({ off_since: since });
    });

  return {
    epoch: () => ask(() => epochIn(db)),

    raiseTtl: (ttl) =>
      ask(async () => {
        await db('cache_epoch').where('ttl', '<', ttl).update({ ttl });
      }),

    async begin(keys) {
      const tx = await begin(keys, true);
      if (!tx) throw new Error('a row that is waited for is locked in the end');
      return tx;
    },
    tryBegin: (keys) => begin(keys, false),

    idle: () =>
      ask(() =>
        db.transaction(async (trx) => {
          try {
            await lockEpochAlone(trx, false);
            return true;
          } catch (thrown) {
            if (dialect.isHeld(thrown)) return false;
            throw thrown;
          }
        }),
      ),

    async fence(epoch) {
      await ask(() =>
        db.transaction(async (trx) => {
          // Waits for every writer that holds the row's share lock.
          await lockEpochAlone(trx);
          const state = await epochIn(trx);
          if (!state.on || state.epoch !== epoch) return;
          await trx('cache_epoch').update({ epoch: epoch + 1, mode: 'OFF', off_since: NOT_KNOWN });
        }),
      );
      await settle();
    },

    settle,

    async turnOn(runId, after, setEpoch) {
      const offLongEnough = async (trx: Knex): Promise<EpochState | undefined> => {
        await lockEpochAlone(trx);
        const state = await epochIn(trx);
        return !state.on && state.offFor > after ? state : undefined;
      };
      const next = await ask(() =>
        db.transaction(async (trx) => {
          const state = await offLongEnough(trx);
          if (!state) return undefined;
          await trx('cache_epoch').update({ epoch: state.epoch + 1 });
          return state.epoch + 1;
        }),
      );
      if (next === undefined) return false;
      return ask(() =>
        db.transaction(async (trx) => {
          const state = await offLongEnough(trx);
          if (state?.epoch !== next) return false;
          const stands = await setEpoch(next);
          if (stands === next) await trx('cache_epoch').update({ mode: 'ON', redis_run_id: runId });
          // A database restored from a backup is behind the cache: the next try begins above it.
          else await trx('cache_epoch').update({ epoch: stands });
          return stands === next;
        }),
      );
    },
  };
}

/** So long as it is not known since when the cache is off, it has been so for less than no time. */
const NOT_KNOWN = '9999-12-31 23:59:59.999';

const TABLES = {
  job: { table: 'jobs', key: 'job_id' },
  account: { table: 'users', key: 'user_id' },
} as const;

function ledgerTx(
  trx: Transaction,
  keys: readonly RowKey[],
  locks: readonly Lock[],
  epoch: EpochState,
): LedgerTx {
  const jobs: KnownJobs = new Map();
  const absentAccounts = new Set<string>();
  keys.forEach(({ kind, id }, index) => {
    const lock = locks[index] as Lock;
    if (kind === 'account') {
      if (lock.is === 'absent') absentAccounts.add(id);
    } else if (lock.is === 'absent') {
      jobs.set(id, undefined);
    } else {
      jobs.set(id, toVisibleJob(lock.row as HideableRow));
    }
  });
  return {
    epoch,

    ...jobChanges(trx, jobs),
    ...answerChanges(trx),
    ...userChanges(trx, absentAccounts),
    ...tokenChanges(trx),
    ...accessKeyChanges(trx),
    ...auditChanges(trx),

    async commit() {
      try {
        await ask(() => trx.commit());
      } catch (cause) {
        if (cause instanceof Refusal) throw cause;
        throw new Refusal('unavailable', { detail: 'database', cause });
      }
    },

    // A database that does not answer rolls back by itself once it ends the connection.
    rollback: () => ask(() => trx.rollback()).catch(() => {}),
  };
}
