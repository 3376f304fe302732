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
  it('is closed wherever a body is ours: only the callers’ own data and the names of parameters are open', () => {
    const { showDocument: _own, ...ours } = Object.fromEntries(
      operations.map((operation) => [operation.operationId, operation]),
    );
    const schemas = objectsBelow([ours, document.components.schemas]).filter(
      ({ object }) => object.type === 'object',
    );
    const open = schemas.filter(({ object }) => object.unevaluatedProperties !== false);
    assert.ok(schemas.length > 50);
    // A query that nginx sends to the verify route is any object.
    assert.deepEqual(
      new Set(open.map(({ key }) => key)),
      new Set(['resources', 'directive', 'parameters', 'schema']),
    );
    assert.deepEqual(
      open.filter(({ key }) => key === 'schema').map(({ object }) => object),
      [{ type: 'object', additionalProperties: true }],
    );
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
      if (operationId !== 'verifySession' && operationId !== 'showDocument') {
        assert.ok(answer?.examples && 'success' in answer.examples, operationId);
      }
    }
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
