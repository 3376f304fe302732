import type { Knex } from 'knex';
import { exactText } from './exact-text.ts';

async function up(db: Knex): Promise<void> {
  const exact = await exactText(db);
  await db.schema.createTable('jobs', (table) => {
    exact(table);
    table.string('job_id', 18).notNullable().primary();
    table.string('job_type', 64).notNullable();
    table.string('job_action', 64).notNullable();
    table.string('owner', 64).notNullable();
    table.string('status', 32).notNullable();
    table.string('pre_status', 32).notNullable();
    // Text, not JSON: MySQL's JSON type sorts keys anew, and callers get their data back as it came.
    table.text('resources', 'longtext').notNullable();
    table.text('directive', 'longtext');
    table.datetime('create_time', { precision: 3 }).notNullable();
    table.datetime('update_time', { precision: 3 }).notNullable();
    table.integer('version').unsigned().notNullable();
    // Each ends in the order of a list, so that a page is a piece of the index.
    table.index(['create_time', 'job_id'], 'jobs_by_create_time');
    table.index(['update_time', 'job_id'], 'jobs_by_update_time');
    table.index(['owner', 'create_time', 'job_id'], 'jobs_by_owner');
    table.index(['job_type', 'create_time', 'job_id'], 'jobs_by_type');
    table.index(['owner', 'job_type', 'create_time', 'job_id'], 'jobs_by_owner_and_type');
    table.index(['job_action', 'create_time', 'job_id'], 'jobs_by_action');
    table.index(['status', 'create_time', 'job_id'], 'jobs_by_status');
    table.index(['pre_status', 'create_time', 'job_id'], 'jobs_by_pre_status');
  });
}

async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('jobs');
}

export const jobs: Knex.Migration = { up, down };
