import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { WORDS } from './words.ts';

/** In seconds: whoever waits for the table with a change of it holds up all who come after. */
const WAIT_MOST = 2;
const TRIES = 30;
const PAUSE = 1_000;

const columns = WORDS.join(', ');
const add = (...rows: readonly (readonly ['old' | 'new', 1 | -1])[]): string =>
  `insert into job_count_deltas (${columns}, delta) values ` +
  rows.map(([row, delta]) => `(${WORDS.map((word) => `${row}.${word}`).join(', ')}, ${delta})`).join(', ');

const server: Readonly<Record<string, string>> = {
  jobs_counted_insert: `after insert on jobs for each row if new.hidden_time is null then ${add(['new', 1])}; end if`,
  jobs_counted_delete: `after delete on jobs for each row if old.hidden_time is null then ${add(['old', -1])}; end if`,
  jobs_counted_update: `after update on jobs for each row
    if old.hidden_time is null and new.hidden_time is null then
      if ${WORDS.map((word) => `old.${word} <> new.${word}`).join(' or ')} then ${add(['old', -1], ['new', 1])}; end if;
    elseif old.hidden_time is null then ${add(['old', -1])};
    elseif new.hidden_time is null then ${add(['new', 1])};
    end if`,
};

const differs = ['hidden_time', ...WORDS].map((column) => `old.${column} is not new.${column}`).join(' or ');
const moved = (row: 'old' | 'new', delta: 1 | -1): string =>
  `insert into job_count_deltas (${columns}, delta) ` +
  `select ${WORDS.map((word) => `${row}.${word}`).join(', ')}, ${delta} where ${row}.hidden_time is null`;

const embedded: Readonly<Record<string, string>> = {
  jobs_counted_insert: `after insert on jobs when new.hidden_time is null begin ${add(['new', 1])}; end`,
  jobs_counted_delete: `after delete on jobs when old.hidden_time is null begin ${add(['old', -1])}; end`,
  jobs_counted_update:
    `after update of hidden_time, ${columns} on jobs when ${differs} ` +
    `begin ${moved('old', -1)}; ${moved('new', 1)}; end`,
};

/**
 * Makes the triggers that note what each change of the table `jobs` does to the counts, whoever makes it; those that
 * are there are replaced. Meanwhile changes are not noted.
 * @returns false where the database's user may not make them
 */
export async function createTriggers(db: Knex): Promise<boolean> {
  const triggers = db.client.dialect === 'mysql' ? server : embedded;
  try {
    await dropTriggers(db);
    for (const [name, body] of Object.entries(triggers)) await alter(db, `create trigger ${name} ${body}`);
    return true;
  } catch (thrown) {
    if (isForbidden(thrown)) return false;
    throw thrown;
  }
}

export async function dropTriggers(db: Knex): Promise<void> {
  for (const name of Object.keys(server)) await alter(db, `drop trigger if exists ${name}`);
}

/**
 * Changes the table `jobs`. A server waits for all transactions that have used it, and all later ones wait for that:
 * rather than for a long one, it is tried again and again.
 * @param db one connection
 */
export async function alter(db: Knex, sql: string): Promise<void> {
  if (db.client.dialect !== 'mysql') {
    await db.raw(sql);
    return;
  }
  await db.raw(`set session lock_wait_timeout = ${WAIT_MOST}`);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await db.raw(sql);
        return;
      } catch (thrown) {
        if ((thrown as { errno?: number }).errno !== ER_LOCK_WAIT_TIMEOUT || attempt === TRIES) throw thrown;
        await sleep(PAUSE);
      }
    }
  } finally {
    await db.raw('set session lock_wait_timeout = default');
  }
}

/**
 * Whether changes are noted. On a server that is seen by its effect: who may not make triggers is not shown them either.
 * What is written for it is taken back.
 */
export async function changesAreNoted(db: Knex): Promise<boolean> {
  if (db.client.dialect !== 'mysql') return hasAllTriggers(db);
  const mark = `probe-${randomBytes(8).toString('hex')}`;
  const time = '2000-01-01 00:00:00.000';
  const trx = await db.transaction();
  try {
    const words = { job_type: mark, job_action: mark, owner: mark, status: mark, pre_status: '' };
    const jobId = mark.slice(0, 18);
    const rest = { resources: '{}', create_time: time, update_time: time, version: 1 };
    await trx('jobs').insert({ job_id: jobId, ...words, ...rest });
    await trx('jobs').where('job_id', jobId).update({ pre_status: mark });
    await trx('jobs').where('job_id', jobId).delete();
    const deltas = await trx('job_count_deltas').where('owner', mark).orderBy('number').pluck('delta');
    return deltas.map(Number).join() === '1,-1,1,-1';
  } finally {
    await trx.rollback();
  }
}

/** The embedded store shows its triggers, and one that writes to try would keep all others from writing. */
async function hasAllTriggers(db: Knex): Promise<boolean> {
  const found = await db('sqlite_master')
    .where('type', 'trigger')
    .whereIn('name', Object.keys(embedded))
    .pluck('name');
  return found.length === Object.keys(embedded).length;
}

/**
 * The user of the database in whose name the triggers work, where that is not the present one: once it is removed, no
 * job can be written. Undefined also for who may not see triggers.
 */
export async function definerOfTriggers(db: Knex): Promise<string | undefined> {
  if (db.client.dialect !== 'mysql') return undefined;
  const row = (await db('information_schema.triggers')
    .whereRaw('trigger_schema = database() and definer <> current_user()')
    .whereIn('trigger_name', Object.keys(server))
    .first('definer as definer')) as { definer: string } | undefined;
  return row?.definer;
}

const ER_LOCK_WAIT_TIMEOUT = 1205;
/** No such right; a right that only administrators have; not without SUPER, since the server writes a binary log. */
const FORBIDDEN: ReadonlySet<number | undefined> = new Set([1142, 1227, 1419]);

function isForbidden(thrown: unknown): boolean {
  return FORBIDDEN.has((thrown as { errno?: number }).errno);
}
