import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addRecords } from '../../adapters/sql/job-records.ts';
import { toSqlTime } from '../../adapters/sql/time.ts';
import { readConfig } from '../../bin/config.ts';
import { openDatabase } from '../../bin/open-gateway.ts';
import { runJobgate, startServing, type ServingProcess } from '../support/built-process.ts';
import { eventually } from '../support/eventually.ts';
import { freshSettings } from '../support/fresh-settings.ts';
import { STORES, type Store } from '../support/gateway.ts';
import { finishedRecord } from '../support/some-record.ts';

const READY = /"msg":"ready"/;
/** So many that a janitor is at it for seconds: it pauses after each batch. */
const MANY = 40_000;

/** A migrated store with keys that expired long ago. */
async function storeWithOldKeys(store: Store, rows: number) {
  const settings = await freshSettings(store);
  const { environment } = settings;
  assert.equal((await runJobgate(['migrate'], environment)).status, 0);
  const database = openDatabase(readConfig(environment));
  const { db } = database;
  const old = toSqlTime(Date.now() - 30 * 24 * 60 * 60_000);
  for (let from = 0; from < rows; from += 200) {
    await db('idempotency_keys').insert(
      Array.from({ length: Math.min(200, rows - from) }, (_, index) => ({
        user_id: 'usr-a',
        idempotency_key: `key-${from + index}`,
        digest: '',
        answer: '[]',
        create_time: old,
      })),
    );
  }
  return {
    environment: { ...environment, JANITOR_INTERVAL_SECONDS: '1' },
    async left(): Promise<number> {
      const [row] = (await db('idempotency_keys').count({ total: '*' })) as { total: number }[];
      return Number(row?.total);
    },
    async [Symbol.asyncDispose]() {
      await database.close();
      await settings[Symbol.asyncDispose]();
    },
  };
}

function removedBy(serving: ServingProcess): number[] {
  return [...serving.output().matchAll(/"idempotency_keys":(\d+)/g)].map(([, rows]) => Number(rows));
}

for (const store of STORES) {
  describe(`the janitor on the ${store} store`, () => {
    it('removes what has expired while it serves, and says how much once', async () => {
      await using old = await storeWithOldKeys(store, 700);
      await using serving = startServing(old.environment);
      await serving.says(
        /"removed":\{[^}]*"idempotency_keys":700\b[^}]*\}.*"msg":"expired rows were removed"/,
      );
      assert.equal(await old.left(), 0);
      await serving.end();
      assert.deepEqual(removedBy(serving), [700]);
    });

    it('is not in the way of a process that is told to end', async () => {
      await using old = await storeWithOldKeys(store, MANY);
      await using serving = startServing(old.environment);
      await serving.says(READY);
      await eventually('rows are being removed', async () => (await old.left()) < MANY);
      assert.equal(await serving.end(), 0);
      assert.ok((await old.left()) > 0, 'it was ended before all was removed');
    });

    it('leaves the work of a killed process to whoever comes next', async () => {
      await using old = await storeWithOldKeys(store, MANY);
      await using serving = startServing(old.environment);
      await serving.says(READY);
      await eventually('rows are being removed', async () => (await old.left()) < MANY);

      const busy = await runJobgate(['clean'], old.environment);
      assert.deepEqual(
        [busy.status, busy.stderr],
        [1, 'jobgate: another process is cleaning up now\n'],
        busy.stdout,
      );

      await serving.end('SIGKILL');
      const left = await old.left();
      assert.ok(left > 0, 'it was killed before all was removed');
      const { status, stdout, stderr } = await runJobgate(['clean', '--json'], old.environment);
      assert.equal(status, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), {
        removed: { tokens: 0, one_time_tokens: 0, seen_signatures: 0, idempotency_keys: left },
      });
      assert.equal(await old.left(), 0);
    });
  });
}

describe('two janitors of one database', () => {
  it('remove every row once between them', async () => {
    await using old = await storeWithOldKeys('servers', 5_000);
    await using one = startServing(old.environment);
    await using two = startServing(old.environment);
    await eventually('all is removed', async () => (await old.left()) === 0, 50);
    await Promise.all([one.end(), two.end()]);
    const removed = [...removedBy(one), ...removedBy(two)];
    assert.deepEqual(
      removed.filter((rows) => rows > 0),
      [5_000],
    );
  });
});

describe('jobgate clean', () => {
  it('deletes jobs that have been hidden for RETENTION_DAYS, and none without it', async () => {
    await using old = await storeWithOldKeys('embedded', 0);
    const database = openDatabase(readConfig(old.environment));
    const hiddenTime = Date.now() - 8 * 24 * 60 * 60_000;
    await addRecords(database.db, [finishedRecord({ hiddenTime })]);
    await database.close();
    const clean = async (days: string) => {
      const { stdout } = await runJobgate(['clean'], { ...old.environment, RETENTION_DAYS: days });
      return stdout;
    };
    assert.equal(
      await clean(''),
      'tokens: 0 removed\none_time_tokens: 0 removed\nseen_signatures: 0 removed\nidempotency_keys: 0 removed\n',
    );
    assert.match(await clean('9'), /^jobs: 0 removed$/m);
    assert.match(await clean('7'), /^jobs: 1 removed$/m);
  });
});
