import type { Knex } from 'knex';

/** Where the embedded SQLite and a MySQL or MariaDB server differ; all else is written once. */
export interface Dialect {
  readonly name: 'mysql' | 'sqlite';
  /** Milliseconds since `off_since` by the database's clock, read when the row is, not when the statement began. */
  readonly offFor: string;
  /** `SYSDATE` and its like: the time at which it is evaluated. */
  readonly presentTime: string;
  /** A transaction with this sees one state of the database throughout. */
  readonly snapshot: Knex.TransactionConfig;
  /** Appended to a SELECT: keeps the row from being changed until the transaction ends, others may read it. */
  readonly shareLock: string;
  /** Between two tables of a join: the second is looked up for each row of the first. */
  readonly joinInOrder: string;
  /** What makes an insertion change the row that has the key; assignments follow. */
  onConflict(key: readonly string[]): string;
  /** In such an assignment: what was to be inserted. */
  newValue(column: string): string;
  /** A table that is read by this index and no other. */
  by(index: string, table: string, alias: string): string;
  /** Locks a row for a change. */
  lockRow(trx: Knex, table: string, key: string, id: string, wait: boolean): Promise<Lock>;
}

/** The row as it is under the lock. `held`: another holds it, and `wait` is false. `absent`: there is none to lock. */
export type Lock =
  { readonly is: 'locked'; readonly row: unknown } | { readonly is: 'held' } | { readonly is: 'absent' };

export const mysql: Dialect = {
  name: 'mysql',
  offFor: 'TIMESTAMPDIFF(MICROSECOND, e.off_since, SYSDATE(3)) / 1000',
  presentTime: 'SYSDATE(3)',
  snapshot: { isolationLevel: 'repeatable read' },
  // MariaDB has no FOR SHARE.
  shareLock: 'LOCK IN SHARE MODE',
  joinInOrder: 'straight_join',
  onConflict: () => 'on duplicate key update',
  newValue: (column) => `values(${column})`,
  by: (index, table, alias) => `${table} as ${alias} force index (${index})`,
  async lockRow(trx, table, key, id, wait) {
    const lock = wait ? 'for update' : 'for update nowait';
    try {
      const [[row]] = (await trx.raw(`select * from ${table} where ${key} = ? ${lock}`, [id])) as [unknown[]];
      return row ? { is: 'locked', row } : { is: 'absent' };
    } catch (thrown) {
      const { errno } = thrown as { errno?: number };
      // ER_LOCK_NOWAIT of MySQL, ER_LOCK_WAIT_TIMEOUT of MariaDB.
      if (!wait && (errno === 3572 || errno === 1205)) return { is: 'held' };
      throw thrown;
    }
  },
};

export const sqlite: Dialect = {
  name: 'sqlite',
  offFor: '0',
  presentTime: "strftime('%Y-%m-%d %H:%M:%f', 'now')",
  snapshot: {},
  shareLock: '',
  joinInOrder: 'cross join',
  onConflict: (key) => `on conflict (${key.join(', ')}) do update set`,
  newValue: (column) => `excluded.${column}`,
  by: (index, table, alias) => `${table} as ${alias} indexed by ${index}`,
  async lockRow(trx, table, key, id) {
    // A write as the first statement takes the one write lock at once, and waits for it.
    const [row] = (await trx(table)
      .where(key, id)
      .update({ version: trx.ref('version') }, '*')) as unknown[];
    return row ? { is: 'locked', row } : { is: 'absent' };
  },
};

/** The dialect of an open database. */
export function dialectOf(db: Knex): Dialect {
  return db.client.dialect === 'mysql' ? mysql : sqlite;
}
