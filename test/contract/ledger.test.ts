import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import { insertJobs } from '../../adapters/sql/jobs.ts';
import { createLedger } from '../../adapters/sql/ledger.ts';
import { openMysql } from '../../adapters/sql/open-mysql.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import type { Ledger, LedgerTx } from '../../src/coherence/ports.ts';
import { Refusal } from '../../src/errors.ts';
import type { AccountStore, RowKey } from '../../src/ports.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { DATABASES, openFreshStore, type FreshStore } from '../support/fresh-store.ts';
import { putUser } from '../support/put-user.ts';
import { someJob } from '../support/some-job.ts';

const KEY: RowKey = { kind: 'account', id: 'usr-a' };
const LATER = Date.UTC(2030, 0, 1);

const isUnavailable = (thrown: unknown): boolean =>
  thrown instanceof Refusal && thrown.reason === 'unavailable' && thrown.facts.detail === 'database';

async function addUser(database: OpenDatabase, store: AccountStore, userId: string): Promise<void> {
  await putUser(database, { userId });
  await store.addToken({ digest: `${userId} 1`, userId, expireTime: LATER }, 1, 0);
  await store.addToken({ digest: `${userId} 2`, userId, expireTime: LATER }, 1, 0);
}

/** Begins transactions for a suite. One that a failed test leaves open would hold its locks for ever. */
function beginsOf(ledger: () => Ledger): (...keys: RowKey[]) => Promise<LedgerTx> {
  let open: LedgerTx[] = [];
  afterEach(async () => {
    for (const tx of open) await tx.rollback();
    open = [];
  });
  return async (...keys) => {
    const tx = await ledger().begin(keys);
    open.push(tx);
    return tx;
  };
}

