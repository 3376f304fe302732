import type { Knex } from 'knex';

/**
 * Makes a table compare its text byte by byte: case, accents and trailing spaces count, on every store.
 * A plain `_bin` collation would ignore trailing spaces, and the two servers name the exact one differently.
 */
export async function exactText(db: Knex): Promise<(table: Knex.CreateTableBuilder) => void> {
  if (db.client.dialect !== 'mysql') return () => {};
  const [[row]] = (await db.raw('select version() as version')) as [[{ version: string }]];
  const collation = /mariadb/i.test(row.version) ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
  return (table) => {
    table.charset('utf8mb4');
    table.collate(collation);
  };
}
