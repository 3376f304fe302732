import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openDatabase, openGateway } from '../../bin/open-gateway.ts';
import { bringRecords } from '../../src/jobs/bring-records.ts';
import { actionUser, callAction, callRest } from '../support/clients.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { quietLog } from '../support/quiet-log.ts';
import { finishedRecord } from '../support/some-record.ts';

const OWNER = 'usr-owner';
const TYPES = [undefined, 'a', 'b'] as const;
/** The first answer fills which job it is, the second the job: from the third on the cache tells all of it. */
const TIMES = 3;

interface Seen {
  readonly jobId: string;
  readonly version: number;
}

/** Whoever asks for the newest job, wherever and by whichever protocol, is told what the list in the database says. */
async function startTelling(store: (typeof STORES)[number]): Promise<
  AsyncDisposable & {
    readonly instances: readonly TestGateway[];
    readonly tokens: Readonly<Record<'admin' | 'owner', string>>;
    tell(): Promise<void>;
  }
> {
  const gateway = await startGateway(store, { CACHE_TTL_MS: '60000' });
  await gateway.addUser(OWNER, 'user');
  const instances = store === 'servers' ? [gateway, await gateway.sibling()] : [gateway];
  const tokens = { admin: await gateway.logIn(), owner: await gateway.logIn(OWNER) };
  const callers = [
    { token: tokens.admin, user: actionUser() },
    { token: tokens.owner, user: actionUser(OWNER) },
  ] as const;

  const listed = async (token: string, jobType: string | undefined): Promise<Seen | undefined> => {
    const path = `/v1/jobs?per_page=1${jobType ? `&job_type=${jobType}` : ''}`;
    const { data } = (await callRest(gateway, token, path)).body as { data: { jobs: Seen[] } };
    return data.jobs.map(({ jobId, version }) => ({ jobId, version }))[0];
  };
  const byRest = async (each: TestGateway, token: string, jobType: string | undefined) => {
    const { body } = await callRest(each, token, `/v1/jobs/latest${jobType ? `?job_type=${jobType}` : ''}`);
    const { code, data } = body as { code: number; data: Seen };
    return code === 13001 ? undefined : { jobId: data.jobId, version: data.version };
  };
  const byAction = async (
    each: TestGateway,
    user: ReturnType<typeof actionUser>,
    jobType: string | undefined,
  ) => {
    const parameters = { action: 'DescribeLatestJob', verbose: 1, ...(jobType && { job_type: jobType }) };
    const { body } = await callAction(each, parameters, user);
    const { ret_code: code, job } = body as { ret_code: number; job: { job_id: string; version: number } };
    return code === 2100 ? undefined : { jobId: job.job_id, version: job.version };
  };

  return {
    instances,
    tokens,
    async tell() {
      for (const { token, user } of callers) {
        for (const jobType of TYPES) {
          const right = await listed(token, jobType);
          for (let times = 0; times < TIMES; times++) {
            for (const each of instances) {
              assert.deepEqual(await byRest(each, token, jobType), right);
              assert.deepEqual(await byAction(each, user, jobType), right);
            }
          }
        }
      }
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

const json = (method: string, body: object): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

for (const store of STORES) {
  describe(`the newest job on the ${store} store`, () => {
    it('is told alike to all, after whatever may have changed it', async () => {
      await using telling = await startTelling(store);
      const { instances, tokens, tell } = telling;
      const [first, last] = [instances[0]!, instances.at(-1)!];
      const create = async (each: TestGateway, token: string, jobType: string): Promise<string> => {
        const answer = await callRest(each, token, '/v1/jobs', json('POST', { jobType, jobAction: 'x' }));
        return (answer.body as { data: Seen }).data.jobId;
      };
      const change = async (each: TestGateway, init: RequestInit, jobId: string): Promise<void> => {
        const { code } = (await callRest(each, tokens.admin, `/v1/jobs/${jobId}`, init)).body as {
          code: number;
        };
        assert.equal(code, 0);
      };
      await tell();
      const one = await create(first, tokens.owner, 'a');
      await tell();
      await create(last, tokens.admin, 'a');
      await tell();
      const two = await create(first, tokens.owner, 'b');
      await tell();
      await change(last, json('PATCH', { status: 'working' }), two);
      await tell();
      await change(first, json('PUT', { jobType: 'a', jobAction: 'x' }), two);
      await tell();
      await change(last, json('PATCH', { status: 'failed' }), two);
      await change(first, { method: 'DELETE' }, two);
      await tell();
      await change(first, json('PATCH', { status: 'failed' }), one);
      const hidden = await callAction(last, { action: 'DeleteJobs', 'job_ids.1': one });
      assert.equal(hidden.body.ret_code, 0);
      await tell();

      const open = await openGateway(first.config, openDatabase(first.config), quietLog);
      const createTime = Date.now() + 60_000;
      await bringRecords(open.ports, [finishedRecord({ owner: OWNER, jobType: 'b', createTime })]);
      await open.close();
      await tell();

      // What was told proves nothing unless the cache told most of it.
      const lines = instances.flatMap(({ logged }) => logged.map(({ facts }) => facts));
      const asked = lines.filter(({ operation }) => operation === 'describe-latest-job');
      const fromCache = asked.filter(({ cached }) => cached === true);
      assert.ok(fromCache.length > asked.length / 4, `${fromCache.length} of ${asked.length}`);
    });
  });
}
