import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { callAction, callRaw, type Answer } from '../support/clients.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';
import { callSigned, newKey, type TestKey } from '../support/sign.ts';
import { assertAction } from './assert-convention.ts';

const CREDENTIALS = { USER_ID: ADMIN.userId, PASSWORD: Buffer.from(ADMIN.password).toString('base64') };

/** What was sent, pair by pair, and the text of the object that it means. */
const MEANINGS: readonly [what: string, sent: readonly [string, unknown][], means: string][] = [
  ['one member', [['resources.node_id', 'n-1']], '{"node_id":"n-1"}'],
  [
    'a list from 1',
    [
      ['resources.ids.1', 'a'],
      ['resources.ids.2', 'b'],
    ],
    '{"ids":["a","b"]}',
  ],
  [
    'a list from 0',
    [
      ['resources.ids.0', 'a'],
      ['resources.ids.1', 'b'],
    ],
    '{"ids":["a","b"]}',
  ],
  [
    'a list out of order, with a gap',
    [
      ['resources.a.10', 'c'],
      ['resources.a.9', 'b'],
      ['resources.a.2', 'a'],
    ],
    '{"a":["a","b","c"]}',
  ],
  [
    'objects in lists in objects',
    [
      ['resources.a.1.b', 'x'],
      ['resources.a.1.c.2', 'z'],
      ['resources.a.1.c.1', 'y'],
      ['resources.a.2.b', 'w'],
    ],
    '{"a":[{"b":"x","c":["y","z"]},{"b":"w"}]}',
  ],
  [
    'members in the order sent',
    [
      ['resources.z', '1'],
      ['resources.a', '2'],
      ['resources.10', '3'],
      ['resources.9', '4'],
    ],
    '{"z":"1","a":"2","10":"3","9":"4"}',
  ],
  [
    'some numbers among names',
    [
      ['resources.m.1', 'a'],
      ['resources.m.x', 'b'],
    ],
    '{"m":{"1":"a","x":"b"}}',
  ],
  [
    'names that objects have by themselves',
    [
      ['resources.__proto__.x', '1'],
      ['resources.constructor', '2'],
    ],
    '{"__proto__":{"x":"1"},"constructor":"2"}',
  ],
  ['odd characters', [['resources.名 称.a&b', '="\\\n😀']], '{"名 称":{"a&b":"=\\"\\\\\\n😀"}}'],
];

const WRONG: readonly [what: string, sent: readonly [string, unknown][]][] = [
  [
    'a member that is text and object',
    [
      ['resources.a', 'x'],
      ['resources.a.b', 'y'],
    ],
  ],
  [
    'a member that is object and text',
    [
      ['resources.a.b', 'y'],
      ['resources.a', 'x'],
    ],
  ],
  [
    'a member twice',
    [
      ['resources.a', 'x'],
      ['resources.a', 'x'],
    ],
  ],
  [
    'a number written in two ways',
    [
      ['resources.a.1', 'x'],
      ['resources.a.01', 'y'],
    ],
  ],
  [
    'the whole and a part',
    [
      ['resources', '{}'],
      ['resources.a', 'x'],
    ],
  ],
  [
    'a part and the whole',
    [
      ['resources.a', 'x'],
      ['resources', '{}'],
    ],
  ],
  ['an empty name', [['resources..a', 'x']]],
  ['an empty last name', [['resources.', 'x']]],
  ['21 levels', [[`resources.${'a.'.repeat(20)}b`, 'x']]],
];

