import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLedger } from '../../adapters/sql/ledger.ts';
import { migrate } from '../../adapters/sql/migrate.ts';
import { openMysql } from '../../adapters/sql/open-mysql.ts';
import { createTestDatabase } from '../support/database.ts';
import { ensureServers } from '../support/install-servers.ts';
import { startMariaDb } from '../support/mariadb.ts';

it('gives back the connection of a transaction that opens after it was given up on', async () => {
  await ensureServers({ mariadb: true, redis: false });
  await using server = await startMariaDb();
  const own = await createTestDatabase(server.url);
  const migrating = openMysql(own.url, { poolSize: 2 });
  await migrate(migrating);
  await migrating.close();
  // The one connection is lost to all if it is lost to one.
  const database = openMysql(own.url, { poolSize: 1 });
  try {
    const ledger = createLedger(database.db, database.dialect);
    await ledger.epoch();
    server.kill('SIGSTOP');
    await assert.rejects(ledger.begin([]), { reason: 'unavailable' });
    server.kill('SIGCONT');
    const tx = await ledger.begin([]);
    assert.equal(tx.epoch.epoch, 1);
    await tx.rollback();
  } finally {
    server.kill('SIGCONT');
    await database.close();
  }
});
