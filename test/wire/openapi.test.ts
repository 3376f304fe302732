import assert from 'node:assert/strict';
import { Router } from '@koa/router';
import { after, before, describe, it } from 'node:test';
import { writeDocument } from '../../adapters/rest/openapi/write-document.ts';
import { callRaw, callRest, type Answer } from '../support/clients.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const { paths } = writeDocument('en');
const documented = Object.entries(paths).flatMap(([path, item]) =>
  Object.keys(item).map((method) => `${method} ${path}`),
);

describe('the OpenAPI document of a running gateway', () => {
  let gateway: TestGateway;
  /** What the live router was given, as the document would write it. */
  const routed: string[] = [];
  before(async () => {
    const { register } = Router.prototype;
    Router.prototype.register = function (this: Router, ...given: Parameters<typeof register>) {
      const [path, methods] = given;
      const template = String(path).replaceAll(
        /:(\w+)/g,
        (_, name: string) =>
          `{${name.replace(/Ids$/, 'Id').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}}`,
      );
      routed.push(...methods.map((method) => `${method} ${template}`));
      return register.apply(this, given);
    } as typeof register;
    try {
      gateway = await startGateway('embedded');
    } finally {
      Router.prototype.register = register;
    }
  });
  after(() => gateway[Symbol.asyncDispose]());

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
    callRaw(gateway, path, { method, headers });

  it('has a path for every route of the live router, and none beside', () => {
    assert.ok(routed.length > 10);
    // The document itself is no route of an operation.
    assert.deepEqual([...routed, 'get /v1/openapi'].toSorted(), documented.toSorted());
  });

  it('has each method that a path answers to, and no other', async () => {
    for (const path of Object.keys(paths)) {
      for (const method of METHODS) {
        const target = path.replaceAll(/\{\w+\}/g, 'x');
        const answer = await callRest(gateway, undefined, target, { method: method.toUpperCase() });
        const unknown = answer.body?.data?.reason === 'resource_not_found';
        // A gateway without a key for passwords says so with the same reason.
        if (path === '/v1/auth/key' && method === 'get') continue;
        assert.equal(unknown, !documented.includes(`${method} ${path}`), `${method} ${path}`);
      }
    }
  });

  it('needs no credentials, and has no envelope', async () => {
    const answer = await get('/v1/openapi?lang=en');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.deepEqual(answer.body, JSON.parse(JSON.stringify(writeDocument('en'))));
  });

  for (const [path, accepted, language] of [
    ['/v1/openapi', '', 'zh-CN'],
    ['/v1/openapi', 'en-US,en;q=0.9,zh-CN;q=0.5', 'en'],
    ['/v1/openapi', 'fr', 'zh-CN'],
    ['/v1/openapi?lang=en', 'zh-CN', 'en'],
    ['/v1/openapi?lang=zh-CN', 'en', 'zh-CN'],
  ] as const) {
    it(`is in ${language} for ${path} and Accept-Language: ${accepted}`, async () => {
      const answer = await get(path, { 'accept-language': accepted });
      assert.equal(answer.headers.get('content-language'), language);
      assert.equal(answer.headers.get('vary'), 'Accept-Language');
      const { description } = answer.body.servers[0];
      assert.equal(/\p{Script=Han}/u.test(description), language === 'zh-CN');
    });
  }

  it('is not sent again to who has it, and has another tag in the other language', async () => {
    const [en, zh] = [await get('/v1/openapi?lang=en'), await get('/v1/openapi?lang=zh-CN')];
    const tag = en.headers.get('etag') ?? '';
    assert.notEqual(tag, zh.headers.get('etag'));
    const again = await get('/v1/openapi?lang=en', { 'if-none-match': tag });
    assert.deepEqual([again.status, again.text], [304, '']);
    assert.equal((await get('/v1/openapi?lang=zh-CN', { 'if-none-match': tag })).status, 200);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const [head, full] = [await get('/v1/openapi', {}, 'HEAD'), await get('/v1/openapi')];
    assert.equal(head.text, '');
    assert.equal(head.headers.get('content-length'), String(Buffer.byteLength(full.text)));
    assert.equal(head.headers.get('etag'), full.headers.get('etag'));
  });
});
