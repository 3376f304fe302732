import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { newKey, sendPairs, signParameters, writePairs, type TestKey } from '../support/sign.ts';
import { call, closeConnections } from './checker/caller.ts';
import { startInstance, type Instance } from './checker/instance.ts';
import { assertSame, WRITES } from './signed-writes.ts';

const POST = { method: 'POST' } as const;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Before the effect is certain, and after it is: a caller cannot tell them apart. */
for (const moment of ['after work', 'after commit'] as const) {
  describe(`a signed write whose gateway dies ${moment}`, () => {
    let survivor: TestGateway;
    let mortal: Instance;
    let key: TestKey;
    before(async () => {
      survivor = await startGateway('servers', { CACHE_TTL_MS: '500' });
      key = await newKey(survivor);
      const { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, keyEncryptionKeys = [] } = survivor.config;
      mortal = await startInstance('mortal', {
        DATABASE_URL,
        REDIS_URL,
        KEY_ENCRYPTION_KEY: keyEncryptionKeys.map((each) => each.toString('base64')).join(','),
        CACHE_TTL_MS: '500',
      });
    });
    after(async () => {
      await mortal.stop();
      closeConnections();
      await survivor[Symbol.asyncDispose]();
    });

    for (const [action, prepare] of Object.entries(WRITES)) {
      it(`has one effect, once ${action} has come to another instance`, async () => {
        const { parameters, effects } = await prepare(survivor, survivor.database);
        const pairs = signParameters(key, { action, lang: 'en', ...parameters }, POST);
        await eventually('the mortal one serves', () => mortal.port !== undefined);
        const { restarts } = mortal;
        mortal.plan({ [moment]: { fault: 'die', chance: 1 } });
        // The plan is on its way, while the call is.
        await sleep(100);
        const lost = await call(mortal.port ?? 0, 'POST', '/iaas/', FORM, writePairs(pairs));
        assert.equal(lost, undefined);
        await eventually('it has died', () => mortal.restarts > restarts);

        const first = await sendPairs(survivor, pairs, POST);
        if (action === 'CreateAccessKey' && moment !== 'after work')
          assertSame(action, undefined, first.body);
        else assert.equal(first.body.ret_code, 0, first.text);
        assertSame(action, first.body, (await sendPairs(survivor, pairs, POST)).body);
        assert.equal(await effects(), 1);
      });
    }
  });
}
