/**
 * What two instances behind nginx do under more load than they can carry, and what slow clients do to others:
 * `npm run check:overload -- --only mixed,slow --quick`; `reads` is a load of large answers from the cache, with which nginx and
 * the load come near the limit of a processor of their own. With `--direct` one instance is called without nginx, and shares
 * all processors with its load. `--only soak --minutes 20` sees whether memory grows. It starts private servers and the
 * built gateway, and exits with 1 where a bound does not hold.
 */
import { parseArgs } from 'node:util';
import { ensureServers } from '../support/install-servers.ts';
import { MIXES } from './calls.ts';
import { overload } from './overload.ts';
import { slow } from './slow.ts';
import { soak } from './soak.ts';
import { setStage } from './stage.ts';
import { holds, tell, type Verdict } from './verdict.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'mixed,slow' },
    minutes: { type: 'string', default: '20' },
    quick: { type: 'boolean', default: false },
    direct: { type: 'boolean', default: false },
  },
});
const only = values.only.split(',');
const say = console.log;
await ensureServers({ mariadb: true, redis: true, nginx: !values.direct });

const verdicts: Verdict[] = [];
for (const mix of MIXES) {
  if (!only.includes(mix)) continue;
  await using stage = await setStage(!values.direct);
  if (!values.direct && !stage.apart) say('The load shares the processors with those who carry it.');
  const lengths = values.quick
    ? { closed: 4, usual: 6, overload: 8 }
    : { closed: 8, usual: 10, overload: 30 };
  verdicts.push(...(await overload(stage, mix, lengths, say)));
}
if (only.includes('slow')) {
  await using stage = await setStage();
  verdicts.push(...(await slow(stage, say)));
}
if (only.includes('soak')) {
  await using stage = await setStage();
  verdicts.push(...(await soak(stage, Number(values.minutes), say)));
}
say('');
for (const verdict of verdicts) say(tell(verdict));
process.exitCode = verdicts.every(holds) ? 0 : 1;
