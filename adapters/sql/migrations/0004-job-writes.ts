import type { Knex } from 'knex';
import { exactText } from './exact-text.ts';

async function up(db: Knex): Promise<void> {
  const exact = await exactText(db);
  await db.schema.alterTable('jobs', (table) => {
    table.datetime('hidden_time', { precision: 3 });
  });
  await db.schema.createTable('job_events', (table) => {
    exact(table);
    table.string('job_id', 18).notNullable();
    table.integer('version').unsigned().notNullable();
    table.string('status', 32).notNullable();
    table.string('pre_status', 32).notNullable();
    table.datetime('event_time', { precision: 3 }).notNullable();
    table.string('user_id', 64).notNullable();
    table.string('note', 1024).notNullable();
    table.primary(['job_id', 'version']);
  });
  await db.schema.createTable('idempotency_keys', (table) => {
    exact(table);
    table.string('user_id', 64).notNullable();
    table.string('idempotency_key', 128).notNullable();
    table.string('digest', 64).notNullable();
    table.text('answer', 'longtext').notNullable();
    table.datetime('create_time', { precision: 3 }).notNullable();
    table.primary(['user_id', 'idempotency_key']);
    table.index(['user_id', 'create_time'], 'idempotency_keys_by_age');
  });
}

async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('idempotency_keys');
  await db.schema.dropTable('job_events');
  await db.schema.alterTable('jobs', (table) => {
    table.dropColumn('hidden_time');
  });
}

export const jobWrites: Knex.Migration = { up, down };
