import type { Rule } from './rules.ts';
import type { Fault, Scenario, WriteKind } from './state.ts';

type Writer = Scenario['writes'][number];

const write = (gateway: number, kind: WriteKind = 'update'): Writer => ({ gateway, kind });

/** Two gateways, each with a reader and a writer of the one job, and no fault. */
const USUAL = {
  reads: [0, 1],
  writes: [write(0), write(1)],
  faults: [],
  faultsAtMost: 0,
  life: 1,
  firstTurn: 0,
  lastTurn: 2,
  attempts: 2,
  entry: 'job',
  job: 'shown',
} as const;

function scenario(name: string, faults: readonly Fault[], changes: Partial<Scenario> = {}): Scenario {
  return { ...USUAL, name, faults, faultsAtMost: faults.length > 0 ? 1 : 0, ...changes };
}

/** Of which job is the newest: two are created at once, through two gateways. */
const NEWEST = { entry: 'newest', writes: [write(0, 'create'), write(1, 'create')] } as const;

const WRITER_FAULTS: readonly Fault[] = ['dies', 'refused', 'commit unknown'];

/** What the tests search. */
export const SCENARIOS = {
  quiet: scenario('no fault', [], { reads: [0, 1, 1] }),
  emptied: scenario('Redis loses its data', ['emptied', 'epoch key lost']),
  restarted: scenario('Redis restarts', ['restarted empty', 'restarted with old data'], {
    writes: [write(1)],
  }),
  split: scenario('gateways talk to two processes, or to none', ['split', 'cut off'], { writes: [write(1)] }),
  commands: scenario('answers are lost, commands come late', ['answer lost', 'command late']),
  writers: scenario('writers die, are refused, do not know', WRITER_FAULTS),
  hidden: scenario('a job is hidden while it is repaired', WRITER_FAULTS, {
    writes: [write(0, 'hide'), write(1, 'repair')],
  }),
  created: scenario('a job is created', [...WRITER_FAULTS, 'answer lost'], {
    writes: [write(0, 'create'), write(1)],
    job: 'missing',
  }),
  twoFaults: scenario(
    'two faults in one run',
    [...WRITER_FAULTS, 'emptied', 'epoch key lost', 'answer lost'],
    {
      writes: [write(0)],
      faultsAtMost: 2,
    },
  ),
  newest: scenario('jobs are created, brought and hidden at once', [], {
    ...NEWEST,
    writes: [write(0, 'create'), write(1, 'import'), write(1, 'hide')],
  }),
  newestOfNone: scenario('the first two jobs of a type are created at once', WRITER_FAULTS, {
    ...NEWEST,
    job: 'missing',
  }),
  newestWriters: scenario(
    'creators die, are refused, do not know; a block is taken for left',
    WRITER_FAULTS,
    {
      ...NEWEST,
      writes: [...NEWEST.writes, write(1, 'mend')],
      attempts: 1,
    },
  ),
  newestCommands: scenario(
    'answers to creators are lost, commands come late',
    ['answer lost', 'command late'],
    {
      ...NEWEST,
      writes: [...NEWEST.writes, write(1, 'mend')],
      attempts: 1,
    },
  ),
  newestEmptied: scenario(
    'Redis loses its data while jobs are created',
    ['emptied', 'epoch key lost'],
    NEWEST,
  ),
  newestSplit: scenario('creators talk to two processes, or to none', ['split', 'cut off'], {
    ...NEWEST,
    // Every value that stands is looked at, whether anyone reads it or not; with two readers it takes most of a minute.
    reads: [1],
    attempts: 1,
  }),
  slowFence: scenario('the COMMIT of a fence is slow', ['cut off', 'fence commits slowly'], {
    reads: [1, 1],
    writes: [write(0)],
    faultsAtMost: 2,
  }),
} as const;

/**
 * The same with more of everything. Life 2 is a finer clock, and a last turn of 4 lets the epoch change twice.
 * @param depth 1 adds a fault, 2 also a read and the finer clock
 */
export function deeper(scenario: Scenario, depth: number): Scenario {
  const { faults, faultsAtMost, reads, lastTurn } = scenario;
  return {
    ...scenario,
    faultsAtMost: faults.length > 0 ? faultsAtMost + 1 : 0,
    lastTurn: faults.length > 0 ? lastTurn + 2 : lastTurn,
    reads: depth > 1 ? [...reads, 1] : reads,
    life: depth > 1 ? 2 : 1,
  };
}

/**
 * Rules that are left out together, and where that is seen. The last one is what is shown to be needed: where it holds, the
 * others may be left out in this scenario.
 */
export interface Ablation {
  readonly leftOut: readonly Rule[];
  readonly scenario: Scenario;
}

