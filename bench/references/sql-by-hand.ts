/**
 * Creating a job and reporting its status with nothing around it: one transaction each, prepared statements, a row
 * of history. No authentication, no validation, no cache. The tables are those of jobgate, with all their indexes,
 * without the triggers that count.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createPool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import { dropTriggers } from '../../adapters/sql/counts/triggers.ts';
import { migrate } from '../../adapters/sql/migrate.ts';
import { openMysql } from '../../adapters/sql/open-mysql.ts';

const { DATABASE_URL = '' } = process.env;
const database = openMysql(DATABASE_URL, { poolSize: 2 });
await migrate(database);
await database.db.transaction((trx) => dropTriggers(trx));
await database.close();
const pool = createPool({ uri: DATABASE_URL, connectionLimit: 20, timezone: 'Z', dateStrings: true });

interface JobRow extends RowDataPacket {
  readonly status: string;
  readonly pre_status: string;
  readonly version: number;
}

const INSERT_EVENT =
  'insert into job_events (job_id, version, status, pre_status, event_time, user_id, note) values (?, ?, ?, ?, ?, ?, ?)';

const now = (): string => new Date().toISOString().slice(0, -1).replace('T', ' ');

async function inTransaction<Result>(work: (connection: PoolConnection) => Promise<Result>): Promise<Result> {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const result = await work(connection);
    await connection.commit();
    return result;
  } catch (thrown) {
    await connection.rollback();
    throw thrown;
  } finally {
    connection.release();
  }
}

async function create(body: { jobType: string; jobAction: string; resources: object }): Promise<object> {
  const jobId = `j-${randomBytes(6).toString('hex').slice(0, 8)}`;
  const time = now();
  await inTransaction(async (connection) => {
    await connection.execute(
      'insert into jobs (job_id, job_type, job_action, owner, status, pre_status, resources, create_time, ' +
        'update_time, version) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [
        jobId,
        body.jobType,
        body.jobAction,
        'usr-a',
        'pending',
        '',
        JSON.stringify(body.resources),
        time,
        time,
        1,
      ],
    );
    await connection.execute(INSERT_EVENT, [jobId, 1, 'pending', '', time, 'usr-a', '']);
  });
  return { jobId, status: 'pending', version: 1 };
}

async function report(jobId: string, { status }: { status: string }): Promise<object> {
  const version = await inTransaction(async (connection) => {
    const [[row]] = await connection.execute<JobRow[]>(
      'select status, pre_status, version from jobs where job_id = ? for update',
      [jobId],
    );
    if (!row) throw new Error(`there is no job ${jobId}`);
    const next = row.version + 1;
    const time = now();
    await connection.execute(
      'update jobs set status = ?, pre_status = ?, update_time = ?, version = ? where job_id = ?',
      [status, row.status, time, next, jobId],
    );
    await connection.execute(INSERT_EVENT, [jobId, next, status, row.status, time, 'usr-a', '']);
    return next;
  });
  return { jobId, status, version };
}

async function answer({ method, url = '' }: IncomingMessage, body: string): Promise<object> {
  const input = JSON.parse(body) as never;
  return method === 'POST' ? create(input) : report(url.slice('/v1/jobs/'.length), input);
}

const server = createServer((request, response) => {
  text(request)
    .then((body) => answer(request, body))
    .then(
      (data) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ code: 0, data }));
      },
      (thrown: unknown) => {
        response.statusCode = 500;
        response.end(JSON.stringify({ code: 1, data: { message: String(thrown) } }));
      },
    );
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
