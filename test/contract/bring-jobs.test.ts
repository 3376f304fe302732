import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Knex } from 'knex';
import { writeLine } from '../../adapters/lines/write-line.ts';
import { insertRecords } from '../../adapters/sql/job-records.ts';
import { exportJobs } from '../../bin/export-jobs.ts';
import { importJobs, type Brought } from '../../bin/import-jobs.ts';
import type { JobRecord } from '../../src/jobs/job-record.ts';
import { DATABASES, openFreshStore } from '../support/fresh-store.ts';
import { finishedRecord } from '../support/some-record.ts';

/** Jobs of every kind that a store may hold. */
function everyKind(): JobRecord[] {
  return [
    finishedRecord({
      resources: '{"b":1,"10":[1.50,-0,1e2,100000000000000000000],"2":{"🙂":"\\u00e9 é \u2028"}}',
      directive: '{ "admin_password" : "******", "z": [ ], "1": null }',
      jobType: '类型 🙂',
    }),
    finishedRecord({ directive: undefined, changes: 30 }),
    finishedRecord({ hiddenTime: Date.UTC(2025, 0, 1) + 1 }),
    { ...finishedRecord(), timeline: [] },
    ...Array.from({ length: 1_100 }, () => finishedRecord()),
  ];
}

const linesOf = (records: readonly JobRecord[]): string =>
  records.map((record) => `${writeLine(record)}\n`).join('');

async function bring(
  db: Knex,
  lines: string,
): Promise<{ brought: Brought; said: string[]; told: number[][] }> {
  const said: string[] = [];
  const told: number[][] = [];
  async function* stream(): AsyncGenerator<Buffer> {
    yield Buffer.from(lines);
  }
  const brought = await importJobs(db, stream(), {
    insert: (fresh) => db.transaction((trx) => insertRecords(trx, fresh)),
    strict: false,
    at: (...progress) => void told.push(progress),
    say: (line) => void said.push(line),
    fold: async () => {},
  });
  return { brought, said, told };
}

async function take(db: Knex): Promise<string> {
  let lines = '';
  await exportJobs(db, { withHidden: true }, async (text) => void (lines += text));
  return lines;
}

for (const name of DATABASES) {
  describe(`jobs that are brought to the ${name} database`, () => {
    for (const other of DATABASES) {
      it(`give the same bytes again by way of an empty ${other} database`, async () => {
        await using from = await openFreshStore(name);
        await using to = await openFreshStore(other);
        const records = everyKind();
        const lines = linesOf(records);
        const none = { added: 0, equal: 0, different: 0, refused: 0 };
        const first = await bring(from.database.db, lines);
        assert.deepEqual(first.brought, { ...none, added: records.length });
        assert.deepEqual(
          first.told.map(([line]) => line),
          [500, 1_000, records.length],
        );
        assert.equal(first.told.at(-1)?.[1], Buffer.byteLength(lines));
        const taken = await take(from.database.db);
        assert.equal(taken, lines);

        assert.equal((await bring(to.database.db, taken)).brought.added, records.length);
        assert.equal(await take(to.database.db), lines);
        assert.deepEqual((await bring(to.database.db, taken)).brought, { ...none, equal: records.length });
        assert.equal(await take(to.database.db), lines);
      });
    }

    it('meet the other line of the same job where it was stored', async () => {
      await using store = await openFreshStore(name);
      const one = finishedRecord();
      const changed = { ...one, job: { ...one.job, jobType: 'other' } };
      const { brought, said } = await bring(
        store.database.db,
        linesOf([one, finishedRecord(), one, changed]),
      );
      assert.deepEqual(brought, { added: 2, equal: 1, different: 1, refused: 0 });
      assert.deepEqual(said, [`line 4: ${one.job.jobId} is there already, and not the same`]);
    });

    it('are the same although their free data stood on several lines', async () => {
      await using store = await openFreshStore(name);
      const { db } = store.database;
      const record = finishedRecord({ resources: '{"a":\n1}' });
      await bring(db, linesOf([record]));
      await db('jobs').update({ resources: '{"a":\n1}' });
      assert.equal((await bring(db, await take(db))).brought.equal, 1);
    });

    it('meet a database again that refused them for a moment', async () => {
      await using store = await openFreshStore(name);
      const { db } = store.database;
      let refusals = 2;
      const passing = new Proxy(db, {
        get(target, property) {
          if (property === 'transaction' && refusals-- > 0) {
            return () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
          }
          return Reflect.get(target, property) as unknown;
        },
      });
      const { brought } = await bring(passing, linesOf([finishedRecord()]));
      assert.equal(brought.added, 1);
    });
  });
}
