import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateServer } from '../../support/private-server.ts';
import type { SentinelSet } from '../../support/sentinel.ts';
import { faults, type Fault } from './faults.ts';

/** Who has the set change its master, and how; the old one is back in the set when it ends. */
type Failover = (set: SentinelSet, random: () => number) => Promise<void>;

/** The master, when its replicas have missed for a moment what it was told: who is promoted lacks the blocks of then. */
async function masterAhead(set: SentinelSet, random: () => number): Promise<PrivateServer> {
  const master = await set.master();
  await set.starveReplicas(master);
  await sleep(100 + random() * 300);
  return master;
}

/** The sentinels refuse while they are at another failover, or do not know a replica that is well. */
async function command(set: SentinelSet): Promise<void> {
  const old = await set.master();
  for (;;) {
    const refused = await set.failOver().then(
      () => false,
      () => true,
    );
    if (!refused) return set.masterIsNot(old);
    await sleep(100);
  }
}

async function kill(set: SentinelSet, master: PrivateServer, random: () => number): Promise<void> {
  master.kill('SIGKILL');
  await set.masterIsNot(master);
  await sleep(random() * 500);
  await master.restart();
}

const failovers = {
  'master killed': async (set, random) => kill(set, await set.master(), random),

  'master killed, replicas behind': async (set, random) => {
    await kill(set, await masterAhead(set, random), random);
  },

  // Awake again it takes itself for the master, until the sentinels tell it otherwise.
  'master frozen': async (set, random) => {
    const master = await set.master();
    master.kill('SIGSTOP');
    try {
      await set.masterIsNot(master);
      await sleep(random() * 500);
    } finally {
      master.kill('SIGCONT');
    }
  },

  'master frozen, replicas behind': async (set, random) => {
    const master = await masterAhead(set, random);
    master.kill('SIGSTOP');
    try {
      await set.masterIsNot(master);
    } finally {
      master.kill('SIGCONT');
    }
    await set.feedReplicas(master);
  },

  'master frozen for a moment': async (set, random) => {
    const master = await set.master();
    master.kill('SIGSTOP');
    await sleep(100 + random() * 400);
    master.kill('SIGCONT');
  },

  'failover commanded': (set) => command(set),

  'failover commanded, replicas behind': async (set, random) => {
    const master = await masterAhead(set, random);
    await command(set);
    await set.feedReplicas(master);
  },

  'failover commanded, and back': async (set) => {
    await command(set);
    await command(set);
  },

  'master killed, a sentinel frozen': async (set, random) => {
    const sentinel = set.sentinels[Math.floor(random() * set.sentinels.length)]!;
    const master = await set.master();
    master.kill('SIGKILL');
    sentinel.kill('SIGSTOP');
    await sleep(2_000 + random() * 1_000);
    sentinel.kill('SIGCONT');
    await set.masterIsNot(master);
    await master.restart();
  },
} as const satisfies Readonly<Record<string, Failover>>;

export type FailoverName = keyof typeof failovers;

/** What is broken where the instances use a Sentinel set. */
export function faultsOf(set: SentinelSet): Readonly<Record<string, Fault>> {
  const ofSet = Object.entries(failovers).map(([name, failover]): [string, Fault] => [
    name,
    async (_patient, random) => {
      await failover(set, random);
      await set.whole();
    },
  ]);
  return {
    ...Object.fromEntries(ofSet),
    'gateway killed': faults['gateway killed'],
    'gateway dies or freezes at a moment of the protocol':
      faults['gateway dies or freezes at a moment of the protocol'],
    'writer frozen between commit and publish': faults['writer frozen between commit and publish'],
    'master killed while a gateway is frozen': async (patient, random) => {
      const [instance] = patient.instances;
      instance?.signal('SIGSTOP');
      await sleep(100);
      const failover = failovers['master killed, replicas behind'](set, random);
      await sleep(300 + random() * 2_000);
      instance?.signal('SIGCONT');
      await failover;
      await set.whole();
    },
  };
}