for (const name of DATABASES) {
  describe(`the ledger on the ${name} database`, () => {
    let fresh: FreshStore;
    let ledger: Ledger;
    let accounts: AccountStore;
    const begin = beginsOf(() => ledger);

    before(async () => {
      fresh = await openFreshStore(name);
      ledger = createLedger(fresh.database.db, fresh.database.dialect);
      accounts = createAccountStore(fresh.database.db, fresh.database.dialect);
    });
    after(() => fresh[Symbol.asyncDispose]());
    beforeEach(async () => {
      await fresh.database.db('users').delete();
      await addUser(fresh.database, accounts, 'usr-a');
      await addUser(fresh.database, accounts, 'usr-b');
    });

    const tokensLeft = async (): Promise<string[]> =>
      (await fresh.database.db('tokens').orderBy('digest').pluck('digest')) as string[];

    it('shows a transaction the row as it is, with what it has changed itself', async () => {
      const tx = await begin(KEY);
      assert.equal(tx.epoch.epoch, 1);
      assert.deepEqual(await tx.account('usr-a'), {
        userId: 'usr-a',
        role: 'user',
        active: true,
        version: 1,
      });
      await tx.updateAccount('usr-a', { role: 'admin', active: false });
      assert.deepEqual(await tx.account('usr-a'), {
        userId: 'usr-a',
        role: 'admin',
        active: false,
        version: 2,
      });
      await tx.commit();
    });

    it('shows a transaction a job with every field', async () => {
      const job = someJob({ directive: '{"2":1,"1":2}' });
      await insertJobs(fresh.database.db, [job]);
      const tx = await begin({ kind: 'job', id: job.jobId });
      assert.deepEqual(await tx.job(job.jobId), job);
      assert.equal(await tx.job('j-none0000'), undefined);
      await tx.rollback();
      const row = await fresh.database.db('jobs').where('job_id', job.jobId).first();
      assert.equal(row.version, job.version);
    });

    it('raises the version by one with each change, of the account that is changed', async () => {
      const changes: ((tx: LedgerTx) => Promise<void>)[] = [
        (tx) => tx.updateAccount('usr-a', { role: 'operator' }),
        (tx) => tx.updateAccount('usr-a', { active: false }),
        (tx) => tx.updateAccount('usr-a', { passwordHash: 'another' }),
        (tx) => tx.removeTokens('usr-a', 'usr-a 1'),
        (tx) => tx.removeTokens('usr-a'),
      ];
      for (const [index, change] of changes.entries()) {
        const tx = await begin(KEY);
        await change(tx);
        await tx.commit();
        assert.equal((await accounts.findUser('usr-a'))?.version, index + 2);
      }
      const changed = await accounts.findUser('usr-a');
      assert.equal(changed?.role, 'operator');
      assert.equal(changed.active, false);
      assert.equal(changed.passwordHash, 'another');
      assert.equal((await accounts.findUser('usr-b'))?.version, 1);
    });

    it('removes one token of a user, or all of them, and none of another', async () => {
      const first = await begin();
      await first.removeTokens('usr-a', 'usr-b 1');
      await first.removeTokens('usr-a', 'usr-a 1');
      await first.commit();
      assert.deepEqual(await tokensLeft(), ['usr-a 2', 'usr-b 1', 'usr-b 2']);
      const second = await begin();
      await second.removeTokens('usr-a');
      await second.commit();
      assert.deepEqual(await tokensLeft(), ['usr-b 1', 'usr-b 2']);
    });

    it('leaves nothing of a transaction that is rolled back', async () => {
      const tx = await begin(KEY);
      await tx.updateAccount('usr-a', { role: 'admin', passwordHash: 'another' });
      await tx.removeTokens('usr-a');
      await tx.rollback();
      const after = await accounts.findUser('usr-a');
      assert.deepEqual([after?.role, after?.passwordHash, after?.version], ['user', 'hash of usr-a', 1]);
      assert.equal((await tokensLeft()).length, 4);
    });

    it('takes a rollback after the commit, and a second one, for nothing', async () => {
      const tx = await begin();
      await tx.updateAccount('usr-a', { role: 'admin' });
      await tx.commit();
      await tx.rollback();
      await tx.rollback();
      assert.equal((await accounts.findUser('usr-a'))?.role, 'admin');
    });

    it('locks a row that does not exist without complaint', async () => {
      const keys = [{ kind: 'job', id: 'j-none0000' }] as const;
      for (const begun of ['begin', 'tryBegin'] as const) {
        const tx = await ledger[begun](keys);
        assert.equal(await tx?.account('usr-none'), undefined);
        await tx?.rollback();
      }
    });

    it('changes no row where a lock was all that happened', async () => {
      const tx = await begin(KEY);
      await tx.commit();
      assert.equal((await accounts.findUser('usr-a'))?.version, 1);
    });
  });
}

