import type { Rule } from './ablations.ts';
import { check, type CheckOptions, type Servers } from './check.ts';
import type { FailoverName } from './failovers.ts';
import type { FaultName } from './faults.ts';
import type { Report } from './report.ts';

interface Incident extends Pick<CheckOptions, 'slowChanges'> {
  /** Without one it shows by itself. */
  readonly fault?: FaultName | FailoverName;
  /** T, in ms. */
  readonly ttl: number;
}

/** The incident in which it shows that a rule is left out. */
export const INCIDENTS: Readonly<Record<Rule, Incident>> = {
  'no block': { fault: 'one instance cut off from redis', ttl: 1_000 },
  'only one of several blocked': { ttl: 500 },
  'no fence where nothing could be blocked': { fault: 'one instance cut off from redis', ttl: 500 },
  'no wait after a fence': {
    fault: 'one instance led to another redis, the other cut off from the database',
    ttl: 1_500,
  },
  'no end of values after T': {
    fault: 'one instance led to another redis, the other cut off from the database',
    ttl: 500,
  },
  'no share lock on the epoch': { fault: 'redis loses the epoch while a writer is frozen', ttl: 500 },
  'no epoch compared by readers': { fault: 'redis emptied while a writer is frozen', ttl: 500 },
  'no run id': { fault: 'redis restarted with old data', ttl: 1_500 },
  'no token compared by fill': { fault: 'reader frozen between read and fill', ttl: 250 },
  'no token compared by publish': { fault: 'writer frozen between commit and publish', ttl: 500 },
  'no coherent accounts': { ttl: 500 },
  'no block of the newest job': { ttl: 500 },
  'one block of the newest job': { ttl: 500, slowChanges: 350 },
  'no token compared by who frees the newest job': { ttl: 500, slowChanges: 350 },
};

/** Those that are caught within seconds, each time. */
export const QUICK = [
  'no block',
  'only one of several blocked',
  'no fence where nothing could be blocked',
  'no epoch compared by readers',
  'no run id',
  'no token compared by publish',
  'no coherent accounts',
  'no block of the newest job',
] as const satisfies readonly Rule[];

/** The longest that it may take, in s: a machine that is busy with other things needs more incidents. */
const SECONDS = 40;

/**
 * Makes one incident after another until a lie was caught.
 * @param rule left out; undefined: all are kept
 */
export function catchLies(
  {
    fault,
    faults: only = fault ? [fault] : [],
    ttl,
    slowChanges,
  }: Incident & { readonly faults?: readonly (FaultName | FailoverName)[] },
  rule: Rule | undefined,
  servers: Servers,
  seed: number,
  seconds = SECONDS,
): Promise<Report> {
  const more = { ...(rule && { ablation: rule }), ...(slowChanges !== undefined && { slowChanges }) };
  return check({ seconds, seed, ttl, calm: 0, only, untilCaught: true, servers, say() {}, ...more });
}
