import type { Knex } from 'knex';
import { exactText } from './exact-text.ts';

async function up(db: Knex): Promise<void> {
  const exact = await exactText(db);
  await db.schema.createTable('access_keys', (table) => {
    exact(table);
    table.string('access_key_id', 64).notNullable().primary();
    table.string('owner', 64).notNullable().references('users.user_id').onDelete('cascade');
    table.string('access_key_name', 64).notNullable();
    table.string('status', 16).notNullable();
    table.string('sealed_secret', 512).notNullable();
    table.datetime('create_time', { precision: 3 }).notNullable();
    table.datetime('last_used_time', { precision: 3 });
    table.index(['owner', 'create_time'], 'access_keys_by_owner');
  });
  // Calls that were signed and carried out: one that comes again has no second effect.
  await db.schema.createTable('seen_signatures', (table) => {
    exact(table);
    table.string('digest', 64).notNullable().primary();
    table.string('user_id', 64).notNullable();
    table.text('answer', 'longtext').notNullable();
    table.datetime('expire_time', { precision: 3 }).notNullable();
    table.index(['expire_time'], 'seen_signatures_by_expiry');
  });
}

async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('seen_signatures');
  await db.schema.dropTable('access_keys');
}

export const accessKeys: Knex.Migration = { up, down };
