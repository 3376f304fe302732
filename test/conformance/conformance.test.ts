import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ADMIN, PASSWORD, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { newKey } from '../support/sign.ts';
import { askByAction, askBySigned, base64 } from './ask-action.ts';
import { askByRest } from './ask-rest.ts';
import { ids } from './cases/ids.ts';
import { latest } from './cases/latest.ts';
import { exactWords, lists } from './cases/lists.ts';
import { ownership } from './cases/ownership.ts';
import { refusals } from './cases/refusals.ts';
import { emptyCache } from './empty-cache.ts';
import { CALLERS, JOBS, putFixture } from './fixture.ts';
import { seen, toTheSecond, type Ask, type Case, type Expected, type Outcome } from './question.ts';

const GROUPS: Readonly<Record<string, readonly Case[]>> = {
  'jobs in a list': lists,
  'words of a filter': exactWords,
  'jobs by id': ids,
  'the newest job': latest,
  'who sees what': ownership,
  'wrong parameters': refusals,
};

for (const store of STORES) {
  describe(`both protocols on the ${store} store`, () => {
    let gateway: TestGateway;
    const asks = new Map<string, { action: Ask; signed: Ask; rest: Ask }>();
    before(async () => {
      gateway = await startGateway(store);
      await putFixture(gateway);
      for (const userId of CALLERS) {
        const cipher = base64(userId === ADMIN.userId ? ADMIN.password : PASSWORD);
        const action = askByAction(gateway, { userId, cipher });
        const signed = askBySigned(gateway, await newKey(gateway, userId));
        asks.set(userId, { action, signed, rest: askByRest(gateway, await gateway.logIn(userId)) });
      }
    });
    after(() => gateway[Symbol.asyncDispose]());

    for (const [group, cases] of Object.entries(GROUPS)) {
      describe(group, () => {
        for (const { title, caller = ADMIN.userId, expected, ...question } of cases) {
          it(title, async () => {
            const { action, signed, rest } = asks.get(caller) as { action: Ask; signed: Ask; rest: Ask };
            // Each protocol is asked while the cache is empty, and again when it is not.
            for (const order of [
              [action, rest, signed],
              [rest, signed, action],
              [signed, action, rest],
            ] as const) {
              await emptyCache(gateway);
              const answers = new Map<Ask, Outcome>();
              for (const ask of order) answers.set(ask, await ask(question));
              for (const dialect of [action, signed]) {
                agree(answers.get(dialect) as Outcome, answers.get(rest) as Outcome, expected);
              }
            }
          });
        }
      });
    }

    it('answers from the cache and from the database', async () => {
      const text = await (await fetch(`${gateway.base}/metrics`)).text();
      for (const outcome of ['hit', 'miss']) {
        assert.match(text, new RegExp(`jobgate_cache_lookups_total{kind="job",outcome="${outcome}"} [1-9]`));
      }
    });
  });
}

/** Both answers mean the same, and what they should. */
function agree(byAction: Outcome, byRest: Outcome, expected: Expected): void {
  if ('refused' in expected) {
    for (const outcome of [byAction, byRest]) {
      assert.ok('refused' in outcome, `${expected.refused} was expected, not an answer`);
      assert.ok(
        outcome.refused.includes(expected.refused),
        `${outcome.refused.join(' or ')} is not ${expected.refused}`,
      );
      for (const word of expected.naming ?? []) assert.ok(outcome.message.includes(word), outcome.message);
    }
    return;
  }
  const meant = expand(expected, byRest);
  assert.deepEqual(byRest, meant);
  assert.deepEqual(byAction, toTheSecond(meant));
}

/** The ids with the jobs that they stand for; a cursor has no form of its own, but is the same in both protocols. */
function expand(expected: Exclude<Expected, { refused: unknown }>, answer: Outcome): Outcome {
  const jobOf = (id: string) => seen(JOBS.get(id)!);
  if ('id' in expected) return { job: jobOf(expected.id) };
  const { ids: expectedIds, total = expectedIds.length, more = false } = expected;
  const next = more ? ('next' in answer && answer.next) || 'a cursor' : undefined;
  return { jobs: expectedIds.map(jobOf), total, next };
}
