import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER_KEPT_FOR } from '../../src/jobs/answer-once.ts';
import type { OpenDatabase, Transact } from './open.ts';
import { toSqlTime } from './time.ts';

/** A table whose rows expire, and are of no use to anyone then. */
interface Expiring {
  readonly table: string;
  readonly key: readonly string[];
  /** The column of the time from which a row counts, which has an index. */
  readonly since: string;
  /** How long it is good from then on, in ms. */
  readonly keptFor: number;
}

const EXPIRING: readonly Expiring[] = [
  { table: 'tokens', key: ['digest'], since: 'expire_time', keptFor: 0 },
  { table: 'one_time_tokens', key: ['digest'], since: 'expire_time', keptFor: 0 },
  { table: 'seen_signatures', key: ['digest'], since: 'expire_time', keptFor: 0 },
  {
    table: 'idempotency_keys',
    key: ['user_id', 'idempotency_key'],
    since: 'create_time',
    keptFor: ANSWER_KEPT_FOR,
  },
];

/** How many rows of each table were removed; `jobs` are hidden ones, their timelines gone with them. */
export type Removed = Readonly<Record<string, number>>;

/** Another instance, whose clock is behind, may still take for good what has just expired here; in ms. */
const GRACE = 5 * 60_000;
const BATCH = 500;
/** A statement names so many keys: the server compares each row that it finds with each of them. */
const KEYS = 100;
/** A batch takes fewer jobs, each with its rows of the timeline. */
const JOBS = 100;
/** Between two batches others have the database for themselves, in ms. */
const PAUSE = 25;

/**
 * Removes what has expired, in small batches; undefined where another instance is doing so.
 * @param options.now by this instance's clock, in ms since 1970
 * @param options.retention how long after they were hidden jobs are deleted, in ms; undefined: never
 * @param options.stop ends it after the batch that is under way
 */
export async function cleanUp(
  database: OpenDatabase,
  options: { readonly now: number; readonly retention: number | undefined; readonly stop: AbortSignal },
): Promise<Removed | undefined> {
  const { now, retention, stop } = options;
  return database.alone('janitor', async (transact) => {
    const removed: Record<string, number> = {};
    for (const each of EXPIRING) {
      const before = toSqlTime(now - each.keptFor - GRACE);
      removed[each.table] = await inBatches(stop, () => removeExpired(transact, each, before));
    }
    if (retention !== undefined) {
      removed.jobs = await inBatches(stop, () => removeHidden(transact, toSqlTime(now - retention)));
    }
    return removed;
  });
}

async function inBatches(stop: AbortSignal, removeSome: () => Promise<number>): Promise<number> {
  let total = 0;
  while (!stop.aborted) {
    const removed = await removeSome();
    if (removed === 0) break;
    total += removed;
    await sleep(PAUSE, undefined, { signal: stop }).catch(() => {});
  }
  return total;
}

// To find rows and to remove them are two transactions: in SQLite, one that has read may be refused to write.
async function removeExpired(
  transact: Transact,
  { table, key, since }: Expiring,
  before: string,
): Promise<number> {
  const keys: object[] = await transact((trx) =>
    trx(table).where(since, '<', before).orderBy(since).limit(BATCH).select(key),
  );
  if (keys.length === 0) return 0;
  return transact(async (trx) => {
    let removed = 0;
    for (let from = 0; from < keys.length; from += KEYS) {
      const some = keys.slice(from, from + KEYS);
      removed += await trx(table)
        .where((any) => some.forEach((each) => void any.orWhere(each)))
        // One that was renewed meanwhile stays.
        .where(since, '<', before)
        .delete();
    }
    return removed;
  });
}

/** Deletes hidden jobs and their timelines, and keeps their last versions: a job that is brought back goes on above. */
async function removeHidden(transact: Transact, before: string): Promise<number> {
  const found: { job_id: string; version: number }[] = await transact((trx) =>
    trx('jobs')
      .where('hidden_time', '<', before)
      .orderBy('hidden_time')
      .limit(JOBS)
      .select('job_id', 'version'),
  );
  let rows = 0;
  const ids = found
    .filter(({ version }, index) => (rows += version) <= BATCH || index === 0)
    .map((row) => row.job_id);
  if (ids.length === 0) return 0;
  return transact(async (trx) => {
    const hidden = () => trx('jobs').whereIn('job_id', ids).where('hidden_time', '<', before);
    // Locks them, in both stores.
    await hidden().update({ version: trx.ref('version') });
    const last = (await hidden().select('job_id', 'version')) as { job_id: string; version: number }[];
    if (last.length === 0) return 0;
    const own = last.map((row) => row.job_id);
    await trx('deleted_jobs').whereIn('job_id', own).delete();
    await trx('deleted_jobs').insert(last);
    await trx('job_events').whereIn('job_id', own).delete();
    return trx('jobs').whereIn('job_id', own).delete();
  });
}
