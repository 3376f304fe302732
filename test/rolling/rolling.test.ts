import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import { ensureServers } from '../support/install-servers.ts';
import { roll } from './roll.ts';

before(() => ensureServers({ nginx: true }));

it('no call fails while the instances behind nginx are restarted one after the other', async () => {
  const report = await roll({
    restarts: 2,
    calls: 3_000,
    signal: (restart) => (restart === 0 ? 'SIGTERM' : 'SIGINT'),
  });
  assert.deepEqual(report.faults, []);
  assert.ok(report.total >= 3_000);
  // Each of them carried calls until it ended.
  for (const calls of report.answered) assert.ok(calls > 10, `${calls} calls`);
});
