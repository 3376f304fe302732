import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ensureServers } from '../support/install-servers.ts';
import { catchLies, INCIDENTS, QUICK } from './checker/catch.ts';
import { check, startServers, type Servers } from './checker/check.ts';
import { findWeaknesses } from './checker/floors.ts';

/** Another one each day, so that runs add up; the output names it. */
const SEED = Number(process.env.CHECK_SEED ?? Math.floor(Date.now() / 86_400_000));
const SECONDS = 60;
const SECONDS_OF_CONTROL = 12;

describe('several instances under faults', () => {
  let servers: Servers;
  before(async () => {
    await ensureServers({ mariadb: true, redis: true });
    servers = await startServers();
  });
  after(() => servers[Symbol.asyncDispose]());

  it(`never show an older state after a write was acknowledged, and lose none (seed ${SEED})`, async (test) => {
    const report = await check({ seconds: SECONDS, seed: SEED, ttl: 500, servers, say: () => {} });
    const { violations, ...figures } = report;
    test.diagnostic(JSON.stringify(figures));
    assert.deepEqual(violations, []);
    assert.deepEqual(findWeaknesses(report, SECONDS), []);
  });

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
