import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Job } from '../../src/jobs/job.ts';
import { callAction, type Answer } from '../support/clients.ts';
import { ADMIN, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { callSigned, newKey, type Parameters, type TestKey } from '../support/sign.ts';
import { someJob } from '../support/some-job.ts';
import { assertAction } from './assert-convention.ts';

const SEED_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const SIGNED_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

for (const store of STORES) {
  describe(`the two dialects on the ${store} store`, () => {
    let gateway: TestGateway;
    let key: TestKey;
    let many: Job[];
    before(async () => {
      gateway = await startGateway(store);
      key = await newKey(gateway);
      many = Array.from({ length: 130 }, () => someJob({ jobType: 'many', owner: ADMIN.userId }));
      await gateway.addJobs(...many);
    });
    after(() => gateway[Symbol.asyncDispose]());

    const bySeed = (parameters: Parameters): Promise<Answer> => callAction(gateway, parameters);
    const bySignature = (parameters: Parameters): Promise<Answer> => callSigned(gateway, key, parameters);
    /** What both answer to the same question. */
    const both = async (parameters: Parameters): Promise<[seed: Answer, signed: Answer]> => {
      const answers = [await bySeed(parameters), await bySignature(parameters)] as [Answer, Answer];
      for (const answer of answers) assertAction(answer, 0, `${parameters.action}Response`);
      return answers;
    };
    // oxlint-disable-next-line typescript/no-explicit-any -- they were parsed from an answer
    const without = (object: any, ...names: string[]) =>
      Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

    it('show the same job, each in its own forms', async () => {
      for (const [action, pick] of [
        ['DescribeJobs', (body: Answer['body']) => body.job_set[0]],
        ['DescribeLatestJob', (body: Answer['body']) => body.job],
      ] as const) {
        const about =
          action === 'DescribeJobs' ? { jobs: 'j-3K2CQ4h6' } : { job_type: 'neonsan', owner: ADMIN.userId };
        const [seed, signed] = (await both({ action, ...about })).map(({ body }) => pick(body));
        assert.equal(seed.job_id, 'j-3K2CQ4h6');
        const times = ['create_time', 'update_time', 'status_time'];
        assert.deepEqual(
          without(signed, 'directive', 'resource_ids', ...times),
          without(seed, 'directive', ...times),
        );
        assert.deepEqual(JSON.parse(signed.directive), seed.directive);
        assert.deepEqual(
          [seed.create_time, seed.update_time],
          ['2018-09-18 16:59:50', '2018-09-18 17:22:52'],
        );
        assert.deepEqual(
          [signed.create_time, signed.update_time, signed.status_time],
          ['2018-09-18T08:59:50Z', '2018-09-18T09:22:52Z', '2018-09-18T09:22:52Z'],
        );
        assert.equal(signed.resource_ids, 'n-zt6A9RD7 n-Th9VOkx5');
        assert.deepEqual([seed.status_time, seed.resource_ids], [undefined, undefined]);
      }
    });

    it('leave out a directive that a job does not have', async () => {
      for (const { body } of await both({ action: 'DescribeJobs', jobs: 'j-68mbPHJU' })) {
        assert.ok(!('directive' in body.job_set[0]));
      }
    });

    it('list the ids that resources name, and nothing else', async () => {
      const { body } = await bySignature({
        action: 'CreateJob',
        job_type: 'ids',
        job_action: 'Test',
        resources: JSON.stringify({
          vxnet_id: 'vxnet-1',
          node_ids: ['n-1', 7, 'n 2', 'n-2', { id: 'x' }],
          ids: ['no'],
          other_ids: {},
          name: 'n-3',
        }),
      });
      const job = (await bySignature({ action: 'DescribeJobs', jobs: body.job_id })).body.job_set[0];
      assert.equal(job.resource_ids, 'vxnet-1 n-1 n-2');
    });

    it('give pages of 100 and of 20 unless told, and of 100 at the most', async () => {
      for (const [limit, seedSize, signedSize] of [
        [undefined, 100, 20],
        [1, 1, 1],
        [100, 100, 100],
        [101, 100, 100],
        [999_999, 100, 100],
      ] as const) {
        const answers = await both({
          action: 'DescribeJobs',
          job_type: 'many',
          ...(limit !== undefined && { limit }),
        });
        const sizes = answers.map(({ body }) => [body.job_set.length, body.total_count]);
        assert.deepEqual(sizes, [
          [seedSize, 130],
          [signedSize, 130],
        ]);
      }
      const asked = many.slice(0, 30).map((job, index) => [`jobs.${index + 1}`, job.jobId] as const);
      for (const { body } of await both({ action: 'DescribeJobs', ...Object.fromEntries(asked) })) {
        assert.deepEqual([body.job_set.length, body.total_count], [30, 30]);
      }
    });

    it('show the version of a job with verbose=1 and above', async () => {
      for (const [verbose, shown] of [
        ['0', undefined],
        ['1', 6],
        ['2', 6],
        ['', undefined],
        ['yes', undefined],
      ] as const) {
        for (const { body } of await both({ action: 'DescribeJobs', jobs: 'j-3K2CQ4h6', verbose })) {
          assert.equal(body.job_set[0].version, shown, verbose);
        }
      }
    });

    it('write, and show what was written, in the same way', async () => {
      for (const [call, reader, time] of [
        [bySeed, bySignature, SIGNED_TIME],
        [bySignature, bySeed, SEED_TIME],
      ] as const) {
        const done = async (parameters: Parameters): Promise<Answer['body']> => {
          const answer = await call(parameters);
          assertAction(answer, 0, `${parameters.action}Response`);
          return answer.body;
        };
        const created = await done({
          action: 'CreateJob',
          job_type: 'way',
          job_action: 'Test',
          directive: '{"b":1,"a":{"token":"x"}}',
        });
        assert.deepEqual(Object.keys(created), ['action', 'job_id', 'ret_code']);
        const { job_id } = created;
        const replaced = await done({
          action: 'ModifyJobAttributes',
          job_id,
          job_type: 'way',
          job_action: 'Other',
          directive: '{"b":1,"a":{"token":"x"}}',
        });
        const moved = await done({ action: 'ModifyJobStatus', job_id, status: 'working', note: '备注' });
        for (const body of [replaced, moved])
          assert.deepEqual(without(body, 'action'), { job_id, ret_code: 0 });
        const canceled = await done({ action: 'CancelJobs', 'jobs.1': job_id });
        assert.deepEqual(without(canceled, 'action'), { job_ids: [job_id], ret_code: 0 });

        const timeline = await reader({ action: 'DescribeJobTimeline', job_id });
        assertAction(timeline, 0, 'DescribeJobTimelineResponse');
        const rows = timeline.body.timeline_set as {
          time: string;
          note: string;
          status: string;
          version: number;
        }[];
        assert.deepEqual(
          rows.map((row) => [row.version, row.status, row.note]),
          [
            [1, 'pending', ''],
            [2, 'pending', ''],
            [3, 'working', '备注'],
            [4, 'canceled', ''],
          ],
        );
        for (const row of rows) assert.match(row.time, time);
        const job = (await reader({ action: 'DescribeJobs', jobs: job_id })).body.job_set[0];
        const directive = time === SIGNED_TIME ? job.directive : JSON.stringify(job.directive);
        assert.equal(directive, '{"b":1,"a":{"token":"******"}}');
        assert.match(job.create_time, time);

        assert.deepEqual(without(await done({ action: 'DeleteJobs', jobs: job_id }), 'action'), {
          job_ids: [job_id],
          ret_code: 0,
        });
        assert.deepEqual((await reader({ action: 'DescribeJobs', jobs: job_id })).body.job_set, []);
      }
    });

    it('show access keys with times of their own', async () => {
      const [seed, signed] = await both({ action: 'DescribeAccessKeys', access_keys: key.id });
      const [mine, theirs] = [seed.body.access_key_set[0], signed.body.access_key_set[0]];
      assert.deepEqual(
        without(mine, 'create_time', 'last_used_time'),
        without(theirs, 'create_time', 'last_used_time'),
      );
      assert.match(mine.create_time, SEED_TIME);
      assert.match(theirs.create_time, SIGNED_TIME);
      assert.equal(Date.parse(`${mine.create_time.replace(' ', 'T')}+08:00`), Date.parse(theirs.create_time));
      const made = await bySignature({ action: 'CreateAccessKey', access_key_name: 'another' });
      assertAction(made, 0, 'CreateAccessKeyResponse');
      assert.match(made.body.create_time, SIGNED_TIME);
    });

    it('mean the version of a job by job_version, and by version where the call is not signed', async () => {
      const { job_id } = (await bySeed({ action: 'CreateJob', job_type: 'versions', job_action: 'Test' }))
        .body;
      const move = (status: string) => ({ action: 'ModifyJobStatus', lang: 'en', job_id, status });
      // Signed calls carry the version of the API.
      for (const version of ['1', '']) assertAction(await bySignature({ ...move('step1'), version }), 0);
      for (const [call, more] of [
        [bySeed, { version: 1 }],
        [bySeed, { job_version: 1 }],
        [bySignature, { job_version: 1 }],
        [bySignature, { job_version: 7, version: '1' }],
      ] as const) {
        assertAction(await call({ ...move('step2'), ...more }), 2110);
      }
      assertAction(await bySeed({ ...move('step2'), version: 2 }), 0);
      assertAction(await bySeed({ ...move('step3'), job_version: 3 }), 0);
      assertAction(await bySignature({ ...move('step4'), job_version: 4 }), 0);
      const meant = await bySignature({ ...move('failed'), version: '5' });
      assertAction(meant, 1100);
      assert.match(meant.body.message, /version .*job_version/);
      const twice = await bySeed({ ...move('failed'), version: 5, job_version: 5 });
      assertAction(twice, 1100);
      // Where no version of a job is meant, any version of the API will do.
      assertAction(await bySignature({ action: 'DescribeJobs', version: '2' }), 0);
    });

    it('speak the caller’s language, Chinese unless told, also of signatures', async () => {
      const wrong = { ...key, secret: 'wrong' };
      for (const [lang, mismatch, expired] of [
        [
          'en',
          /^AuthFailure, signature not matched; the server signed "GET/,
          /^RequestHasExpired, message expired/,
        ],
        ['zh-CN', /^AuthFailure, 签名不匹配；服务器签名的字符串为 "GET/, /^RequestHasExpired, 消息已过期/],
        [undefined, /^AuthFailure, 签名不匹配/, /^RequestHasExpired, 消息已过期/],
      ] as const) {
        const asked = { action: 'DescribeJobs', ...(lang && { lang }) };
        assert.match((await callSigned(gateway, wrong, asked)).body.message, mismatch);
        const old = { time: Date.now() - 3_600_000 };
        assert.match((await callSigned(gateway, key, asked, old)).body.message, expired);
      }
    });
  });
}
