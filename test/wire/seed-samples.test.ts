import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { callAction, callRest } from '../support/clients.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';

/** A printed sample of the reference, and the call that it shows. */
interface Sample {
  readonly send: Readonly<Record<string, unknown>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- samples have forms of their own
  readonly recv: any;
}

function readSample(name: string): Sample {
  return JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8')) as Sample;
}

for (const store of STORES) {
  describe(`the reference's samples on the ${store} store`, () => {
    let gateway: TestGateway;
    before(async () => void (gateway = await startGateway(store)));
    after(() => gateway[Symbol.asyncDispose]());

    it('answers DescribeJobs with the printed jobs in the order asked', async () => {
      const { recv } = readSample('describe-jobs');
      const parameters = {
        action: 'DescribeJobs',
        'job_ids.1': 'j-68mbPHJU',
        'job_ids.2': 'j-QJMYu7nS',
      };
      const answer = await callAction(gateway, parameters);
      assert.deepEqual(answer.body, recv);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-type'), 'application/json');
      assert.deepEqual(Object.keys(answer.body.job_set[0]), Object.keys(recv.job_set[0]));
    });

    it('answers DescribeLatestJob with the printed job, its secrets redacted', async () => {
      const { recv } = readSample('describe-latest-job');
      const answer = await callAction(gateway, { action: 'DescribeLatestJob', job_type: 'neonsan' });
      assert.deepEqual(answer.body, recv);
      assert.deepEqual(Object.keys(answer.body.job.directive), Object.keys(recv.job.directive));
    });

    it('answers the second time, from the cache, with the same bytes', async () => {
      const call = () => callAction(gateway, { action: 'DescribeJobs', job_ids: 'j-68mbPHJU' });
      const [first, second] = [await call(), await call()];
      assert.equal(second.text, first.text);
    });

    it('shows the same job through the REST API, re-spelled but for its data', async () => {
      const golden = JSON.parse(
        readFileSync(new URL('golden/rest-job.json', import.meta.url), 'utf8'),
      ) as unknown;
      const answer = await callRest(gateway, await gateway.logIn(), '/v1/jobs/j-3K2CQ4h6');
      assert.deepEqual(answer.body, golden);
      assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
    });
  });
}
