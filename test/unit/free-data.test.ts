import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Refusal, type Fault } from '../../src/errors.ts';
import { keepFreeData } from '../../src/jobs/free-data.ts';

function faultOf(text: string): Fault | undefined {
  try {
    assert.equal(keepFreeData('directive', text), text);
    return undefined;
  } catch (thrown) {
    assert.ok(thrown instanceof Refusal, String(thrown));
    assert.equal(thrown.reason, 'invalid_parameter');
    const [problem, ...more] = thrown.facts.problems ?? [];
    assert.deepEqual([problem?.parameter, more], ['directive', []]);
    return problem?.fault;
  }
}

describe('free data', () => {
  for (const number of [
    ['0', '-0', '0.0', '-0.0e5', '0e999', '0.000'],
    ['1', '-1', '0.1', '1e2', '1E-7', '1.50', '-12.5e+3'],
    ['999999999999999', '9007199254740991', '9007199254740992', '-9007199254740992', '9007199254740994'],
    ['100000000000000000000', '1e21', '1e308', '1.7976931348623157e308', '5e-324', '2.2250738585072014e-308'],
    [
      '0.12345678901234567',
      '1.2345678901234567',
      '12345678901234567e3',
      '0.00000000000000000012345678901234567',
    ],
    ['1.00000000000000000000000000', '9007199254740993.5e3'],
  ].flat()) {
    it(`keeps the number ${number} as it is spelled`, () => {
      assert.equal(faultOf(`{"a":[${number}]}`), undefined);
    });
  }

  for (const number of [
    ['1e999', '-1e999', '1E400', '1e309', '17976931348623157e293'],
    ['1e-400', '-1E-400', '0.1e-999', `0.${'0'.repeat(400)}1`],
    ['12345678901234567890', '9007199254740993', '-9007199254740993', '123456789012345678'],
    ['0.123456789012345678', '1.23456789012345678', '123456789012345678e3', '12345678901234567890.10'],
  ].flat()) {
    it(`refuses the number ${number.slice(0, 40)}, and names it`, () => {
      const fault = { is: 'number-lost', number: number.slice(0, 64) };
      for (const text of [`{"a":${number}}`, `{"a":{"b":[1,{"c":${number}}]}}`])
        assert.deepEqual(faultOf(text), fault);
    });
  }

  it('takes digits in a string for no number', () => {
    assert.equal(faultOf('{"a":"12345678901234567890","1e999":"1e999"}'), undefined);
  });

  for (const [text, key] of [
    ['{"a":1,"a":1}', 'a'],
    ['{"a":1,"b":2,"\\u0061":3}', 'a'],
    ['{"\\u0061":1,"a":2}', 'a'],
    ['{"\\n":1,"\\u000a":2}', '\n'],
    ['{"\\/":1,"/":2}', '/'],
    ['{"\\ud83d\\ude42":1,"🙂":2}', '🙂'],
    ['{"":1,"":2}', ''],
    ['{"x":{"y":[0,{"k":1,"k":2}]}}', 'x.y.1.k'],
    ['{"x":{"a":{},"a":[]}}', 'x.a'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"10":1,"10":2}', '10'],
  ] as const) {
    it(`refuses ${text} for the key that stands twice`, () => {
      assert.deepEqual(faultOf(text), { is: 'key-twice', key });
    });
  }

  it('takes one key in several objects, and keys that differ in case or composition', () => {
    for (const text of [
      '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
      '{"a":1,"A":2,"a ":3}',
      '{"\u00e9":1,"e\u0301":2}',
      '{"hasOwnProperty":1,"__proto__":{"constructor":1}}',
    ]) {
      assert.equal(faultOf(text), undefined);
    }
  });

  it('names a very long key by its beginning', () => {
    const key = 'k'.repeat(1_000);
    const fault = faultOf(`{"${key}":1,"${key}":2}`);
    assert.ok(fault?.is === 'key-twice' && fault.key.length <= 200 && key.startsWith(fault.key));
  });

  it('keeps order, spaces and escapes, and puts out secrets alone', () => {
    const text = '{ "b":1,\n"10":"\\u0041", "password" : "p", "1":{"token":[1,2] } }';
    const kept = '{ "b":1,\n"10":"\\u0041", "password" : "******", "1":{"token":"******" } }';
    assert.equal(keepFreeData('resources', text), kept);
  });

  it('puts out secrets also where the words of a key are written together or apart', () => {
    for (const key of [
      ['secretkey', 'db_secretkey', 'dbSecretkey', 'qy-secretaccesskey', 'ssh_privatekey', 'rsaPrivatekey'],
      ['PassWord', 'dbPassWord', 'db_pass_word', 'Secret.Access.Key.2'],
    ].flat()) {
      assert.equal(keepFreeData('directive', `{"${key}":"s"}`), `{"${key}":"******"}`);
    }
  });

  it('tells nothing of a secret in what it says is wrong', () => {
    for (const text of [
      '{"password":12345678901234567890}',
      '{"token":[1e999]}',
      '{"secret":{"k3y":1,"k3y":2}}',
      '{"private_key":[{"deep":{"k3y":1,"k3y":12345678901234567890}}]}',
    ]) {
      let said = '';
      try {
        said = keepFreeData('directive', text);
      } catch (thrown) {
        assert.ok(thrown instanceof Refusal);
        said = JSON.stringify(thrown.facts);
      }
      assert.doesNotMatch(said, /1234567890|1e999|k3y/);
    }
  });
});
