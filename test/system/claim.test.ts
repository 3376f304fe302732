import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { doorOfAction } from '../conformance/writes-by-action.ts';
import { doorOfRest } from '../conformance/writes-by-rest.ts';
import type { Door, Written } from '../conformance/writes-step.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';

const WORKERS = 6;
const JOBS = 24;

interface Worker {
  readonly userId: string;
  readonly door: Door;
  readonly claimed: string[];
  lost: number;
}

describe('workers that take pending jobs', () => {
  let gateway: TestGateway;
  let admin: Door;
  let workers: Worker[];
  before(async () => {
    gateway = await startGateway('servers');
    const other = await gateway.sibling();
    admin = doorOfRest(gateway, await gateway.logIn());
    workers = [];
    for (let index = 0; index < WORKERS; index++) {
      const userId = `usr-worker-${index}`;
      await gateway.addUser(userId, 'operator');
      const instance = index % 4 < 2 ? gateway : other;
      const door =
        index % 2 ? doorOfAction(instance, userId) : doorOfRest(instance, await gateway.logIn(userId));
      workers.push({ userId, door, claimed: [], lost: 0 });
    }
  });
  after(() => gateway[Symbol.asyncDispose]());

  async function createJobs(jobType: string, count: number): Promise<string[]> {
    const input = { jobType, jobAction: 'Work' };
    const made = await Promise.all(
      Array.from({ length: count }, () => admin.write({ operation: 'create-job', jobIds: [], input })),
    );
    return made.map((written) => {
      assert.ok('jobIds' in written, JSON.stringify(written));
      return written.jobIds[0] as string;
    });
  }

  const claim = (worker: Worker, jobId: string, version: number): Promise<Written> =>
    worker.door.write({
      operation: 'report-job',
      jobIds: [jobId],
      input: { status: 'working', note: `taken by ${worker.userId}`, ifVersion: [version] },
    });

  /** Looks for pending work and takes what it can, until there is none. */
  async function work(worker: Worker, jobType: string): Promise<void> {
    for (;;) {
      const input = { jobType: [jobType], status: ['pending'], limit: 10 };
      const found = await worker.door.ask({ operation: 'describe-jobs', input });
      assert.ok('jobs' in found);
      if (found.jobs.length === 0) return;
      for (const { jobId, version } of found.jobs) {
        const written = await claim(worker, jobId, version);
        if ('refused' in written) {
          assert.equal(written.refused, 'version_conflict', written.message);
          worker.lost++;
          continue;
        }
        worker.claimed.push(jobId);
        const done = await worker.door.write({
          operation: 'report-job',
          jobIds: [jobId],
          input: { status: 'successful', ifVersion: [version + 1] },
        });
        assert.ok('jobIds' in done, 'a job belongs to whoever took it');
      }
    }
  }

  it('take each job once, though they all look at the same list', async () => {
    const jobIds = await createJobs('claimed', JOBS);
    await Promise.all(workers.map((worker) => work(worker, 'claimed')));
    assert.deepEqual(workers.flatMap((worker) => worker.claimed).toSorted(), jobIds.toSorted());
    for (const { userId, claimed } of workers) {
      for (const jobId of claimed) {
        const timeline = await admin.timeline(jobId);
        assert.ok('rows' in timeline);
        assert.deepEqual(
          timeline.rows.map((row) => [row.version, row.status, row.userId]),
          [
            [1, 'pending', ADMIN.userId],
            [2, 'working', userId],
            [3, 'successful', userId],
          ],
        );
      }
    }
    assert.ok(
      workers.some((worker) => worker.lost > 0),
      'they never met',
    );
  });

  it('learn that they lost where all claim one job at once', async () => {
    for (const jobId of await createJobs('contested', 6)) {
      const outcomes = await Promise.all(workers.map((worker) => claim(worker, jobId, 1)));
      const winners = workers.filter((_, index) => 'jobIds' in (outcomes[index] as Written));
      assert.equal(winners.length, 1);
      for (const outcome of outcomes) {
        if (!('refused' in outcome)) continue;
        assert.equal(outcome.refused, 'version_conflict');
        assert.match(outcome.message, /its version is 2$/);
      }
      for (const { door } of workers) {
        const seen = await door.ask({ operation: 'describe-job', input: { jobId } });
        assert.ok('job' in seen);
        assert.deepEqual([seen.job.status, seen.job.version], ['working', 2]);
      }
    }
  });
});
