import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createClient, JobgateError, type Client } from '../../clients/typescript/src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startForgetfulProxy } from '../support/forgetful-proxy.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';
import { judgingFetch } from '../support/judging-fetch.ts';
import { someJob } from '../support/some-job.ts';

type Fetch = typeof fetch;

const undocumented: string[] = [];
/** What sends, in place of the global one. */
const judged = judgingFetch((complaint) => undocumented.push(complaint));

/** Does something else than sending for the first calls, and counts all. */
function faulty(...instead: Fetch[]): { readonly fetch: Fetch; calls(): number } {
  let calls = 0;
  return { fetch: (...given) => (instead[calls++] ?? judged)(...given), calls: () => calls };
}
/** The gateway gets the call, and the caller no answer. */
const lost: Fetch = async (...given) => {
  await (await judged(...given)).arrayBuffer();
  throw new TypeError('fetch failed');
};
const busy =
  (retryAfter: string): Fetch =>
  () =>
    Promise.resolve(
      Response.json(
        { code: 10000, data: { message: 'later', reason: 'unavailable', requestId: 'r-1' } },
        { status: 503, headers: { 'retry-after': retryAfter, 'x-request-id': 'r-1' } },
      ),
    );
const proxy: Fetch = () => Promise.resolve(new Response('<html>Bad Gateway</html>', { status: 502 }));

