import { Readable } from 'node:stream';
import { createConnection, type Connection } from 'mysql2/promise';
import { recount } from '../adapters/sql/counts/recount.ts';
import { dropTriggers } from '../adapters/sql/counts/triggers.ts';
import { migrate } from '../adapters/sql/migrate.ts';
import { openMysql } from '../adapters/sql/open-mysql.ts';
import { growthJob, growthJobId } from './growth-job.ts';

const COLUMNS =
  'job_id, job_type, job_action, owner, status, pre_status, resources, create_time, update_time, version';
/** A piece of the file that is sent has so many rows. */
const PIECE = 2_000;

/**
 * Fills a database with jobs: the rows in the order of their ids, then all indexes at once, then the counts. Jobs have no
 * timelines, which no list reads.
 */
export async function fillJobs(url: string, rows: number, say: (told: string) => void): Promise<void> {
  const database = openMysql(url, { poolSize: 4 });
  const connection = await createConnection({ uri: url, timezone: 'Z', flags: ['LOCAL_FILES'] });
  const startedAt = Date.now();
  const tell = (done: string): void =>
    say(`${rows} jobs: ${done} after ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
  try {
    await migrate(database);
    await dropTriggers(database.db);
    await connection.query('set unique_checks = 0, foreign_key_checks = 0');
    const indexes = await secondaryIndexes(connection);
    await connection.query(`alter table jobs ${indexes.map(({ name }) => `drop index ${name}`).join(', ')}`);
    await connection.query({
      sql: `load data local infile 'jobs' into table jobs character set utf8mb4 (${COLUMNS})`,
      infileStreamFactory: () => Readable.from(linesOf(rows)),
    });
    tell('loaded');
    const added = indexes.map(({ name, columns }) => `add index ${name} (${columns})`);
    await connection.query(`alter table jobs ${added.join(', ')}`);
    await connection.query('analyze table jobs');
    tell('indexed');
    const counted = await recount(database);
    if (!counted?.trusted) throw new Error('the counts are not in use');
    await connection.query('analyze table job_counts');
    tell(`${counted.counts} counts made`);
  } finally {
    await connection.end();
    await database.close();
  }
}

async function secondaryIndexes(connection: Connection): Promise<{ name: string; columns: string }[]> {
  const [found] = await connection.query(
    'select index_name as name, group_concat(column_name order by seq_in_index) as columns ' +
      "from information_schema.statistics where table_schema = database() and table_name = 'jobs' " +
      "and index_name <> 'PRIMARY' group by index_name",
  );
  return found as { name: string; columns: string }[];
}

function* linesOf(rows: number): Generator<Buffer> {
  for (let from = 0; from < rows; from += PIECE) {
    let piece = '';
    for (let index = from; index < Math.min(from + PIECE, rows); index++) {
      const job = growthJob(index);
      const fields = [growthJobId(index, rows), job.jobType, job.jobAction, job.owner, job.status];
      piece += `${fields.join('\t')}\t${job.preStatus}\t${job.resources}\t${job.createTime}\t${job.updateTime}\t3\n`;
    }
    yield Buffer.from(piece);
  }
}