describe('the locks of the ledger on the server', () => {
  let fresh: FreshStore;
  let ledger: Ledger;
  const begin = beginsOf(() => ledger);
  before(async () => {
    fresh = await openFreshStore('server');
    ledger = createLedger(fresh.database.db, fresh.database.dialect);
    const accounts = createAccountStore(fresh.database.db, fresh.database.dialect);
    await addUser(fresh.database, accounts, 'usr-a');
    await addUser(fresh.database, accounts, 'usr-b');
  });
  after(() => fresh[Symbol.asyncDispose]());
  beforeEach(() => setEpochRow(fresh.database, { epoch: 4, mode: 'ON', redis_run_id: 'run-a' }));

  it('does not wait for a row that another transaction holds, where told not to', async () => {
    const holder = await begin(KEY);
    assert.equal(await ledger.tryBegin([KEY]), undefined);
    await holder.rollback();
    const next = await ledger.tryBegin([KEY]);
    assert.ok(next);
    await next.rollback();
  });

  it('waits for the row, and then sees what the holder committed', async () => {
    const events: string[] = [];
    const holder = await begin(KEY);
    const waited = begin(KEY).then((waiter) => {
      events.push('locked');
      return waiter;
    });
    await somebodyWaits(fresh.database);
    await holder.updateAccount('usr-a', { role: 'operator' });
    events.push('committing');
    await holder.commit();
    const waiter = await waited;
    assert.deepEqual(events, ['committing', 'locked']);
    assert.equal((await waiter.account('usr-a'))?.role, 'operator');
    await waiter.rollback();
  });

  it('lets changes of one row from two instances follow each other', async () => {
    const before = await fresh.database.db('users').first('version').where('user_id', 'usr-a');
    const another = fresh.openAgain();
    const ledgers = [ledger, createLedger(another.db, another.dialect)] as const;
    const change = async (own: Ledger): Promise<void> => {
      const tx = await own.begin([KEY]);
      await tx.updateAccount('usr-a', {});
      await tx.commit();
    };
    await Promise.all(Array.from({ length: 10 }, (_, index) => change(ledgers[index % 2] as Ledger)));
    const row = await fresh.database.db('users').first('version').where('user_id', 'usr-a');
    assert.equal(row.version, before.version + 10);
  });

  it('refuses as unavailable where the row stays locked', async () => {
    const holder = await begin(KEY);
    await assert.rejects(ledger.begin([KEY]), isUnavailable);
    await holder.rollback();
  });

  it('is idle while no change is under way, and does not wait for any', async () => {
    assert.equal(await ledger.idle(), true);
    const writers = [await begin(KEY), await begin()] as const;
    const asked = performance.now();
    assert.equal(await ledger.idle(), false);
    assert.ok(performance.now() - asked < 2_000);
    await writers[0].commit();
    assert.equal(await ledger.idle(), false);
    await writers[1].rollback();
    assert.equal(await ledger.idle(), true);
  });

  it('lets writers of different rows share the epoch', async () => {
    const [one, two] = [await begin(KEY), await begin({ kind: 'account', id: 'usr-b' })];
    assert.deepEqual(one.epoch, two.epoch);
    await two.commit();
    await one.commit();
  });

  for (const end of ['commit', 'rollback'] as const) {
    it(`keeps a fence waiting until the ${end} of a writer that has seen the epoch`, async () => {
      const events: string[] = [];
      const writer = await begin(KEY);
      assert.equal(writer.epoch.on, true);
      const fenced = ledger.fence(4).then(() => events.push('fenced'));
      await somebodyWaits(fresh.database);
      await isOn(ledger, 4, 'run-a');
      events.push('ending');
      await writer[end]();
      await fenced;
      assert.deepEqual(events, ['ending', 'fenced']);
      assert.equal((await ledger.epoch()).epoch, 5);
    });
  }

  it('shows a writer that waited for the fence the new epoch', async () => {
    const fencing = await fresh.database.db.transaction();
    await fencing('cache_epoch').update({ epoch: 5, mode: 'OFF' });
    const writing = begin(KEY);
    await somebodyWaits(fresh.database);
    await fencing.commit();
    const writer = await writing;
    assert.deepEqual([writer.epoch.epoch, writer.epoch.on], [5, false]);
    await writer.rollback();
  });

  it('counts the time off from the end of the wait for writers, not from its start', async () => {
    const writer = await begin(KEY);
    const fenced = ledger.fence(4);
    await somebodyWaits(fresh.database);
    const beforeEnd = await databaseTime(fresh.database);
    await writer.commit();
    await fenced;
    const [since] = (await fresh.database.db('cache_epoch').pluck('off_since')) as string[];
    assert.ok(since && since >= beforeEnd, `${since} is not before ${beforeEnd}`);
  });

  it('does not see a row that was created after there was none to lock', async () => {
    const key = { kind: 'account', id: 'usr-late' } as const;
    const early = await begin(key);
    await putUser(fresh.database, { userId: 'usr-late' });
    assert.equal(await early.account('usr-late'), undefined);
    await early.rollback();
    const late = await begin(key);
    assert.equal((await late.account('usr-late'))?.version, 1);
    await late.rollback();
  });
});

