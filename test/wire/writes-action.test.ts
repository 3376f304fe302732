import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { callAction, callRaw, type Answer } from '../support/clients.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';
import { assertAction } from './assert-convention.ts';

const CREDENTIALS = { USER_ID: ADMIN.userId, PASSWORD: Buffer.from(ADMIN.password).toString('base64') };
const NOBODYS = {
  status: 'successful',
  pre_status: 'working',
  create_time: '2020-01-01 00:00:00',
  update_time: '2020-01-01 00:00:00',
  zone: 'pek3',
  if_version: 7,
  idempotency_key: 'x',
};

describe('writes through the action API', () => {
  let gateway: TestGateway;
  before(async () => void (gateway = await startGateway('embedded')));
  after(() => gateway[Symbol.asyncDispose]());

  type Parameters = Record<string, string | number>;
  const call = (action: string, parameters: Parameters = {}): Promise<Answer> =>
    callAction(gateway, { action, lang: 'en', ...parameters });
  const callJson = (action: string, parameters: object, type = 'application/json'): Promise<Answer> =>
    callRaw(gateway, '/iaas/', {
      method: 'POST',
      headers: { 'content-type': type },
      body: JSON.stringify({ action, lang: 'en', ...CREDENTIALS, ...parameters }),
    });
  const content = { job_type: 'wire', job_action: 'Test' };
  const create = async (more: Parameters = {}): Promise<string> =>
    (await call('CreateJob', { ...content, ...more })).body.job_id;
  const get = async (jobId: string) =>
    (await call('DescribeJobs', { job_ids: jobId, verbose: 1 })).body.job_set[0];

  it('answers each write with ids alone', async () => {
    const made = await call('CreateJob', content);
    assertAction(made, 0, 'CreateJobResponse');
    const { job_id: jobId } = made.body;
    assert.equal(made.text, `{"action":"CreateJobResponse","job_id":"${jobId}","ret_code":0}`);
    for (const [action, parameters, answer] of [
      ['ModifyJobAttributes', { job_id: jobId, ...content }, `"job_id":"${jobId}"`],
      ['ModifyJobStatus', { job_id: jobId, status: 'working' }, `"job_id":"${jobId}"`],
      ['CancelJobs', { job_ids: jobId }, `"job_ids":["${jobId}"]`],
      ['DeleteJobs', { job_ids: jobId }, `"job_ids":["${jobId}"]`],
    ] as const) {
      const { text } = await call(action, parameters);
      assert.equal(text, `{"action":"${action}Response",${answer},"ret_code":0}`);
    }
  });

  it('ignores what an action does not take, with no effect', async () => {
    const { owner: _, ...known } = { owner: '', ...NOBODYS };
    const jobId = await create({ ...known, version: 9, job_id: 'j-00000001' });
    assert.notEqual(jobId, 'j-00000001');
    const { create_time: created, ...job } = await get(jobId);
    assert.deepEqual([job.status, job.pre_status, job.version, job.owner], ['pending', '', 1, ADMIN.userId]);
    assert.notEqual(created, NOBODYS.create_time);

    assertAction(
      await call('ModifyJobAttributes', { job_id: jobId, ...content, ...NOBODYS, owner: 'usr-bob' }),
      0,
    );
    const replaced = await get(jobId);
    assert.deepEqual(
      [replaced.status, replaced.pre_status, replaced.version, replaced.owner, replaced.create_time],
      ['pending', '', 2, ADMIN.userId, created],
    );
    const { status: __, ...noStatus } = NOBODYS;
    assertAction(
      await call('ModifyJobStatus', { job_id: jobId, status: 'working', ...noStatus, job_type: 'other' }),
      0,
    );
    const reported = await get(jobId);
    assert.deepEqual(
      [reported.status, reported.pre_status, reported.version, reported.job_type],
      ['working', 'pending', 3, 'wire'],
    );
    assertAction(await call('CancelJobs', { job_ids: jobId, status: 'failed', owner: 'usr-bob' }), 0);
    assert.equal((await get(jobId)).status, 'canceled');
  });

  it('takes lists of ids in every spelling, and answers them in the order asked', async () => {
    const [a, b, c] = [await create(), await create(), await create()];
    for (const parameters of [
      { 'job_ids.3': c, 'job_ids.1': b, 'job_ids.10': a },
      { 'jobs.0': b, 'jobs.1': c, 'jobs.2': a },
      { job_ids: JSON.stringify([b, c, a]) },
    ]) {
      const answer = await call('CancelJobs', parameters);
      assertAction(answer, 0, 'CancelJobsResponse');
      assert.deepEqual(answer.body.job_ids.toSorted(), [a, b, c].toSorted());
      assert.equal(answer.body.job_ids[0], b);
    }
    const answer = await callJson('DeleteJobs', { job_ids: [c, a, c, b] });
    assert.deepEqual(answer.body.job_ids, [c, a, b]);
  });

  it('cancels a hundred jobs at once, and says how many are too many', async () => {
    const ids = await Promise.all(Array.from({ length: 101 }, () => create()));
    const tooMany = await callJson('CancelJobs', { job_ids: ids });
    assertAction(tooMany, 1100);
    assert.match(tooMany.body.message, /job_ids .*100/);
    assertAction(await callJson('CancelJobs', { job_ids: ids.slice(1) }), 0);
    assert.equal((await get(ids[0] as string)).status, 'pending');
    assert.equal((await get(ids[100] as string)).status, 'canceled');
    const none = await call('CancelJobs', {});
    assertAction(none, 1100);
    assert.match(none.body.message, /job_ids is missing/);
    assertAction(await callJson('CancelJobs', { job_ids: [] }), 1100);
  });

  for (const [what, version, retCode] of [
    ['the present version', 1, 0],
    ['the present version in a list', '[3,1]', 0],
    ['nothing', '', 0],
    ['another version', 2, 2110],
    ['none but other versions', '[2,3]', 2110],
    ['a word', 'one', 1100],
    ['zero', 0, 1100],
    ['less than nothing', -1, 1100],
    ['a fraction', '1.0', 1100],
    ['a tag as REST has it', '"1"', 1100],
  ] as const) {
    it(`${retCode === 0 ? 'takes' : 'refuses'} a write that says it saw ${what}`, async () => {
      const jobId = await create();
      for (const answer of [
        await call('ModifyJobStatus', { job_id: jobId, status: 'pending', version }),
        await call('CancelJobs', { job_ids: jobId, version }),
      ]) {
        assertAction(answer, retCode);
        if (retCode === 2110) assert.match(answer.body.message, /its version is 1$/);
        if (retCode === 1100) assert.match(answer.body.message, /version must be/);
      }
      assert.equal((await get(jobId)).version, retCode === 0 ? 2 : 1);
    });
  }

  it('takes versions one by one, and as JSON', async () => {
    const jobId = await create();
    assertAction(
      await call('ModifyJobStatus', { job_id: jobId, status: 'a', 'version.1': 7, 'version.2': 1 }),
      0,
    );
    assertAction(await callJson('ModifyJobStatus', { job_id: jobId, status: 'b', version: 2 }), 0);
    assertAction(await callJson('ModifyJobStatus', { job_id: jobId, status: 'c', version: [3] }), 0);
    assertAction(await callJson('ModifyJobStatus', { job_id: jobId, status: 'd', version: [3] }), 2110);
  });

  it('reads free data from JSON as from a form, and from JSON that is called a form', async () => {
    for (const [value, type] of [
      [{ b: 1, a: { 10: 1 } }, 'application/json'],
      ['{"b":1,"a":{"10":1}}', 'application/json'],
      [{ b: 1, a: { 10: 1 } }, 'application/x-www-form-urlencoded'],
    ] as const) {
      const made = await callJson('CreateJob', { ...content, directive: value }, type);
      assertAction(made, 0, 'CreateJobResponse');
      assert.deepEqual((await get(made.body.job_id)).directive, { b: 1, a: { 10: 1 } });
    }
  });

  it('names everything that is missing or wrong at once', async () => {
    const missing = await call('CreateJob');
    assertAction(missing, 1100, 'CreateJobResponse');
    assert.match(missing.body.message, /job_type is missing; job_action is missing/);
    const wrong = await call('ModifyJobStatus', { status: 'Not So', version: 'x', note: 'n'.repeat(1025) });
    assertAction(wrong, 1100, 'ModifyJobStatusResponse');
    for (const name of ['job_id', 'status', 'version', 'note'])
      assert.match(wrong.body.message, new RegExp(`\\b${name} `));
    const long = await call('CreateJob', { ...content, client_token: 'x'.repeat(129), owner: '-' });
    for (const name of ['client_token', 'owner']) assert.match(long.body.message, new RegExp(`\\b${name} `));
  });

  it('answers the timeline oldest first, times in the zone of the seed’s samples', async () => {
    const jobId = await create();
    await call('ModifyJobStatus', { job_id: jobId, status: 'working', note: '开始' });
    const answer = await call('DescribeJobTimeline', { job_id: jobId });
    assertAction(answer, 0, 'DescribeJobTimelineResponse');
    const rows = answer.body.timeline_set.map(({ time, ...row }: { time: string }) => {
      assert.match(time, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      return row;
    });
    assert.deepEqual(rows, [
      { version: 1, status: 'pending', pre_status: '', user_id: ADMIN.userId, note: '' },
      { version: 2, status: 'working', pre_status: 'pending', user_id: ADMIN.userId, note: '开始' },
    ]);
    for (const job_id of ['j-00000000', 'nonsense'])
      assertAction(await call('DescribeJobTimeline', { job_id }), 2100);
    assertAction(await call('DescribeJobTimeline'), 1100);
  });

  it('refuses writes without credentials', async () => {
    const jobId = await create();
    for (const action of [
      'CreateJob',
      'ModifyJobAttributes',
      'ModifyJobStatus',
      'CancelJobs',
      'DeleteJobs',
    ]) {
      const parameters = { action, job_id: jobId, job_ids: jobId, status: 'working', ...content };
      const body = new URLSearchParams(parameters);
      assertAction(await callRaw(gateway, '/iaas/', { method: 'POST', body }), 1200, `${action}Response`);
    }
    assert.equal((await get(jobId)).version, 1);
  });
});
