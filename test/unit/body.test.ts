import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import {
  decodeText,
  mediaType,
  parseJsonObject,
  readBody,
  type BodySource,
} from '../../adapters/wire/body.ts';
import { Refusal, type Detail } from '../../src/errors.ts';

const refusedFor =
  (detail: Detail, limit?: number) =>
  (thrown: unknown): boolean =>
    thrown instanceof Refusal &&
    thrown.reason === 'malformed_request' &&
    thrown.facts.detail === detail &&
    thrown.facts.limit === limit;

/** @param whole what has come at once; the chunks are to be read as a stream */
function request(
  chunks: readonly string[],
  headers: Record<string, string> = {},
  whole?: string,
): BodySource {
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const takeWhole = (): Buffer | undefined => (whole === undefined ? undefined : Buffer.from(whole));
  return Object.assign(stream, { headers, takeWhole }) as unknown as BodySource;
}

describe('a body', () => {
  it('is read whole', async () => {
    assert.equal((await readBody(request(['ab', 'cd']), 4)).toString(), 'abcd');
    assert.equal((await readBody(request([]), 4)).length, 0);
    assert.equal((await readBody(request([], {}, 'abcd'), 4)).toString(), 'abcd');
    assert.equal((await readBody(request(['a'], { 'content-encoding': 'identity' }), 4)).length, 1);
  });

  it('is refused beyond the limit, whether its length was told or not', async () => {
    await assert.rejects(readBody(request(['ab', 'cde']), 4), refusedFor('body-too-large', 4));
    const told = request(['abcde'], { 'content-length': '5' });
    await assert.rejects(readBody(told, 4), refusedFor('body-too-large', 4));
    await assert.rejects(readBody(request([], {}, 'abcde'), 4), refusedFor('body-too-large', 4));
  });

  it('is refused where it is shorter than its length says', async () => {
    await assert.rejects(readBody(request(['ab'], { 'content-length': '3' }), 9), refusedFor('body-aborted'));
    const whole = request([], { 'content-length': '3' }, 'ab');
    await assert.rejects(readBody(whole, 9), refusedFor('body-aborted'));
  });

  it('is refused where its sender goes, before it is read or meanwhile', async () => {
    const meanwhile = request(['ab'], { 'content-length': '5' });
    setImmediate(() => meanwhile.destroy());
    await assert.rejects(readBody(meanwhile, 9), refusedFor('body-aborted'));
    const before = request(['ab']);
    before.destroy();
    await assert.rejects(readBody(before, 9), refusedFor('body-aborted'));
  });

  it('is refused where it is compressed', async () => {
    for (const encoding of ['gzip', 'br', 'deflate', 'x']) {
      const compressed = request(['a'], { 'content-encoding': encoding });
      await assert.rejects(readBody(compressed, 9), refusedFor('body-encoding'));
    }
  });
});

describe('the text of a body', () => {
  it('is UTF-8', () => assert.equal(decodeText(Buffer.from('作业 😀')), '作业 😀'));

  it('may begin with a byte order mark, which is no part of it', () => {
    assert.equal(decodeText(Buffer.from('\ufeff{}')), '{}');
  });

  it('is refused where it is not UTF-8', () => {
    for (const bytes of [[0xff], [0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      assert.throws(() => decodeText(Buffer.from(bytes)), refusedFor('body-not-utf8'));
    }
  });
});

describe('the JSON object of a body', () => {
  it('is parsed', () => {
    assert.deepEqual(parseJsonObject(' {"a":[1,{"b":null}]} '), { a: [1, { b: null }] });
  });

  it('is refused where the text is not JSON', () => {
    for (const text of [
      '',
      ' ',
      '{',
      '{a:1}',
      "{'a':1}",
      '{"a":1,}',
      '{} {}',
      '{"a":NaN}',
      '{"a":"\n"}',
      ']]',
    ]) {
      assert.throws(() => parseJsonObject(text), refusedFor('body-not-json'), text);
    }
  });

  it('is refused where the JSON is no object', () => {
    for (const text of ['[]', '"a"', '1', 'null', 'true', '[{}]']) {
      assert.throws(() => parseJsonObject(text), refusedFor('body-not-object'), text);
    }
  });

  it('may be nested a hundred deep and no deeper', () => {
    const nested = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
    assert.ok(parseJsonObject(nested(100)));
    assert.throws(() => parseJsonObject(nested(101)), refusedFor('body-too-deep', 100));
    const endless = `{"a":${'['.repeat(1_000_000)}`;
    assert.throws(() => parseJsonObject(endless), refusedFor('body-too-deep', 100));
  });

  it('is nested by brackets, not by what stands in strings or side by side', () => {
    const text = JSON.stringify({
      a: '['.repeat(500),
      b: `\\"${'{'.repeat(500)}`,
      c: Array.from({ length: 500 }, () => []),
    });
    assert.ok(parseJsonObject(text));
  });

  it('has __proto__ as a key like any other', () => {
    const object = parseJsonObject('{"__proto__":{"admin":true}}');
    assert.deepEqual(Object.keys(object), ['__proto__']);
    assert.equal((object as { admin?: boolean }).admin, undefined);
  });
});

describe('a media type', () => {
  it('is told without parameters, in lower case', () => {
    assert.equal(mediaType('Application/JSON; charset=utf-8'), 'application/json');
    assert.equal(mediaType(' text/plain '), 'text/plain');
    assert.equal(mediaType(undefined), '');
    assert.equal(mediaType(';'), '');
  });
});
