import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { createMemoryEntryCache, EMBEDDED_RUN_ID } from '../../adapters/memory/entry-cache.ts';
import { createEntryKinds } from '../../src/coherence/entry-kinds.ts';
import type { EpochKeeper } from '../../src/coherence/epoch-keeper.ts';
import type { EntryCache } from '../../src/coherence/ports.ts';
import type { ReadOutcome } from '../../src/coherence/look-up.ts';
import { createReadThrough, type ReadThrough } from '../../src/coherence/read-through.ts';
import type { Account } from '../../src/accounts/account.ts';
import { createJobFaces } from '../../src/jobs/job-view.ts';
import type { Job } from '../../src/jobs/job.ts';
import type { AccountStore, EntryKey, EpochState, JobStore, RowKey } from '../../src/ports.ts';
import { someJob } from '../support/some-job.ts';

const EPOCH = 4;
const USER = 'usr-a';

describe('reading through the cache', () => {
  let now: number;
  let jobs: Map<string, Job>;
  let account: Account;
  let state: EpochState;
  let usable: number | undefined;
  let cache: EntryCache;
  let asked: string[];
  let repaired: EntryKey[];
  let outcomes: ReadOutcome[];
  /** What happens between a reader's lease and its read of the database. */
  let meanwhile: () => Promise<unknown>;
  let reader: ReadThrough;

  const build = (): ReadThrough => {
    const accountStore: Pick<AccountStore, 'read'> = {
      async read(ids) {
        asked.push(...ids);
        await meanwhile();
        return { epoch: state, rows: new Map(ids.includes(USER) ? [[USER, account]] : []) };
      },
    };
    const jobStore: Pick<JobStore, 'read'> = {
      async read(ids) {
        asked.push(...ids);
        const rows = new Map(ids.flatMap((id) => (jobs.has(id) ? [[id, jobs.get(id) as Job]] : [])));
        await meanwhile();
        return { epoch: state, rows };
      },
    };
    const faces = createJobFaces({ only: (each) => JSON.stringify(each) });
    return createReadThrough({
      cache,
      keeper: { usable: () => usable, observe: () => {} } as Partial<EpochKeeper> as EpochKeeper,
      kinds: createEntryKinds(jobStore as JobStore, accountStore as AccountStore, faces),
      repair: ({ key }) => void repaired.push(key),
      count: (_kind, outcome) => void outcomes.push(outcome),
    });
  };

  const job = someJob();
  const key: RowKey = { kind: 'job', id: job.jobId };
  const versionRead = async (): Promise<number | undefined> =>
    (await reader.read(undefined, [job.jobId])).jobs[0]?.version;
  const standsInCache = async (): Promise<number | undefined> => (await cache.get(EPOCH, [key]))[0]?.version;

  beforeEach(() => {
    now = 0;
    jobs = new Map([[job.jobId, job]]);
    account = { userId: USER, role: 'user', active: true, version: 3 };
    state = { epoch: EPOCH, on: true, runId: EMBEDDED_RUN_ID, offFor: 0, ttl: 3_000 };
    usable = EPOCH;
    cache = createMemoryEntryCache({ ttl: 3_000, most: 100, clock: () => now, generation: () => 0 });
    [asked, repaired, outcomes] = [[], [], []];
    meanwhile = async () => {};
    reader = build();
  });

  it('asks the database once, and the cache after that', async () => {
    const first = await reader.read(USER, [job.jobId]);
    const second = await reader.read(USER, [job.jobId]);
    assert.deepEqual(asked.toSorted(), [job.jobId, USER].toSorted());
    assert.deepEqual(second.account, account);
    assert.deepEqual(second.jobs[0]?.face('only'), first.jobs[0]?.face('only'));
    assert.deepEqual(outcomes, ['miss', 'miss', 'hit', 'hit']);
  });

  it('answers in the order of the ids, repetitions and gaps included', async () => {
    const other = someJob();
    jobs.set(other.jobId, other);
    await reader.read(undefined, [other.jobId]);
    const ids = [job.jobId, 'j-none0000', other.jobId, job.jobId];
    const found = (await reader.read(undefined, ids)).jobs.map((each) => each?.jobId);
    assert.deepEqual(found, [job.jobId, undefined, other.jobId, job.jobId]);
  });

  it('does not look up an id that no job can have', async () => {
    const { jobs: found, account: nobody } = await reader.read(undefined, ['x', 'j-1', "j-' or 1=1"]);
    assert.deepEqual(found, [undefined, undefined, undefined]);
    assert.equal(nobody, undefined);
    assert.deepEqual(asked, []);
  });

  it('does not keep that a job does not exist', async () => {
    jobs.clear();
    assert.equal(await versionRead(), undefined);
    jobs.set(job.jobId, job);
    assert.equal(await versionRead(), job.version);
  });

  it('leaves nothing in the cache when a writer comes between the lease and the fill', async () => {
    meanwhile = async () => {
      await cache.block(EPOCH, [key], 'writer');
      jobs.set(job.jobId, { ...job, version: 2 });
      await cache.publish(EPOCH, key, 'writer', { version: 2, body: Buffer.alloc(0) });
    };
    assert.equal(await versionRead(), 1);
    assert.equal(await standsInCache(), undefined);
    meanwhile = async () => {};
    assert.equal(await versionRead(), 2);
  });

  it('leaves nothing in the cache while a writer holds the entry, and reads what is committed', async () => {
    await cache.block(EPOCH, [key], 'writer');
    assert.equal(await versionRead(), 1);
    await cache.abort(EPOCH, [key], 'writer');
    assert.equal(await standsInCache(), undefined);
    assert.deepEqual(outcomes, ['blocked']);
  });

  it('leaves nothing in the cache when the epoch moves, or the cache goes off, between lease and read', async () => {
    for (const change of [{ epoch: EPOCH + 1 }, { on: false }, { epoch: EPOCH + 1, on: false }]) {
      const before = state;
      state = { ...state, ...change };
      assert.equal(await versionRead(), 1);
      assert.equal(await standsInCache(), undefined);
      state = before;
      now += 3_000;
    }
  });

  it('lets one of several readers fill, and gives all of them the row', async () => {
    const found = await Promise.all(Array.from({ length: 5 }, () => versionRead()));
    assert.deepEqual(found, [1, 1, 1, 1, 1]);
    assert.equal(await standsInCache(), 1);
  });

  it('does not join a read that has begun: each that misses asks for itself', async () => {
    let second: Promise<number | undefined> | undefined;
    meanwhile = async () => {
      meanwhile = async () => {};
      jobs.set(job.jobId, { ...job, version: 2 });
      second = versionRead();
    };
    assert.equal(await versionRead(), 1);
    assert.equal(await second, 2);
  });

  it('reads the database, and asks no lease, while the cache may not be used', async () => {
    usable = undefined;
    assert.equal(await versionRead(), 1);
    assert.equal((await cache.lease(EPOCH, key, 'another')).is, 'lease');
    assert.deepEqual(outcomes, ['bypass']);
  });

  it('reads the database when the cache fails at any step', async () => {
    const whole = cache;
    for (const step of ['get', 'lease', 'fill'] as const) {
      cache = { ...whole, [step]: () => Promise.reject(new Error('away')) };
      reader = build();
      assert.equal(await versionRead(), 1, step);
      now += 3_000;
    }
  });

  it('asks for no lease from a cache that did not answer', async () => {
    let leases = 0;
    cache = {
      ...cache,
      get: () => Promise.reject(new Error('away')),
      lease: async () => (leases++, { is: 'wait' }),
    };
    reader = build();
    await versionRead();
    assert.equal(leases, 0);
  });

  it('fails where the database fails, and not with what stood in the cache for other ids', async () => {
    meanwhile = () => Promise.reject(new Error('the database is away'));
    await assert.rejects(versionRead(), /the database is away/);
  });

  it('has an old block repaired, and a young one left alone', async () => {
    await cache.block(EPOCH, [key], 'dead writer');
    now += 8_000;
    await versionRead();
    assert.deepEqual(repaired, []);
    now += 1;
    await versionRead();
    assert.deepEqual(repaired, [key]);
  });

  it('does not keep a job that is too large to be worth it', async () => {
    jobs.set(job.jobId, { ...job, resources: `{"a":"${'x'.repeat(200_000)}"}` });
    assert.equal(await versionRead(), 1);
    assert.equal(await standsInCache(), undefined);
  });

  it('reads the database for an entry that another version of the program wrote', async () => {
    await cache.lease(EPOCH, key, 'old version');
    await cache.fill(EPOCH, key, 'old version', { version: 9, body: Buffer.from('in another form') });
    assert.equal(await versionRead(), 1);
  });
});
