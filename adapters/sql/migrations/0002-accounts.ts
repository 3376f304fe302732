import type { Knex } from 'knex';
import { exactText } from './exact-text.ts';

async function up(db: Knex): Promise<void> {
  const exact = await exactText(db);
  await db.schema.createTable('users', (table) => {
    exact(table);
    table.string('user_id', 64).notNullable().primary();
    table.string('role', 16).notNullable();
    table.boolean('active').notNullable();
    table.string('password_hash', 255).notNullable();
    table.datetime('create_time', { precision: 3 }).notNullable();
    table.integer('version').unsigned().notNullable();
  });
  await db.schema.createTable('tokens', (table) => {
    exact(table);
    table.string('digest', 64).notNullable().primary();
    table.string('user_id', 64).notNullable().references('users.user_id').onDelete('cascade');
    table.datetime('create_time', { precision: 3 }).notNullable();
    table.datetime('expire_time', { precision: 3 }).notNullable();
    table.index(['user_id', 'expire_time'], 'tokens_by_user');
  });
}

async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('tokens');
  await db.schema.dropTable('users');
}

export const accounts: Knex.Migration = { up, down };
