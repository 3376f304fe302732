import type { Account } from '../accounts/account.ts';
import { mayBeJobId } from '../jobs/job.ts';
import type { JobView } from '../jobs/job-view.ts';
import type { EntryKey } from '../ports.ts';
import { createLookUp, type LookUpParts } from './look-up.ts';
import type { EntryValue } from './ports.ts';
import { createNewestReader } from './read-newest.ts';

/** What a read found. */
export interface Found {
  readonly account: Account | undefined;
  readonly jobs: readonly (JobView | undefined)[];
  /** Whether the cache alone could tell all of it. */
  readonly cached: boolean;
}

/** The state that is committed now, from the cache where it surely knows, else from the database. */
export interface ReadThrough {
  /**
   * An account and jobs by id, in the order of the ids; undefined where there is none.
   * All hits: one round trip. A job whose id is malformed is not looked up.
   */
  read(userId: string | undefined, jobIds: readonly string[]): Promise<Found>;
  /**
   * An account and the newest job that it may see, of a type or of any.
   * All hits: one round trip, unless another job became the newest since this process read it last.
   */
  readNewest(userId: string, jobType: string | undefined): Promise<Found>;
}

export function createReadThrough(parts: LookUpParts): ReadThrough {
  const { keeper, kinds } = parts;
  const lookUp = createLookUp(parts);

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
      missing.length > 0 ? lookUp.loadJobs(missing, epoch) : undefined,
      userId !== undefined && !account ? lookUp.loadAccounts([userId], epoch) : undefined,
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
      let values: readonly (EntryValue | undefined)[] | undefined;
      if (epoch !== undefined) {
        values = await lookUp.get(epoch, keys);
        if (!values) epoch = undefined;
      }

      const jobs = new Map<string, JobView>();
      wanted.forEach((id, index) => {
        const job = lookUp.decode(kinds.job, values?.[index]);
        if (job) jobs.set(id, job);
      });
      let account = userId === undefined ? undefined : lookUp.decode(kinds.account, values?.[wanted.length]);

      const all = jobs.size === wanted.length && (userId === undefined || account !== undefined);
      if (!all) account = await complete(jobs, wanted, account, userId, epoch);
      return { account, jobs: jobIds.map((id) => jobs.get(id)), cached: all };
    },

    readNewest: createNewestReader(parts, lookUp),
  };
}
