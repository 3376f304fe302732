import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startBrowser, type Browser, type OpenPage } from '../support/browser.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startForgetfulProxy, type ForgetfulProxy } from '../support/forgetful-proxy.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';
import { someJob } from '../support/some-job.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = `<!doctype html><title>A page that uses the client</title><link rel="icon" href="data:,">
<script type="module">import * as client from './index.js'; window.client = client;</script>`;

/** The client as it is published: what its own build writes, beside a page that loads it as a module. */
async function servePage(folder: string): Promise<Server> {
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  await promisify(execFile)(compiler, ['-p', join(ROOT, 'clients/typescript'), '--outDir', folder]);
  const server = createServer((asked, answer) => {
    if (asked.url === '/') return void answer.setHeader('content-type', 'text/html').end(PAGE);
    const name = /^\/([\w-]+\.js)$/.exec(asked.url ?? '')?.[1] ?? '';
    readFile(join(folder, name)).then(
      (script) => answer.setHeader('content-type', 'text/javascript').end(script),
      () => answer.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('the TypeScript client in a browser, on a page of another origin', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let pages: Server;
  let gateway: TestGateway;
  let proxy: ForgetfulProxy;
  let browser: Browser;
  let browsing: OpenPage;
  before(async () => {
    folder = await temporaryFolder();
    pages = await servePage(folder.path);
    const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    gateway = await startGateway('embedded', { CORS_ORIGINS: origin });
    proxy = await startForgetfulProxy(gateway.base);
    browser = await startBrowser();
    browsing = await browser.open(`${origin}/`);
    await browsing.page.waitForFunction('window.client !== undefined');
    const { userId: name, password } = ADMIN;
    await run(`window.jobgate = client.createClient(${JSON.stringify({ baseUrl: proxy.base, language: 'en' })});
      await jobgate.logIn(${JSON.stringify({ body: { name, password } })})`);
  });
  after(async () => {
    await browsing[Symbol.asyncDispose]();
    await browser[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
    pages.closeAllConnections();
    pages.close();
    await folder[Symbol.asyncDispose]();
  });

  /** Runs statements on the page. They are text, since the tests are compiled without the types of a browser. */
  const run = <Result>(statements: string): Promise<Result> =>
    browsing.page.evaluate<Result>(`(async () => { ${statements} })()`);
  /** What a call is refused with, as the page sees it. */
  const refusal = (call: string): Promise<Record<string, unknown>> =>
    run(`try { await ${call}; return {}; } catch (thrown) {
      const { name, code, reason, status, parameters, requestId, job } = thrown;
      const typed = thrown instanceof client.JobgateError;
      return { typed, name, code, reason, status, parameters, requestId, job };
    }`);

  it('is logged in, and creates and shows a job, whose secrets it does not get back', async () => {
    const job = await run<{ jobId: string; directive: object; version: number }>(
      `const made = await jobgate.createJob({ body: { jobType: 'page', jobAction: 'Test',
         directive: { password: 'secret', a: 1 } } });
       return jobgate.describeJob({ path: { job_id: made.jobId } });`,
    );
    assert.deepEqual([job.version, job.directive], [1, { password: '******', a: 1 }]);
    const session = await run<{ userId: string }>('return jobgate.describeSession()');
    assert.equal(session.userId, ADMIN.userId);
    assert.deepEqual(browsing.complaints, []);
    // The browser asked whether it may: the page is another origin's.
    assert.ok(proxy.seen('OPTIONS').length > 0);
  });

  it('follows a list to its end, each job once', async () => {
    await gateway.addJobs(...Array.from({ length: 7 }, () => someJob({ jobType: 'walk' })));
    const seen = await run<string[]>(
      `const seen = [];
       for await (const { jobId } of jobgate.eachJob({ job_type: ['walk'], per_page: 3 })) seen.push(jobId);
       return seen;`,
    );
    assert.deepEqual([seen.length, new Set(seen).size], [7, 7]);
  });

  it('throws a typed error with the wrong parameters, and with the id by which the log has it', async () => {
    const error = await refusal('jobgate.describeJobs({ query: { per_page: 0 } })');
    const { typed, name, code, reason, status } = error;
    assert.deepEqual(
      [typed, name, code, reason, status],
      [true, 'JobgateError', 10011, 'invalid_per_page', 200],
    );
    assert.deepEqual(Object.keys(error.parameters as object), ['per_page']);
    assert.ok(gateway.logged.some(({ facts }) => facts.requestId === error.requestId));
    const missing = await refusal(`jobgate.describeJob({ path: { job_id: 'j-Missing0' } })`);
    assert.deepEqual([missing.code, missing.reason], [13001, 'job_not_found']);
  });

  it('sends a creation whose answers were lost again with its key: there is one job', async () => {
    const before = proxy.seen('POST').length;
    proxy.lose('POST', 2);
    const { jobId, total } = await run<{ jobId: string; total: number }>(
      `const { jobId } = await jobgate.createJob({ body: { jobType: 'lost', jobAction: 'Test' } });
       const { total } = await jobgate.describeJobs({ query: { job_type: ['lost'] } });
       return { jobId, total };`,
    );
    const sent = proxy.seen('POST').slice(before);
    assert.equal(sent.length, 3);
    assert.equal(new Set(sent.map((headers) => headers['idempotency-key'])).size, 1);
    assert.match(jobId, /^j-/);
    assert.equal(total, 1);
  });

  it('never sends a change without a key again', async () => {
    const { jobId } = await run<{ jobId: string }>(
      `return jobgate.createJob({ body: { jobType: 'patched', jobAction: 'Test' } })`,
    );
    proxy.lose('PATCH', 1);
    const input = JSON.stringify({ path: { job_id: jobId }, body: { status: 'working' } });
    const error = await refusal(`jobgate.reportJob(${input})`);
    assert.deepEqual([error.typed, error.name], [false, 'TypeError']);
    assert.equal(proxy.seen('PATCH').length, 1);
  });

  it('is refused by the browser where its page is not of an origin that is listed', async () => {
    const { port } = pages.address() as AddressInfo;
    await using strangers = await browser.open(`http://localhost:${port}/`);
    await strangers.page.waitForFunction('window.client !== undefined');
    const options = JSON.stringify({ baseUrl: gateway.base, attempts: 1 });
    const asking = strangers.page.evaluate(`client.createClient(${options}).describeSession()`);
    await assert.rejects(asking, /Failed to fetch/);
    assert.match(strangers.complaints.join('\n'), /blocked by CORS policy/);
  });

  it('forgets the token when it logs out', async () => {
    await run('await jobgate.logOut()');
    const { code, status, reason } = await refusal('jobgate.describeSession()');
    assert.deepEqual([code, status, reason], [10002, 401, 'unauthenticated']);
  });
});
