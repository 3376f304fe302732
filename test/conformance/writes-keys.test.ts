import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { toSqlTime } from '../../adapters/sql/time.ts';
import { callAction, callRest } from '../support/clients.ts';
import { ADMIN, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { doorOfAction } from './writes-by-action.ts';
import { doorOfRest } from './writes-by-rest.ts';
import type { Door, WriteInput, Written } from './writes-step.ts';

const ALICE = 'usr-alice';
const HOUR = 60 * 60_000;

for (const store of STORES) {
  describe(`requests with a key on the ${store} store`, () => {
    let gateway: TestGateway;
    let token: string;
    /** The admin's: both protocols, on two instances where there are two. */
    let doors: [action: Door, rest: Door, otherAction: Door, otherRest: Door];
    let alices: [action: Door, rest: Door];
    before(async () => {
      gateway = await startGateway(store);
      const other = store === 'servers' ? await gateway.sibling() : gateway;
      await gateway.addUser(ALICE, 'user');
      token = await gateway.logIn();
      doors = [
        doorOfAction(gateway, ADMIN.userId),
        doorOfRest(gateway, token),
        doorOfAction(other, ADMIN.userId),
        doorOfRest(other, token),
      ];
      alices = [doorOfAction(other, ALICE), doorOfRest(gateway, await gateway.logIn(ALICE))];
    });
    after(() => gateway[Symbol.asyncDispose]());

    let used = 0;
    /** A request that no other test makes. */
    const request = (): WriteInput & { jobType: string; idempotencyKey: string } => {
      const own = `keyed-${++used}`;
      return {
        jobType: own,
        jobAction: 'Test',
        resources: '{"10":1,"a":[2]}',
        idempotencyKey: `key/${own}=+`,
      };
    };
    const create = (door: Door, input: WriteInput): Promise<Written> =>
      door.write({ operation: 'create-job', jobIds: [], input });
    const cancel = (door: Door, jobIds: readonly string[], input: WriteInput): Promise<Written> =>
      door.write({ operation: 'cancel-jobs', jobIds, input });
    const idOf = (written: Written): string => {
      assert.ok('jobIds' in written, JSON.stringify(written));
      return written.jobIds[0] as string;
    };
    const refusalOf = (written: Written): string => ('refused' in written ? written.refused : 'none');
    const countOf = async (jobType: string): Promise<number> => {
      const rows = (await gateway.database
        .db('jobs')
        .where('job_type', jobType)
        .select('job_id')) as unknown[];
      return rows.length;
    };
    const versionOf = async (jobId: string): Promise<number> => {
      const outcome = await doors[1].ask({ operation: 'describe-job', input: { jobId } });
      assert.ok('job' in outcome);
      return outcome.job.version;
    };

    it('create one job, however often and wherever they come', async () => {
      for (const first of [0, 1, 2, 3]) {
        const input = request();
        const jobId = idOf(await create(doors[first] as Door, input));
        for (const door of [...doors, ...doors]) assert.equal(idOf(await create(door, input)), jobId);
        assert.equal(await countOf(input.jobType), 1);
        const timeline = await doors[0].timeline(jobId);
        assert.ok('rows' in timeline && timeline.rows.length === 1);
      }
    });

    it('are answered as they were the first time, to the byte, whatever became of the job', async () => {
      const input = { ...request(), directive: '{"b":1,"password":"secret"}' };
      const first = await create(doors[1], input);
      const jobId = idOf(first);
      await doors[0].write({ operation: 'report-job', jobIds: [jobId], input: { status: 'working' } });
      assert.deepEqual(await create(doors[3], input), first);
      await cancel(doors[0], [jobId], {});
      assert.deepEqual(await create(doors[1], input), first);
      assert.equal(await versionOf(jobId), 3);
    });

    it('are refused where the key came with another request', async () => {
      const input = request();
      idOf(await create(doors[0], input));
      for (const [index, other] of [
        { ...input, resources: '{"10":1,"a":[3]}' },
        { ...input, resources: '{}' },
        { ...input, jobAction: 'Other' },
        { ...input, directive: '{}' },
        { ...input, owner: ALICE },
      ].entries()) {
        assert.equal(refusalOf(await create(doors[index % 4] as Door, other)), 'idempotency_conflict');
      }
      assert.equal(await countOf(input.jobType), 1);
    });

    it('may name the caller as the owner or leave it out', async () => {
      const input = request();
      const jobId = idOf(await create(doors[0], input));
      assert.equal(idOf(await create(doors[1], { ...input, owner: ADMIN.userId })), jobId);
    });

    it('belong to their user', async () => {
      const input = request();
      const own = idOf(await create(doors[0], input));
      const alices0 = idOf(await create(alices[0], input));
      assert.notEqual(own, alices0);
      assert.equal(idOf(await create(alices[1], input)), alices0);
      assert.equal(await countOf(input.jobType), 2);
    });

    it('tell keys apart that differ in case alone', async () => {
      const input = request();
      const upper = { ...input, idempotencyKey: input.idempotencyKey.toUpperCase() };
      assert.notEqual(idOf(await create(doors[0], input)), idOf(await create(doors[1], upper)));
    });

    it('create one job where fifty come at once', async () => {
      const input = request();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => create(doors[index % 4] as Door, input)),
      );
      assert.equal(new Set(answers.map(idOf)).size, 1);
      assert.equal(await countOf(input.jobType), 1);
      const [row] = (await gateway.database
        .db('job_events')
        .where('job_id', idOf(answers[0] as Written))
        .count({ n: '*' })) as { n: number }[];
      assert.equal(Number(row?.n), 1);
    });

    it('let one of two different ones win that come at once with one key', async () => {
      for (let round = 0; round < 10; round++) {
        const input = request();
        const answers = await Promise.all([
          create(doors[round % 4] as Door, input),
          create(doors[(round + 3) % 4] as Door, { ...input, jobAction: 'Other' }),
        ]);
        assert.deepEqual(answers.map(refusalOf).toSorted(), ['idempotency_conflict', 'none']);
        assert.equal(await countOf(input.jobType), 1);
      }
    });

    it('leave the key free where they are refused', async () => {
      const input = request();
      const wrong: WriteInput[] = [
        { ...input, jobAction: 'x'.repeat(65) },
        { ...input, resources: '{"a":1,"a":2}' },
      ];
      for (const each of wrong) assert.equal(refusalOf(await create(doors[0], each)), 'invalid_parameter');
      assert.equal(refusalOf(await create(alices[0], { ...input, owner: 'usr-bob' })), 'permission_denied');
      idOf(await create(alices[1], input));
      idOf(await create(doors[1], input));

      const { idempotencyKey } = request();
      const [open, ended] = [
        idOf(await create(doors[0], request())),
        idOf(await create(doors[0], request())),
      ];
      await doors[0].write({ operation: 'report-job', jobIds: [ended], input: { status: 'failed' } });
      for (const [jobId, refused] of [
        [ended, 'operation_not_allowed'],
        ['j-00000000', 'job_not_found'],
      ] as const) {
        assert.equal(refusalOf(await cancel(doors[1], [jobId], { idempotencyKey })), refused);
      }
      idOf(await cancel(doors[0], [open], { idempotencyKey }));
    });

    it('cancel once, and are answered the same again', async () => {
      const jobId = idOf(await create(doors[0], request()));
      const input = { note: 'enough', idempotencyKey: request().idempotencyKey };
      const first = await cancel(doors[1], [jobId], input);
      assert.ok('shown' in first && first.shown?.status === 'canceled');
      assert.deepEqual(await cancel(doors[3], [jobId], input), first);
      assert.equal(idOf(await cancel(doors[2], [jobId], input)), jobId);
      assert.equal(await versionOf(jobId), 2);
      assert.equal(
        refusalOf(await cancel(doors[0], [jobId], { ...input, note: 'other' })),
        'idempotency_conflict',
      );
    });

    it('are the same in whatever order their parameters stand', async () => {
      const jobIds = [idOf(await create(doors[0], request())), idOf(await create(doors[0], request()))];
      const sent = {
        action: 'CancelJobs',
        lang: 'en',
        note: 'enough',
        client_token: request().idempotencyKey,
        'job_ids.1': jobIds[0] as string,
        'job_ids.2': jobIds[1] as string,
        'version.1': 1,
        'version.2': 2,
      };
      const turned = Object.fromEntries(Object.entries(sent).toReversed());
      const asList = {
        action: 'CancelJobs',
        version: '[1,2]',
        job_ids: JSON.stringify(jobIds),
        note: 'enough',
        client_token: sent.client_token,
      };
      const first = await callAction(gateway, sent);
      assert.deepEqual(first.body.job_ids, jobIds);
      for (const again of [sent, turned, asList])
        assert.equal((await callAction(gateway, again)).text, first.text);
    });

    it('tell a cancellation from a creation with the same key', async () => {
      const input = request();
      const jobId = idOf(await create(doors[0], input));
      const { idempotencyKey } = input;
      assert.equal(refusalOf(await cancel(doors[0], [jobId], { idempotencyKey })), 'idempotency_conflict');
      assert.equal(await versionOf(jobId), 1);
    });

    it('are forgotten after a day, not before', async () => {
      const input = request();
      const jobId = idOf(await create(doors[0], input));
      const age = (by: number): Promise<number> =>
        gateway.database
          .db('idempotency_keys')
          .where('idempotency_key', input.idempotencyKey)
          .update({ create_time: toSqlTime(Date.now() - by) });
      assert.equal(await age(24 * HOUR - 60_000), 1);
      assert.equal(idOf(await create(doors[1], input)), jobId);
      assert.equal(await age(24 * HOUR + 60_000), 1);
      const renewed = idOf(await create(doors[1], { ...input, jobAction: 'Other' }));
      assert.notEqual(renewed, jobId);
      assert.equal(idOf(await create(doors[0], { ...input, jobAction: 'Other' })), renewed);
      const rows = (await gateway.database
        .db('idempotency_keys')
        .where('idempotency_key', input.idempotencyKey)) as unknown[];
      assert.equal(rows.length, 1);
    });

    it('are refused where the key is none', async () => {
      const { jobType } = request();
      for (const idempotencyKey of ['x'.repeat(129), 'two words', 'tab\tbed']) {
        const input = { jobType, jobAction: 'Test', idempotencyKey };
        for (const door of doors) assert.equal(refusalOf(await create(door, input)), 'invalid_parameter');
      }
      const byForm = { action: 'CreateJob', job_type: jobType, job_action: 'Test', client_token: '钥匙' };
      assert.equal((await callAction(gateway, byForm)).body.ret_code, 1100);
      const init = { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': '' } };
      const body = JSON.stringify({ jobType, jobAction: 'Test' });
      const empty = await callRest(gateway, token, '/v1/jobs', { ...init, body });
      assert.equal(empty.body.code, 10001);
      assert.equal(await countOf(jobType), 0);
    });
  });
}
