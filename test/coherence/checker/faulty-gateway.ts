/**
 * A gateway that dies or freezes at named moments of the protocol, for the checker alone. FAULTS is a list such as
 * `after block=die:0.002,after commit=freeze:0.002`: what happens at a moment, and how often.
 */
import { readConfig } from '../../../bin/config.ts';
import { ablations, type Ablation } from './ablations.ts';
import { createLog } from '../../../bin/log.ts';
import { serve } from '../../../bin/serve.ts';
import type { Moment } from '../../../src/coherence/steps.ts';

const faults = new Map(
  (process.env.FAULTS ?? '')
    .split(',')
    .filter((each) => each !== '')
    .map((each) => {
      const [moment = '', what = ''] = each.split('=');
      const [fault = '', chance = '0'] = what.split(':');
      return [moment as Moment, { fault, chance: Number(chance) }] as const;
    }),
);
let armed = false;
process.on('SIGUSR2', () => (armed = true));

function watch(moment: Moment): void {
  const planned = faults.get(moment);
  if (!armed || !planned || Math.random() >= planned.chance) return;
  armed = false;
  process.stdout.write(`${JSON.stringify({ fault: planned.fault, moment })}\n`);
  // The checker wakes frozen instances again.
  process.kill(process.pid, planned.fault === 'die' ? 'SIGKILL' : 'SIGSTOP');
}

const { ABLATION } = process.env;
const hooks = ABLATION ? { watch, alter: ablations[ABLATION as Ablation] } : { watch };
const { port } = await serve(readConfig(), createLog('info'), () => {}, hooks);
process.stdout.write(`${JSON.stringify({ serving: port })}\n`);
