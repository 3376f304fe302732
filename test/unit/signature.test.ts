import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { findSignature, stringToSign } from '../../adapters/action/signature.ts';
import { readQuery } from '../../adapters/action/form.ts';
import type { WireRequest } from '../../adapters/wire/exchange.ts';
import { textToSign } from '../support/sign.ts';

const SECRET = 'SECRETACCESSKEY';

const signing = {
  access_key_id: 'QYACCESSKEYIDEXAMPLE',
  signature_method: 'HmacSHA256',
  signature_version: '1',
  time_stamp: '2013-08-27T14:30:10Z',
  version: '1',
};
const runInstances = {
  ...signing,
  action: 'RunInstances',
  count: '1',
  image_id: 'centos64x86a',
  instance_name: 'demo',
  instance_type: 'small_b',
  login_mode: 'passwd',
  login_passwd: 'QingCloud20130712',
  'vxnets.1': 'vxnet-0',
};
const eleven = Array.from({ length: 11 }, (_, index) => [
  `jobs.${index + 1}`,
  `j-${String(index + 1).padStart(8, '0')}`,
]);

/** Signatures that QingCloud's documentation and the tests of its clients print. */
const KNOWN: readonly { title: string; path: string; sent: Record<string, string>; signature: string }[] = [
  {
    title: 'the official documentation',
    path: '/iaas/',
    sent: { ...runInstances, zone: 'pek3a' },
    signature: 'byjccvWIvAftaq+oublemagH3bYAlDWxxLFAzAsyslw=',
  },
  {
    title: 'the Go client’s test',
    path: '/iaas/',
    sent: { ...runInstances, zone: 'pek1' },
    signature: '32bseYy39DOlatuewpeuW5vpmW51sD1A/JdGynqSpP8=',
  },
  {
    title: 'the Ruby client’s test, which signs another path',
    path: '/iaas',
    sent: { ...runInstances, zone: 'pek1' },
    signature: 'MQ6mgjLWuCOj09FGPT0YrZbxq13f/r0OxEzn6hmv3hM=',
  },
  {
    title: 'eleven ids, whose keys are sorted and not their pairs',
    path: '/iaas/',
    sent: { ...signing, action: 'DescribeJobs', ...Object.fromEntries(eleven), zone: 'pek3a' },
    signature: '6nuqTUJPl1ceKqTPc7bRiocxB/kj1AufGGOfpXK8QLc=',
  },
];

const sentOf = (parameters: object) => Object.entries(parameters).map(([name, value]) => ({ name, value }));
const sign = (text: string | undefined) => {
  assert.ok(text !== undefined);
  return createHmac('sha256', SECRET).update(text).digest('base64');
};

describe('the string to sign', () => {
  for (const { title, path, sent, signature } of KNOWN) {
    it(`gives the known answer of ${title}`, () => {
      assert.equal(sign(stringToSign('GET', path, sentOf(sent))), signature);
      // In whatever order they came, and the signature itself aside.
      const reversed = [...sentOf(sent).toReversed(), { name: 'signature', value: signature }];
      assert.equal(sign(stringToSign('GET', path, reversed)), signature);
      assert.equal(sign(textToSign('GET', path, Object.entries(sent))), signature);
    });
  }

  it('sorts keys by their bytes, where UTF-16 has another order', () => {
    const sent = sentOf({
      '\uff5e': '1',
      '\u{1f600}': '2',
      é: '3',
      z: '4',
      Z: '5',
      _: '6',
      'a.10': '7',
      'a.1': '8',
    });
    const keys = stringToSign('GET', '/iaas/', sent)
      ?.split('\n')[2]
      ?.split('&')
      .map((pair) => pair.slice(0, -2));
    assert.deepEqual(keys, ['Z', '_', 'a.1', 'a.10', 'z', '%C3%A9', '%EF%BD%9E', '%F0%9F%98%80']);
  });

  it('encodes all but letters, digits and -_.~, in capitals', () => {
    const value = 'AZaz09-_.~ !"#$%&\'()*+,/:;<=>?@[\\]^`{|}\n\0中😀';
    assert.equal(
      stringToSign('POST', '/iaas', sentOf({ 'k&y': value })),
      'POST\n/iaas\nk%26y=AZaz09-_.~%20%21%22%23%24%25%26%27%28%29%2A%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60' +
        '%7B%7C%7D%0A%00%E4%B8%AD%F0%9F%98%80',
    );
  });

  it('keeps empty values, which Go signs', () => {
    assert.equal(stringToSign('GET', '/iaas', sentOf({ b: '', a: 'x' })), 'GET\n/iaas\na=x&b=');
  });

  it('does not exist where a parameter is half a character', () => {
    assert.equal(stringToSign('GET', '/iaas', sentOf({ a: '\ud800' })), undefined);
  });
});

describe('a signature as it came', () => {
  const find = (query: string) => {
    const request = { method: 'GET', path: '/iaas/', query } as WireRequest;
    return findSignature(readQuery(request), request, 'QYACCESSKEYIDEXAMPLE');
  };
  const good = 'signature_method=HmacSHA1&signature_version=1&time_stamp=2013-08-27T14:30:10Z';

  it('has its plus signs back where they were not escaped', () => {
    for (const signature of ['a+b/c+=', 'a%2Bb%2Fc%2B%3D', 'a%20b/c%20=']) {
      const found = find(`${good}&signature=${signature}`);
      assert.ok(found.by === 'signature');
      assert.equal(found.signature, 'a+b/c+=');
      assert.deepEqual([found.algorithm, found.time], ['sha1', Date.UTC(2013, 7, 27, 14, 30, 10)]);
    }
  });

  it('is HmacSHA256 unless it says otherwise, and holds for the window', () => {
    const found = find('signature=abc&time_stamp=2013-08-27T14:30:10Z');
    assert.ok(found.by === 'signature');
    assert.deepEqual([found.algorithm, found.deadline], ['sha256', undefined]);
  });
});
