/**
 * A careful service without a cache, over jobgate's tables: fastify, prepared statements of mysql2, schemas for what
 * comes in. A token is looked up with every call, so that it ends when it is revoked.
 */
import { hash } from 'node:crypto';
import fastify, { type FastifyRequest } from 'fastify';
import { createPool, type RowDataPacket } from 'mysql2/promise';

const { DATABASE_URL = '' } = process.env;
const pool = createPool({ uri: DATABASE_URL, connectionLimit: 20, timezone: 'Z', dateStrings: true });

interface CallerRow extends RowDataPacket {
  readonly user_id: string;
  readonly role: string;
}

interface JobRow extends RowDataPacket {
  readonly job_id: string;
  readonly job_type: string;
  readonly job_action: string;
  readonly owner: string;
  readonly status: string;
  readonly pre_status: string;
  readonly resources: string;
  readonly directive: string | null;
  readonly create_time: string;
  readonly update_time: string;
  readonly version: number;
}

const COLUMNS =
  'job_id, job_type, job_action, owner, status, pre_status, resources, directive, create_time, update_time, version';

const iso = (time: string): string => `${time.replace(' ', 'T')}Z`;

async function findCaller({ headers }: FastifyRequest): Promise<CallerRow> {
  const [[caller]] = await pool.execute<CallerRow[]>(
    'select u.user_id, u.role from tokens t join users u on u.user_id = t.user_id ' +
      'where t.digest = ? and t.expire_time > utc_timestamp(3) and u.active = 1',
    [hash('sha256', headers.authorization ?? '')],
  );
  if (!caller) throw new Error('unauthenticated');
  return caller;
}

/** As one who may see all jobs, or its own. */
async function answer(request: FastifyRequest, where: string, value: string): Promise<object> {
  const caller = await findCaller(request);
  const own = caller.role === 'user';
  const [[row]] = await pool.execute<JobRow[]>(
    `select ${COLUMNS} from jobs where hidden_time is null and ${where.replace('$own', own ? 'and owner = ?' : '')}`,
    own ? [value, caller.user_id] : [value],
  );
  if (!row) return { code: 10006, data: { message: 'no such job' } };
  return {
    code: 0,
    data: {
      jobId: row.job_id,
      jobType: row.job_type,
      jobAction: row.job_action,
      owner: row.owner,
      status: row.status,
      preStatus: row.pre_status,
      resources: JSON.parse(row.resources) as object,
      ...(row.directive !== null && { directive: JSON.parse(row.directive) as object }),
      createTime: iso(row.create_time),
      updateTime: iso(row.update_time),
      version: row.version,
    },
  };
}

const app = fastify();
const params = {
  type: 'object',
  properties: { jobId: { type: 'string', pattern: '^j-[A-Za-z0-9]{8,16}$' } },
};
const querystring = {
  type: 'object',
  properties: { job_type: { type: 'string', minLength: 1, maxLength: 64 } },
};
app.get<{ Querystring: { job_type: string } }>('/v1/jobs/latest', { schema: { querystring } }, (request) =>
  answer(request, 'job_type = ? $own order by create_time desc, job_id desc limit 1', request.query.job_type),
);
app.get<{ Params: { jobId: string } }>('/v1/jobs/:jobId', { schema: { params } }, (request) =>
  answer(request, 'job_id = ? $own', request.params.jobId),
);
const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${new URL(address).port}\n`);
