import type { Knex } from 'knex';

/** Whether the table `jobs` has an index of this name. */
export async function hasIndex(db: Knex, name: string): Promise<boolean> {
  const found: unknown =
    db.client.dialect === 'mysql'
      ? await db('information_schema.statistics')
          .whereRaw('table_schema = database()')
          .where({ table_name: 'jobs', index_name: name })
          .first('index_name')
      : await db('sqlite_master').where({ type: 'index', name }).first('name');
  return found !== undefined;
}
