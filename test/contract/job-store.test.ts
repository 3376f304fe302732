import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Knex } from 'knex';
import { foldDeltas } from '../../adapters/sql/counts/fold.ts';
import { createJobStore, insertJobs } from '../../adapters/sql/jobs.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import type { Job } from '../../src/jobs/job.ts';
import type { JobScope } from '../../src/jobs/newest.ts';
import type { JobFilter, JobOrder, JobPage, JobStore } from '../../src/ports.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';
import { statementsOf, usesIndex } from '../support/statements.ts';
import { someJob } from '../support/some-job.ts';

const NEWEST: JobOrder = { by: 'createTime', descending: true };
const OLDEST: JobOrder = { by: 'createTime', descending: false };
const ALL = { offset: 0, limit: 100 };
/** The table of jobs, as statements call it; the counts are small. */
const JOBS = ['jobs', 't', 'j'];

/** Words that collations and conversions are fond of taking for one another. */
const LOOKALIKES = [
  'strasse',
  'straße',
  'STRASSE',
  'Strasse',
  'strasse ',
  'strassé',
  'strasse\u0301',
  'ｓｔｒａｓｓｅ',
  'ﬆrasse',
];

const ids = (jobs: readonly Job[]): string[] => jobs.map((job) => job.jobId);

for (const name of DATABASES) {
  describe(`the job store on the ${name} database`, () => {
    let fresh: FreshStore;
    let store: JobStore;
    const db = (): Knex => fresh.database.db;
    const add = (...jobs: Job[]): Promise<number> => insertJobs(db(), jobs);
    const list = async (filter: JobFilter, order: JobOrder, page: JobPage): Promise<readonly Job[]> =>
      (await store.list(filter, order, page)).jobs;
    const newest = async (scope: JobScope): Promise<string | undefined> =>
      (await store.newest(scope)).job?.jobId;
    const count = async (filter: JobFilter): Promise<number> => (await store.list(filter, NEWEST, ALL)).total;

    before(async () => {
      fresh = await openFreshStore(name);
      store = createJobStore(db(), fresh.database.dialect);
    });
    after(() => fresh[Symbol.asyncDispose]());
    beforeEach(() => db()('jobs').delete());

    describe('filters', () => {
      const filters: [keyof Job, keyof JobFilter, string, string][] = [
        ['jobId', 'jobIds', 'j-aaaaaaaa', 'j-bbbbbbbb'],
        ['jobAction', 'jobAction', 'DeployQingCloud', 'ConfigQingCloud'],
        ['jobType', 'jobType', 'QingCloud', 'other'],
        ['owner', 'owner', 'usr-0000000a', 'usr-0000000b'],
        ['status', 'status', 'done with failure', 'failed'],
        ['preStatus', 'preStatus', 'step1', ''],
      ];
      for (const [field, filter, one, two] of filters) {
        it(`finds jobs by ${filter}: by one word and by any of several`, async () => {
          const [first, second, third] = [
            someJob({ [field]: one }),
            someJob({ [field]: two }),
            someJob({ [field]: field === 'jobId' ? 'j-cccccccc' : 'third' }),
          ];
          await add(first, second, third);
          assert.deepEqual(ids(await list({ [filter]: [one] }, OLDEST, ALL)), [first.jobId]);
          assert.deepEqual(ids(await list({ [filter]: [two, one, 'none'] }, OLDEST, ALL)), [
            first.jobId,
            second.jobId,
          ]);
          assert.equal(await count({ [filter]: [one] }), 1);
          assert.equal(await count({ [filter]: [one, two] }), 2);
          assert.equal(await count({ [filter]: ['none'] }), 0);
        });
      }

      it('matches only jobs that all filters match', async () => {
        const both = someJob({ owner: 'usr-0000000a', status: 'failed' });
        await add(both, someJob({ owner: 'usr-0000000a' }), someJob({ status: 'failed' }));
        const filter = { owner: ['usr-0000000a'], status: ['failed'] };
        assert.deepEqual(ids(await list(filter, NEWEST, ALL)), [both.jobId]);
        assert.equal(await count(filter), 1);
      });

      it('takes no job for an empty list of words', async () => {
        await add(someJob());
        assert.deepEqual(await list({ owner: [] }, NEWEST, ALL), []);
        assert.equal(await count({ owner: [] }), 0);
      });

      it('bounds times exclusively, to the millisecond', async () => {
        const times = [1_700_000_000_122, 1_700_000_000_123, 1_700_000_000_124];
        const [early, middle, late] = times.map((createTime) => someJob({ createTime })) as [Job, Job, Job];
        await add(early, middle, late);
        const found = async (filter: JobFilter): Promise<string[]> => ids(await list(filter, OLDEST, ALL));
        assert.deepEqual(await found({ createdAfter: middle.createTime }), [late.jobId]);
        assert.deepEqual(await found({ createdBefore: middle.createTime }), [early.jobId]);
        assert.deepEqual(await found({ createdAfter: early.createTime, createdBefore: late.createTime }), [
          middle.jobId,
        ]);
        assert.equal(await count({ createdAfter: middle.createTime }), 1);
      });

      it('takes bounds that lie before and after every time that it can hold', async () => {
        await add(someJob());
        const before = Date.parse('0000-01-01T00:00:00+14:00');
        const after = Date.parse('9999-12-31T23:59:59.999-14:00');
        assert.equal(await count({ createdAfter: before }), 1);
        assert.equal(await count({ createdBefore: after }), 1);
        assert.equal(await count({ createdBefore: before }), 0);
        assert.equal(await count({ createdAfter: after }), 0);
      });
    });

    describe('exactness', () => {
      for (const field of ['owner', 'jobType', 'jobAction', 'status'] as const) {
        it(`compares ${field} byte by byte`, async () => {
          await add(...LOOKALIKES.map((word) => someJob({ [field]: word })));
          for (const word of LOOKALIKES) {
            const found = await list({ [field]: [word] }, NEWEST, ALL);
            assert.deepEqual(
              found.map((job) => job[field]),
              [word],
            );
            assert.equal(await count({ [field]: [word, `${word} `] }), word === 'strasse' ? 2 : 1);
          }
        });
      }

      it('compares ids byte by byte', async () => {
        const wanted = ['j-68mbPHJU', 'j-68mbphju', 'j-68MBPHJU'];
        await add(...wanted.map((jobId) => someJob({ jobId })));
        for (const jobId of wanted) {
          const { rows } = await store.read([jobId]);
          assert.deepEqual([...rows.keys()], [jobId]);
          assert.deepEqual(ids(await list({ jobIds: [jobId] }, NEWEST, ALL)), [jobId]);
        }
        const none = ['j-68mbPHJU ', 'j-68mbPHJu', 'ｊ-68mbPHJU', 'j-68mbPHJÜ'];
        assert.equal((await store.read(none)).rows.size, 0);
      });

      it('gives every byte of free data back: order of keys, spaces, escapes, large numbers', async () => {
        const resources =
          '{"10":1, "2" : [ ],"b":{"9":0,"a":1e400},"a":"\\u00e9é\\ud83d😀","n":12345678901234567890}';
        const directive = '{"z":null,"1":{"0":"\\/"},"\\u0061":" "}';
        const job = someJob({ resources, directive });
        await add(job);
        const { rows } = await store.read([job.jobId]);
        assert.equal(rows.get(job.jobId)?.resources, resources);
        assert.equal(rows.get(job.jobId)?.directive, directive);
        assert.deepEqual((await list({}, NEWEST, ALL))[0], job);
        assert.deepEqual((await store.newest({})).job, job);
      });

      it('gives every field back as it was put in', async () => {
        const job = someJob({
          preStatus: '',
          version: 4_000_000_000,
          directive: '{}',
          status: 'done with failure',
        });
        await add(job);
        assert.deepEqual((await store.read([job.jobId])).rows.get(job.jobId), job);
      });

      it('names the job whose free data is not JSON', async () => {
        const job = someJob();
        await add(job);
        await db()('jobs').update({ resources: '{"a":' });
        const names = (thrown: unknown): boolean => String(thrown).includes(job.jobId);
        await assert.rejects(store.read([job.jobId]), names);
        await assert.rejects(list({}, NEWEST, ALL), names);
        await assert.rejects(store.newest({}), names);
      });

      it('keeps times in UTC with milliseconds, whatever zone the process is in', async () => {
        const { TZ } = process.env;
        // In New York 02:30 of this day does not exist, and 01:30 of the other comes twice.
        const times = ['2024-03-10T02:30:00.123Z', '2024-11-03T05:30:00.001Z', '2024-11-03T06:30:00.999Z'];
        try {
          for (const zone of ['America/New_York', 'Asia/Shanghai', 'Pacific/Kiritimati', 'UTC']) {
            process.env.TZ = zone;
            await db()('jobs').delete();
            const jobs = times.map((time) =>
              someJob({ createTime: Date.parse(time), updateTime: Date.parse(time) + 1 }),
            );
            await add(...jobs);
            assert.deepEqual(await list({}, OLDEST, ALL), jobs);
            const stored = await db()('jobs').orderBy('create_time').pluck('create_time');
            assert.deepEqual(
              stored,
              times.map((time) => time.replace('T', ' ').replace('Z', '')),
            );
          }
        } finally {
          if (TZ === undefined) delete process.env.TZ;
          else process.env.TZ = TZ;
        }
      });
    });

    describe('order', () => {
      for (const by of ['createTime', 'updateTime'] as const) {
        for (const descending of [true, false]) {
          const direction = descending ? 'down' : 'up';
          it(`orders by ${by} ${direction}, equal times by id the same way round`, async () => {
            const jobs = [3, 1, 2, 2, 2, 1].map((time, index) =>
              someJob({ jobId: `j-0000000${'cbafde'[index]}`, [by]: time * 1_000 }),
            );
            await add(...jobs);
            const rising = ['b', 'e', 'a', 'd', 'f', 'c'].map((end) => `j-0000000${end}`);
            const expected = descending ? rising.toReversed() : rising;
            assert.deepEqual(ids(await list({}, { by, descending }, ALL)), expected);
          });

          it(`continues after any job, ${direction} by ${by}, without a gap or a repetition`, async () => {
            await add(...Array.from({ length: 12 }, (_, index) => someJob({ [by]: (index % 3) * 1_000 })));
            const order = { by, descending };
            const whole = await list({}, order, ALL);
            for (const [index, last] of whole.entries()) {
              const page = { offset: 0, limit: 5, after: { time: last[by], jobId: last.jobId } };
              assert.deepEqual(ids(await list({}, order, page)), ids(whole.slice(index + 1, index + 6)));
            }
          });
        }
      }

      it('orders ids as bytes: upper case before lower case', async () => {
        const jobs = ['j-aaaaaaaa', 'j-AAAAAAAA', 'j-ZZZZZZZZ', 'j-00000000'].map((jobId) =>
          someJob({ jobId, createTime: 0 }),
        );
        await add(...jobs);
        const expected = ['j-00000000', 'j-AAAAAAAA', 'j-ZZZZZZZZ', 'j-aaaaaaaa'];
        assert.deepEqual(ids(await list({}, OLDEST, ALL)), expected);
      });

      it('continues after a job that is gone', async () => {
        const [first, gone, last] = [someJob(), someJob(), someJob()];
        await add(first, gone, last);
        await db()('jobs').where('job_id', gone.jobId).delete();
        const after = { time: gone.createTime, jobId: gone.jobId };
        assert.deepEqual(ids(await list({}, OLDEST, { ...ALL, after })), [last.jobId]);
      });

      it('keeps the filter while it continues', async () => {
        const jobs = Array.from({ length: 6 }, (_, index) => someJob({ owner: `usr-${index % 2}` }));
        await add(...jobs);
        const [first] = jobs as [Job];
        const page = { ...ALL, after: { time: first.createTime, jobId: first.jobId } };
        const found = await list({ owner: ['usr-0'] }, OLDEST, page);
        assert.deepEqual(ids(found), [jobs[2]?.jobId, jobs[4]?.jobId]);
      });

      it('gives the page that offset and limit name, and counts all', async () => {
        const jobs = Array.from({ length: 7 }, () => someJob());
        await add(...jobs);
        assert.deepEqual(ids(await list({}, OLDEST, { offset: 2, limit: 3 })), ids(jobs.slice(2, 5)));
        assert.deepEqual(ids(await list({}, OLDEST, { offset: 6, limit: 3 })), ids(jobs.slice(6)));
        assert.deepEqual(await list({}, OLDEST, { offset: 7, limit: 3 }), []);
        assert.equal(await count({}), 7);
      });
    });

    describe('the latest job', () => {
      it('is the newest by creation, of equal times the higher id', async () => {
        const createTime = Date.UTC(2024, 5, 1);
        await add(
          someJob({ jobId: 'j-newest00', createTime }),
          someJob({ jobId: 'j-newest01', createTime, updateTime: 0 }),
          someJob({ createTime: createTime - 1, updateTime: createTime + 1 }),
        );
        assert.equal(await newest({}), 'j-newest01');
      });

      it('is looked for among the types and owners asked for', async () => {
        const [a, b, c] = [
          someJob({ jobType: 'a', owner: 'usr-1' }),
          someJob({ jobType: 'b', owner: 'usr-1' }),
          someJob({ jobType: 'a', owner: 'usr-2' }),
        ];
        await add(a, b, c);
        assert.equal(await newest({}), c.jobId);
        assert.equal(await newest({ jobType: 'a' }), c.jobId);
        assert.equal(await newest({ owner: 'usr-1' }), b.jobId);
        assert.equal(await newest({ jobType: 'a', owner: 'usr-1' }), a.jobId);
      });

      it('is none where nothing matches', async () => {
        await add(someJob());
        assert.equal(await newest({ jobType: 'A' }), undefined);
      });

      it('is told with the epoch of the same moment, and so is that there is none', async () => {
        assert.equal((await store.newest({})).job, undefined);
        const { epoch } = await store.read([]);
        const { offFor, ...others } = (await store.newest({ jobType: 'A' })).epoch;
        assert.deepEqual({ ...others, offFor: epoch.offFor }, epoch);
        assert.ok(offFor >= epoch.offFor);
      });
    });

    describe('a read', () => {
      it('gives the rows that exist by id, each once', async () => {
        const [one, two] = [someJob(), someJob()];
        await add(one, two);
        const { rows } = await store.read([two.jobId, 'j-none0000', one.jobId, two.jobId]);
        assert.deepEqual(new Set(rows.keys()), new Set([one.jobId, two.jobId]));
        assert.deepEqual(rows.get(one.jobId), one);
      });

      it('gives the epoch even where no row is found', async () => {
        for (const wanted of [['j-none0000'], []]) {
          const { epoch, rows } = await store.read(wanted);
          assert.equal(rows.size, 0);
          assert.equal(epoch.epoch, 1);
          assert.equal(epoch.on, name === 'embedded');
        }
      });

      it('asks for rows and epoch in one statement', async () => {
        const job = someJob();
        await add(job);
        const asked = await statementsOf(db(), () => store.read([job.jobId, 'j-none0000']));
        assert.equal(asked.length, 1);
      });

      it('keeps a row’s version apart from that of the epoch’s row', async () => {
        const job = someJob({ version: 9 });
        await add(job);
        assert.equal((await store.read([job.jobId])).rows.get(job.jobId)?.version, 9);
      });
    });
  });
}

