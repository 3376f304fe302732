import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { startBrowser, type Browser, type OpenPage } from '../support/browser.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';

/** Where a picture of the page is to be written; usually nowhere. */
const SCREENSHOT = process.env['DOCS_SCREENSHOT'];

describe('the page on which the REST API may be tried', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let browsing: OpenPage;
  before(async () => {
    gateway = await startGateway('embedded');
    browser = await startBrowser();
  });
  after(async () => {
    await browser[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    browsing = await browser.open(`${gateway.base}/docs?lang=en`);
    await browsing.page.locator('.opblock').first().waitFor();
  });
  afterEach(() => browsing[Symbol.asyncDispose]());

  const operation = (tag: string, operationId: string): Locator =>
    browsing.page.locator(`#operations-${tag}-${operationId}`);

  /** Opens an operation, sends its request, and reads what the page shows of the answer. */
  const execute = async (
    tag: string,
    operationId: string,
    body?: object,
  ): Promise<{ readonly status: string; readonly answer: string }> => {
    const block = operation(tag, operationId);
    await block.locator('.opblock-summary-control').click();
    if (body) await block.locator('textarea.body-param__text').fill(JSON.stringify(body));
    await block.locator('button.execute').click();
    const shown = block.locator('.live-responses-table .response').first();
    await shown.waitFor();
    return {
      status: (await shown.locator('.response-col_status').innerText()).trim(),
      answer: await shown.locator('.response-col_description .highlight-code pre').first().innerText(),
    };
  };

  /** The picture of the documentation: a request and its answer, and neither a password nor a token. */
  const takePicture = async (path: string): Promise<void> => {
    const { page } = browsing;
    // Closed, the log-in shows nothing of what it was sent and answered.
    await operation('auth', 'logIn').locator('.opblock-summary-control').click();
    await page.setViewportSize({ width: 1100, height: 765 });
    const answer = operation('jobs', 'describeJobs').locator('.live-responses-table');
    await answer.scrollIntoViewIfNeeded();
    await answer.evaluate('(element) => element.scrollIntoView()');
    // The command line repeats the token.
    const clip = { x: 0, y: 0, width: 1100, height: 695 };
    await page.screenshot({ path, clip, mask: [page.locator('.curl-command .curl')] });
  };

  it('shows every operation, loads nothing from elsewhere, and breaks no rule of its policy', async () => {
    const { page, asked, complaints } = browsing;
    const { paths } = (await (await fetch(`${gateway.base}/v1/openapi`)).json()) as { paths: object };
    const operations = Object.values(paths).flatMap((item: object) => Object.values(item));
    assert.equal(await page.locator('.opblock').count(), operations.length);
    assert.ok(asked.length >= 6);
    for (const url of asked) assert.ok(url.startsWith(gateway.base) || url.startsWith('data:'), url);
    assert.deepEqual(complaints, []);
  });

  it('logs in, and sends the next request with the token that it was given', async () => {
    const { name, password } = { name: ADMIN.userId, password: ADMIN.password };
    const loggedIn = await execute('auth', 'logIn', { name, password });
    assert.equal(loggedIn.status, '200');
    assert.match(loggedIn.answer, /"token": "[\w-]+"/);
    const { status, answer } = await execute('jobs', 'describeJobs');
    assert.equal(status, '200');
    const { code, data } = JSON.parse(answer) as { code: number; data: { total: number } };
    assert.deepEqual([code, data.total], [0, 3]);
    if (SCREENSHOT) await takePicture(SCREENSHOT);
    assert.deepEqual(browsing.complaints, []);
  });

  it('takes a token by hand', async () => {
    const { page } = browsing;
    await page.locator('.auth-wrapper .authorize').click();
    await page.locator('.modal-ux input[type=text]').fill(await gateway.logIn());
    await page.locator('.modal-ux button.authorize').click();
    await page.locator('.modal-ux .btn-done').click();
    const { status, answer } = await execute('auth', 'describeSession');
    assert.deepEqual([status, JSON.parse(answer).data.userId], ['200', ADMIN.userId]);
  });

  it('shows a refusal as it is', async () => {
    const { status, answer } = await execute('auth', 'describeSession');
    assert.deepEqual([status, JSON.parse(answer).code], ['401', 10002]);
  });

  it('runs no script but its own', async () => {
    const { page, complaints } = browsing;
    // Text, since the tests are compiled without the types of a browser.
    const ran = await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      'ran' in window;
    }`);
    assert.equal(ran, false);
    assert.match(complaints.join('\n'), /Content Security Policy/);
  });

  it('leads to the reference of the action API and back, in the same language', async () => {
    const { page } = browsing;
    await page.locator('header a', { hasText: 'action API' }).click();
    await page.waitForURL(/\/docs\/actions\?lang=en$/);
    await page.locator('header a', { hasText: 'REST API' }).click();
    await page.waitForURL(/\/docs\?lang=en$/);
    await page.locator('.opblock').first().waitFor();
    await page.locator('header a', { hasText: '中文' }).click();
    await page.locator('.opblock', { hasText: '查询单个作业' }).waitFor();
  });
});
