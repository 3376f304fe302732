/**
 * The long run: `npm run check:coherence -- --minutes 60 --seed 1`. With `--sentinel` the instances use a Sentinel set,
 * whose master changes all the time. Exits with 1 where a reader was lied to, or where too little happened to prove
 * anything.
 */
import { parseArgs } from 'node:util';
import { ensureServers } from '../../support/install-servers.ts';
import { check, startServers } from './check.ts';
import { findWeaknesses } from './floors.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    ttl: { type: 'string', default: '500' },
    sentinel: { type: 'boolean', default: false },
  },
});
await ensureServers({ mariadb: true, redis: true });
const seconds = Number(values.minutes) * 60;
console.log(`seed ${values.seed}, ${values.minutes} minutes, T ${values.ttl} ms`);
await using servers = await startServers(values.sentinel);
const [seed, ttl] = [Number(values.seed), Number(values.ttl)];
const report = await check({ seconds, seed, ttl, servers, say: console.log });
const { violations, ...figures } = report;
console.log(JSON.stringify(figures, undefined, 2));
for (const violation of violations.slice(0, 20)) console.log(violation);
const weaknesses = findWeaknesses(report, seconds);
for (const weakness of weaknesses) console.log(`proves too little: ${weakness}`);
console.log(`${violations.length} violations`);
process.exitCode = violations.length > 0 || weaknesses.length > 0 ? 1 : 0;
