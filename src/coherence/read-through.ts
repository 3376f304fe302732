import { randomUUID } from 'node:crypto';
import type { Account } from '../accounts/account.ts';
import { mayBeJobId } from '../jobs/job.ts';
import type { JobView } from '../jobs/job-view.ts';
import type { EntryKey } from '../ports.ts';
import type { EntryKind, EntryKinds } from './entry-kinds.ts';
import type { EpochKeeper } from './epoch-keeper.ts';
import type { EntryCache, EntryValue } from './ports.ts';
import type { Watch } from './steps.ts';

/** The state that is committed now, from the cache where it surely knows, else from the database. */
export interface ReadThrough {
  /**
   * An account and jobs by id, in the order of the ids; undefined where there is none.
   * All hits: one round trip. A job whose id is malformed is not looked up.
   */
  read(
    userId: string | undefined,
    jobIds: readonly string[],
  ): Promise<{
    readonly account: Account | undefined;
    readonly jobs: readonly (JobView | undefined)[];
    /** Whether no row had to be read from the database. */
    readonly cached: boolean;
  }>;
}

/** What became of one look-up, for the metrics. */
export type ReadOutcome = 'hit' | 'miss' | 'blocked' | 'bypass';

/** A block that has stood longer than any transaction may last was left behind by a writer that died; in ms. */
const OLDEST_LIVE_BLOCK = 8_000;

export function createReadThrough(parts: {
  readonly cache: EntryCache;
  readonly keeper: EpochKeeper;
  readonly kinds: EntryKinds;
  /** Called for a block that no living writer can hold. */
  readonly repair: (key: EntryKey) => void;
  readonly count?: (kind: EntryKey['kind'], outcome: ReadOutcome) => void;
  readonly watch?: Watch;
}): ReadThrough {
  const { cache, keeper, kinds, repair, count = () => {}, watch = () => {} } = parts;

  /** Asks for a lease; a cache that does not answer gives none. */
  const lease = async (epoch: number, key: EntryKey, token: string): Promise<boolean> => {
    const answer = await cache.lease(epoch, key, token).catch(() => ({ is: 'no-epoch' }) as const);
    count(key.kind, answer.is === 'blocked' ? 'blocked' : 'miss');
    if (answer.is === 'blocked' && answer.age > OLDEST_LIVE_BLOCK) repair(key);
    return answer.is === 'lease';
  };

  /** Reads rows from the database, and leaves those for which it holds the lease in the cache. */
  const load = async <Row, Seen>(
    kind: EntryKind<Row, Seen>,
    ids: readonly string[],
    epoch: number | undefined,
  ): Promise<ReadonlyMap<string, Seen>> => {
    const token = randomUUID();
    const leased = new Set<string>();
    if (epoch !== undefined) {
      // The lease comes before the read: a write in between takes it away, and the fill then does nothing.
      const asked = ids.map(async (id) => {
        if (await lease(epoch, { kind: kind.kind, id }, token)) leased.add(id);
      });
      await Promise.all(asked);
      watch('after lease');
    } else {
      for (const _ of ids) count(kind.kind, 'bypass');
    }
    const snapshot = await kind.load(ids);
    watch('after load');
    keeper.observe(snapshot.epoch);
    const fillable = snapshot.epoch.on && snapshot.epoch.epoch === epoch;
    const seen = new Map<string, Seen>();
    for (const [id, row] of snapshot.rows) {
      seen.set(id, kind.see(row));
      const value = fillable && leased.has(id) ? kind.encode(row) : undefined;
      // The reader need not wait: a fill that is late or lost changes nothing that anyone relies on.
      if (value) cache.fill(epoch as number, { kind: kind.kind, id }, token, value).catch(() => {});
    }
    return seen;
  };

  const decode = <Row, Seen>(kind: EntryKind<Row, Seen>, value: EntryValue | undefined): Seen | undefined => {
    const seen = value && kind.decode(value);
    if (seen !== undefined) count(kind.kind, 'hit');
    return seen;
  };

  /** Reads what the cache could not tell: adds the jobs that are missing, and answers the account. */
  const complete = async (
    jobs: Map<string, JobView>,
    wanted: readonly string[],
    account: Account | undefined,
    userId: string | undefined,
    epoch: number | undefined,
  ): Promise<Account | undefined> => {
    const missing = wanted.filter((id) => !jobs.has(id));
    const [loadedJobs, loadedAccounts] = await Promise.all([
      missing.length > 0 ? load(kinds.job, missing, epoch) : undefined,
      userId !== undefined && !account ? load(kinds.account, [userId], epoch) : undefined,
    ]);
    loadedJobs?.forEach((job, id) => jobs.set(id, job));
    return account ?? (userId === undefined ? undefined : loadedAccounts?.get(userId));
  };

  return {
    async read(userId, jobIds) {
      const wanted = [...new Set(jobIds.filter(mayBeJobId))];
      const keys: EntryKey[] = wanted.map((id) => ({ kind: 'job', id }));
      if (userId !== undefined) keys.push({ kind: 'account', id: userId });

      let epoch = keys.length > 0 ? keeper.usable() : undefined;
      let values: readonly (EntryValue | undefined)[] = [];
      if (epoch !== undefined) {
        try {
          values = await cache.get(epoch, keys);
          watch('after get');
        } catch {
          // A cache that did not answer is not asked for leases either: the caller has waited long enough.
          epoch = undefined;
        }
      }

      const jobs = new Map<string, JobView>();
      wanted.forEach((id, index) => {
        const job = decode(kinds.job, values[index]);
        if (job) jobs.set(id, job);
      });
      let account = userId === undefined ? undefined : decode(kinds.account, values[wanted.length]);

      const all = jobs.size === wanted.length && (userId === undefined || account !== undefined);
      if (!all) account = await complete(jobs, wanted, account, userId, epoch);
      return { account, jobs: jobIds.map((id) => jobs.get(id)), cached: all };
    },
  };
}