describe('the epoch of the ledger on the server', () => {
  let fresh: FreshStore;
  let ledger: Ledger;
  before(async () => {
    fresh = await openFreshStore('server');
    ledger = createLedger(fresh.database.db, fresh.database.dialect);
  });
  after(() => fresh[Symbol.asyncDispose]());
  const stands = (row: object): Promise<void> => setEpochRow(fresh.database, row);
  const offSince = (seconds: number) => ({
    off_since: fresh.database.db.raw('sysdate(3) - interval ? second', [seconds]),
  });

  it('begins off, and for so long that it may be turned on', async () => {
    const { epoch, on, offFor } = await ledger.epoch();
    assert.deepEqual([epoch, on], [1, false]);
    assert.ok(offFor > 86_400_000);
  });

  it('is fenced once by many who fence the same epoch', async () => {
    await stands({ epoch: 4, mode: 'ON', redis_run_id: 'run-a' });
    const another = fresh.openAgain();
    const other = createLedger(another.db, another.dialect);
    await Promise.all([ledger, other, ledger, other].map((each) => each.fence(4)));
    const state = await ledger.epoch();
    assert.deepEqual([state.epoch, state.on], [5, false]);
  });

  it('is not fenced in an epoch that is not the one named', async () => {
    await stands({ epoch: 4, mode: 'ON', redis_run_id: 'run-a' });
    for (const epoch of [3, 5]) await ledger.fence(epoch);
    await isOn(ledger, 4, 'run-a');
  });

  it('keeps the time since when it is off, where it is fenced again', async () => {
    await stands({ epoch: 4, mode: 'OFF', ...offSince(60) });
    for (const epoch of [3, 4, 5]) await ledger.fence(epoch);
    const { epoch, on, offFor } = await ledger.epoch();
    assert.deepEqual([epoch, on], [4, false]);
    assert.ok(offFor >= 60_000);
  });

  it('is off for less than no time until it is counted since when, which anyone may begin', async () => {
    await stands({ epoch: 4, mode: 'OFF', off_since: '9999-12-31 23:59:59.999' });
    assert.ok((await ledger.epoch()).offFor < 0);
    const never = (): never => assert.fail('the cache must not be asked');
    assert.equal(await ledger.turnOn('run-b', 0, never), false);
    await ledger.settle();
    const { offFor } = await ledger.epoch();
    assert.ok(offFor >= 0 && offFor < 60_000, String(offFor));
  });

  it('counts since when it is off by a statement after the COMMIT, not within it', async () => {
    await stands({ epoch: 4, mode: 'ON' });
    const seen: string[] = [];
    const keep = ({ sql }: { sql: string }): void => {
      if (/^(BEGIN|COMMIT)|off_since. = SYSDATE/i.test(sql)) seen.push(sql.split(' ', 1)[0] ?? '');
    };
    fresh.database.db.on('query', keep);
    await ledger.fence(4);
    fresh.database.db.removeListener('query', keep);
    assert.deepEqual(seen.at(-1), 'update');
    assert.ok(seen.includes('COMMIT;'), seen.join());
    assert.ok((await ledger.epoch()).offFor >= 0);
  });

  it('keeps the time since when it is off, where it was counted before', async () => {
    await stands({ epoch: 4, mode: 'OFF', ...offSince(60) });
    await ledger.settle();
    assert.ok((await ledger.epoch()).offFor >= 60_000);
  });

  it('counts how long it has been off by the database’s clock', async (context) => {
    await stands({ epoch: 4, mode: 'OFF', ...offSince(3_600) });
    const ahead = Date.now() + 86_400_000;
    context.mock.method(Date, 'now', () => ahead);
    const { offFor } = await ledger.epoch();
    assert.ok(offFor >= 3_600_000 && offFor < 7_200_000, String(offFor));
  });

  it('has been off for no time while it is on', async () => {
    await stands({ epoch: 4, mode: 'ON', ...offSince(3_600) });
    assert.equal((await ledger.epoch()).offFor, 0);
  });

  it('is turned on in the epoch that the cache answers, with the process that is named', async () => {
    await stands({ epoch: 4, mode: 'OFF', ...offSince(10) });
    const asked: number[] = [];
    const turned = await ledger.turnOn('run-b', 9_000, async (epoch) => {
      asked.push(epoch);
      return epoch;
    });
    assert.equal(turned, true);
    assert.deepEqual(asked, [5]);
    await isOn(ledger, 5, 'run-b');
  });

  it('begins above the cache’s epoch at the next try, where the cache’s is higher', async () => {
    await stands({ epoch: 4, mode: 'OFF', ...offSince(10) });
    const asked: number[] = [];
    const setEpoch = async (epoch: number): Promise<number> => {
      asked.push(epoch);
      return Math.max(epoch, 17);
    };
    assert.equal(await ledger.turnOn('run-b', 9_000, setEpoch), false);
    assert.equal(await ledger.turnOn('run-b', 9_000, setEpoch), true);
    assert.deepEqual(asked, [5, 18]);
    await isOn(ledger, 18, 'run-b');
  });

  it('gives no number to the cache twice, whatever became of the first try', async () => {
    await stands({ epoch: 4, mode: 'OFF', ...offSince(10) });
    const asked: number[] = [];
    const fails = async (epoch: number): Promise<number> => {
      asked.push(epoch);
      throw new Error('no answer');
    };
    for (let i = 0; i < 3; i++) await assert.rejects(ledger.turnOn('run-b', 9_000, fails));
    assert.deepEqual(asked, [5, 6, 7]);
  });

  it('keeps the longest life of an entry that any instance was set to', async () => {
    for (const [asked, kept] of [
      [250, 250],
      [3_000, 3_000],
      [250, 3_000],
    ] as const) {
      await ledger.raiseTtl(asked);
      assert.equal((await ledger.epoch()).ttl, kept);
    }
  });

  it('is not turned on too early', async () => {
    await stands({ epoch: 4, mode: 'OFF', redis_run_id: 'run-a', ...offSince(10) });
    const never = (): never => assert.fail('the cache must not be asked');
    assert.equal(await ledger.turnOn('run-b', 600_000, never), false);
    const { epoch, on, runId } = await ledger.epoch();
    assert.deepEqual([epoch, on, runId], [4, false, 'run-a']);
  });

  it('is turned on once by many who turn it on at once', async () => {
    await stands({ epoch: 4, mode: 'OFF', ...offSince(10) });
    const turned = await Promise.all(
      ['a', 'b', 'c', 'd'].map((run) => ledger.turnOn(`run-${run}`, 1_000, async (epoch) => epoch)),
    );
    assert.equal(turned.filter(Boolean).length, 1);
    const { on, runId } = await ledger.epoch();
    assert.deepEqual([on, runId], [true, `run-${'abcd'[turned.indexOf(true)]}`]);
  });

  it('stays off where the cache does not take the epoch', async () => {
    await stands({ epoch: 4, mode: 'OFF', ...offSince(10) });
    const refuses = (): Promise<number> => Promise.reject(new Error('the cache is away'));
    await assert.rejects(ledger.turnOn('run-b', 1_000, refuses), /the cache is away/);
    assert.equal((await ledger.epoch()).on, false);
  });
});

