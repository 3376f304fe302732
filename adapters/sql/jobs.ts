import type { Knex } from 'knex';
import type { Job } from '../../src/jobs/job.ts';
import type { JobFilter, JobStore } from '../../src/ports.ts';
import { ask } from './ask.ts';
import type { Dialect } from './dialect.ts';
import { addRecords } from './job-records.ts';
import { lastChange, toJob, toJobEvent, type EventRow, type JobRow } from './rows.ts';
import { readSnapshot } from './snapshot.ts';
import { toSqlTime } from './time.ts';

const COLUMNS = { createTime: 'create_time', updateTime: 'update_time' } as const;

/** Jobs in the database. */
export function createJobStore(db: Knex, dialect: Dialect): JobStore {
  return {
    // A hidden job stays in its table and is no one's to see.
    read: (jobIds) =>
      ask(() =>
        readSnapshot(db, dialect, 'jobs', 'job_id', jobIds, toJob, (join) => join.onNull('t.hidden_time')),
      ),

    list: (filter, { by, descending }, { offset, limit, after }) =>
      ask(async () => {
        const column = COLUMNS[by];
        const direction = descending ? 'desc' : 'asc';
        const query = matching(db, filter)
          .orderBy(column, direction)
          .orderBy('job_id', direction)
          .limit(limit)
          .offset(offset);
        if (after) {
          const time = toSqlTime(after.time);
          const beyond = descending ? '<' : '>';
          // The first condition bounds the index range; the second sorts out equal times.
          void query
            .where(column, `${beyond}=`, time)
            .where((either) => either.where(column, beyond, time).orWhere('job_id', beyond, after.jobId));
        }
        return ((await query.select('*')) as JobRow[]).map(toJob);
      }),

    count: (filter) =>
      ask(async () => {
        const [row] = (await matching(db, filter).count({ total: '*' })) as { total: number | string }[];
        return Number(row?.total ?? 0);
      }),

    latest: (filter) =>
      ask(async () => {
        const query = matching(db, filter).orderBy('create_time', 'desc').orderBy('job_id', 'desc');
        const row = (await query.first('*')) as JobRow | undefined;
        return row && toJob(row);
      }),

    timeline: (jobId) =>
      ask(async () => {
        const rows = (await db('job_events').where('job_id', jobId).orderBy('version')) as EventRow[];
        return rows.map(toJobEvent);
      }),
  };
}

/** Puts jobs in as they are, each with its last change, unless a job of the same id exists; tells how many are new. */
export async function insertJobs(db: Knex, jobs: readonly Job[]): Promise<number> {
  const records = jobs.map((job) => ({
    job,
    hiddenTime: undefined,
    timeline: [lastChange({ job, userId: job.owner, note: '' })],
  }));
  return (await addRecords(db, records)).added.size;
}

function matching(db: Knex, filter: JobFilter): Knex.QueryBuilder {
  const query = db('jobs').whereNull('hidden_time');
  const anyOf = (column: string, words: readonly string[] | undefined): void => {
    if (words?.length === 1) void query.where(column, words[0] as string);
    else if (words) void query.whereIn(column, [...words]);
  };
  anyOf('job_id', filter.jobIds);
  anyOf('job_action', filter.jobAction);
  anyOf('job_type', filter.jobType);
  anyOf('owner', filter.owner);
  anyOf('status', filter.status);
  anyOf('pre_status', filter.preStatus);
  if (filter.createdAfter !== undefined) void query.where('create_time', '>', toSqlTime(filter.createdAfter));
  if (filter.createdBefore !== undefined)
    void query.where('create_time', '<', toSqlTime(filter.createdBefore));
  return query;
}