describe('nested parameters', () => {
  let gateway: TestGateway;
  let key: TestKey;
  before(async () => {
    gateway = await startGateway('embedded');
    key = await newKey(gateway);
  });
  after(() => gateway[Symbol.asyncDispose]());

  const about = { action: 'CreateJob', lang: 'en', job_type: 'nested', job_action: 'Test' };
  const post = (body: string, type: string): Promise<Answer> =>
    callRaw(gateway, '/iaas/', { method: 'POST', headers: { 'content-type': type }, body });
  const byForm = (sent: readonly [string, unknown][]): Promise<Answer> => {
    const pairs = [...Object.entries({ ...CREDENTIALS, ...about }), ...sent];
    const form = pairs.map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
    );
    return post(form.join('&'), 'application/x-www-form-urlencoded');
  };
  const byJson = (sent: readonly [string, unknown][]): Promise<Answer> => {
    const pairs = [...Object.entries({ ...CREDENTIALS, ...about }), ...sent];
    const members = pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    return post(`{${members.join(',')}}`, 'application/json');
  };
  const stored = async (answer: Answer): Promise<{ resources: string; directive: string | null }> => {
    assertAction(answer, 0, 'CreateJobResponse');
    const [row] = await gateway.database.db('jobs').where('job_id', answer.body.job_id);
    return row;
  };

  for (const [what, sent, means] of MEANINGS) {
    it(`mean ${what}, in a form, in JSON and signed`, async () => {
      assert.equal((await stored(await byForm(sent))).resources, means);
      assert.equal((await stored(await byJson(sent))).resources, means);
      // Object.fromEntries would sort names that look like numbers; these all begin with a word.
      const signed = { ...about, ...Object.fromEntries(sent.map(([name, value]) => [name, String(value)])) };
      assert.equal((await stored(await callSigned(gateway, key, signed))).resources, means);
    });
  }

  for (const [what, sent] of WRONG) {
    it(`are refused where they are ${what}`, async () => {
      for (const answer of [await byForm(sent), await byJson(sent)]) {
        assertAction(answer, 1100, 'CreateJobResponse');
        assert.match(answer.body.message, /^InvalidParameter, .*resources/);
      }
    });
  }

  it('keep numbers, truth values and objects that JSON sends', async () => {
    const sent: [string, unknown][] = [
      ['resources.count', 3],
      ['resources.on', true],
      ['resources.list', ['a', 1]],
      ['resources.deep.own', { b: 1, a: [2] }],
    ];
    const { resources } = await stored(await byJson(sent));
    assert.equal(resources, '{"count":3,"on":true,"list":["a",1],"deep":{"own":{"b":1,"a":[2]}}}');
  });

  it('lose their secrets like any directive', async () => {
    const { directive } = await stored(
      await byForm([
        ['directive.action', 'RunInstances'],
        ['directive.login.passwd', 'x'],
        ['directive.nodes.1.access_token', 'y'],
        ['directive.client_token', 'z'],
      ]),
    );
    assert.equal(
      directive,
      '{"action":"RunInstances","login":{"passwd":"******"},"nodes":[{"access_token":"******"}],"client_token":"z"}',
    );
  });

  it('are ignored below what is no object, and where empty', async () => {
    const { resources } = await stored(
      await byForm([
        ['job_type.x', 'y'],
        ['other.a', 'b'],
        ['resources.a', ''],
        ['resources.b', 'c'],
      ]),
    );
    assert.equal(resources, '{"b":"c"}');
  });

  it('that are not UTF-8 are named', async () => {
    const form = new URLSearchParams({ ...CREDENTIALS, ...about }).toString();
    for (const [bad, named] of [
      ['resources.a=%ff', /resources\.a must be percent-encoded UTF-8/],
      ['note=%ff&job_type=%C3%28', /job_type must be percent-encoded UTF-8/],
      ['resources=%ff', /resources must be percent-encoded UTF-8/],
    ] as const) {
      const answer = await post(
        `${form.replace('job_type=nested&', bad.includes('job_type') ? '' : 'job_type=nested&')}&${bad}`,
        'application/x-www-form-urlencoded',
      );
      assertAction(answer, 1100, 'CreateJobResponse');
      assert.match(answer.body.message, named);
    }
    // One that nobody asks for is ignored like any other.
    assertAction(await post(`${form}&unknown=%ff`, 'application/x-www-form-urlencoded'), 0);
  });

  it('describe what is replaced as well', async () => {
    const { body } = await callAction(gateway, { ...about, resources: '{"a":1}' });
    const parameters = { ...about, action: 'ModifyJobAttributes', job_id: body.job_id, 'resources.b.1': 'x' };
    assertAction(await callAction(gateway, parameters), 0);
    const [row] = await gateway.database.db('jobs').where('job_id', body.job_id);
    assert.deepEqual([row.resources, row.version], ['{"b":["x"]}', 2]);
  });
});
