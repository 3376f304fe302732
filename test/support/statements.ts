import assert from 'node:assert/strict';
import type { Knex } from 'knex';

interface Statement {
  readonly sql: string;
  readonly bindings: readonly Knex.RawBinding[];
}

/** What is sent to the database meanwhile. */
export async function statementsOf(db: Knex, ask: () => Promise<unknown>): Promise<Statement[]> {
  const asked: Statement[] = [];
  const keep = (statement: Statement): void => void asked.push(statement);
  db.on('query', keep);
  try {
    await ask();
  } finally {
    db.removeListener('query', keep);
  }
  return asked;
}

/**
 * Shows that no statement reads a whole table.
 * @param only names of tables in the statement; all without it
 */
export async function usesIndex(
  db: Knex,
  ask: () => Promise<unknown>,
  only?: readonly string[],
): Promise<void> {
  const asked = await statementsOf(db, ask);
  const statements = asked.filter(({ sql }) => /^(select|update|delete) /i.test(sql));
  assert.notEqual(statements.length, 0);
  for (const { sql, bindings } of statements) {
    const [plan] = (await db.raw(`explain ${sql}`, [...bindings])) as [{ table: string; type: string }[]];
    const scans = plan.filter(({ table, type }) => type === 'ALL' && (only?.includes(table) ?? true));
    assert.deepEqual(scans, [], `the whole table is read by ${sql}`);
  }
}
