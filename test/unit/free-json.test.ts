import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JsonObjectText, objectText, readMembers } from '../../adapters/wire/free-json.ts';

/** The members as pairs; an object within as its text. */
function pairsOf(text: string): unknown[] {
  return readMembers(text).map(({ name, value }) =>
    value instanceof JsonObjectText ? [name, 'text', value.text] : [name, value],
  );
}

describe('the members of a JSON object', () => {
  for (const [what, text, expected] of [
    ['none', ' { } ', []],
    [
      'words, numbers, truths and nothing',
      '{"a":"x","b":-1.5e1,"c":true,"d":null}',
      [
        ['a', 'x'],
        ['b', -15],
        ['c', true],
        ['d', null],
      ],
    ],
    [
      'those in the order sent',
      '{"b":1,"10":2,"2":3,"a":4}',
      [
        ['b', 1],
        ['10', 2],
        ['2', 3],
        ['a', 4],
      ],
    ],
    [
      'one that stands twice',
      '{"a":1,"b":2,"a":3}',
      [
        ['a', 1],
        ['b', 2],
        ['a', 3],
      ],
    ],
    [
      'escaped names',
      '{"\\u0061\\"\\\\":1,"\\ud83d\\ude42":2}',
      [
        ['a"\\', 1],
        ['🙂', 2],
      ],
    ],
    ['escaped values', '{"a":"\\u0041\\n\\ud83d\\ude42"}', [['a', 'A\n🙂']]],
    [
      'objects as they came',
      '{"a": { "10" : 1,\n"b":[{"a":1}] } ,"c":1}',
      [
        ['a', 'text', '{ "10" : 1,\n"b":[{"a":1}] }'],
        ['c', 1],
      ],
    ],
    [
      'several objects',
      '{"a":{},"b":{"a":{"b":{}}}}',
      [
        ['a', 'text', '{}'],
        ['b', 'text', '{"a":{"b":{}}}'],
      ],
    ],
    [
      'lists',
      '{"a":[1,"2",[3]],"b":[]}',
      [
        ['a', [1, '2', [3]]],
        ['b', []],
      ],
    ],
    [
      'brackets and quotes in words',
      '{"a":{"}":"{\\"]["},"b":"}]"}',
      [
        ['a', 'text', '{"}":"{\\"]["}'],
        ['b', '}]'],
      ],
    ],
    [
      'names that mean something to JavaScript',
      '{"__proto__":{"a":1},"constructor":1}',
      [
        ['__proto__', 'text', '{"a":1}'],
        ['constructor', 1],
      ],
    ],
    ['an empty name', '{"":1}', [['', 1]]],
    [
      'names with what only looks like a comment',
      '{"//":1,"/* a */":"// b"}',
      [
        ['//', 1],
        ['/* a */', '// b'],
      ],
    ],
  ] as const) {
    it(`are ${what}`, () => assert.deepEqual(pairsOf(text), expected));
  }

  it('are objects within a list too, though not as text', () => {
    assert.deepEqual(pairsOf('{"a":[{"b":1}]}'), [['a', [{ b: 1 }]]]);
  });

  for (const text of [
    ['', '{', '{"a":}', "{'a':1}", '{a:1}', '{"a":1,}', '{"a":1}x', '{"a":01}', '{"a":NaN}', '{"a":"\n"}'],
    ['// c\n{}', '{"a":1 /* c */}', '\ufeff{}'],
  ].flat()) {
    it(`are not read from ${JSON.stringify(text)}`, () => {
      assert.throws(() => readMembers(text), { reason: 'malformed_request' });
    });
  }

  it('are not read from what is no object', () => {
    for (const text of ['[]', '"a"', '1', 'null', 'true'])
      assert.throws(() => readMembers(text), { reason: 'malformed_request' });
  });

  it('are not read from what nests too deeply, and read from what just does not', () => {
    const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    assert.throws(() => readMembers(nested(100)), { reason: 'malformed_request' });
    assert.equal(readMembers(nested(99)).length, 1);
  });
});

describe('the text of a JSON object', () => {
  it('is what was sent, without the space around', () => {
    assert.equal(objectText(' {"10": 1,\n"a":2}\r\n'), '{"10": 1,\n"a":2}');
  });

  it('is nothing where it is not that of an object', () => {
    for (const text of ['', 'hello', '[1]', '"a"', '1', 'null', '{', '{"a":1,}', '{}{}', '\u00a0{}'])
      assert.equal(objectText(text), undefined, text);
  });
});
