/**
 * A gateway that dies or freezes at named moments of the protocol, for the checker alone. Its parent says at which,
 * and how likely, with a message: a `Plan`. ABLATION names the rule that it leaves out, SLOW_CHANGES says how long half
 * of the changes wait between block and COMMIT, in ms.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../../bin/config.ts';
import { createLog } from '../../../bin/log.ts';
import { serve } from '../../../bin/serve.ts';
import type { EntryCache } from '../../../src/coherence/ports.ts';
import type { Moment } from '../../../src/coherence/steps.ts';
import { ablations, type Ablation, type Rule } from './ablations.ts';
import type { Plan } from './instance.ts';

let plan: Plan = {};
process.on('message', (message) => (plan = message as Plan));
// Nobody is left to look after it.
process.on('disconnect', () => process.exit());

function watch(moment: Moment): void {
  const planned = plan[moment];
  if (!planned || Math.random() >= planned.chance) return;
  plan = {};
  process.stdout.write(`${JSON.stringify({ fault: planned.fault, moment })}\n`);
  // The checker wakes frozen instances again.
  process.kill(process.pid, planned.fault === 'die' ? 'SIGKILL' : 'SIGSTOP');
}

const { ABLATION, SLOW_CHANGES } = process.env;
const ablation: Ablation = ABLATION ? ablations[ABLATION as Rule] : {};
ablation.prepare?.();
const alter = (whole: EntryCache): EntryCache => {
  const cache = ablation.alter?.(whole) ?? whole;
  return {
    ...cache,
    async block(...given) {
      const blocked = await cache.block(...given);
      if (Math.random() < 0.5) await sleep(Number(SLOW_CHANGES));
      return blocked;
    },
  };
};
const { port } = await serve(readConfig(), createLog('info'), () => {}, { watch, alter });
process.stdout.write(`${JSON.stringify({ serving: port })}\n`);
