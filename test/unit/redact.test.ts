import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redactSecrets } from '../../src/jobs/redact.ts';

const WORDS = [
  'password',
  'passwd',
  'pwd',
  'token',
  'secret',
  'secret_key',
  'secret_access_key',
  'private_key',
  'signature',
];

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** A key in every way that people and programs spell it. */
function spellings(key: string): string[] {
  const words = key.split('_');
  const pascal = words.map(capital).join('');
  return [
    key,
    key.toUpperCase(),
    words.map(capital).join('_'),
    words.join('-'),
    words.join('.'),
    words.join(' '),
    pascal,
    pascal.charAt(0).toLowerCase() + pascal.slice(1),
    `${key}.1`,
    `${key}_2`,
    `_${key}_`,
  ];
}

const redacted = (value: unknown): unknown => JSON.parse(redactSecrets(JSON.stringify(value)));
const isMasked = (key: string): void =>
  assert.deepEqual(redacted({ [key]: 'v' }), { [key]: '******' }, `the value of ${key}`);
const isKept = (key: string): void => assert.deepEqual(redacted({ [key]: 'v' }), { [key]: 'v' }, key);

describe('the redaction of secrets', () => {
  for (const word of WORDS) {
    it(`masks the value of ${word}, alone and as the last word, however it is spelled`, () => {
      for (const key of [word, `admin_${word}`, `my_db_${word}`]) spellings(key).forEach(isMasked);
    });
  }

  it('masks keys whose last words are written together', () => {
    for (const key of ['secretkey', 'SECRETKEY', 'secretaccesskey', 'privatekey', 'passWord', 'PassWord']) {
      isMasked(key);
    }
  });

  it('masks keys whose last words are written together after others', () => {
    for (const key of [
      'aws_secretkey',
      'awsSecretaccesskey',
      'tls-privatekey',
      'userPassWord',
      'db_passWord',
    ]) {
      isMasked(key);
    }
  });

  it('finds words in a run of capitals', () => {
    for (const key of ['APIToken', 'DBPassword', 'userPWD', 'SSHPrivateKey', 'AWSSecretAccessKey']) {
      isMasked(key);
    }
  });

  it('keeps what is needed to make a call again and secret to no one', () => {
    for (const key of ['signature_method', 'signature_version', 'access_key_id', 'client_token']) {
      spellings(key).forEach(isKept);
    }
  });

  it('keeps keys in which the word is not the last, or only part of one', () => {
    for (const key of [
      'password_policy',
      'token_type',
      'secret_name',
      'key',
      'public_key',
      'access_key',
      'tokens',
      'secretary',
      'pwdx',
      'compassword2x',
      'signatures',
      'keyprivate',
    ]) {
      isKept(key);
    }
  });

  it('masks values of every type, and keeps empty ones', () => {
    for (const value of ['x', ' ', 0, 1.5, true, false, ['a'], [[]], { a: 1 }, { a: {} }]) {
      assert.deepEqual(redacted({ token: value }), { token: '******' }, JSON.stringify(value));
    }
    for (const value of ['', null, [], {}]) {
      assert.deepEqual(redacted({ token: value }), { token: value });
    }
  });

  it('keeps empty values however they are spaced', () => {
    for (const text of ['{"token":[ ]}', '{"token":{ }}', '{"token":[\n\t]}', '{"token" : "" }']) {
      assert.equal(redactSecrets(text), text);
    }
  });

  it('reaches into objects and lists at any depth', () => {
    const nested = { a: [{ b: { password: 'x', c: [[{ token: 'y', d: 'z' }]] } }], e: 'f' };
    assert.deepEqual(redacted(nested), {
      a: [{ b: { password: '******', c: [[{ token: '******', d: 'z' }]] } }],
      e: 'f',
    });
    const deep = `${'{"a":['.repeat(50)}{"pwd":"x"}${']}'.repeat(50)}`;
    assert.equal(redactSecrets(deep), deep.replace('"x"', '"******"'));
  });

  it('masks a whole object once, with the secrets in it, and goes on behind it', () => {
    const text = '{"secret":{"password":"x","y":[1,{"token":"z"}]},"pwd":"q","kept":{"a":"b"}}';
    assert.equal(redactSecrets(text), '{"secret":"******","pwd":"******","kept":{"a":"b"}}');
  });

  it('does not take the items of a list, or the key after a secret, for secrets', () => {
    assert.deepEqual(redacted([{ token: 'x' }, 'y', { z: 'token' }]), [
      { token: '******' },
      'y',
      { z: 'token' },
    ]);
    assert.deepEqual(redacted({ token: '', next: 'x' }), { token: '', next: 'x' });
    assert.deepEqual(redacted({ token: [], next: ['x'] }), { token: [], next: ['x'] });
    assert.deepEqual(redacted({ token: null, next: { a: 1 } }), { token: null, next: { a: 1 } });
  });

  it('masks every one of several equal keys', () => {
    assert.equal(redactSecrets('{"pwd":"a","x":1,"pwd":"b"}'), '{"pwd":"******","x":1,"pwd":"******"}');
  });

  it('reads keys as JSON does, escapes and all', () => {
    assert.equal(redactSecrets('{"pass\\u0077ord":"x"}'), '{"pass\\u0077ord":"******"}');
    assert.equal(redactSecrets('{"\\u0070wd":"x"}'), '{"\\u0070wd":"******"}');
    assert.equal(redactSecrets('{"a\\"token":"x"}'), '{"a\\"token":"******"}');
  });

  it('is not misled by braces, quotes and keys inside strings', () => {
    const text = String.raw`{"a":"{\"password\":\"x\"}","b":"\\","token":"}\",{[","c":"\"token\":"}`;
    assert.equal(redactSecrets(text), text.replace(String.raw`"}\",{["`, '"******"'));
  });

  it('leaves everything else byte for byte', () => {
    const before =
      ' {\t"10":1 ,"2" : [ 1e3,-0.0, 12345678901234567890 ],\r\n "é":"\\u00e9\\/" ,"😀":{} , "pwd" : ';
    const after = ' , "1":{"b":2,"a":1},"b" :null,"b":true } \n';
    assert.equal(redactSecrets(`${before}"x"${after}`), `${before}"******"${after}`);
    assert.equal(redactSecrets(`${before}""${after}`), `${before}""${after}`);
  });

  it('changes nothing the second time', () => {
    const once = redactSecrets('{"token":["x"],"a":{"pwd":1}}');
    assert.equal(redactSecrets(once), once);
  });

  it('leaves text without objects alone', () => {
    for (const text of ['{}', '[]', '"password"', 'null', '[1,"token"]'])
      assert.equal(redactSecrets(text), text);
  });
});
