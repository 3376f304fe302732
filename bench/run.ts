/**
 * Measures jobgate against references, side by side: `npm run bench -- [--only S6,G4] [--quick] [--json]`. CPU is
 * that of all server processes together, for one call or job. Exits with 1 where a bound does not hold or an answer
 * was wrong. With `--json` the table goes to standard error. `--rows 10000000` fills the larger table of the rows about
 * growth with so many jobs.
 */
import { parseArgs } from 'node:util';
import { ensureServers } from '../test/support/install-servers.ts';
import type { Measured, Traffic } from './measure.ts';
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
/**
 * What else the machine does comes and goes within a second, and many short rounds meet it alike: by 17 rounds of 0.3 s one
 * call against itself was 0.92–1.02, by 5 of a second 0.77–1.21.
 */
const effort = { rounds: values.quick ? 10 : 80, share: values.quick ? 0.3 : 1, rows: Number(values.rows) };
/** People read it on the way; a program reads the last line. */
const say = values.json ? console.error : console.log;

interface Result extends Measured {
  readonly must: number;
  readonly aim: number;
  readonly holds: boolean;
}

await ensureServers({ mariadb: true, redis: true, wrk: true });
const results: Record<string, Result> = {};
const stage = await setStage();
try {
  say(
    [
      'row',
      'what',
      'ours',
      'reference',
      'ratio (half of the rounds)',
      'must',
      'aim',
      'verdict',
      'ours: calls/s, p50, p99',
      'reference: calls/s, p50, p99',
    ].join(' | '),
  );
  for (const name of wanted) {
    const row = rows[name]!;
    const measured = await row.measure(stage, effort);
    for (const each of measured) say(line(name, row, each));
    const byRatio = measured.toSorted((a, b) => b.ratio - a.ratio);
    const worst = (row.quantity === 'rate' ? byRatio.at(-1) : byRatio[0])!;
    const { must, aim } = row;
    results[name] = { ...worst, must, aim, holds: reaches(row, worst.ratio, must) };
  }
} finally {
  await stage[Symbol.asyncDispose]();
}
if (values.json) console.log(JSON.stringify(results));
process.exit(Object.values(results).every(({ holds }) => holds) ? 0 : 1);

function reaches({ quantity }: Row, ratio: number, bound: number): boolean {
  return quantity === 'rate' ? ratio >= bound : ratio <= bound;
}

function line(name: string, row: Row, measured: Measured & { way: string }): string {
  const { what, unit, must, aim, quantity } = row;
  const { way, ours, reference, ratio, low, high, traffic } = measured;
  const amount = (value: number): string =>
    quantity === 'rate' ? `${value.toFixed(0)} ${unit}s/s` : `${value.toFixed(1)} µs/${unit}`;
  const verdict = reaches(row, ratio, aim)
    ? 'as good as is aimed at'
    : reaches(row, ratio, must)
      ? 'holds'
      : 'DOES NOT HOLD';
  return [
    name,
    way ? `${what}, ${way}` : what,
    amount(ours),
    amount(reference),
    `${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`,
    must,
    aim,
    verdict,
    ...(traffic ? [told(traffic.ours), told(traffic.reference)] : ['', '']),
  ].join(' | ');
}

function told({ perSecond, p50, p99 }: Traffic): string {
  return `${perSecond.toFixed(0)}/s, ${p50.toFixed(2)} ms, ${p99.toFixed(2)} ms`;
}
