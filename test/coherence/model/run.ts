/**
 * Searches the model and prints what it found.
 * `npx tsx test/coherence/model/run.ts [depth] [word]`: the depth, or MODEL_DEPTH, is 0 (as in the tests), 1 or 2;
 * with a word only what has it in its name is searched, and the runs that break the promise are printed.
 */
import { KEPT_ALL_THE_SAME, allRulesBut, type Rule } from './rules.ts';
import { ABLATIONS, ASSUMPTIONS, SCENARIOS, deeper } from './scenarios.ts';
import { search } from './search.ts';
import type { Scenario } from './state.ts';

const depth = Number(process.argv[2] ?? process.env['MODEL_DEPTH'] ?? 0);
const word = process.argv[3];
/** More would not fit into the memory of a usual machine. */
const STATES_AT_MOST = 6_000_000;

let states = 0;

function look(name: string, scenario: Scenario, leftOut: readonly Rule[]): void {
  if (word !== undefined && !name.includes(word)) return;
  const begun = performance.now();
  const inside = leftOut.length === 0 && !ASSUMPTIONS.includes(scenario);
  const found = search(
    { scenario, rules: allRulesBut(...leftOut) },
    { inside, statesAtMost: STATES_AT_MOST },
  );
  states += found.states;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const nothing = found.complete ? 'kept' : 'kept so far, not all states were looked at';
  const result = found.violation ? `${found.run.length} steps: ${found.violation}` : nothing;
  console.log(`${name}: ${found.states} states, ${seconds} s; ${result}`);
  if (word !== undefined) for (const line of found.run) console.log(`  ${line}`);
}

console.log('All rules:');
for (const scenario of Object.values(SCENARIOS)) {
  look(scenario.name, depth > 0 ? deeper(scenario, depth) : scenario, []);
}
console.log('\nWithout:');
for (const { leftOut, scenario } of ABLATIONS) look(leftOut.join(' and '), scenario, leftOut);
console.log('\nWhat is taken for granted, and is not so:');
for (const scenario of ASSUMPTIONS) look(scenario.name, scenario, []);
if (depth > 0) {
  console.log('\nNot needed by any run:');
  for (const rule of Object.keys(KEPT_ALL_THE_SAME) as Rule[]) {
    for (const scenario of Object.values(SCENARIOS)) look(`${rule}, ${scenario.name}`, scenario, [rule]);
  }
}
const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
console.log(`\n${states} states, ${Math.round(performance.now() / 1000)} s, ${memory} MiB`);
