import type { Knex } from 'knex';

/** Runs a statement, and what else is to happen around it. */
export type AroundStatement = <Result>(sql: string, run: () => Promise<Result>) => Promise<Result>;

interface Queries {
  _query(connection: unknown, query: { readonly sql: string }): Promise<unknown>;
}

/** A client of knex whose every statement, those that begin and end transactions too, goes through `around`. */
export function aroundStatements(Client: typeof Knex.Client, around: AroundStatement): typeof Knex.Client {
  const Queried = Client as unknown as new (...given: unknown[]) => Queries;
  class Traced extends Queried {
    override _query(connection: unknown, query: { readonly sql: string }): Promise<unknown> {
      // oxlint-disable-next-line no-underscore-dangle -- it is what knex means its dialects to override
      return around(query.sql, () => super._query(connection, query));
    }
  }
  return Traced as unknown as typeof Knex.Client;
}
