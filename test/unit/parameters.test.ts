import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { Type } from '../../schemas/type.ts';
import { isList, nearest, parsePairs, shapeOf, typed } from '../../adapters/wire/parameters.ts';
import { toSnake } from '../../adapters/wire/spelling.ts';

describe('the pairs of a query or a form', () => {
  const pairs = (text: string): unknown[] => parsePairs(text).sent.map(({ name, value }) => [name, value]);

  it('come in the order sent, repetitions and all', () => {
    assert.deepEqual(pairs('b=1&a=2&b=3'), [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ]);
  });

  it('are cut at the first equals sign, and have an empty value without one', () => {
    assert.deepEqual(pairs('a=b=c&d&e=&=f'), [
      ['a', 'b=c'],
      ['d', ''],
      ['e', ''],
      ['', 'f'],
    ]);
  });

  it('are none between two ampersands, and none in an empty text', () => {
    assert.deepEqual(pairs('&&a=1&'), [['a', '1']]);
    assert.deepEqual(pairs(''), []);
  });

  it('are percent-decoded as UTF-8 on both sides, a plus sign being a space', () => {
    assert.deepEqual(pairs('j%C3%B6b=%E4%BD%9C+%2B%26%3D'), [['jöb', '作 +&=']]);
  });

  it('are decoded as the language decodes them, whatever is escaped', () => {
    const byLanguage = (text: string): string | undefined => {
      try {
        return decodeURIComponent(text);
      } catch {
        return undefined;
      }
    };
    const letters = fc.constantFrom(
      '%',
      '4',
      '1',
      'a',
      'F',
      'g',
      '%41',
      '%e4%bd%9c',
      '%7F',
      '%80',
      '%0a',
      '%G1',
      '作',
    );
    const text = fc.array(fc.oneof(letters, fc.string({ maxLength: 4 })), { maxLength: 8 });
    fc.assert(
      fc.property(
        text.map((parts) => parts.join('').replaceAll(/[&=+]/g, '-')),
        (value) => {
          const [sent] = parsePairs(`name=${value}`).sent;
          assert.equal(sent?.value, byLanguage(value));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('that are not percent-encoded UTF-8 are told by name, and the others are read', () => {
    const { sent, problems } = parsePairs('a=%FF&b=1&%zz=2&c=%');
    assert.deepEqual(sent, [{ name: 'b', value: '1', pair: 'b=1' }]);
    const fault = { is: 'format', expected: 'utf8' };
    assert.deepEqual(problems, [
      { parameter: 'a', asSent: true, fault },
      { parameter: '%zz', asSent: true, fault },
      { parameter: 'c', asSent: true, fault },
    ]);
  });

  it('whose name cannot be read are told by no more than its beginning', () => {
    const [problem] = parsePairs(`%${'z'.repeat(1_000)}=1`).problems;
    assert.equal(problem?.parameter.length, 64);
  });

  it('keep names that objects have of themselves', () => {
    assert.deepEqual(pairs('__proto__=1&constructor=2'), [
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });
});

describe('text as the type that a schema declares', () => {
  it('is an integer where it is one', () => {
    for (const [text, number] of [
      ['0', 0],
      ['7', 7],
      ['-3', -3],
      ['007', 7],
      ['999999999999999', 999_999_999_999_999],
    ] as const) {
      assert.equal(typed({ type: 'integer' }, text), number);
    }
  });

  it('stays text where it is no integer, for validation to judge', () => {
    for (const text of ['', ' 1', '1 ', '1.0', '1e3', '0x10', '+1', '--1', '１', 'NaN', '1_000']) {
      assert.equal(typed({ type: 'integer' }, text), text);
    }
  });

  it('is the core’s word for the wire’s spelling of it', () => {
    const schema = { enum: ['createTime', 'updateTime'] };
    assert.equal(typed(schema, 'create_time'), 'createTime');
    assert.notEqual(typed(schema, 'createTime'), 'createTime');
    assert.notEqual(typed(schema, 'CREATE_TIME'), 'createTime');
  });

  it('stays as it is for a string, for no schema and for what is no text', () => {
    assert.equal(typed({ type: 'string' }, '7'), '7');
    assert.equal(typed(undefined, '7'), '7');
    for (const value of [7, null, true, ['7'], { a: 1 }])
      assert.equal(typed({ type: 'integer' }, value), value);
  });
});

describe('a schema as decoding sees it', () => {
  it('shows the declared properties, and which are lists', () => {
    const { properties } = shapeOf(Type.Object({ a: Type.Array(Type.String()), b: Type.Integer() }));
    assert.deepEqual(Object.keys(properties), ['a', 'b']);
    assert.equal(isList(properties.a), true);
    assert.equal(isList(properties.b), false);
    assert.equal(isList(undefined), false);
  });

  it('has no properties where it declares none', () => {
    assert.deepEqual(shapeOf(Type.String()), { properties: {}, required: [] });
  });
});

describe('the nearest known name', () => {
  const known = ['job_ids', 'job_type', 'page', 'per_page', 'sort_by', 'status'];

  it('is the one that was probably meant', () => {
    for (const [name, meant] of [
      ['perPage', 'per_page'],
      ['PER_PAGE', 'per_page'],
      ['jobtype', 'job_type'],
      ['job_id', 'job_ids'],
      ['stauts', 'status'],
      ['sortBy', 'sort_by'],
    ] as const) {
      assert.equal(nearest(name, known), meant);
    }
  });

  it('is none where none is near', () => {
    assert.equal(nearest('zone', ['job_type']), undefined);
    assert.equal(nearest('page', []), undefined);
    assert.equal(nearest('x'.repeat(65), ['x'.repeat(64)]), undefined);
  });
});

describe('a name on the wire', () => {
  it('has underscores where the core has capitals', () => {
    assert.equal(toSnake('createdAfter'), 'created_after');
    assert.equal(toSnake('after'), 'after');
  });
});