describe('the ledger of a server that goes away', () => {
  it('refuses everything as unavailable where nothing listens', async () => {
    const database = openMysql(`mysql://root@127.0.0.1:${await freePort()}/none`, { poolSize: 2 });
    await refusesAll(database);
    await database.close();
  });

  it('refuses as unavailable where a server takes the connection and never says a word', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo;
    const database = openMysql(`mysql://root@127.0.0.1:${port}/none`, { poolSize: 4 });
    await refusesAll(database);
    await database.close();
    silent.close();
  });

  describe('within a transaction', () => {
    let fresh: FreshStore;
    let ledger: Ledger;
    let accounts: AccountStore;
    const begin = beginsOf(() => ledger);
    before(async () => {
      fresh = await openFreshStore('server');
      ledger = createLedger(fresh.database.db, fresh.database.dialect);
      accounts = createAccountStore(fresh.database.db, fresh.database.dialect);
      await addUser(fresh.database, accounts, 'usr-a');
    });
    after(() => fresh[Symbol.asyncDispose]());

    const answersAgain = (): Promise<boolean> =>
      ledger.epoch().then(
        () => true,
        () => false,
      );

    it('refuses a change as unavailable where its connection has ended, and goes on with others', async () => {
      const tx = await begin(KEY);
      await endConnections(fresh.openAgain());
      await assert.rejects(tx.updateAccount('usr-a', { role: 'admin' }), isUnavailable);
      await tx.rollback();
      await eventually('the ledger answers again', answersAgain);
      assert.equal((await accounts.findUser('usr-a'))?.version, 1);
    });

    it('does not call a commit done whose connection has ended', async () => {
      const tx = await begin(KEY);
      await tx.updateAccount('usr-a', { role: 'admin' });
      await endConnections(fresh.openAgain());
      await assert.rejects(tx.commit(), isUnavailable);
      await tx.rollback();
      await eventually('the ledger answers again', answersAgain);
      assert.equal((await accounts.findUser('usr-a'))?.version, 1);
    });
  });
});

