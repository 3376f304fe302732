import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ADMIN, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import type { SeenJob } from './question.ts';
import { doorOfAction } from './writes-by-action.ts';
import { doorOfRest } from './writes-by-rest.ts';
import type { Door } from './writes-step.ts';

const WRITERS = 8;
const ADDITIONS = 3;

for (const store of STORES) {
  describe(`writers of one job on the ${store} store`, () => {
    let gateway: TestGateway;
    /** Both protocols, on two instances where there are two. */
    let doors: Door[];
    before(async () => {
      gateway = await startGateway(store);
      const other = store === 'servers' ? await gateway.sibling() : gateway;
      const token = await gateway.logIn();
      doors = [gateway, other].flatMap((each) => [doorOfAction(each, ADMIN.userId), doorOfRest(each, token)]);
    });
    after(() => gateway[Symbol.asyncDispose]());

    const door = (index: number): Door => doors[index % doors.length] as Door;

    async function create(): Promise<string> {
      const written = await door(0).write({
        operation: 'create-job',
        jobIds: [],
        input: { jobType: 'counter', jobAction: 'Count', resources: '{"count":0}' },
      });
      assert.ok('jobIds' in written);
      return written.jobIds[0] as string;
    }

    async function read(from: Door, jobId: string): Promise<SeenJob> {
      const outcome = await from.ask({ operation: 'describe-job', input: { jobId } });
      assert.ok('job' in outcome, JSON.stringify(outcome));
      return outcome.job;
    }

    it('lose no update when they read, add and write with the version that they read', async () => {
      const jobId = await create();
      const add = async (through: Door, note: string): Promise<number> => {
        for (let conflicts = 0; ; conflicts++) {
          const { version, resources } = await read(through, jobId);
          const count = (resources as { count: number }).count + 1;
          const written = await through.write({
            operation: 'replace-job',
            jobIds: [jobId],
            input: {
              jobType: 'counter',
              jobAction: note,
              resources: `{"count":${count}}`,
              ifVersion: [version],
            },
          });
          if ('jobIds' in written) return conflicts;
          assert.equal(written.refused, 'version_conflict', written.message);
        }
      };
      const writer = async (index: number): Promise<void> => {
        for (let left = ADDITIONS; left > 0; left--) await add(door(index), `writer-${index}`);
      };
      await Promise.all(Array.from({ length: WRITERS }, (_, index) => writer(index)));

      const writes = WRITERS * ADDITIONS;
      for (const each of doors) {
        const { version, resources } = await read(each, jobId);
        assert.deepEqual([version, resources], [1 + writes, { count: writes }]);
        const timeline = await each.timeline(jobId);
        assert.ok('rows' in timeline);
        assert.deepEqual(
          timeline.rows.map((row) => row.version),
          Array.from({ length: 1 + writes }, (_, index) => index + 1),
        );
      }
    });

    it('each raise the version when they all report at once, and no report is lost', async () => {
      const jobId = await create();
      const statuses = Array.from({ length: WRITERS }, (_, index) => `step ${index}`);
      await Promise.all(
        statuses.map(async (status, index) => {
          const written = await door(index).write({
            operation: 'report-job',
            jobIds: [jobId],
            input: { status, note: `by ${index}` },
          });
          assert.ok('jobIds' in written, JSON.stringify(written));
        }),
      );
      const job = await read(door(1), jobId);
      assert.equal(job.version, 1 + WRITERS);
      const timeline = await door(2).timeline(jobId);
      assert.ok('rows' in timeline);
      const [, ...reports] = timeline.rows;
      assert.deepEqual(reports.map((row) => row.status).toSorted(), statuses.toSorted());
      timeline.rows.forEach((row, index) => {
        assert.equal(row.version, index + 1);
        assert.equal(row.preStatus, timeline.rows[index - 1]?.status ?? '');
        assert.ok(row.time >= (timeline.rows[index - 1]?.time ?? 0));
      });
      assert.equal(job.status, timeline.rows.at(-1)?.status);
      assert.equal(job.preStatus, timeline.rows.at(-1)?.preStatus);
    });

    it('reach one end when they finish it at once', async () => {
      const jobId = await create();
      const ends = ['successful', 'failed', 'canceled', 'done with failure'];
      const outcomes = await Promise.all(
        ends.map((status, index) =>
          door(index).write({ operation: 'report-job', jobIds: [jobId], input: { status } }),
        ),
      );
      const won = ends.filter((_, index) => 'jobIds' in (outcomes[index] as object));
      assert.equal(won.length, 1);
      for (const outcome of outcomes) {
        if (!('refused' in outcome)) continue;
        assert.equal(outcome.refused, 'operation_not_allowed');
        assert.ok(outcome.message.includes(won[0] as string), outcome.message);
      }
      const job = await read(door(3), jobId);
      assert.deepEqual([job.status, job.preStatus, job.version], [won[0], 'pending', 2]);
    });
  });
}
