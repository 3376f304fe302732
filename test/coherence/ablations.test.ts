import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ensureServers } from '../support/install-servers.ts';
import { catchLies, INCIDENTS, QUICK } from './checker/catch.ts';
import { startServers, type Servers } from './checker/check.ts';
import { SEED } from './checker/seed.ts';

const SECONDS_OF_CONTROL = 12;

describe(`several instances with a rule of the cache left out (seed ${SEED})`, () => {
  let servers: Servers;
  before(async () => {
    await ensureServers({ mariadb: true, redis: true });
    servers = await startServers();
  });
  after(() => servers[Symbol.asyncDispose]());

  for (const rule of QUICK) {
    it(`are caught lying with ${rule}`, async (test) => {
      const { violations, incidents } = await catchLies(INCIDENTS[rule], rule, servers, SEED);
      test.diagnostic(JSON.stringify(incidents));
      assert.ok(violations.length > 0);
    });
  }

  it('are not caught in the same incidents with all rules', async () => {
    const faults = QUICK.flatMap((rule) => INCIDENTS[rule].fault ?? []);
    const all = { faults: [...new Set(faults)], ttl: 500 };
    const { violations } = await catchLies(all, undefined, servers, SEED, SECONDS_OF_CONTROL);
    assert.deepEqual(violations, []);
  });
});
