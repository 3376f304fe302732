import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writeLine } from '../../adapters/lines/write-line.ts';
import { cleanUp } from '../../adapters/sql/clean-up.ts';
import { foldDeltas } from '../../adapters/sql/counts/fold.ts';
import { importJobs } from '../../bin/import-jobs.ts';
import { openDatabase, openGateway } from '../../bin/open-gateway.ts';
import { bringRecords } from '../../src/jobs/bring-records.ts';
import type { JobRecord } from '../../src/jobs/job-record.ts';
import { callRest } from '../support/clients.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { quietLog } from '../support/quiet-log.ts';
import { finishedRecord } from '../support/some-record.ts';

const JSON_BODY = { 'content-type': 'application/json' };
const DAY = 24 * 60 * 60_000;

/** As the command does it: with a gateway of its own. */
async function bring(gateway: TestGateway, ...records: JobRecord[]): Promise<object> {
  const { config } = gateway;
  const open = await openGateway(config, openDatabase(config), quietLog);
  try {
    return await bringBy(gateway, (fresh) => bringRecords(open.ports, fresh), records);
  } finally {
    await open.close();
  }
}

function bringBy(
  gateway: TestGateway,
  insert: (fresh: readonly JobRecord[]) => Promise<void>,
  records: readonly JobRecord[],
): Promise<object> {
  async function* stream(): AsyncGenerator<Buffer> {
    for (const record of records) yield Buffer.from(`${writeLine(record)}\n`);
  }
  return importJobs(gateway.database.db, stream(), {
    insert,
    strict: false,
    at() {},
    say() {},
    fold: () => foldDeltas(gateway.database),
  });
}

/** A job that is still going, at version 2. */
function goingRecord(): JobRecord {
  const { job, timeline } = finishedRecord({ changes: 3 });
  const [first, second] = timeline as [JobRecord['timeline'][number], JobRecord['timeline'][number]];
  return {
    job: { ...job, status: second.status, preStatus: second.preStatus, updateTime: second.time, version: 2 },
    hiddenTime: undefined,
    timeline: [first, second],
  };
}

for (const store of STORES) {
  describe(`an import while gateways serve the ${store} store`, () => {
    it('is seen at once on every instance, also where the job was seen as absent before', async () => {
      await using gateway = await startGateway(store);
      const instances = store === 'servers' ? [gateway, await gateway.sibling()] : [gateway];
      const token = await gateway.logIn();
      const record = goingRecord();
      const path = `/v1/jobs/${record.job.jobId}`;
      const versions = () =>
        Promise.all(instances.map(async (each) => (await callRest(each, token, path)).body.data.version));

      // Readers ask all the time, so that leases for the absent job stand when it comes.
      const asking = new AbortController();
      const seen: unknown[][] = instances.map(() => []);
      const readers = instances.map(async (each, index) => {
        while (!asking.signal.aborted)
          seen[index]?.push((await callRest(each, token, path)).body.data.version);
      });
      for (const each of instances) {
        const init = { method: 'PATCH', headers: JSON_BODY, body: '{"status":"step9"}' };
        assert.equal((await callRest(each, token, path, init)).body.code, 13001);
      }
      await bring(gateway, record);
      assert.deepEqual(new Set(await versions()), new Set([2]));

      const last = instances.at(-1) as TestGateway;
      const init = {
        method: 'PATCH',
        headers: { ...JSON_BODY, 'if-match': '"2"' },
        body: '{"status":"step9"}',
      };
      assert.equal((await callRest(last, token, path, init)).body.data.version, 3);
      assert.deepEqual(new Set(await versions()), new Set([3]));
      asking.abort();
      await Promise.all(readers);
      for (const own of seen) {
        const told = own.map((version) => (version === undefined ? 0 : Number(version)));
        assert.deepEqual(
          told,
          told.toSorted((a, b) => a - b),
          'no version went down',
        );
      }
    });

    it('brings no hidden or deleted job back to a reader', async () => {
      await using gateway = await startGateway(store);
      const token = await gateway.logIn();
      const record = finishedRecord();
      const path = `/v1/jobs/${record.job.jobId}`;
      await bring(gateway, record);
      assert.equal((await callRest(gateway, token, path)).body.data.version, 3);
      assert.equal((await callRest(gateway, token, path, { method: 'DELETE' })).body.code, 0);

      const left = { added: 0, equal: 0, different: 1, refused: 0 };
      assert.deepEqual(await bring(gateway, record), left);
      assert.equal((await callRest(gateway, token, path)).body.code, 13001);

      const removed = await cleanUp(gateway.database, {
        now: Date.now() + 2 * DAY,
        retention: DAY,
        stop: new AbortController().signal,
      });
      assert.equal(removed?.jobs, 1);
      assert.equal((await callRest(gateway, token, path)).body.code, 13001);
      assert.equal((await callRest(gateway, token, `${path}/timeline`)).body.code, 13001);
      assert.deepEqual(await bring(gateway, record), left);
      assert.equal((await callRest(gateway, token, path)).body.code, 13001);
    });
  });
}

describe('an import that cannot reach the cache of the gateways', () => {
  it('turns it off for them first: none shows the job that was the newest before', async () => {
    await using gateway = await startGateway('servers', { CACHE_TTL_MS: '500' });
    const token = await gateway.logIn();
    const newest = async (): Promise<unknown> =>
      (await callRest(gateway, token, '/v1/jobs/latest')).body.data.jobId;
    const record = finishedRecord({ createTime: Date.now() });
    const open = await openGateway(
      { ...gateway.config, redisUrl: undefined },
      openDatabase(gateway.config),
      quietLog,
    );
    const epochs = () => gateway.database.db('cache_epoch').pluck('epoch');
    const [before] = await epochs();
    const ended = new AbortController();
    const brought = bringRecords(open.ports, [record]).finally(() => ended.abort());
    // Readers ask all the time, so that an entry tells them which job is the newest.
    while (!ended.signal.aborted) await newest();
    await brought;
    assert.equal(await newest(), record.job.jobId);
    assert.ok((await epochs())[0] > before);
    await open.close();
  });
});
