import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { actionUser } from '../support/clients.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';
import {
  callSigned,
  newKey,
  sendPairs,
  signParameters,
  timeStamp,
  writePairs,
  type Parameters,
  type TestKey,
} from '../support/sign.ts';
import { assertAction } from './assert-convention.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** A signature of a call, and its time of signing, in seconds before now; minus: after. */
const TIMES: readonly [
  what: string,
  signed: number,
  expires: number | undefined,
  retCode: number,
  says?: RegExp,
][] = [
  ['just now', 0, undefined, 0],
  ['59 s ago', 59, undefined, 0],
  ['60 s ago', 60, undefined, 0],
  ['61 s ago', 61, undefined, 1300, /time_stamp is too old/],
  ['a year ago', 365 * 24 * 3_600, undefined, 1300, /time_stamp is too old/],
  ['60 s from now', -60, undefined, 0],
  ['61 s from now', -61, undefined, 1300, /time_stamp lies in the future/],
  ['a minute from now, and expiring later', -61, -3_000, 1300, /time_stamp lies in the future/],
  ['19 min ago, expiring 20 min after', 19 * 60, -60, 0],
  ['20 min ago, expiring now', 20 * 60, 0, 0],
  ['20 min ago, expired a second ago', 20 * 60, 1, 1300, /expires has passed/],
  ['just now, expired a second ago', 0, 1, 1300, /expires has passed/],
  ['expiring before it was signed', 10, 30, 1300, /expires has passed/],
  ['59 min 59 s ago, expiring in ten years', 3_599, -315_360_000, 0],
  ['an hour ago, expiring in ten years', 3_600, -315_360_000, 0],
  ['an hour and a second ago, expiring in ten years', 3_601, -315_360_000, 1300, /more than an hour after/],
];

const MALFORMED: readonly [what: string, parameters: Parameters][] = [
  ['a time_stamp without zone', { time_stamp: '2013-08-27T14:30:10' }],
  ['a time_stamp in another zone', { time_stamp: '2013-08-27T14:30:10+08:00' }],
  ['a time_stamp with fractions', { time_stamp: '2013-08-27T14:30:10.000Z' }],
  ['a time_stamp in seconds', { time_stamp: '1377613810' }],
  ['a time_stamp on no day', { time_stamp: '2013-13-27T14:30:10Z' }],
  ['an empty time_stamp', { time_stamp: '' }],
  ['an expires that is no time', { expires: 'never' }],
  ['an expires on no day', { expires: '2013-08-32T14:30:10Z' }],
  ['an unknown signature_method', { signature_method: 'HmacMD5' }],
  ['a signature_method that every object has', { signature_method: 'constructor' }],
  ['a signature_method in another case', { signature_method: 'hmacsha256' }],
  ['an unknown signature_version', { signature_version: '2' }],
  ['a very long access_key_id', { access_key_id: 'A'.repeat(5_000) }],
];

const SIGNATURE_PARAMETERS = [
  'access_key_id',
  'expires',
  'signature',
  'signature_method',
  'signature_version',
  'time_stamp',
];

