import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actionBindings } from '../../adapters/action/bindings.ts';
import { restRoutes } from '../../adapters/rest/answer.ts';
import { operationNames } from '../../src/operations/index.ts';
import { STORES } from '../support/gateway.ts';
import { attack } from './attack.ts';
import { writeDraft } from './draft.ts';
import { realRequests, type Caller } from './real-requests.ts';

/** How many of each protocol; `npm run check:hostile` sends a million. */
const REQUESTS = 2_000;

describe('the requests that bad ones are made of', () => {
  const caller: Caller = { userId: 'u', password: 'p', token: 't', key: { id: 'i', secret: 's' } };
  const place = { jobId: 'j', userId: 'u', accessKeyId: 'k', cursor: 'c', callers: [caller, caller, caller] };
  const drafts = realRequests(place);

  it('are of every operation of the action API: as form, as JSON, and signed', () => {
    for (const operation of operationNames.filter((name) => actionBindings[name])) {
      const own = drafts.filter((draft) => draft.protocol === 'action' && draft.operation === operation);
      const kinds = new Set(own.map(({ place: where, key }) => `${where}${key ? ' signed' : ''}`));
      assert.deepEqual([...kinds].sort(), ['form', 'form signed', 'json', 'query signed'], operation);
    }
  });

  it('are of every route of the REST API', () => {
    for (const { route } of restRoutes()) {
      const pattern = new RegExp(`^${route.path.replaceAll(/:\w+/g, '[^/:]+')}$`);
      const found = drafts.some(({ method, path }) => method === route.method && pattern.test(path));
      assert.ok(found, `${route.method} ${route.path}`);
    }
    const signed = drafts.filter(({ key }) => key).map((draft) => writeDraft(draft));
    assert.ok(signed.every(({ target, body }) => /signature=/.test(target + body.toString())));
  });
});

for (const store of STORES) {
  describe(`bad requests made of real ones, on the ${store} store`, () => {
    it('are answered in the caller’s convention, and nothing fails, is lost, or grows', async () => {
      const seed = Number(process.env['HOSTILE_SEED'] ?? Math.floor(Date.now() / 86_400_000));
      for (const { finds, codes, jobs, memory, protocol } of await attack({
        store,
        seed,
        requests: REQUESTS,
      })) {
        assert.deepEqual(finds, [], `${protocol}, seed ${seed}`);
        const refused = Object.entries(codes).filter(([code]) => code !== '0');
        assert.ok(refused.length > 8, JSON.stringify(codes));
        assert.ok(refused.reduce((sum, [, times]) => sum + times, 0) > REQUESTS / 2, JSON.stringify(codes));
        assert.ok(jobs.acknowledged > 0, 'no job was made, so that none could be lost');
        assert.ok(memory.end > 0);
      }
    });
  });
}
