import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { callRest, type Answer } from '../support/clients.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { someJob } from '../support/some-job.ts';
import { assertRest } from './assert-convention.ts';

/** The links of an answer by their relation. */
function linksOf(answer: Answer): Record<string, string> {
  const header = answer.headers.get('link') ?? '';
  return Object.fromEntries(
    [...header.matchAll(/<([^>]*)>; rel="(\w+)"/g)].map(([, target = '', rel = '']) => [rel, target]),
  );
}

const idsOf = (answer: Answer): string[] => answer.body.data.jobs.map((job: { jobId: string }) => job.jobId);

describe('the Link header of a list', () => {
  let gateway: TestGateway;
  let token: string;
  const get = (path: string): Promise<Answer> => callRest(gateway, token, path);
  before(async () => {
    gateway = await startGateway('embedded');
    await gateway.addJobs(...Array.from({ length: 7 }, () => someJob({ jobType: 'linked & 作业' })));
    token = await gateway.logIn();
  });
  after(() => gateway[Symbol.asyncDispose]());

  const LIST = `/v1/jobs?job_type=${encodeURIComponent('linked & 作业')}&per_page=3`;

  it('leads through all pages by cursors, each job once, with the filters kept', async () => {
    const seen: string[] = [];
    let path: string | undefined = LIST;
    let pages = 0;
    while (path !== undefined) {
      const answer = await get(path);
      assertRest(answer, 0);
      seen.push(...idsOf(answer));
      pages++;
      const { next } = linksOf(answer);
      assert.equal(next?.includes('page='), next?.includes('per_page='), next);
      path = next;
    }
    assert.equal(pages, 3);
    assert.deepEqual([seen.length, new Set(seen).size], [7, 7]);
  });

  it('has the first, the last and the previous page of a page with a number', async () => {
    const second = linksOf(await get(`${LIST}&page=2`));
    assert.deepEqual(Object.keys(second), ['next', 'prev', 'first', 'last']);
    assert.deepEqual(idsOf(await get(second.prev ?? '')), idsOf(await get(LIST)));
    assert.deepEqual(idsOf(await get(second.first ?? '')), idsOf(await get(`${LIST}&page=1`)));
    assert.equal(idsOf(await get(second.last ?? '')).length, 1);
    assert.deepEqual(Object.keys(linksOf(await get(`${LIST}&page=1`))), ['next', 'first', 'last']);
    assert.deepEqual(Object.keys(linksOf(await get(`${LIST}&page=3`))), ['prev', 'first', 'last']);
  });

  it('leads back from a page behind the last one to the last', async () => {
    const beyond = linksOf(await get(`${LIST}&page=99`));
    assert.deepEqual(idsOf(await get(beyond.prev ?? '')), idsOf(await get(`${LIST}&page=3`)));
  });

  it('is there for an empty list, and leads nowhere else', async () => {
    const links = linksOf(await get('/v1/jobs?status=failed&job_type=none'));
    assert.deepEqual(Object.keys(links), ['first', 'last']);
    assert.equal(links.first, links.last);
  });

  it('stands on no other answer', async () => {
    for (const path of ['/v1/jobs/j-68mbPHJU', '/v1/jobs?page=0', '/v1/auth']) {
      assert.equal((await get(path)).headers.get('link'), null, path);
    }
  });
});
