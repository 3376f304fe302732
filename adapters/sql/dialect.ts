import type { Knex } from 'knex';

/** A statement as it stands, with a value for each of its question marks. */
export interface Statement {
  readonly sql: string;
  readonly values?: readonly Knex.RawBinding[];
}

/** What a statement came to: the rows that it read, or how many it changed. */
export interface Done {
  readonly rows: readonly unknown[];
  readonly changed: number;
}

/** What knex's clients have beside what is known of them. */
export interface StatementClient {
  acquireConnection(): Promise<unknown>;
  releaseConnection(connection: unknown): Promise<void>;
  query(
    connection: unknown,
    query: { readonly sql: string; readonly bindings: readonly Knex.RawBinding[] },
  ): Promise<{ readonly response: unknown }>;
}

/** What stands between statements that go to a server together. */
export const BETWEEN_STATEMENTS = '; ';

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
  lockRow(table: string, key: string, id: string, wait: boolean): Statement & { readonly values: [string] };
  /** What that came to. */
  readLock(done: Done): Lock;
  /** Whether it failed since another holds the row. */
  isHeld(thrown: unknown): boolean;
  /** Runs statements one after the other on a connection, up to the first that fails. */
  run(
    client: StatementClient,
    connection: unknown,
    statements: readonly Statement[],
  ): Promise<readonly Done[]>;
}

/** The row as it is under the lock. `absent`: there is none to lock. */
export type Lock = { readonly is: 'locked'; readonly row: unknown } | { readonly is: 'absent' };

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
  lockRow: (table, key, id, wait) => ({
    sql: `select * from ${table} where ${key} = ? ${wait ? 'for update' : 'for update nowait'}`,
    values: [id],
  }),
  readLock: ({ rows: [row] }) => (row ? { is: 'locked', row } : { is: 'absent' }),
  isHeld: (thrown) => {
    const { errno } = thrown as { errno?: number };
    // ER_LOCK_NOWAIT of MySQL, ER_LOCK_WAIT_TIMEOUT of MariaDB.
    return errno === 3572 || errno === 1205;
  },
  async run(client, connection, statements) {
    const sql = statements.map((statement) => statement.sql).join(BETWEEN_STATEMENTS);
    const bindings = statements.flatMap(({ values = [] }) => values);
    const [results] = (await client.query(connection, { sql, bindings })).response as [MysqlResult[]];
    return (statements.length === 1 ? [results as unknown as MysqlResult] : results).map((result) =>
      Array.isArray(result) ? { rows: result, changed: 0 } : { rows: [], changed: result.affectedRows },
    );
  },
};

type MysqlResult = unknown[] | { readonly affectedRows: number };

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
  // A write as the first statement takes the one write lock at once, and waits for it.
  lockRow: (table, key, id) => ({
    sql: `update ${table} set version = version where ${key} = ? returning *`,
    values: [id],
  }),
  readLock: ({ rows: [row] }) => (row ? { is: 'locked', row } : { is: 'absent' }),
  isHeld: () => false,
  async run(client, connection, statements) {
    const done: Done[] = [];
    for (const { sql, values = [] } of statements) {
      const { response } = await client.query(connection, { sql, bindings: values });
      done.push(
        Array.isArray(response)
          ? { rows: response, changed: 0 }
          : { rows: [], changed: (response as { changes: number }).changes },
      );
    }
    return done;
  },
};

/** The dialect of an open database. */
export function dialectOf(db: Knex): Dialect {
  return db.client.dialect === 'mysql' ? mysql : sqlite;
}
