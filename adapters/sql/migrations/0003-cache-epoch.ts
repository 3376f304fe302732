import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { exactText } from './exact-text.ts';

async function up(db: Knex): Promise<void> {
  const exact = await exactText(db);
  const embedded = db.client.dialect !== 'mysql';
  await db.schema.createTable('cache_epoch', (table) => {
    exact(table);
    table.integer('id').notNullable().primary();
    // Begins every key in Redis: two deployments on one Redis do not meet.
    table.string('store_id', 32).notNullable();
    table.bigInteger('epoch').unsigned().notNullable();
    table.string('mode', 3).notNullable();
    table.string('redis_run_id', 64).notNullable();
    table.datetime('off_since', { precision: 3 }).notNullable();
    // The longest life of an entry that any instance was ever set to, in ms.
    table.integer('ttl').unsigned().notNullable();
    // Only so that the row can be locked as every other row.
    table.integer('version').unsigned().notNullable().defaultTo(1);
  });
  await db('cache_epoch').insert({
    id: 1,
    store_id: randomBytes(8).toString('hex'),
    epoch: 1,
    // The embedded cache lives and dies with its process: there is no other that could hold old entries.
    mode: embedded ? 'ON' : 'OFF',
    redis_run_id: embedded ? 'embedded' : '',
    off_since: '1970-01-01 00:00:00.000',
    ttl: 0,
  });
}

async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('cache_epoch');
}

export const cacheEpoch: Knex.Migration = { up, down };