const ONE = { writes: [write(0)] } as const;
const THIRD_READ = { reads: [0, 1, 1] } as const;
const ONE_GATEWAY = { reads: [0, 0, 0], ...ONE, attempts: 1 } as const;
const seen = (leftOut: Rule, faults: readonly Fault[], changes: Partial<Scenario>): Ablation => ({
  leftOut: [leftOut],
  scenario: scenario(`without ${leftOut}`, faults, changes),
});

const READERS_COMPARE_NOTHING = scenario('readers do not compare the epoch of the cache', ['emptied'], {
  ...ONE,
  ...THIRD_READ,
});

export const ABLATIONS: readonly Ablation[] = [
  seen('blockBeforeCommit', [], { ...ONE, ...THIRD_READ }),
  seen('fenceWhenNotBlocked', ['cut off'], ONE),
  seen('fenceWaits', ['epoch key lost'], ONE),
  seen('offSinceAfterCommit', ['cut off', 'fence commits slowly'], {
    ...ONE,
    reads: [1, 1],
    faultsAtMost: 2,
  }),
  seen('onlyLockedRows', [], {
    ...ONE_GATEWAY,
    job: 'missing',
    writes: [write(0, 'create'), write(0)],
    attempts: 1,
  }),
  seen('shareLock', ['epoch key lost'], ONE),
  seen('tickFencesFirst', ['epoch key lost'], ONE),
  seen('runIdCompared', ['restarted with old data'], ONE),
  seen('leaseTaken', [], { ...ONE, ...THIRD_READ }),
  seen('leaseBeforeLoad', [], { ...ONE }),
  seen('fillComparesToken', [], { ...ONE, ...THIRD_READ }),
  seen('fillComparesEpoch', ['cut off'], ONE),
  seen('fillKeepsLife', ['cut off'], ONE),
  seen('publishComparesToken', [], {}),
  seen('publishCountsLife', ['command late'], {}),
  seen('abortComparesToken', ['refused'], { ...ONE_GATEWAY, writes: [write(0), write(0)] }),
  seen('blocksShared', [], { ...NEWEST, ...THIRD_READ }),
  seen('abortLeavesOthers', [], { ...NEWEST, ...THIRD_READ }),
  seen('importBlocks', [], { ...NEWEST, ...THIRD_READ, writes: [write(0, 'import')] }),
  seen('mendsWhenIdle', [], { ...NEWEST, ...THIRD_READ, writes: [write(0, 'create'), write(1, 'mend')] }),
  seen('unknownCommitStaysBlocked', ['commit unknown'], ONE_GATEWAY),
  seen('absenceNotCached', ['refused'], {
    ...ONE_GATEWAY,
    job: 'missing',
    writes: [write(0, 'create'), write(0, 'create')],
  }),
  seen('newEpochEachTime', ['emptied', 'command late'], { ...ONE_GATEWAY, firstTurn: 1, faultsAtMost: 2 }),
  {
    leftOut: ['absenceNotCached', 'createBlocks'],
    scenario: scenario('"no such job" is cached, and create does not block', [], {
      ...THIRD_READ,
      job: 'missing',
      writes: [write(0, 'create')],
    }),
  },
  { leftOut: ['leaseComparesEpoch', 'fillComparesCacheEpoch'], scenario: READERS_COMPARE_NOTHING },
  { leftOut: ['fillComparesCacheEpoch', 'leaseComparesEpoch'], scenario: READERS_COMPARE_NOTHING },
  {
    leftOut: ['runIdCompared', 'blockComparesEpoch'],
    scenario: scenario(
      'a writer takes an empty process for the one that others read',
      ['led to an empty one'],
      ONE,
    ),
  },
  {
    leftOut: ['fenceWaits', 'epochInKey'],
    scenario: scenario(
      'the one gateway, which knows of every fence, does not wait after one',
      ['epoch key lost'],
      {
        ...ONE,
        reads: [0, 0],
        attempts: 1,
      },
    ),
  },
  {
    leftOut: ['publishCountsLife', 'publishComparesEpoch'],
    scenario: scenario('a value is published with a new life, in an epoch that is over', ['epoch key lost']),
  },
  // Only where what is taken for granted is not so: then it ends with the write what three reads would see.
  seen('publishRemovesOlder', ['block evicted'], ONE),
];

/** What the protocol takes for granted: without it, what it promises is not kept. */
export const ASSUMPTIONS: readonly Scenario[] = [
  scenario('a process that goes back to old data has a new run id', ['taken back'], ONE),
  scenario('Redis evicts no block', ['block evicted'], { ...ONE, ...THIRD_READ }),
];
