import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ADMIN, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { someJob } from '../support/some-job.ts';
import { askByAction, base64 } from './ask-action.ts';
import { askByRest } from './ask-rest.ts';
import { emptyCache } from './empty-cache.ts';
import type { Ask, Input } from './question.ts';

const EQUAL = Date.UTC(2021, 5, 1);

/** Twelve jobs of three times: a page always ends in the middle of equal ones. */
const jobs = Array.from({ length: 12 }, (_, index) =>
  someJob({
    jobId: `j-Walk00${'0123456789Az'[index]}0`,
    jobType: 'walked',
    createTime: EQUAL + Math.floor(index / 5) * 1000,
    updateTime: EQUAL - Math.floor(index / 7) * 1000,
  }),
);
const oldestFirst = jobs.map((job) => job.jobId);
const changedFirst = [...oldestFirst.slice(7), ...oldestFirst.slice(0, 7)];

/** Follows the cursors to the end; each page is asked for by the next of `asks`. */
async function walk(asks: readonly Ask[], input: Input, total: number): Promise<string[]> {
  const walked: string[] = [];
  let next: string | undefined;
  do {
    const ask = asks[walked.length % asks.length] as Ask;
    const answer = await ask({
      operation: 'describe-jobs',
      input: { ...input, ...(next !== undefined && { after: next }) },
    });
    assert.ok('jobs' in answer, JSON.stringify(answer));
    assert.equal(answer.total, total);
    assert.ok(answer.jobs.length > 0, 'a cursor leads to an empty page');
    walked.push(...answer.jobs.map((job) => job.jobId));
    next = answer.next;
  } while (next !== undefined && walked.length <= total);
  return walked;
}

const WALKS: readonly { title: string; input: Input; expected: readonly string[] }[] = [
  {
    title: 'walks jobs of equal times to the end, newest first',
    input: { jobType: ['walked'], limit: 3 },
    expected: oldestFirst.toReversed(),
  },
  {
    title: 'walks jobs of equal times to the end, oldest first',
    input: { jobType: ['walked'], order: 'asc', limit: 3 },
    expected: oldestFirst,
  },
  {
    title: 'walks jobs by the time of their change, newest first',
    input: { jobType: ['walked'], sortBy: 'updateTime', order: 'desc', limit: 5 },
    expected: changedFirst.toReversed(),
  },
  {
    title: 'walks jobs by the time of their change, oldest first',
    input: { jobType: ['walked'], sortBy: 'updateTime', order: 'asc', limit: 5 },
    expected: changedFirst,
  },
  {
    title: 'walks one job at a time',
    input: { jobType: ['walked'], limit: 1 },
    expected: oldestFirst.toReversed(),
  },
  {
    title: 'walks the ids asked for in their order',
    input: { jobIds: ['j-none0000', ...changedFirst, 'none', ...changedFirst.slice(0, 3)], limit: 5 },
    expected: changedFirst,
  },
  {
    title: 'walks the ids asked for in the order of a sort',
    input: { jobIds: changedFirst, sortBy: 'createTime', order: 'asc', limit: 5 },
    expected: oldestFirst,
  },
  {
    title: 'walks the ids that a filter leaves',
    input: { jobIds: [...changedFirst, 'j-68mbPHJU'], jobType: ['walked'], limit: 5 },
    expected: changedFirst,
  },
];

for (const store of STORES) {
  describe(`cursors on the ${store} store`, () => {
    let gateway: TestGateway;
    let action: Ask;
    let rest: Ask;
    before(async () => {
      gateway = await startGateway(store);
      await gateway.addJobs(...jobs);
      action = askByAction(gateway, { userId: ADMIN.userId, cipher: base64(ADMIN.password) });
      rest = askByRest(gateway, await gateway.logIn());
    });
    after(() => gateway[Symbol.asyncDispose]());

    for (const { title, input, expected } of WALKS) {
      it(`${title}, and loses and repeats none`, async () => {
        await emptyCache(gateway);
        assert.deepEqual(await walk([action], input, expected.length), expected);
        assert.deepEqual(await walk([rest], input, expected.length), expected);
      });
    }

    it('goes on in one protocol where a page of the other ended', async () => {
      const input = { jobType: ['walked'], limit: 5 };
      assert.deepEqual(await walk([action, rest], input, 12), oldestFirst.toReversed());
      const asked = { jobIds: changedFirst, limit: 5 };
      assert.deepEqual(await walk([rest, action], asked, 12), changedFirst);
    });

    it('repeats none where newer jobs come while a caller walks', async () => {
      const input = { jobType: ['grown'], limit: 2 };
      const grown = () => someJob({ jobType: 'grown' });
      const three = [grown(), grown(), grown()];
      await gateway.addJobs(...three);
      const first = await action({ operation: 'describe-jobs', input });
      assert.ok('jobs' in first && first.next !== undefined);
      await gateway.addJobs(grown(), grown());
      const second = await rest({ operation: 'describe-jobs', input: { ...input, after: first.next } });
      assert.ok('jobs' in second);
      assert.deepEqual(
        [...first.jobs, ...second.jobs].map((job) => job.jobId),
        three.map((job) => job.jobId).toReversed(),
      );
      assert.equal(second.total, 5);
      assert.equal(second.next, undefined);
    });
  });
}
