import assert from 'node:assert/strict';
import { chromium, type Page, type Response } from 'playwright-core';
import { findUndocumented } from './documented.ts';
import { findProgram } from './find-program.ts';
import { temporaryFolder } from './folder.ts';

/** Chromium or a relative of it: that of TEST_CHROMIUM, or one that is installed. */
export function findChromium(): string | undefined {
  return (
    (process.env['TEST_CHROMIUM'] || undefined) ??
    findProgram('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome')
  );
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page, and what went wrong in it. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Everything that was asked for, by URL. */
  readonly asked: string[];
  /** Errors and warnings of the console, uncaught errors of scripts. */
  readonly complaints: string[];
}

/** Its pages fail when they are closed where an answer of the REST API was not as its OpenAPI document has it. */
export interface Browser extends AsyncDisposable {
  open(url: string): Promise<OpenPage>;
}

/** How an answer is not as documented; undefined where it is, or has no body that a page was given. */
async function judge(response: Response): Promise<string | undefined> {
  const request = response.request();
  const url = new URL(response.url());
  if (!response.headers()['content-type']?.startsWith('application/json')) return undefined;
  return findUndocumented({
    method: request.method(),
    target: `${url.pathname}${url.search}`,
    sent: new Headers(request.headers()),
    body: request.postData() ?? undefined,
    status: response.status(),
    headers: new Headers(response.headers()),
    text: await response.text(),
  });
}

/** Starts a browser with a new folder of its own. It ends with this process, whatever happens to that. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('there is no Chromium: set TEST_CHROMIUM');
  const folder = await temporaryFolder();
  const context = await chromium.launchPersistentContext(folder.path, {
    executablePath,
    args: FLAGS,
    viewport: { width: 1280, height: 1000 },
  });
  return {
    async open(url) {
      const page = await context.newPage();
      const asked: string[] = [];
      const complaints: string[] = [];
      const judged: Promise<string | undefined>[] = [];
      page.on('request', (request) => asked.push(request.url()));
      page.on('response', (response) => judged.push(judge(response)));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      await page.goto(url);
      return {
        page,
        asked,
        complaints,
        async [Symbol.asyncDispose]() {
          const found = await Promise.all(judged);
          await page.close();
          assert.deepEqual(
            found.filter((complaint) => complaint !== undefined),
            [],
          );
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
