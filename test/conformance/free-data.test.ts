import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { callAction, callRest } from '../support/clients.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { someJob } from '../support/some-job.ts';
import { emptyCache } from './empty-cache.ts';

/** Data as text: parsed, it would lose what these tests look at. */
const DATA: Readonly<Record<string, string>> = {
  'keys in their order, those too that look like numbers': '{"b":1,"10":2,"a":{"2":0,"1":0}}',
  'keys in snake_case and camelCase': '{"node_ids":["n-1"],"nodeIds":["n-2"],"job_id":"j-x"}',
  'emoji and Chinese': '{"名称":"部署集群","🙂":"👩‍👩‍👧‍👦 𠮷野家","é":"e\u0301"}',
  'escapes as they came': '{"a":"\\u0041\\n\\"\\\\\\/\\u2028\\ud83d\\ude42"}',
  'separators that JavaScript takes for line ends': '{"a":"\u2028\u2029"}',
  'keys that mean something to JavaScript': '{"__proto__":{"a":1},"constructor":{"prototype":null}}',
  'spaces and line ends': '{\n  "a" : [ 1,  2 ]\r\n}',
  'numbers as they are spelled': '{"a":1.0,"b":1e2,"c":-0,"d":12345678901234567890.10}',
  'deep nesting': `{"a":${'['.repeat(90)}${']'.repeat(90)}}`,
  'more than is worth caching': `{"a":"${'中🙂'.repeat(40_000)}"}`,
  'nothing at all': '{}',
};

for (const store of STORES) {
  describe(`free data on the ${store} store`, () => {
    let gateway: TestGateway;
    let token: string;
    before(async () => {
      gateway = await startGateway(store);
      token = await gateway.logIn();
    });
    after(() => gateway[Symbol.asyncDispose]());

    for (const [what, data] of Object.entries(DATA)) {
      it(`comes back with ${what}, through every door of both protocols`, async () => {
        const jobType = what.replaceAll(/\W+/g, '-').slice(0, 64);
        const job = someJob({ jobType, resources: data, directive: data });
        const { jobId } = job;
        await gateway.addJobs(job);
        await emptyCache(gateway);
        const texts = [
          await callAction(gateway, { action: 'DescribeJobs', job_ids: jobId }),
          await callRest(gateway, token, `/v1/jobs/${jobId}`),
          await callAction(gateway, { action: 'DescribeJobs', job_ids: jobId, verbose: 1 }),
          await callRest(gateway, token, `/v1/jobs?job_ids=${jobId}`),
          await callAction(gateway, { action: 'DescribeJobs', job_type: jobType }),
          await callRest(gateway, token, `/v1/jobs?job_type=${encodeURIComponent(jobType)}`),
          await callAction(gateway, { action: 'DescribeLatestJob', job_type: jobType }),
          await callRest(gateway, token, `/v1/jobs/latest?job_type=${encodeURIComponent(jobType)}`),
        ].map((answer) => answer.text);
        for (const text of texts) {
          assert.ok(text.includes(`"resources":${data}`), text.slice(0, 500));
          assert.ok(text.includes(`"directive":${data}`), text.slice(0, 500));
        }
      });
    }

    it('shows words of any script in the other fields', async () => {
      const job = someJob({ jobType: '作业 🙂', jobAction: '"\\\u2028部署' });
      await gateway.addJobs(job);
      const { body: action } = await callAction(gateway, { action: 'DescribeJobs', job_type: job.jobType });
      const query = `job_type=${encodeURIComponent(job.jobType)}`;
      const { body: rest } = await callRest(gateway, token, `/v1/jobs?${query}`);
      assert.deepEqual(
        [action.job_set[0].job_type, action.job_set[0].job_action],
        [job.jobType, job.jobAction],
      );
      assert.deepEqual(
        [rest.data.jobs[0].jobType, rest.data.jobs[0].jobAction],
        [job.jobType, job.jobAction],
      );
    });
  });
}
