import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { createMemoryEntryCache, EMBEDDED_RUN_ID } from '../../adapters/memory/entry-cache.ts';
import type { Account } from '../../src/accounts/account.ts';
import { createEntryKinds } from '../../src/coherence/entry-kinds.ts';
import type { EpochKeeper } from '../../src/coherence/epoch-keeper.ts';
import type { EntryCache } from '../../src/coherence/ports.ts';
import { createReadThrough, type ReadThrough } from '../../src/coherence/read-through.ts';
import { createJobFaces } from '../../src/jobs/job-view.ts';
import type { Job } from '../../src/jobs/job.ts';
import { newestKeysOf } from '../../src/jobs/newest.ts';
import type { AccountStore, EntryKey, EpochState, JobStore } from '../../src/ports.ts';
import { someJob } from '../support/some-job.ts';

const EPOCH = 4;
const T = 3_000;

describe('reading the newest job through the cache', () => {
  let now: number;
  /** In the order of their creation. */
  let jobs: Job[];
  let accounts: Map<string, Account>;
  let state: EpochState;
  let usable: number | undefined;
  let cache: EntryCache;
  /** The keys that the cache was asked for, by round trip. */
  let trips: string[][];
  /** What the database was asked for. */
  let asked: string[];
  let outcomes: string[];
  /** What happens between a reader's lease and its read of the database. */
  let meanwhile: () => Promise<unknown>;
  let reader: ReadThrough;

  const build = (): ReadThrough => {
    const accountStore: Pick<AccountStore, 'read'> = {
      async read(ids) {
        asked.push(...ids);
        return { epoch: state, rows: new Map([...accounts].filter(([id]) => ids.includes(id))) };
      },
    };
    const jobStore: Pick<JobStore, 'newest'> = {
      async newest({ owner, jobType }) {
        asked.push(`newest of ${owner ?? 'all'}, ${jobType ?? 'any'}`);
        const fits = (job: Job): boolean =>
          (owner === undefined || job.owner === owner) && (jobType === undefined || job.jobType === jobType);
        const job = jobs.findLast(fits);
        await meanwhile();
        return { epoch: state, job };
      },
    };
    const counted: EntryCache = {
      ...cache,
      get(epoch, keys) {
        trips.push(keys.map(({ kind, id }) => `${kind} ${id}`));
        return cache.get(epoch, keys);
      },
    };
    const faces = createJobFaces({ only: (each) => JSON.stringify(each) });
    return createReadThrough({
      cache: counted,
      keeper: { usable: () => usable, observe: () => {} } as Partial<EpochKeeper> as EpochKeeper,
      kinds: createEntryKinds(jobStore as JobStore, accountStore as AccountStore, faces),
      repair() {},
      count: (kind, outcome) => void outcomes.push(`${kind} ${outcome}`),
    });
  };

  const newest = async (userId = 'usr-all', jobType?: string): Promise<string | undefined> => {
    [trips, asked, outcomes] = [[], [], []];
    return (await reader.readNewest(userId, jobType)).jobs[0]?.jobId;
  };

  /** A change of a job, from its block to the end of it. */
  const change = async (keys: readonly EntryKey[], work: () => void): Promise<void> => {
    await cache.block(EPOCH, keys, 'writer');
    work();
    await cache.abort(EPOCH, keys, 'writer');
  };
  const create = (job: Job): Promise<void> =>
    change([...newestKeysOf(job), { kind: 'job', id: job.jobId }], () => void jobs.push(job));

  const [a, b, c] = [
    someJob({ jobType: 'a', owner: 'usr-own' }),
    someJob({ jobType: 'b', owner: 'usr-own' }),
    someJob({ jobType: 'a', owner: 'usr-2' }),
  ] as const;

  beforeEach(() => {
    now = 0;
    jobs = [a, b, c];
    const account = { active: true, version: 3 };
    accounts = new Map([
      ['usr-own', { ...account, userId: 'usr-own', role: 'user' }],
      ['usr-all', { ...account, userId: 'usr-all', role: 'operator' }],
    ]);
    state = { epoch: EPOCH, on: true, runId: EMBEDDED_RUN_ID, offFor: 0, ttl: T };
    usable = EPOCH;
    cache = createMemoryEntryCache({ ttl: T, most: 100, clock: () => now, generation: () => 0 });
    [trips, asked, outcomes] = [[], [], []];
    meanwhile = async () => {};
    reader = build();
  });

  it('finds the newest of all, of the own ones, and of a type', async () => {
    const found = async (): Promise<unknown[]> => [
      await newest('usr-all'),
      await newest('usr-all', 'b'),
      await newest('usr-all', 'none'),
      await newest('usr-own'),
      await newest('usr-own', 'a'),
    ];
    const right = [c.jobId, b.jobId, undefined, b.jobId, a.jobId];
    for (let times = 0; times < 4; times++) assert.deepEqual(await found(), right);
    assert.equal((await reader.readNewest('usr-nobody', undefined)).account, undefined);
  });

  it('asks the cache alone, once, when all of it stands there', async () => {
    // The first fills which it is, the second the job itself.
    await newest();
    await newest();
    assert.equal(await newest(), c.jobId);
    assert.deepEqual(trips, [['account usr-all', 'newest  ', `job ${c.jobId}`]]);
    assert.deepEqual(asked, []);
    assert.deepEqual(outcomes, ['account hit', 'newest hit', 'job hit']);
    assert.equal((await reader.readNewest('usr-all', undefined)).cached, true);
  });

  it('asks once more where another job has become the newest, which another reader has filled', async () => {
    for (let times = 0; times < 3; times++) await newest();
    const d = someJob();
    await create(d);
    const another = build();
    for (let times = 0; times < 3; times++) await another.readNewest('usr-all', undefined);
    assert.equal(await newest(), d.jobId);
    assert.equal(trips.length, 2);
    assert.deepEqual(asked, []);
    assert.equal(await newest(), d.jobId);
    assert.equal(trips.length, 1);
  });

  it('shows by its own change whatever it was when it was read before', async () => {
    for (let times = 0; times < 3; times++) await newest();
    const next = { ...c, version: 2 };
    const key = { kind: 'job', id: c.jobId } as const;
    await change([key], () => void (jobs[2] = next));
    const { jobs: found, cached } = await reader.readNewest('usr-all', undefined);
    assert.deepEqual([found[0]?.version, cached], [2, false]);
  });

  it('reads the database where the newest was hidden or given another type', async () => {
    for (let times = 0; times < 3; times++) await newest('usr-all', 'a');
    await change([...newestKeysOf(c), { kind: 'job', id: c.jobId }], () => void jobs.pop());
    assert.equal(await newest('usr-all', 'a'), a.jobId);
    for (let times = 0; times < 3; times++) await newest('usr-all', 'a');
    const other = { ...a, jobType: 'b' };
    const touched = [...newestKeysOf(a), ...newestKeysOf(other)];
    await change(touched, () => void (jobs = [other]));
    assert.equal(await newest('usr-all', 'a'), undefined);
    assert.equal(await newest('usr-all', 'b'), a.jobId);
  });

  it('leaves nothing in the cache where a job is created between the lease and the fill', async () => {
    const d = someJob();
    meanwhile = () => create(d);
    assert.equal(await newest(), c.jobId);
    meanwhile = async () => {};
    assert.equal(await newest(), d.jobId);
    assert.deepEqual(asked, ['newest of all, any']);
  });

  it('takes no value from the cache until the last of two creations is done', async () => {
    await newest();
    const keys = newestKeysOf(someJob({ jobType: 'd' }));
    await cache.block(EPOCH, keys, 'first');
    await cache.block(EPOCH, keys, 'second');
    await cache.abort(EPOCH, keys, 'second');
    for (let times = 0; times < 3; times++) {
      assert.equal(await newest(), c.jobId);
      assert.equal(asked.includes('newest of all, any'), true);
      assert.equal(outcomes.includes('newest blocked'), true);
    }
    await cache.abort(EPOCH, keys, 'first');
    await newest();
    await newest();
    assert.equal(await newest(), c.jobId);
    assert.deepEqual(asked, []);
  });

  it('reads the database once for all who miss it at the same time, whoever they are', async () => {
    accounts.set('usr-all-2', { ...accounts.get('usr-all')!, userId: 'usr-all-2' });
    for (const userId of ['usr-all', 'usr-all-2']) await newest(userId);
    now += T;
    [asked, outcomes] = [[], []];
    const found = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        reader.readNewest(index % 2 ? 'usr-all' : 'usr-all-2', undefined),
      ),
    );
    for (const { jobs } of found) assert.equal(jobs[0]?.jobId, c.jobId);
    assert.equal(asked.filter((each) => each === 'newest of all, any').length, 1);
    assert.equal(outcomes.filter((each) => each === 'newest miss').length, 40);
    await newest();
    assert.deepEqual(asked, []);
  });

  it('reads it again for who comes after that read was sent, and sees what was acknowledged meanwhile', async () => {
    for (let times = 0; times < 3; times++) await newest();
    now += T;
    const d = someJob();
    let second: Promise<string | undefined> | undefined;
    meanwhile = async () => {
      meanwhile = async () => {};
      await create(d);
      second = newest();
      await second;
    };
    assert.equal((await reader.readNewest('usr-all', undefined)).jobs[0]?.jobId, c.jobId);
    assert.equal(await second, d.jobId);
    for (let times = 0; times < 3; times++) assert.equal(await newest(), d.jobId);
  });

  it('does not keep that there is no job', async () => {
    assert.equal(await newest('usr-all', 'd'), undefined);
    jobs.push(someJob({ jobType: 'd' }));
    assert.equal(await newest('usr-all', 'd'), jobs.at(-1)?.jobId);
  });

  it('shows an account that may see less from now on no more than it may see', async () => {
    for (let times = 0; times < 3; times++) await newest();
    const key = { kind: 'account', id: 'usr-all' } as const;
    const demote = (): void => void accounts.set('usr-all', { ...accounts.get('usr-all')!, role: 'user' });
    await change([key], demote);
    for (let times = 0; times < 3; times++) assert.equal(await newest(), undefined);
    const own = someJob({ owner: 'usr-all', jobType: 'own' });
    await create(own);
    await create(someJob({ jobType: 'own' }));
    for (let times = 0; times < 4; times++) assert.equal(await newest(), own.jobId);
    assert.deepEqual(asked, []);
  });

  it('leaves nothing in the cache when the epoch moves, or the cache goes off, before the read', async () => {
    for (const change of [{ epoch: EPOCH + 1 }, { on: false }]) {
      const before = state;
      state = { ...state, ...change };
      assert.equal(await newest(), c.jobId);
      assert.equal(await newest(), c.jobId);
      assert.equal(asked.includes('newest of all, any'), true);
      state = before;
      now += T;
    }
  });

  it('reads the database, and asks no lease, while the cache may not be used or does not answer', async () => {
    usable = undefined;
    assert.equal(await newest(), c.jobId);
    assert.deepEqual(outcomes.toSorted(), ['account bypass', 'newest bypass']);
    assert.equal(await newest(), c.jobId);
    assert.deepEqual(outcomes.toSorted(), ['account bypass', 'job bypass', 'newest bypass']);
    usable = EPOCH;
    let leases = 0;
    cache = {
      ...cache,
      get: () => Promise.reject(new Error('away')),
      lease: async () => (leases++, { is: 'wait' }),
    };
    reader = build();
    for (let times = 0; times < 3; times++) assert.equal(await newest(), c.jobId);
    assert.equal(leases, 0);
  });

  it('fails where the database fails', async () => {
    meanwhile = () => Promise.reject(new Error('the database is away'));
    await assert.rejects(newest(), /the database is away/);
  });
});