async function isOn(ledger: Ledger, wantedEpoch: number, wantedRunId: string): Promise<void> {
  const { epoch, on, runId, offFor } = await ledger.epoch();
  assert.deepEqual([epoch, on, runId, offFor], [wantedEpoch, true, wantedRunId, 0]);
}

async function refusesAll(database: OpenDatabase): Promise<void> {
  const ledger = createLedger(database.db, database.dialect);
  const accounts = createAccountStore(database.db, database.dialect);
  await Promise.all([
    assert.rejects(ledger.epoch(), isUnavailable),
    assert.rejects(ledger.begin([]), isUnavailable),
    assert.rejects(ledger.fence(1), isUnavailable),
    assert.rejects(
      ledger.turnOn('run', 100, async (epoch) => epoch),
      isUnavailable,
    ),
    assert.rejects(accounts.findUser('usr-a'), isUnavailable),
  ]);
}

async function setEpochRow({ db }: OpenDatabase, row: object): Promise<void> {
  await db('cache_epoch').update(row);
}

async function databaseTime({ db }: OpenDatabase): Promise<string> {
  const [[row]] = (await db.raw('select cast(sysdate(3) as char) as time')) as [[{ time: string }]];
  return row.time;
}

/** Until a transaction of this database waits for a lock. */
async function somebodyWaits({ db }: OpenDatabase): Promise<void> {
  const waits = async (): Promise<boolean> => {
    const [[row]] = (await db.raw(
      `select count(*) as waiting from information_schema.innodb_trx t
       join information_schema.processlist p on p.id = t.trx_mysql_thread_id
       where t.trx_state = 'LOCK WAIT' and p.db = database()`,
    )) as [[{ waiting: number }]];
    return row.waiting > 0;
  };
  // The server looks anew only when nobody has looked for 100 ms.
  await eventually('a transaction waits for a lock', waits, 150);
}

/** Ends every connection to this database but the one that does it. */
async function endConnections({ db }: OpenDatabase): Promise<void> {
  const [rows] = (await db.raw(
    'select id from information_schema.processlist where db = database() and id <> connection_id()',
  )) as [{ id: number }[]];
  for (const { id } of rows) await db.raw(`kill ${id}`);
}
