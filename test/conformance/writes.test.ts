import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JobRow } from '../../adapters/sql/rows.ts';
import { ADMIN, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { newKey } from '../support/sign.ts';
import {
  contents,
  ends,
  moves,
  permissions,
  preconditions,
  several,
  WRITERS,
  type Step,
  type WriteCase,
} from './cases/writes.ts';
import type { SeenJob } from './question.ts';
import { doorOfAction } from './writes-by-action.ts';
import { doorOfRest } from './writes-by-rest.ts';
import type { Door, SeenEvent, WriteInput } from './writes-step.ts';

const GROUPS: Readonly<Record<string, readonly WriteCase[]>> = {
  'a job on its way': moves,
  'what a job is about': contents,
  'a job at its end': ends,
  'a job and its writers': permissions,
  'a job of a known version': preconditions,
};

/** The doors of one user: both protocols, at this instance and at another one. */
interface Doors {
  readonly action: Door;
  readonly signed: Door;
  readonly rest: Door;
  readonly otherAction: Door;
  readonly otherRest: Door;
}

/** Through which door the n-th step writes, and through which its effect must show. */
type Way = (doors: Doors, step: number) => readonly [writer: Door, reader: Door];

const WAYS: Readonly<Record<string, Way>> = {
  'the action API': ({ action }) => [action, action],
  'the REST API': ({ rest }) => [rest, rest],
  'the signed action API, seen by all': ({ signed, action, rest }, step) => [
    signed,
    [signed, rest, action][step % 3] as Door,
  ],
};
const BY_TURNS: Way = ({ action, rest }, step) => (step % 2 ? [rest, action] : [action, rest]);
const ACROSS: Way = ({ action, otherRest }, step) => (step % 2 ? [otherRest, action] : [action, otherRest]);
const ACROSS_THE_OTHER_WAY: Way = ({ rest, otherAction }, step) =>
  step % 2 ? [otherAction, rest] : [rest, otherAction];
const WRITES_BY_ACTION: Readonly<Record<string, Way>> = {
  'the action API': ({ action }) => [action, action],
  'the action API, seen by REST': ({ action, rest }) => [action, rest],
  'the signed action API': ({ signed, rest }) => [signed, rest],
};

/** What a job must look like, without its times; every row of its timeline. */
interface Model {
  readonly jobId: string;
  job: Omit<SeenJob, 'createTime' | 'updateTime'>;
  hidden: boolean;
  readonly rows: Omit<SeenEvent, 'time'>[];
}

for (const store of STORES) {
  describe(`writes on the ${store} store`, () => {
    let gateway: TestGateway;
    const doors = new Map<string, Doors>();
    before(async () => {
      gateway = await startGateway(store);
      const other = store === 'servers' ? await gateway.sibling() : gateway;
      for (const [userId, role] of Object.entries(WRITERS)) await gateway.addUser(userId, role);
      for (const userId of [ADMIN.userId, ...Object.keys(WRITERS)]) {
        const token = await gateway.logIn(userId);
        doors.set(userId, {
          action: doorOfAction(gateway, userId),
          signed: doorOfAction(gateway, userId, await newKey(gateway, userId)),
          rest: doorOfRest(gateway, token),
          otherAction: doorOfAction(other, userId),
          otherRest: doorOfRest(other, token),
        });
      }
    });
    after(() => gateway[Symbol.asyncDispose]());

    const run = (groups: typeof GROUPS, ways: Readonly<Record<string, Way>>): void => {
      for (const [wayName, way] of Object.entries(ways)) {
        describe(`by ${wayName}`, () => {
          for (const [group, cases] of Object.entries(groups)) {
            describe(group, { concurrency: 8 }, () => {
              for (const { title, steps } of cases) it(title, () => walk(steps, way));
            });
          }
        });
      }
    };
    run(GROUPS, WAYS);
    run({ 'several jobs in one call': several }, WRITES_BY_ACTION);
    if (store === 'embedded') {
      run(GROUPS, { 'both protocols by turns': BY_TURNS });
    } else {
      run(GROUPS, {
        'two instances by turns': ACROSS,
        'two instances by turns, the other way round': ACROSS_THE_OTHER_WAY,
      });
      run(
        { 'several jobs in one call': several },
        {
          'the action API, seen by REST at another instance': ({ action, otherRest }) => [action, otherRest],
        },
      );
    }

    let walks = 0;
    async function walk(steps: readonly Step[], way: Way): Promise<void> {
      const own = `walk-${++walks}`;
      const models = new Map<string, Model>();
      for (const [index, step] of steps.entries()) {
        const doorsOf = (userId: string): Doors => doors.get(userId) as Doors;
        const by = step.by ?? ADMIN.userId;
        const [writer] = way(doorsOf(by), index);
        const [, reader] = way(doorsOf(ADMIN.userId), index);
        await take(step, by, writer, models, own);
        // That nothing changed each job tells; timelines and lists are asked again at the end.
        const changes = step.shows !== undefined || (step.write === 'create-job' && !step.refused);
        const everywhere = changes || index === steps.length - 1;
        await look(reader, models, own, index, everywhere);
      }
    }

    /** Writes, judges the answer, and learns what readers must see from now on. */
    async function take(
      step: Step,
      by: string,
      writer: Door,
      models: Map<string, Model>,
      own: string,
    ): Promise<void> {
      const names = typeof step.of === 'string' ? [step.of] : step.of;
      const creates = step.write === 'create-job';
      const jobIds = creates ? [] : names.map((name) => models.get(name)?.jobId ?? name);
      const content = creates || step.write === 'replace-job' ? { jobType: own, jobAction: 'Test' } : {};
      const input: WriteInput = { ...content, ...step.input };
      const written = await writer.write({ operation: step.write, jobIds, input });

      if (step.refused !== undefined) {
        assert.ok('refused' in written, `${step.write} should be refused: ${step.refused}`);
        assert.equal(written.refused, step.refused, written.message);
        for (const word of step.naming ?? [])
          assert.ok(written.message.includes(models.get(word)?.jobId ?? word), written.message);
        return;
      }
      assert.ok('jobIds' in written, JSON.stringify(written));
      if (creates) {
        const [jobId = ''] = written.jobIds;
        assert.match(jobId, /^j-[0-9A-Za-z]{8}$/);
        models.set(names[0] as string, { jobId, job: created(jobId, by, input), hidden: false, rows: [] });
      } else {
        assert.deepEqual(written.jobIds, jobIds);
      }
      for (const name of names) {
        const model = models.get(name) as Model;
        const shows = step.shows?.[name];
        if (shows === 'hidden') model.hidden = true;
        else model.job = { ...model.job, ...shows };
        const { version, status, preStatus } = model.job;
        if (version > (model.rows.at(-1)?.version ?? 0))
          model.rows.push({ version, status, preStatus, userId: by, note: input.note ?? '' });
        if (written.shown) {
          assert.deepEqual(withoutTimes(written.shown), model.job);
          assert.equal(written.tag, `"${version}"`);
        }
      }
    }

    /** Every way to look at jobs shows all of them as they must be, and none of those hidden. */
    async function look(
      reader: Door,
      models: ReadonlyMap<string, Model>,
      own: string,
      index: number,
      everywhere: boolean,
    ): Promise<void> {
      const visible = [...models.values()].filter((model) => !model.hidden);
      const times = new Map<string, number>();
      for (const { jobId, job, hidden, rows } of models.values()) {
        const one = await reader.ask({ operation: 'describe-job', input: { jobId } });
        const timeline = everywhere ? await reader.timeline(jobId) : undefined;
        if (hidden) {
          assert.ok('refused' in one && one.refused.includes('job_not_found'), `step ${index}`);
          assert.ok(
            !timeline || ('refused' in timeline && timeline.refused === 'job_not_found'),
            `step ${index}`,
          );
          const [row] = (await gateway.database.db('jobs').where('job_id', jobId)) as (JobRow & {
            hidden_time: string | null;
          })[];
          assert.ok(row?.hidden_time, 'the row of a hidden job stays');
          continue;
        }
        assert.ok('job' in one, `step ${index}: ${JSON.stringify(one)}`);
        assert.deepEqual(withoutTimes(one.job), job, `step ${index}`);
        times.set(jobId, one.job.updateTime);
        if (!timeline) continue;
        assert.ok('rows' in timeline, `step ${index}`);
        assert.deepEqual(timeline.rows.map(withoutTime), rows, `step ${index}`);
        assert.equal(timeline.rows[0]?.time, one.job.createTime);
        assert.equal(timeline.rows.at(-1)?.time, one.job.updateTime);
      }
      const jobIds = [...models.values()].map((model) => model.jobId);
      if (jobIds.length === 0 || !everywhere) return;
      const asked = await reader.ask({ operation: 'describe-jobs', input: { jobIds } });
      assert.ok('jobs' in asked);
      assert.deepEqual(
        asked.jobs.map(withoutTimes),
        visible.map((model) => model.job),
        `step ${index}`,
      );
      assert.equal(asked.total, visible.length);
      for (const job of asked.jobs) assert.equal(job.updateTime, times.get(job.jobId));

      const ofType = visible.filter((model) => model.job.jobType === own).map((model) => model.job);
      const listed = await reader.ask({ operation: 'describe-jobs', input: { jobType: [own] } });
      assert.ok('jobs' in listed);
      assert.deepEqual(listed.jobs.map(withoutTimes), ofType.toReversed(), `step ${index}`);
      assert.equal(listed.total, ofType.length);
      const latest = await reader.ask({ operation: 'describe-latest-job', input: { jobType: [own] } });
      if (ofType.length === 0) assert.ok('refused' in latest && latest.refused.includes('job_not_found'));
      else assert.ok('job' in latest && latest.job.jobId === ofType.at(-1)?.jobId, `step ${index}`);
    }
  });
}

function created(jobId: string, by: string, input: WriteInput): Model['job'] {
  const { jobType = '', jobAction = '', owner = by, resources = '{}', directive } = input;
  return {
    jobId,
    jobType,
    jobAction,
    owner,
    status: 'pending',
    preStatus: '',
    resources: JSON.parse(resources),
    directive: directive === undefined ? undefined : JSON.parse(directive),
    version: 1,
  };
}

function withoutTimes({ createTime, updateTime, ...job }: SeenJob): Model['job'] {
  assert.ok(createTime <= updateTime);
  return job;
}

function withoutTime({ version, status, preStatus, userId, note }: SeenEvent): Omit<SeenEvent, 'time'> {
  return { version, status, preStatus, userId, note };
}
