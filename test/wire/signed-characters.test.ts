import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { callRaw, type Answer } from '../support/clients.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import {
  callSigned,
  newKey,
  sendPairs,
  sendWritten,
  signParameters,
  signText,
  textToSign,
  writePairs,
  type Parameters,
  type TestKey,
} from '../support/sign.ts';

type Pair = readonly [string, string];

/** Text of any characters, but no halves of them, which UTF-8 cannot carry. */
const anyText = fc.string({ unit: 'binary', maxLength: 12 });
/** Parameters that no operation knows, in any number and order. */
const strange = fc.uniqueArray(fc.tuple(anyText, anyText), { selector: ([name]) => name, maxLength: 8 });
const ways = fc.constantFrom('GET', 'POST');
const paths = fc.constantFrom('/iaas', '/iaas/');

const ODD: Parameters = {
  ' a b+c': 'a b+c',
  '/=&?#;': '/=&?#;',
  "~*!'()": "~*!'()",
  '100%': '%2B %zz %',
  名称: '扩容',
  '\uff5e': 'after all others but one',
  '😀': 'last of all',
  é: 'e\u0301',
  ctrl: '\0\r\n\t\u007f',
  constructor: 'x',
  ['__proto__']: 'y',
  empty: '',
};

describe('signed calls with odd characters', () => {
  let gateway: TestGateway;
  let key: TestKey;
  before(async () => {
    gateway = await startGateway('embedded', { LOG_LEVEL: 'silent' });
    key = await newKey(gateway);
  });
  after(() => gateway[Symbol.asyncDispose]());

  const sendJson = (pairs: readonly Pair[], path: string): Promise<Answer> =>
    callRaw(gateway, path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(pairs)),
    });
  const sign = (pairs: readonly Pair[], method: 'GET' | 'POST', path = '/iaas/'): Pair[] =>
    signParameters(
      key,
      { ...Object.fromEntries(pairs), action: 'DescribeJobs', lang: 'en' },
      { method, path },
    );

  it('are taken by GET, by a form and by JSON', async () => {
    const parameters = { action: 'DescribeJobs', ...ODD };
    for (const how of [{}, { path: '/iaas' }, { method: 'POST' }, { algorithm: 'HmacSHA1' }] as const) {
      assert.equal((await callSigned(gateway, key, parameters, how)).body.ret_code, 0);
    }
    const pairs = signParameters(key, parameters, { method: 'POST' });
    assert.equal((await sendJson(pairs, '/iaas/')).body.ret_code, 0);
  });

  it('are taken where a form writes spaces as plus signs, and where the query and the body share them', async () => {
    const pairs = signParameters(key, { action: 'DescribeJobs', ...ODD }, { method: 'POST' });
    const body = new URLSearchParams(Object.fromEntries(pairs));
    const answer = await callRaw(gateway, '/iaas/', { method: 'POST', body });
    assert.equal(answer.body.ret_code, 0);
    const query = writePairs(pairs.slice(0, 9));
    const rest = new URLSearchParams(Object.fromEntries(pairs.slice(9)));
    assert.equal(
      (await callRaw(gateway, `/iaas/?${query}`, { method: 'POST', body: rest })).body.ret_code,
      0,
    );
  });

  it('are taken whatever they are', async () => {
    const property = fc.asyncProperty(strange, ways, paths, async (pairs, method, path) => {
      const signed = sign(pairs, method, path);
      assert.equal((await sendPairs(gateway, signed, { method, path })).body.ret_code, 0);
      if (method === 'POST') assert.equal((await sendJson(signed, path)).body.ret_code, 0);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('are taken as they were sent, where a client signs just that', async () => {
    // Go leaves out the equals sign of an empty value; Java's forms escape a tilde and let a star be; some write `+`.
    const odd = ['Empty', 'odd=%7Ea*b', 'plus=a+b'];
    for (const method of ['GET', 'POST'] as const) {
      const write = (): string[] => {
        const all = signParameters(key, { action: 'DescribeJobs', lang: 'en' }, { method }).slice(0, -1);
        return [...writePairs(all).split('&'), ...odd].toSorted();
      };
      const end = (written: readonly string[]): string => {
        const signature = signText(key.secret, `${method}\n/iaas/\n${written.join('&')}`);
        return `signature=${encodeURIComponent(signature)}`;
      };
      const answered = async (text: string): Promise<number> =>
        (await sendWritten(gateway, text, { method })).body.ret_code;

      const written = write();
      assert.equal(await answered(`${written.join('&')}&${end(written)}`), 0);
      // In another order, and the signature elsewhere.
      assert.equal(await answered([end(written), ...written.toReversed()].join('&')), 0);
      // What is not as it was signed is refused as ever, wherever it stands.
      for (const [from, to] of [
        ['Empty', 'Empty=x'],
        ['a*b', 'a*c'],
        ['&plus', '&zone=x&plus'],
      ] as const) {
        const text = `${written.join('&').replace(from, to)}&${end(written)}`;
        assert.equal(await answered(text), 1200, text);
      }
      for (const tail of ['&limit=1', '&=', '&signature=']) {
        assert.notEqual(await answered(`${written.join('&')}&${end(written)}${tail}`), 0, tail);
      }
    }
  });

  it('are refused where a body of JSON adds what was not signed', async () => {
    // A client that signs an empty pair as it sent it leaves a gap that nothing may be put into.
    const pairs = signParameters(key, { action: 'DescribeJobs' }, { method: 'POST' }).slice(0, -1);
    const written = writePairs(pairs).split('&').toSorted();
    const gap = [...written.slice(0, 1), '', ...written.slice(1)].join('&');
    const signature = encodeURIComponent(signText(key.secret, `POST\n/iaas/\n${gap}`));
    const post = async (query: string, body: string): Promise<number> => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      return (await callRaw(gateway, `/iaas/?${query}&signature=${signature}`, init)).body.ret_code;
    };
    assert.equal(await post(gap, ''), 0);
    assert.equal(await post(written.join('&'), '{"access_key_ie":"added"}'), 1200);
  });

  it('are refused where one parameter is another, with the string that the server signed', async () => {
    const property = fc.asyncProperty(
      strange.filter((pairs) => pairs.length > 0),
      ways,
      fc.nat(),
      fc.tuple(anyText, fc.boolean()),
      async (pairs, method, at, [other, inName]) => {
        const signed = sign(pairs, method);
        const index = signed.findIndex(([name]) => name === pairs[at % pairs.length]?.[0]);
        const [name, value] = signed[index] as Pair;
        const altered: Pair = inName ? [`${name}${other}.`, value] : [name, `${value}${other}.`];
        const sent = signed.with(index, altered);
        const { body } = await sendPairs(gateway, sent, { method });
        assert.equal(body.ret_code, 1200);
        assert.match(body.message, /^AuthFailure, signature not matched/);
        assert.equal(body.string_to_sign, textToSign(method, '/iaas/', sent.slice(0, -1)));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('are refused where any byte of what was sent is another', async () => {
    const property = fc.asyncProperty(strange, ways, fc.nat(), async (pairs, method, at) => {
      const signed = sign(pairs, method).filter(([name]) => name !== 'action');
      const text = writePairs(signed);
      const index = at % text.length;
      // No hexadecimal digit, and nothing that decodes to what stood here.
      const other = text[index] === 'x' ? 'y' : 'x';
      const sent = `action=DescribeJobs&${text.slice(0, index)}${other}${text.slice(index + 1)}`;
      const answer = await sendWritten(gateway, sent, { method });
      assert.equal(answer.body.ret_code, 1200, sent);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it('are refused on another path, by another method, and with a parameter more or less', async () => {
    const signed = sign([['a', 'b']], 'GET');
    for (const [sent, how] of [
      [signed, { path: '/iaas' }],
      [signed, { method: 'POST' }],
      [[...signed, ['limit', '1']], {}],
      [signed.filter(([name]) => name !== 'zone'), {}],
    ] as const) {
      const { method = 'GET', path = '/iaas/' } = how as { method?: 'POST'; path?: string };
      const { body } = await sendPairs(gateway, sent, how);
      assert.equal(body.ret_code, 1200);
      const pairs = sent.filter(([name]) => name !== 'signature');
      assert.equal(body.string_to_sign, textToSign(method, path, pairs));
    }
  });
});
