import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ensureServers } from '../support/install-servers.ts';
import { check, startServers } from './checker/check.ts';
import { findWeaknesses } from './checker/floors.ts';
import { SEED } from './checker/seed.ts';

const SECONDS = 60;

describe('several instances under faults', () => {
  it(`never show an older state after a write was acknowledged, and lose none (seed ${SEED})`, async (test) => {
    await ensureServers({ mariadb: true, redis: true });
    await using servers = await startServers();
    const report = await check({ seconds: SECONDS, seed: SEED, ttl: 500, servers, say: () => {} });
    const { violations, ...figures } = report;
    test.diagnostic(JSON.stringify(figures));
    assert.deepEqual(violations, []);
    assert.deepEqual(findWeaknesses(report, SECONDS), []);
  });
});
