import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { describeActions } from '../../adapters/action/reference/describe-actions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

describe('the pages of the documentation', () => {
  let gateway: TestGateway;
  before(async () => void (gateway = await startGateway('embedded')));
  after(() => gateway[Symbol.asyncDispose]());

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
    fetch(`${gateway.base}${path}`, { method, headers });

  it('needs no credentials, and shows every action', async () => {
    const page = await get('/docs/actions');
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    const html = await page.text();
    for (const { action } of describeActions())
      assert.match(html, new RegExp(`<h3 id="${action.toLowerCase()}">`));
  });

  const LANGUAGES: readonly (readonly [string, string | undefined, string])[] = [
    ['/docs/actions', undefined, 'zh-CN'],
    ['/docs/actions', 'en-US,en;q=0.9,zh-CN;q=0.5', 'en'],
    ['/docs/actions', 'zh-TW,zh;q=0.9,en;q=0.1', 'zh-CN'],
    ['/docs/actions', 'fr', 'zh-CN'],
    ['/docs/actions?lang=en', 'zh-CN', 'en'],
    ['/docs/actions?lang=zh-CN', 'en', 'zh-CN'],
    ['/docs/actions?lang=en&lang=zh-CN', undefined, 'en'],
    ['/docs/actions?lang=%3Cscript%3E', 'en', 'zh-CN'],
  ];
  for (const [path, accepted, language] of LANGUAGES) {
    it(`is in ${language} for ${path} and Accept-Language: ${accepted ?? '*'}`, async () => {
      const page = await get(path, accepted === undefined ? {} : { 'accept-language': accepted });
      assert.equal(page.headers.get('content-language'), language);
      const html = await page.text();
      assert.match(html, new RegExp(`<html lang="${language}">`));
      const other = language === 'en' ? 'zh-CN' : 'en';
      assert.match(html, new RegExp(`<a href="\\?lang=${other}"`));
    });
  }

  it('lets a browser load its own style sheet, and nothing else', async () => {
    const page = await get('/docs/actions');
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    const html = await page.text();
    const loaded = [...html.matchAll(/(?:src|<link[^>]*href)="([^"]*)"/g)].map(([, target = '']) => target);
    assert.equal(loaded.length, 1);
    assert.doesNotMatch(html, /<script|<style|style="|\son[a-z]+="/);
    const style = await get(loaded[0] ?? '');
    assert.equal(style.status, 200);
    assert.equal(style.headers.get('content-type'), 'text/css; charset=utf-8');
    assert.doesNotMatch(await style.text(), /url\(|@import/);
  });

  for (const path of ['/docs/actions', '/docs/docs.css']) {
    it(`is not sent again to who has it: ${path}`, async () => {
      const tag = (await get(path)).headers.get('etag') ?? '';
      assert.match(tag, /^"[\w-]+"$/);
      const again = await get(path, { 'if-none-match': tag });
      assert.equal(again.status, 304);
      assert.equal(await again.text(), '');
      assert.equal((await get(path, { 'if-none-match': '"another"' })).status, 200);
    });
  }

  it('has another tag in the other language', async () => {
    const tags = await Promise.all(
      ['en', 'zh-CN'].map(async (lang) => (await get(`/docs/actions?lang=${lang}`)).headers.get('etag')),
    );
    assert.notEqual(tags[0], tags[1]);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const [head, full] = [await get('/docs/actions', {}, 'HEAD'), await get('/docs/actions')];
    const length = Buffer.byteLength(await full.text());
    assert.equal(head.headers.get('content-length'), String(length));
    assert.equal(head.headers.get('etag'), full.headers.get('etag'));
    assert.equal(await head.text(), '');
  });

  const ELSEWHERE: readonly (readonly [string, string])[] = [
    ['GET', '/docs/'],
    ['POST', '/docs'],
    ['GET', '/docs/assets/'],
    ['GET', '/docs/assets/AAAAAAAAAAAAAAAAAAAAAA/console.js'],
    ['GET', '/docs/assets/AAAAAAAAAAAAAAAAAAAAAA/constructor'],
    ['GET', '/docs/assets/AAAAAAAAAAAAAAAAAAAAAA/..%2f..%2fpackage.json'],
    ['GET', '/docs/actions/'],
    ['GET', '/docs/Actions'],
    ['GET', '/docs/rest'],
    ['POST', '/docs/actions'],
    ['DELETE', '/docs/actions'],
    ['OPTIONS', '/docs/docs.css'],
  ];
  for (const [method, path] of ELSEWHERE) {
    it(`is not at ${method} ${path}`, async () => {
      const answer = await get(path, {}, method);
      const { code } = (await answer.json()) as { code: number };
      assert.equal(code, 10009);
      assert.equal(answer.status, 200);
    });
  }

  it('has a page for the REST API that loads its own files only, each named by its content', async () => {
    const page = await get('/docs?lang=en');
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('content-language'), 'en');
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    const html = await page.text();
    assert.doesNotMatch(html, /<script(?![^>]*src=)|<style|style="|\son[a-z]+="/);
    const loaded = [...html.matchAll(/(?:src|<link rel="stylesheet" href)="([^"]*)"/g)];
    assert.equal(loaded.length, 4);
    for (const [, path = ''] of loaded) {
      const asset = await get(path);
      assert.equal(asset.status, 200);
      assert.match(asset.headers.get('content-type') ?? '', /^text\/(css|javascript); charset=utf-8$/);
      assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable');
      assert.equal(asset.headers.get('x-content-type-options'), 'nosniff');
      const digest = createHash('sha256').update(Buffer.from(await asset.arrayBuffer()));
      assert.ok(path.includes(`/${digest.digest('base64url').slice(0, 22)}/`));
    }
  });

  it('leads from each page to the other', async () => {
    const [rest, actions] = [await get('/docs?lang=en'), await get('/docs/actions?lang=en')];
    assert.match(await rest.text(), /<a href="\/docs\/actions\?lang=en"/);
    assert.match(await actions.text(), /<a href="\/docs\?lang=en"/);
  });

  it('keeps the request id of who asks', async () => {
    const page = await get('/docs/actions', { 'x-request-id': 'look-up-1' });
    assert.equal(page.headers.get('x-request-id'), 'look-up-1');
  });
});
