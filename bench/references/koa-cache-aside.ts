/**
 * What is usually written: koa, its router, knex, and a cache beside the database that is asked first and filled
 * after. A token and a job live in Redis for a minute, whatever happens to them meanwhile.
 */
import { hash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Router } from '@koa/router';
import { Redis } from 'ioredis';
import knex from 'knex';
import Koa from 'koa';

const { DATABASE_URL = '', REDIS_URL = '' } = process.env;
const LIFE_SECONDS = 60;
const db = knex({ client: 'mysql2', connection: { uri: DATABASE_URL, timezone: 'Z' } as object });
const redis = new Redis(REDIS_URL);

async function cached<Value>(
  key: string,
  load: () => Promise<Value | undefined>,
): Promise<Value | undefined> {
  const known = await redis.get(key);
  if (known !== null) return JSON.parse(known) as Value;
  const value = await load();
  if (value !== undefined) await redis.set(key, JSON.stringify(value), 'EX', LIFE_SECONDS);
  return value;
}

const app = new Koa<{ user: { user_id: string; role: string } }>();
app.use(async (ctx, next) => {
  const digest = hash('sha256', ctx.get('authorization'));
  const user = await cached(`aside:token:${digest}`, () =>
    db('tokens as t')
      .join('users as u', 'u.user_id', 't.user_id')
      .where('t.digest', digest)
      .first<{ user_id: string; role: string } | undefined>('u.user_id', 'u.role'),
  );
  if (!user) return ctx.throw(401);
  ctx.state.user = user;
  return next();
});
const router = new Router<{ user: { user_id: string; role: string } }>();
router.get('/v1/jobs/:jobId', async (ctx) => {
  const { jobId = '' } = ctx.params as { jobId?: string };
  if (!/^j-[A-Za-z0-9]{8,16}$/.test(jobId)) return ctx.throw(400);
  const job = await cached<{ owner: string; resources: string; directive: string | null }>(
    `aside:job:${jobId}`,
    () => db('jobs').where({ job_id: jobId }).whereNull('hidden_time').first(),
  );
  const { role, user_id: userId } = ctx.state.user;
  if (!job || (role === 'user' && job.owner !== userId)) return ctx.throw(404);
  const { resources, directive } = job;
  ctx.body = {
    code: 0,
    data: {
      ...job,
      resources: JSON.parse(resources) as object,
      directive: directive === null ? undefined : (JSON.parse(directive) as object),
    },
  };
});
app.use(router.routes());
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
