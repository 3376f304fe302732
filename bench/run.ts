/**
 * Measures jobgate against references, side by side: `npm run bench -- [--only S6,G4] [--quick] [--json]`. CPU is
 * that of all server processes together, for one call or job. Exits with 1 where a bound does not hold or an answer
 * was wrong. `--rows 10000000` fills the larger table of the rows about growth with so many jobs.
 */
import { parseArgs } from 'node:util';
import { ensureServers } from '../test/support/install-servers.ts';
import type { Measured } from './measure.ts';
import type { Row } from './row.ts';
import { rows } from './rows/index.ts';
import { setStage } from './stage.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rows: { type: 'string', default: '100000' },
    quick: { type: 'boolean' },
    json: { type: 'boolean' },
  },
});
const wanted = values.only?.split(',') ?? Object.keys(rows);
for (const name of wanted) {
  if (!rows[name]) throw new Error(`there is no row ${name}, only ${Object.keys(rows).join(', ')}`);
}
const effort = { rounds: values.quick ? 9 : 21, share: 1, rows: Number(values.rows) };
/** People read it on the way; a program reads the last line. */
const say = values.json ? console.error : console.log;

interface Result extends Measured {
  readonly must: number;
  readonly aim: number;
  readonly holds: boolean;
}

await ensureServers({ mariadb: true, redis: true });
const results: Record<string, Result> = {};
const stage = await setStage();
try {
  say(
    ['row', 'what', 'ours', 'reference', 'ratio (half of the rounds)', 'must', 'aim', 'verdict'].join(' | '),
  );
  for (const name of wanted) {
    const row = rows[name]!;
    const measured = await row.measure(stage, effort);
    for (const each of measured) say(line(name, row, each));
    const worst = measured.toSorted((a, b) => b.ratio - a.ratio)[0]!;
    const { must, aim } = row;
    results[name] = { ...worst, must, aim, holds: worst.ratio <= must };
  }
} finally {
  await stage[Symbol.asyncDispose]();
}
if (values.json) console.log(JSON.stringify(results));
process.exit(Object.values(results).every(({ holds }) => holds) ? 0 : 1);

function line(name: string, { what, unit, must, aim }: Row, measured: Measured & { way: string }): string {
  const { way, ours, reference, ratio, low, high } = measured;
  const cpu = (time: number): string => `${time.toFixed(0)} µs/${unit}`;
  const verdict = ratio <= aim ? 'as good as is aimed at' : ratio <= must ? 'holds' : 'DOES NOT HOLD';
  return [
    name,
    way ? `${what}, ${way}` : what,
    cpu(ours),
    cpu(reference),
    `${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`,
    must,
    aim,
    verdict,
  ].join(' | ');
}
