/** Every rule of the protocol that can be left out, with what it protects from. */
export const RULES = {
  blockBeforeCommit: 'a reader that hits the old value while others already see the committed row',
  blockComparesEpoch: 'a block that another epoch does not see, taken for one that it does',
  fenceWhenNotBlocked: 'a change that goes on although the entry could not be blocked',
  fenceWaits: 'values of the old epoch that a gateway which has not heard of the fence still reads',
  offSinceAfterCommit:
    'values that were filled while the COMMIT of a fence was slow, by a fence that counts from before it',
  onlyLockedRows: 'a change of a row that was created between its lock, which found none, and its work',
  shareLock: 'a fence that does not wait for the writers of the epoch it ends',
  tickFencesFirst: 'two epochs in use at once, when a tick turns on without the wait',
  runIdCompared: 'a Redis process with other or older data, taken for the one that holds the blocks',
  epochInKey: 'entries of an old epoch, read in a new one',
  leaseTaken: 'a fill that knows nothing of the writes since its SELECT',
  leaseBeforeLoad: 'a row that was read before a write and filled after it',
  leaseComparesEpoch: 'a lease in an epoch that the cache has left',
  fillComparesToken: 'a fill that overwrites the block or the value of a later write',
  fillComparesEpoch: 'a row that was filled in the epoch of the lease, but read after that epoch had ended',
  fillComparesCacheEpoch: 'a fill after the cache lost its epoch, and with it perhaps a block',
  fillKeepsLife: 'a value that lives longer than T after its lease, and so longer than a fence waits',
  publishComparesToken: 'a late publish that overwrites the block or the value of a later write',
  publishComparesEpoch: 'a publish in an epoch that the cache has left',
  publishCountsLife: 'a late publish whose value lives longer than a fence waits',
  publishRemovesOlder: 'an older value, or a lease, that stands where the own block was',
  abortComparesToken: 'an abort that removes the block of another writer',
  blocksShared: 'a block in the place of another creation’s, which ends before that one has committed',
  abortLeavesOthers: 'an abort that frees what another creation still holds',
  importBlocks: 'a job that becomes the newest without a block',
  mendsWhenIdle: 'a block taken for that of a dead writer, and removed before its COMMIT',
  unknownCommitStaysBlocked: 'a COMMIT that takes effect after its entry was freed',
  absenceNotCached: '"no such job", read from the cache after the job was created',
  createBlocks: '"no such job", filled by a reader that was overtaken by a create',
  newEpochEachTime: 'a setEpoch that comes late and gives the epoch back to a cache that has lost its blocks',
  setEpochOnlyRaises: 'a late setEpoch that takes the cache back to an old epoch',
} as const;

export type Rule = keyof typeof RULES;

/** Rules that no run of the model needs, and why they are kept all the same. */
export const KEPT_ALL_THE_SAME: Readonly<Partial<Record<Rule, string>>> = {
  setEpochOnlyRaises:
    'newEpochEachTime sees to it that a late setEpoch carries a number under which no gateway ever reads: letting it ' +
    'lower the epoch would cost a fence and no more. The rule saves that fence, and its answer, the epoch that stands, ' +
    'tells of a database that was restored from a backup (which is not modelled): epochs go on above the numbers that ' +
    'the cache may have entries of.',
};

/** Which rules hold. */
export type Rules = Readonly<Record<Rule, boolean>>;

/** All rules, but for those that are named. */
export function allRulesBut(...leftOut: readonly Rule[]): Rules {
  const names = Object.keys(RULES) as Rule[];
  return Object.fromEntries(names.map((name) => [name, !leftOut.includes(name)])) as Rules;
}