describe('the job store on a database whose columns became JSON', () => {
  it('reads free data as text that means the same', async () => {
    await using fresh = await openFreshStore('server');
    const { db, dialect } = fresh.database;
    const job = someJob({ resources: '{"a":[1,{"b":"é"}]}', directive: '{"c":null}' });
    await insertJobs(db, [job]);
    await db.raw('alter table jobs modify resources json not null, modify directive json');
    const found = (await createJobStore(db, dialect).read([job.jobId])).rows.get(job.jobId);
    assert.deepEqual(JSON.parse(String(found?.resources)), { a: [1, { b: 'é' }] });
    assert.deepEqual(JSON.parse(String(found?.directive)), { c: null });
  });
});

describe('the job store on a server with thousands of jobs', () => {
  let fresh: FreshStore;
  let store: JobStore;
  const START = Date.UTC(2023, 0, 1);
  before(async () => {
    fresh = await openFreshStore('server');
    store = createJobStore(fresh.database.db, fresh.database.dialect);
    await fill(fresh.database, START);
  });
  after(() => fresh[Symbol.asyncDispose]());

  const filters: Record<string, JobFilter> = {
    jobIds: { jobIds: ['j-x0000001'] },
    'several jobIds': { jobIds: ['j-x0000001', 'j-x0000900', 'j-none0000'] },
    jobAction: { jobAction: ['action-3'] },
    jobType: { jobType: ['type-3'] },
    owner: { owner: ['usr-3'] },
    'several owners': { owner: ['usr-3', 'usr-4'] },
    status: { status: ['status-3'] },
    preStatus: { preStatus: ['status-3'] },
    createdAfter: { createdAfter: START + 3_900 * 60_000 },
    createdBefore: { createdBefore: START + 100 * 60_000 },
  };
  for (const [what, filter] of Object.entries(filters)) {
    it(`uses an index to list and to count by ${what}`, async () => {
      for (const by of ['createTime', 'updateTime'] as const) {
        const order = { by, descending: true };
        await usesIndex(fresh.database.db, () => store.list(filter, order, { offset: 0, limit: 20 }), JOBS);
      }
    });
  }

  it('uses an index for a page that continues, in both orders', async () => {
    for (const by of ['createTime', 'updateTime'] as const) {
      const after = { time: START + 2_000 * 60_000, jobId: 'j-x0002000' };
      const order = { by, descending: true };
      await usesIndex(fresh.database.db, () => store.list({}, order, { offset: 0, limit: 20, after }), JOBS);
    }
  });

  it('uses an index to find the latest job by type, by owner and by both', async () => {
    for (const scope of [
      { jobType: 'type-3' },
      { owner: 'usr-3' },
      { jobType: 'type-3', owner: 'usr-3' },
      {},
    ]) {
      await usesIndex(fresh.database.db, () => store.newest(scope), ['t', 'j']);
    }
  });

  it('uses an index to read by id', async () => {
    await usesIndex(fresh.database.db, () => store.read(['j-x0000001', 'j-x0000002']), ['t']);
  });
});

async function fill(database: OpenDatabase, start: number): Promise<void> {
  for (let from = 0; from < 4_000; from += 500) {
    const jobs = Array.from({ length: 500 }, (_, index) => {
      const number = from + index;
      const time = start + number * 60_000;
      return someJob({
        jobId: `j-x${String(number).padStart(7, '0')}`,
        jobAction: `action-${number % 20}`,
        jobType: `type-${number % 21}`,
        owner: `usr-${number % 50}`,
        status: `status-${number % 10}`,
        preStatus: `status-${number % 11}`,
        createTime: time,
        updateTime: time + 1,
      });
    });
    await insertJobs(database.db, jobs);
  }
  await foldDeltas(database);
  await database.db.raw('analyze table jobs');
}
