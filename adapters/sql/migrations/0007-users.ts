import type { Knex } from 'knex';
import { exactText } from './exact-text.ts';

async function up(db: Knex): Promise<void> {
  const exact = await exactText(db);
  await db.schema.alterTable('users', (table) => {
    table.string('email', 254);
    // The address as it is compared: in lower case, which may be longer.
    table.string('email_key', 512);
    table.boolean('invited').notNullable().defaultTo(false);
    table.datetime('last_login_time', { precision: 3 });
    table.unique(['email_key'], { indexName: 'users_by_email' });
    // A change that would leave no admin looks for others.
    table.index(['role', 'active'], 'users_by_role');
  });
  await db.schema.createTable('one_time_tokens', (table) => {
    exact(table);
    table.string('digest', 64).notNullable().primary();
    table.string('purpose', 16).notNullable();
    table.string('user_id', 64).notNullable().references('users.user_id').onDelete('cascade');
    table.datetime('create_time', { precision: 3 }).notNullable();
    table.datetime('expire_time', { precision: 3 }).notNullable();
    table.index(['user_id', 'purpose'], 'one_time_tokens_by_user');
    table.index(['expire_time'], 'one_time_tokens_by_expiry');
  });
  await db.schema.createTable('audit_trail', (table) => {
    exact(table);
    table.bigIncrements('number');
    table.datetime('event_time', { precision: 3 }).notNullable();
    table.string('who', 64).notNullable();
    table.string('operation', 64).notNullable();
    // No reference: what was done to a user is known for longer than the user.
    table.string('about', 64).notNullable();
    table.string('access_key_id', 64);
    table.string('address', 255).notNullable();
    table.string('request_id', 128).notNullable();
    // Names of what was set, separated by commas.
    table.string('fields', 255).notNullable();
    table.index(['event_time'], 'audit_trail_by_time');
    table.index(['about', 'number'], 'audit_trail_by_user');
  });
}

async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('audit_trail');
  await db.schema.dropTable('one_time_tokens');
  await db.schema.alterTable('users', (table) => {
    table.dropIndex(['role', 'active'], 'users_by_role');
    table.dropUnique(['email_key'], 'users_by_email');
    table.dropColumns('email', 'email_key', 'invited', 'last_login_time');
  });
}

export const users: Knex.Migration = { up, down };
