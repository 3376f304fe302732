import type { Knex } from 'knex';
import type { Dialect, Done, Statement, StatementClient } from './dialect.ts';
import { within } from './within.ts';

/** Queries of knex's builder, by whatever connection. */
export interface Queries {
  (table: string): Knex.QueryBuilder;
  raw(sql: string): Knex.Raw;
}

/**
 * A transaction on one connection. Knex has its own, which takes a round trip to begin and makes a whole instance of knex
 * for each: a change of a job is six short statements, and those two would cost more than they do.
 */
export interface Transaction extends Queries {
  /** Runs statements one after the other, up to the first that fails: in one round trip, where the server takes them so. */
  run(statements: readonly Statement[]): Promise<readonly Done[]>;
  commit(): Promise<void>;
  /** Does nothing after a COMMIT, whatever that came to. */
  rollback(): Promise<void>;
}

/** A server that does not take a ROLLBACK in this time does one when it finds the connection gone; in ms. */
const PATIENCE = 5_000;

interface Connection {
  destroy?(): void;
}

/**
 * A transaction that begins with the first statements that it is given to run.
 * @throws as knex does where no connection is to be had
 */
export async function openTransaction(db: Knex, dialect: Dialect): Promise<Transaction> {
  const client = db.client as StatementClient;
  const connection = (await client.acquireConnection()) as Connection;
  let state: 'new' | 'open' | 'over' = 'new';

  const mustBeOpen = (): void => {
    // The connection may be another's by now, or would commit each statement by itself.
    if (state !== 'open') throw new Error(`a statement in a transaction that is ${state}`);
  };
  const end = async (sql: string): Promise<void> => {
    const begun = state === 'open';
    state = 'over';
    try {
      if (begun) await within(PATIENCE, dialect.run(client, connection, [{ sql }]));
    } catch (thrown) {
      // Nobody knows what became of it: the server ends it with the connection. The embedded store has but one.
      if (connection.destroy) connection.destroy();
      else await dialect.run(client, connection, [{ sql: 'rollback' }]).catch(() => {});
      throw thrown;
    } finally {
      await client.releaseConnection(connection);
    }
  };

  const query = (table: string): Knex.QueryBuilder => {
    mustBeOpen();
    return db(table).connection(connection);
  };
  return Object.assign(query, {
    raw: (sql: string): Knex.Raw => db.raw(sql),
    async run(statements: readonly Statement[]): Promise<readonly Done[]> {
      if (state === 'new') {
        state = 'open';
        return (await dialect.run(client, connection, [{ sql: 'begin' }, ...statements])).slice(1);
      }
      mustBeOpen();
      return dialect.run(client, connection, statements);
    },
    async commit(): Promise<void> {
      // One that was rolled back must not be taken for done.
      mustBeOpen();
      await end('commit');
    },
    async rollback(): Promise<void> {
      if (state !== 'over') await end('rollback');
    },
  });
}
