import type { Knex } from 'knex';
import type { Ledger, LedgerTx } from '../../src/coherence/ports.ts';
import { Refusal } from '../../src/errors.ts';
import type { EpochState } from '../../src/ports.ts';
import { ask } from './ask.ts';
import type { Dialect } from './dialect.ts';
import { jobChanges } from './job-changes.ts';
import { toAccount, toEpochState, type EpochRow, type UserRow } from './rows.ts';
import { epochColumns } from './snapshot.ts';

/** The database's side of the coherent cache: the epoch's row, and transactions that change rows with entries. */
export function createLedger(db: Knex, dialect: Dialect): Ledger {
  const epochIn = async (trx: Knex, lock: string): Promise<EpochState> => {
    const query = trx('cache_epoch as e').first(...epochColumns(trx, dialect));
    if (!lock) return toEpochState((await query) as EpochRow);
    const [[row]] = (await trx.raw(`${query.toQuery()} ${lock}`)) as [[EpochRow]];
    return toEpochState(row);
  };

  return {
    epoch: () => ask(() => epochIn(db, '')),

    raiseTtl: (ttl) =>
      ask(async () => {
        await db('cache_epoch').where('ttl', '<', ttl).update({ ttl });
      }),

    begin: () => ask(async () => ledgerTx(await db.transaction(), dialect, epochIn)),

    async fence(epoch, slack) {
      const since = db.raw(dialect.presentTime);
      let committing = 0;
      const changed = await ask(() =>
        db.transaction(async (trx) => {
          // Waits for every writer that holds the row's share lock.
          await dialect.lockRow(trx, 'cache_epoch', 'id', '1', true);
          const state = await epochIn(trx, '');
          if (!state.on || state.epoch !== epoch) return false;
          await trx('cache_epoch').update({ epoch: epoch + 1, mode: 'OFF', off_since: since });
          committing = performance.now();
          return true;
        }),
      );
      // Readers of the old epoch may have filled until the commit was done: a slow one makes the time too early.
      if (changed && performance.now() - committing > slack) {
        await ask(() =>
          db('cache_epoch')
            .where({ epoch: epoch + 1, mode: 'OFF' })
            .update({ off_since: since }),
        );
      }
    },

    turnOn: (runId, after, setEpoch) =>
      ask(() =>
        db.transaction(async (trx) => {
          await dialect.lockRow(trx, 'cache_epoch', 'id', '1', true);
          const state = await epochIn(trx, '');
          if (state.on || state.offFor <= after) return false;
          const epoch = await setEpoch(state.epoch);
          await trx('cache_epoch').update({ epoch, mode: 'ON', redis_run_id: runId });
          return true;
        }),
      ),
  };
}

const TABLES = {
  job: { table: 'jobs', key: 'job_id' },
  account: { table: 'users', key: 'user_id' },
} as const;

function ledgerTx(
  trx: Knex.Transaction,
  dialect: Dialect,
  epochIn: (trx: Knex, lock: string) => Promise<EpochState>,
): LedgerTx {
  return {
    lock: ({ kind, id }, wait) =>
      ask(() => dialect.lockRow(trx, TABLES[kind].table, TABLES[kind].key, id, wait)),
    epoch: () => ask(() => epochIn(trx, dialect.shareLock)),

    ...jobChanges(trx),

    account: (userId) =>
      ask(async () => {
        const row = (await trx('users').where('user_id', userId).first()) as UserRow | undefined;
        return row && toAccount(row);
      }),

    updateAccount: (userId, { role, active, passwordHash }) =>
      ask(async () => {
        await trx('users')
          .where('user_id', userId)
          .update({
            ...(role !== undefined && { role }),
            ...(active !== undefined && { active }),
            ...(passwordHash !== undefined && { password_hash: passwordHash }),
            version: trx.raw('version + 1'),
          });
      }),

    removeTokens: (userId, digest) =>
      ask(async () => {
        const query = trx('tokens').where('user_id', userId);
        if (digest !== undefined) void query.where('digest', digest);
        await query.delete();
        await trx('users')
          .where('user_id', userId)
          .update({ version: trx.raw('version + 1') });
      }),

    async commit() {
      try {
        await ask(async () => {
          await trx.commit();
          // Knex tells of a COMMIT that failed here alone.
          await trx.executionPromise;
        });
      } catch (cause) {
        throw new Refusal('unavailable', { detail: 'database', cause });
      }
    },

    async rollback() {
      // A database that does not answer rolls back by itself once it ends the connection.
      if (!trx.isCompleted()) await ask(() => trx.rollback()).catch(() => {});
    },
  };
}
