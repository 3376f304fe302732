import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { restRoutes } from '../../adapters/rest/answer.ts';
import type { OperationObject } from '../../adapters/rest/openapi/document.ts';
import { writeDocument } from '../../adapters/rest/openapi/write-document.ts';
import { errorCatalogue, reservedCodes } from '../../adapters/wire/error-catalogue.ts';
import { LANGUAGES } from '../../adapters/wire/language.ts';
import { REASONS } from '../../src/errors.ts';

const document = writeDocument('en');
const operations: readonly OperationObject[] = Object.values(document.paths).flatMap((item) =>
  Object.values(item),
);

/** Every object below a value, with the key that it stands under. */
function objectsBelow(value: unknown, key = ''): { key: string; object: Record<string, unknown> }[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, each]) =>
    objectsBelow(each, Array.isArray(value) ? key : name),
  );
  return Array.isArray(value) ? inner : [{ key, object: value as Record<string, unknown> }, ...inner];
}

/** The document without the words of people, so that two languages can be compared. */
function outline(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(outline);
  if (typeof value !== 'object' || value === null) return value;
  const wordy = new Set(['description', 'summary', 'title', 'message', 'parameters']);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      wordy.has(key) && !Array.isArray(inner) ? Object.keys(Object(inner)).length > 0 : outline(inner),
    ]),
  );
}

describe('the OpenAPI document', () => {
  it('is closed but for the callers’ own data, the names of wrong parameters, itself, and what nginx asks', () => {
    const openIn = (value: unknown): { key: string; object: Record<string, unknown> }[] =>
      objectsBelow(value).filter(
        ({ object }) => object.type === 'object' && object.unevaluatedProperties !== false,
      );
    const keysIn = (value: unknown): string[] => [...new Set(openIn(value).map(({ key }) => key))].toSorted();
    const byId = Object.fromEntries(operations.map((operation) => [operation.operationId, operation]));
    const { showDocument, verifySession, ...ours } = byId;
    assert.ok(objectsBelow(byId).filter(({ object }) => object.type === 'object').length > 50);
    assert.deepEqual(keysIn([ours, document.components]), ['directive', 'parameters', 'resources']);
    // Only refusals tell parameters.
    const { schemas } = document.components;
    const tellingParameters = Object.entries(schemas).filter(([, schema]) =>
      keysIn(schema).includes('parameters'),
    );
    assert.ok(tellingParameters.length > 0);
    for (const [name, { properties }] of tellingParameters) assert.ok('code' in Object(properties), name);
    // The document in outline: lists have items.
    assert.deepEqual(keysIn(showDocument), ['components', 'info', 'items', 'paths']);
    // Any query that nginx sends.
    assert.deepEqual(openIn(verifySession), [
      { key: 'schema', object: { type: 'object', additionalProperties: true } },
    ]);
  });

  it('takes an Idempotency-Key with every POST, and with nothing else', () => {
    for (const [path, item] of Object.entries(document.paths)) {
      for (const [method, { parameters }] of Object.entries(item)) {
        const names = parameters.flatMap((each) => ('name' in each ? [each.name] : []));
        assert.equal(names.includes('Idempotency-Key'), method === 'post', `${method} ${path}`);
      }
    }
  });

  it('gives every operation an id of its own, a tag, and an example of what is sent and answered', () => {
    const ids = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.length, restRoutes().length + 1);
    const known = document.tags.map(({ name }) => name);
    for (const { operationId, tags, requestBody, responses, parameters } of operations) {
      assert.ok(tags.every((tag) => known.includes(tag)));
      for (const parameter of parameters) {
        if ('in' in parameter && parameter.in === 'path') assert.ok(parameter.example, operationId);
      }
      for (const media of Object.values(requestBody?.content ?? {})) assert.ok(media.example, operationId);
      const answer = responses['200']?.content?.['application/json'];
      // Without a body, the headers say all.
      if (operationId !== 'verifySession') {
        assert.ok(answer?.examples && 'success' in answer.examples, operationId);
      }
      for (const [name, { required, example }] of Object.entries(responses['204']?.headers ?? {})) {
        assert.equal(example !== undefined, required, `${operationId}: ${name}`);
      }
    }
  });

  it('shows a user and a role where nginx asks who calls', () => {
    const headers = document.paths['/v1/auth/verify']?.get?.responses['204']?.headers;
    assert.deepEqual(
      [headers?.['X-User-Id']?.example, headers?.['X-User-Role']?.example],
      ['usr-00000000', 'admin'],
    );
  });

  it('has an example for every failure that an operation may be answered with', () => {
    const { schemas, examples } = document.components;
    const failures = Object.entries(schemas).filter(([, { properties }]) => 'code' in Object(properties));
    assert.deepEqual(failures.map(([name]) => name).toSorted(), Object.keys(examples).toSorted());
    for (const reason of ['unavailable', 'version_conflict', 'rate_limited']) {
      const found = Object.values(examples).map(({ value }) => value as { data: { reason: string } });
      assert.ok(found.some(({ data }) => data.reason === reason));
    }
  });

  for (const language of LANGUAGES) {
    it(`names every code, the reserved ones too, in ${language}`, () => {
      const { description } = writeDocument(language).info as { description: string };
      for (const reason of REASONS) {
        const { code, status, message } = errorCatalogue[reason];
        assert.ok(description.includes(`| ${code} | ${status} | ${reason} | ${message[language]} |`), reason);
      }
      for (const [code, text] of Object.entries(reservedCodes)) {
        assert.ok(description.includes(`${code.replaceAll('*', '\\*')} ${text[language]}`), code);
      }
    });
  }

  it('says the same in both languages', () => {
    assert.deepEqual(outline(writeDocument('zh')), outline(document));
  });

  it('is English in English and Chinese in Chinese', () => {
    for (const language of LANGUAGES) {
      for (const { key, object } of objectsBelow(writeDocument(language))) {
        const { description, summary } = object;
        // The name of a header called Description would be an object.
        for (const text of [description, summary].filter((each) => typeof each === 'string')) {
          const chinese = /\p{Script=Han}/u.test(text.replaceAll('数人云', ''));
          // Examples are called by their codes.
          const neutral = /^\d+ [a-z_]+$/.test(text);
          assert.equal(chinese, language === 'zh' && !neutral, `${key}: ${text.slice(0, 80)}`);
        }
      }
    }
  });

  it('has the version of the package, a relative server, and the token for its scheme', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.equal(document.info.version, version);
    assert.deepEqual(
      document.servers.map(({ url }) => url),
      ['/'],
    );
    assert.deepEqual(document.security, [{ token: [] }]);
    const open = operations.filter(({ security }) => security?.length === 0);
    assert.deepEqual(open.map(({ operationId }) => operationId).toSorted(), [
      'activateUser',
      'describePasswordKey',
      'logIn',
      'requestReset',
      'resetPassword',
      'showDocument',
    ]);
  });
});
