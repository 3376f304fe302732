import type { Knex } from 'knex';
import type { JobRecord } from '../../src/jobs/job-record.ts';
import { isDuplicate } from './ask.ts';
import { dialectOf } from './dialect.ts';
import { fromJob, fromJobEvent, toJob, toJobEvent, type EventRow, type JobRow } from './rows.ts';
import { fromSqlTime, toSqlTime } from './time.ts';
import type { Queries } from './transaction.ts';

/** Which jobs; what is left out does not count. Times are exclusive bounds, in ms. */
export interface RecordFilter {
  readonly owner?: string | undefined;
  readonly jobType?: string | undefined;
  readonly createdAfter?: number | undefined;
  readonly createdBefore?: number | undefined;
  readonly withHidden?: boolean | undefined;
}

type RecordRow = JobRow & { readonly hidden_time: string | null };

/** What became of records that were to be put in. */
export interface Added {
  readonly added: ReadonlySet<string>;
  /** What stands already under ids that were to be added. */
  readonly present: ReadonlyMap<string, JobRecord>;
  /** The last versions of jobs that were deleted here, where a record is not above them. */
  readonly deleted: ReadonlyMap<string, number>;
}

/** A page ends after so many jobs, or so many characters of their data. */
const PAGE = 500;
const PAGE_CHARACTERS = 4 * 1024 * 1024;
/** What a row of a timeline about takes. */
const EVENT_CHARACTERS = 200;
/** SQLite takes no more than 500 rows in one statement. */
const ROWS_PER_STATEMENT = 200;
const ATTEMPTS = 5;

/**
 * Every record that the filter matches, in the order of the ids, page by page. A page is one consistent read; what
 * changes between two pages shows in the later one alone.
 */
export async function* readRecords(db: Knex, filter: RecordFilter): AsyncGenerator<readonly JobRecord[]> {
  let after: string | undefined = '';
  while (after !== undefined) {
    const from: string = after;
    const page = await db.transaction(async (trx) => {
      const { chosen, last } = await choosePage(trx, from, filter);
      return { records: await recordsIn(trx, chosen), last };
    }, dialectOf(db).snapshot);
    yield page.records;
    after = page.last;
  }
}

/**
 * Puts records in as they are, unless a job of the same id exists or was deleted at the same or a later version.
 * All of it in one transaction: after an end in the middle it may be done again.
 * @param records each of another id
 * @param insert how they are put in, all or none; past the cache unless told otherwise, for a store that nobody serves
 */
export async function addRecords(
  db: Knex,
  records: readonly JobRecord[],
  insert: (fresh: readonly JobRecord[]) => Promise<unknown> = (fresh) =>
    db.transaction((trx) => insertRecords(trx, fresh)),
): Promise<Added> {
  const ids = records.map(({ job }) => job.jobId);
  for (let attempt = 1; ; attempt++) {
    const { present, versions } = await db.transaction(async (trx) => {
      const standing = await recordsIn(trx, ids);
      const gone = (await trx('deleted_jobs').whereIn('job_id', ids).select('job_id', 'version')) as {
        job_id: string;
        version: number;
      }[];
      return {
        present: new Map(standing.map((record) => [record.job.jobId, record])),
        versions: new Map(gone.map((row) => [row.job_id, row.version])),
      };
    }, dialectOf(db).snapshot);
    const deleted = new Map<string, number>();
    const fresh = records.filter(({ job: { jobId, version } }) => {
      const last = versions.get(jobId);
      if (!present.has(jobId) && last !== undefined && last >= version) deleted.set(jobId, last);
      return !present.has(jobId) && !deleted.has(jobId);
    });
    try {
      if (fresh.length > 0) await insert(fresh);
      return { added: new Set(fresh.map(({ job }) => job.jobId)), present, deleted };
    } catch (thrown) {
      // Another put one of them in at the same time: now it stands there.
      if (!isDuplicate(thrown) || attempt === ATTEMPTS) throw thrown;
    }
  }
}

/**
 * The next ids, and where to go on; undefined at the end. The filter is applied to what a walk along the ids meets:
 * however few it matches, a statement reads no more than a page.
 */
async function choosePage(
  trx: Knex,
  after: string,
  filter: RecordFilter,
): Promise<{ chosen: readonly string[]; last: string | undefined }> {
  const size = 'length(resources) + coalesce(length(directive), 0) as size';
  const rows = (await trx('jobs')
    .where('job_id', '>', after)
    .orderBy('job_id')
    .limit(PAGE)
    .select(
      'job_id',
      'owner',
      'job_type',
      'create_time',
      'hidden_time',
      'version',
      trx.raw(size),
    )) as (RecordRow & { readonly size: number })[];
  const chosen: string[] = [];
  let characters = 0;
  let last: string | undefined;
  for (const row of rows) {
    if (matches(row, filter)) {
      characters += row.size + row.version * EVENT_CHARACTERS;
      if (characters > PAGE_CHARACTERS && chosen.length > 0) return { chosen, last };
      chosen.push(row.job_id);
    }
    last = row.job_id;
  }
  return { chosen, last: rows.length < PAGE ? undefined : last };
}

function matches(row: RecordRow, filter: RecordFilter): boolean {
  const time = fromSqlTime(row.create_time);
  return (
    (filter.withHidden === true || row.hidden_time === null) &&
    (filter.owner === undefined || row.owner === filter.owner) &&
    (filter.jobType === undefined || row.job_type === filter.jobType) &&
    (filter.createdAfter === undefined || time > filter.createdAfter) &&
    (filter.createdBefore === undefined || time < filter.createdBefore)
  );
}

/** The records of those ids that there are, in the order of the ids. */
async function recordsIn(trx: Knex, ids: readonly string[]): Promise<readonly JobRecord[]> {
  if (ids.length === 0) return [];
  const jobs = (await trx('jobs')
    .whereIn('job_id', [...ids])
    .orderBy('job_id')
    .select('*')) as RecordRow[];
  if (jobs.length === 0) return [];
  const events = (await trx('job_events')
    .whereIn(
      'job_id',
      jobs.map((row) => row.job_id),
    )
    .orderBy(['job_id', 'version'])
    .select('*')) as (EventRow & { job_id: string })[];
  const timelines = new Map<string, EventRow[]>(jobs.map((row) => [row.job_id, []]));
  for (const event of events) timelines.get(event.job_id)?.push(event);
  return jobs.map((row) => ({
    job: toJob(row),
    hiddenTime: row.hidden_time === null ? undefined : fromSqlTime(row.hidden_time),
    timeline: (timelines.get(row.job_id) ?? []).map(toJobEvent),
  }));
}

/** Puts in rows and timelines of jobs that are not there. */
export async function insertRecords(trx: Queries, records: readonly JobRecord[]): Promise<void> {
  // A program that deletes jobs by itself may leave their timelines behind.
  await trx('job_events')
    .whereIn(
      'job_id',
      records.map(({ job }) => job.jobId),
    )
    .delete();
  await insertRows(
    trx,
    'jobs',
    records.map(({ job, hiddenTime }) => ({
      ...fromJob(job),
      hidden_time: hiddenTime === undefined ? null : toSqlTime(hiddenTime),
    })),
  );
  await insertRows(
    trx,
    'job_events',
    records.flatMap(({ job: { jobId }, timeline }) => timeline.map((event) => fromJobEvent(jobId, event))),
  );
}

async function insertRows(trx: Queries, table: string, rows: readonly object[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    await trx(table).insert(rows.slice(from, from + ROWS_PER_STATEMENT));
  }
}
