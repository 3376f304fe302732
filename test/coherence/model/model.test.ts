import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KEPT_ALL_THE_SAME, RULES, allRulesBut } from './rules.ts';
import { ABLATIONS, ASSUMPTIONS, SCENARIOS } from './scenarios.ts';
import { search } from './search.ts';

describe('the model of the coherent cache', () => {
  const taken = new Set<string>();

  for (const scenario of Object.values(SCENARIOS)) {
    it(`keeps the promise in every run: ${scenario.name}`, (test) => {
      const found = search({ scenario, rules: allRulesBut() }, { inside: true });
      assert.equal(found.violation, undefined, `${found.violation}\n${found.run.join('\n')}`);
      for (const step of found.taken.keys()) taken.add(step);
      test.diagnostic(`${found.states} states`);
    });
  }

  it('takes every step of the protocol', () => {
    const steps = [
      'get',
      'lease',
      'load',
      'fill',
      'block',
      'abort',
      'fence',
      'offSince',
      'idle',
      'setEpoch',
      'pass',
    ];
    const joined = [
      'lock, epoch',
      'work, commit',
      'work, commit, acknowledge',
      'publish, acknowledge',
      'abort, acknowledge',
    ];
    for (const step of [...steps, ...joined, 'tick, fence', 'tick, turnOn', 'publish']) {
      assert.ok(taken.has(step), `no run had the step "${step}"`);
    }
  });

  for (const { leftOut, scenario } of ABLATIONS) {
    it(`breaks it without ${leftOut.join(' and ')}`, (test) => {
      const found = search({ scenario, rules: allRulesBut(...leftOut) });
      assert.ok(found.violation, `${found.states} states were looked at`);
      test.diagnostic(`${found.states} states, ${found.run.length} steps: ${found.violation}`);
      // The same runs are harmless where the rule holds.
      const others = leftOut.slice(0, -1);
      if (found.states < 20_000 || others.length > 0)
        assert.equal(search({ scenario, rules: allRulesBut(...others) }).violation, undefined);
    });
  }

  for (const scenario of ASSUMPTIONS) {
    it(`needs this to be so: ${scenario.name}`, () => {
      assert.ok(search({ scenario, rules: allRulesBut() }).violation);
    });
  }

  it('shows of every rule that it is needed, or says why it is kept', () => {
    const shown = ABLATIONS.map(({ leftOut }) => leftOut.at(-1)!);
    const all = [...shown, ...Object.keys(KEPT_ALL_THE_SAME)];
    assert.deepEqual(all.toSorted(), Object.keys(RULES).toSorted());
  });
});