describe('the time of a signed call', () => {
  /** A whole second, so that the edges of the window are those of the parameters. */
  let now = Math.floor(Date.now() / SECOND) * SECOND;
  let gateway: TestGateway;
  let key: TestKey;
  before(async () => {
    gateway = await startGateway('embedded', {}, { clock: () => now });
    key = await newKey(gateway);
  });
  beforeEach(() => void (now += SECOND));
  after(() => gateway[Symbol.asyncDispose]());

  const call = (parameters: Parameters, time = now) =>
    callSigned(gateway, key, { action: 'DescribeJobs', lang: 'en', limit: 1, ...parameters }, { time });

  for (const [what, signed, expires, retCode, says] of TIMES) {
    it(`answers ${retCode} to a call signed ${what}`, async () => {
      const deadline = expires === undefined ? {} : { expires: timeStamp(now - expires * SECOND) };
      const answer = await call(deadline, now - signed * SECOND);
      assertAction(answer, retCode, 'DescribeJobsResponse');
      if (retCode === 0) return assert.equal(answer.body.server_time, undefined);
      assert.match(answer.body.message, /^RequestHasExpired, message expired/);
      assert.match(answer.body.message, says ?? /./);
      assert.equal(answer.body.server_time, timeStamp(now));
      assert.ok(Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.now()) < 60 * SECOND);
    });
  }

  it('is judged when the window is another', async () => {
    const wide = await gateway.sibling({ SIGNATURE_WINDOW_SECONDS: '300' });
    for (const [signed, retCode] of [
      [300, 0],
      [301, 1300],
      [-300, 0],
      [-301, 1300],
    ] as const) {
      const answer = await callSigned(wide, key, { action: 'DescribeJobs' }, { time: now - signed * SECOND });
      assert.equal(answer.body.ret_code, retCode);
    }
  });

  it('is not told to who does not hold the secret', async () => {
    const { body } = await callSigned(
      gateway,
      { ...key, secret: 'another' },
      { action: 'DescribeJobs' },
      { time: now - HOUR },
    );
    assert.deepEqual([body.ret_code, body.server_time], [1200, undefined]);
  });

  for (const [what, parameters] of MALFORMED) {
    it(`refuses ${what}`, async () => {
      const answer = await call(parameters);
      assertAction(answer, 1200, 'DescribeJobsResponse');
      assert.match(answer.body.message, /^AuthFailure, .*a signed call needs signature, time_stamp/);
    });
  }

  for (const algorithm of ['HmacSHA1', 'HmacSHA256'] as const) {
    it(`takes ${algorithm}, and not under the name of the other`, async () => {
      const how = { algorithm, time: now };
      assert.equal((await callSigned(gateway, key, { action: 'DescribeJobs' }, how)).body.ret_code, 0);
      const signature_method = algorithm === 'HmacSHA1' ? 'HmacSHA256' : 'HmacSHA1';
      const wrong = await callSigned(gateway, key, { action: 'DescribeJobs', signature_method }, how);
      assert.equal(wrong.body.ret_code, 1200);
      assert.match(wrong.body.message, /^AuthFailure, /);
    });
  }

  it('takes a signature whose plus signs are not escaped', async () => {
    let taken = 0;
    for (let left = 40; taken < 3 && left > 0; left--) {
      const pairs = signParameters(key, { action: 'DescribeJobs' }, { time: now });
      const signature = pairs.at(-1)?.[1] ?? '';
      if (!signature.includes('+')) continue;
      const query = `${writePairs(pairs.slice(0, -1))}&signature=${signature}`;
      const answer = await fetch(`${gateway.base}/iaas/?${query}`);
      assert.equal(((await answer.json()) as { ret_code: number }).ret_code, 0);
      taken++;
    }
    assert.ok(taken > 0);
  });

  it('takes signature parameters that are left out where they have one meaning', async () => {
    const pairs = signParameters(key, { action: 'DescribeJobs' }, { time: now });
    for (const name of ['signature', 'time_stamp', 'access_key_id']) {
      const left = pairs.filter(([each]) => each !== name);
      assert.equal((await sendPairs(gateway, left)).body.ret_code, 1200, name);
    }
    assert.equal((await call({ signature_version: '', signature_method: '' })).body.ret_code, 0);
  });

  for (const name of SIGNATURE_PARAMETERS) {
    it(`refuses ${name} twice, and in query and body at once`, async () => {
      const parameters = { action: 'DescribeJobs', expires: timeStamp(now + HOUR) };
      const pairs = signParameters(key, parameters, { time: now, method: 'POST' });
      const again = pairs.filter(([each]) => each === name);
      assert.equal(again.length, 1);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const send = async (query: string, body: string) => {
        const answer = await fetch(`${gateway.base}/iaas/?${query}`, { method: 'POST', headers, body });
        return ((await answer.json()) as { ret_code: number }).ret_code;
      };
      assert.equal(await send('', writePairs(pairs)), 0);
      assert.equal(await send('', writePairs([...pairs, ...again])), 1200);
      assert.equal(await send('', writePairs([...again, ...pairs])), 1200);
      assert.equal(await send(writePairs(again), writePairs(pairs)), 1200);
      assert.equal(await send(writePairs(pairs), writePairs(again)), 1200);
    });
  }

  it('does not let a signature stand beside USER_ID or PASSWORD', async () => {
    const PASSWORD = Buffer.from(ADMIN.password).toString('base64');
    for (const more of [{ USER_ID: ADMIN.userId, PASSWORD }, { USER_ID: ADMIN.userId }, { PASSWORD }]) {
      const pairs = signParameters(
        key,
        { action: 'DescribeJobs', lang: 'en', ...more },
        { method: 'POST', time: now },
      );
      const answer = await sendPairs(gateway, pairs, { method: 'POST' });
      assertAction(answer, 1200, 'DescribeJobsResponse');
      assert.match(answer.body.message, /not both/);
    }
  });

  it('does not matter in the reference’s own sample, whose access_key_id is empty', async () => {
    const { userId, password } = actionUser();
    const sample = {
      PASSWORD: Buffer.from(password).toString('base64'),
      USER_ID: userId,
      access_key_id: '',
      action: 'DescribeJobs',
      expires: '2018-09-18T09:04:22Z',
      lang: 'zh-CN',
      'jobs.1': 'j-68mbPHJU',
      signature: 'fSgJS1KrM9XAwlmo29hRFQ5K/OwRpVC5B3vRxLVsPG4=',
      signature_method: 'HmacSHA256',
      signature_version: '1',
      time_stamp: '2018-09-18T09:04:02Z',
    };
    const answer = await sendPairs(gateway, Object.entries(sample), { method: 'POST' });
    assertAction(answer, 0, 'DescribeJobsResponse');
    // In the dialect of the sample.
    assert.equal(answer.body.job_set[0].create_time, '2017-10-10 15:23:56');
  });
});
