/**
 * Every rule that can be left out: `npm run check:ablations -- [word] [--runs 3] [--seed 1]`. Each is tried several
 * times, first with all rules and then without it, in the same incidents for as long. Exits with 1 where the whole
 * is caught, or where a rule is never missed.
 */
import { parseArgs } from 'node:util';
import { ensureServers } from '../../support/install-servers.ts';
import type { Rule } from './ablations.ts';
import { catchLies, INCIDENTS } from './catch.ts';
import { startServers } from './check.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
await ensureServers({ mariadb: true, redis: true });
const servers = await startServers();
const rules = (Object.keys(INCIDENTS) as Rule[]).filter((rule) => rule.includes(positionals[0] ?? ''));
let failed = false;
try {
  for (const rule of rules) failed = !(await tryRule(rule)) || failed;
} finally {
  await servers[Symbol.asyncDispose]();
}
process.exit(failed ? 1 : 0);

async function tryRule(rule: Rule): Promise<boolean> {
  let caught = 0;
  let falseAlarms = 0;
  const seconds: string[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const seed = Number(values.seed) + run;
    const began = performance.now();
    const { violations } = await catchLies(INCIDENTS[rule], rule, servers, seed);
    const took = (performance.now() - began) / 1000;
    seconds.push(took.toFixed(0));
    if (violations.length > 0) caught++;
    const whole = await catchLies(INCIDENTS[rule], undefined, servers, seed, took);
    falseAlarms += whole.violations.length;
    for (const violation of whole.violations.slice(0, 5)) console.log(violation);
  }
  console.log(
    `${rule}: caught in ${caught} of ${values.runs} runs (${seconds.join(', ')} s); whole: ${falseAlarms}`,
  );
  return caught > 0 && falseAlarms === 0;
}
