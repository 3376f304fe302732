import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type } from '../../schemas/type.ts';
import type { Problem } from '../../src/errors.ts';
import { judgeInput } from '../../src/gateway/validate.ts';

const Input = Type.Object(
  {
    name: Type.String({ minLength: 2, maxLength: 4 }),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 9, default: 5 })),
    words: Type.Optional(Type.Array(Type.String({ maxLength: 3 }), { minItems: 1, maxItems: 2 })),
    when: Type.Optional(Type.String({ format: 'date-time' })),
    data: Type.Optional(Type.Object({}, { additionalProperties: true })),
    sortBy: Type.Optional(Type.Enum(['createTime', 'updateTime'])),
    order: Type.Optional(Type.Enum(['asc', 'desc'])),
  },
  { additionalProperties: false },
);

const judge = (input: Record<string, unknown>, found: readonly Problem[] = []) =>
  judgeInput(Input, input, found);
const problemsOf = (input: Record<string, unknown>): readonly Problem[] => judge(input)?.facts.problems ?? [];
const faultOf = (field: string, value: unknown): Problem['fault'] | undefined =>
  problemsOf({ name: 'abc', [field]: value }).find(({ parameter }) => parameter === field)?.fault;

describe('the validation of an input', () => {
  it('finds nothing wrong with what fits, and fills in defaults', () => {
    const input: Record<string, unknown> = { name: 'abc' };
    assert.equal(judge(input), undefined);
    assert.equal(input.count, 5);
  });

  it('says of each parameter what is wrong with it', () => {
    assert.deepEqual(problemsOf({}), [{ parameter: 'name', fault: { is: 'required' } }]);
    assert.deepEqual(faultOf('name', 'a'), { is: 'too-short', least: 2 });
    assert.deepEqual(faultOf('name', 'abcde'), { is: 'too-long', most: 4 });
    assert.deepEqual(faultOf('name', 7), { is: 'type', expected: 'string' });
    assert.deepEqual(faultOf('count', 0), { is: 'too-small', least: 1 });
    assert.deepEqual(faultOf('count', 10), { is: 'too-large', most: 9 });
    assert.deepEqual(faultOf('count', 1.5), { is: 'type', expected: 'integer' });
    assert.deepEqual(faultOf('count', '7'), { is: 'type', expected: 'integer' });
    assert.deepEqual(faultOf('words', []), { is: 'too-few', least: 1 });
    assert.deepEqual(faultOf('words', ['a', 'b', 'c']), { is: 'too-many', most: 2 });
    assert.deepEqual(faultOf('words', 'a'), { is: 'type', expected: 'list' });
    assert.deepEqual(faultOf('words', ['abcd']), { is: 'too-long', most: 3 });
    assert.deepEqual(faultOf('data', []), { is: 'type', expected: 'object' });
    assert.deepEqual(faultOf('order', 'up'), { is: 'not-one-of', allowed: ['asc', 'desc'] });
    assert.deepEqual(faultOf('other', 1), { is: 'unknown' });
  });

  it('counts characters as people do', () => {
    assert.equal(faultOf('name', '😀😀😀😀'), undefined);
    assert.deepEqual(faultOf('name', '😀'), { is: 'too-short', least: 2 });
  });

  it('names all wrong parameters at once, each one once', () => {
    const named = problemsOf({ count: 0, words: [], when: 'x', other: 1 }).map(({ parameter }) => parameter);
    assert.deepEqual(named.toSorted(), ['count', 'name', 'other', 'when', 'words']);
    assert.equal(problemsOf({ name: 'abc', words: ['abcd', 'abcd', 'abcd'] }).length, 1);
  });

  it('names twenty wrong parameters at the most', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`unknown${index}`, 1]));
    assert.equal(problemsOf({ name: 'abc', ...many }).length, 20);
    const found = Array.from({ length: 50 }, (_, index) => {
      return { parameter: `found${index}`, fault: { is: 'unknown' } } as const;
    });
    assert.equal(judge({ name: 'abc' }, found)?.facts.problems?.length, 20);
  });

  it('refuses for what decoding found alone, and does not complain of it twice', () => {
    const found = [{ parameter: 'name', fault: { is: 'duplicate' } }] as const;
    assert.deepEqual(judge({ name: 'abc' }, found)?.facts.problems, found);
    assert.deepEqual(judge({}, found)?.facts.problems, found);
  });

  it('gives a reason of its own to the order and to what it is by, alone', () => {
    assert.equal(judge({ name: 'abc', sortBy: 'x' })?.reason, 'invalid_sort');
    assert.equal(judge({ name: 'abc', order: 'x' })?.reason, 'invalid_order');
    assert.equal(judge({ name: 'abc', order: 'x', sortBy: 'x' })?.reason, 'invalid_parameter');
    assert.equal(judge({ order: 'x' })?.reason, 'invalid_parameter');
  });

  it('takes a time only with its zone, and only one that exists', () => {
    for (const time of [
      '2018-09-18T09:04:02Z',
      '2018-09-18t09:04:02z',
      '2018-09-18T09:04:02.123456789+08:00',
      '2024-02-29T23:59:59-12:00',
      '2000-02-29T00:00:00Z',
    ]) {
      assert.equal(faultOf('when', time), undefined, time);
    }
    for (const time of [
      '2018-09-18',
      '2018-09-18T09:04:02',
      '2018-09-18 09:04:02Z',
      '2018-09-18T09:04Z',
      '2018-02-30T00:00:00Z',
      '2023-02-29T00:00:00Z',
      '1900-02-29T00:00:00Z',
      '2018-04-31T00:00:00Z',
      '2018-13-01T00:00:00Z',
      '2018-00-01T00:00:00Z',
      '2018-01-00T00:00:00Z',
      '2018-01-01T25:00:00Z',
      '2018-01-01T00:60:00Z',
      '2018-01-01T00:00:61Z',
      '2018-01-01T00:00:00+25:00',
      '+02018-01-01T00:00:00Z',
      '２018-01-01T00:00:00Z',
      '1537261442',
      'now',
      '',
    ]) {
      assert.deepEqual(faultOf('when', time), { is: 'format', expected: 'time' }, time);
    }
  });
});