describe('the TypeScript client', () => {
  let gateway: TestGateway;
  let token: string;
  let client: Client;
  before(async () => {
    gateway = await startGateway('embedded');
    token = await gateway.logIn();
    client = createClient({ baseUrl: gateway.base, token, language: 'en', fetch: judged });
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    assert.deepEqual(undocumented, []);
  });

  const withFetch = (given: Fetch): Client =>
    createClient({ baseUrl: `${gateway.base}/`, token, fetch: given, longestWait: 2_000 });
  const body = { jobType: 'client', jobAction: 'Test', resources: { node_ids: ['n-1'] } };
  const count = async (jobType: string): Promise<number> =>
    (await client.describeJobs({ query: { job_type: [jobType] } })).total;

  it('logs in, keeps the token, and forgets it when it logs out', async () => {
    const own = createClient({ baseUrl: gateway.base, fetch: judged });
    await assert.rejects(own.describeSession(), { reason: 'unauthenticated', status: 401 });
    await own.logIn({ body: { name: ADMIN.userId, password: ADMIN.password } });
    assert.equal((await own.describeSession()).role, 'admin');
    await own.logOut();
    await assert.rejects(own.describeSession(), { reason: 'unauthenticated' });
  });

  it('creates, reports, shows and hides a job', async () => {
    const { jobId, version } = await client.createJob({ body });
    const path = { job_id: jobId };
    const headers = { 'If-Match': `"${version}"` };
    await client.reportJob({ path, headers, body: { status: 'successful' } });
    const job = await client.describeJob({ path });
    assert.deepEqual([job.status, job.resources], ['successful', body.resources]);
    assert.equal((await client.describeJobTimeline({ path })).timeline.length, 2);
    assert.deepEqual(await client.hideJob({ path }), {});
  });

  it('throws what was refused, by reason, with the wrong parameters and the request id', async () => {
    const wrong = await client.describeJobs({ query: { per_page: 0, page: -1 } }).catch((thrown) => thrown);
    assert.ok(wrong instanceof JobgateError);
    assert.deepEqual([wrong.code, wrong.reason, wrong.status], [10001, 'invalid_parameter', 200]);
    assert.deepEqual(Object.keys(wrong.parameters).toSorted(), ['page', 'per_page']);
    assert.ok(gateway.logged.some(({ facts }) => facts.requestId === wrong.requestId));

    const { jobId } = await client.createJob({ body });
    const stale = client.reportJob({
      path: { job_id: jobId },
      headers: { 'If-Match': '"7"' },
      body: { status: 'working' },
    });
    await assert.rejects(stale, { reason: 'version_conflict', job: { jobId, version: 1 } });
  });

  it('follows a list to its end, each job once', async () => {
    await gateway.addJobs(...Array.from({ length: 5 }, () => someJob({ jobType: 'walk' })));
    const seen: string[] = [];
    for await (const { jobId } of client.eachJob({ job_type: ['walk'], per_page: 2 })) seen.push(jobId);
    assert.equal(new Set(seen).size, 5);
    assert.equal(seen.length, 5);
  });

  it('follows a list of users to its end, each user once, whatever page it was told', async () => {
    const added = Array.from({ length: 5 }, (_, index) => `usr-walk-${index}`);
    for (const userId of added) await gateway.addUser(userId, 'operator');
    const seen: string[] = [];
    for await (const { userId } of client.eachUser({ role: 'operator', per_page: 2, page: 3 }))
      seen.push(userId);
    assert.deepEqual(seen.toSorted(), added);
    await assert.rejects(client.eachUser({ user_ids: [] }).next(), { reason: 'invalid_parameter' });
    const stopped = client.eachUser({}, AbortSignal.abort()).next();
    await assert.rejects(stopped, { name: 'AbortError' });
  });

  it('sends a creation whose answer was lost again with the same key: there is one job', async () => {
    const jobType = 'lost-answer';
    const { fetch, calls } = faulty(lost, lost);
    const { jobId } = await withFetch(fetch).createJob({ body: { ...body, jobType } });
    assert.deepEqual([calls(), await count(jobType)], [3, 1]);
    assert.equal((await client.describeLatestJob({ query: { job_type: jobType } })).jobId, jobId);
  });

  it('sends a log-in again: one token more does no harm', async () => {
    const { fetch, calls } = faulty(lost);
    const { token } = await withFetch(fetch).logIn({
      body: { name: ADMIN.userId, password: ADMIN.password },
    });
    const own = createClient({ baseUrl: gateway.base, token, fetch: judged });
    assert.equal((await own.describeSession()).userId, ADMIN.userId);
    assert.equal(calls(), 2);
  });

  it('sends the creation of a user again: there is one, and its creation no failure', async () => {
    const userId = 'usr-lost-answer';
    const { fetch, calls } = faulty(lost, lost);
    const user = await withFetch(fetch).createUser({ body: { userId, password: 'a good password' } });
    assert.deepEqual([user.userId, calls()], [userId, 3]);
  });

  it('never sends a change without a key again', async () => {
    const { jobId } = await client.createJob({ body });
    const change = faulty(lost);
    const path = { job_id: jobId };
    await assert.rejects(withFetch(change.fetch).reportJob({ path, body: { status: 'working' } }), TypeError);
    assert.equal(change.calls(), 1);
  });

  it('waits as long as Retry-After says, and no longer than it was told', async () => {
    const patient = faulty(busy('1'));
    const began = performance.now();
    await withFetch(patient.fetch).describeSession();
    assert.ok(performance.now() - began >= 990);
    assert.equal(patient.calls(), 2);
    const hopeless = faulty(busy('3600'));
    await assert.rejects(withFetch(hopeless.fetch).describeSession(), {
      reason: 'unavailable',
      requestId: 'r-1',
    });
    assert.equal(hopeless.calls(), 1);
  });

  it('tells what it cannot read, after it has tried as often as it may', async () => {
    const { fetch, calls } = faulty(proxy, proxy, proxy, proxy);
    await assert.rejects(withFetch(fetch).describeSession(), { reason: 'unreadable', status: 502, code: 0 });
    assert.equal(calls(), 4);
  });

  for (const readme of ['README.md', 'README.zh-CN.md']) {
    it(`does what its ${readme} shows, in fifteen lines`, async () => {
      const own = new URL('../../clients/typescript/', import.meta.url);
      const shown = /```ts\n([^]*?)```/.exec(readFileSync(new URL(readme, own), 'utf8'))?.[1] ?? '';
      assert.ok(shown.trimEnd().split('\n').length <= 15);
      await using folder = await temporaryFolder();
      await using proxy = await startForgetfulProxy(gateway.base);
      const script = join(folder.path, 'example.mts');
      const example = shown
        .replace("'jobgate-client'", JSON.stringify(new URL('src/index.ts', own).href))
        .replace('http://127.0.0.1:8080', proxy.base);
      writeFileSync(script, example);
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
        env: { ...process.env, PASSWORD: ADMIN.password },
      });
      const newest = await client.describeLatestJob({ query: { job_type: 'neonsan' } });
      assert.equal(newest.status, 'working');
      assert.ok(stdout.split('\n').includes(newest.jobId), stdout);
    });
  }

  it('stops when it is told to, while it waits too', async () => {
    const signal = AbortSignal.timeout(100);
    const { fetch, calls } = faulty(busy('2'));
    await assert.rejects(withFetch(fetch).describeSession({ signal }), { name: 'TimeoutError' });
    assert.equal(calls(), 1);
  });
});
