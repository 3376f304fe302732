import { LRUCache } from 'lru-cache';
import type { Account } from '../accounts/account.ts';
import { newestKey, scopeFor, type JobScope } from '../jobs/newest.ts';
import type { JobView } from '../jobs/job-view.ts';
import type { EntryKey, NewestJob } from '../ports.ts';
import type { LookUp, LookUpParts } from './look-up.ts';
import type { Found, ReadThrough } from './read-through.ts';

/** What the cache is asked for before it is known who calls and which job is the newest: what it was the last time. */
interface Guess {
  readonly scope: JobScope;
  readonly newest: EntryKey;
  readonly jobId: string | undefined;
}

/** What the cache told, all of it at one moment. */
interface Told {
  readonly account?: Account | undefined;
  /** Which job is the newest of the guess's scope. */
  readonly jobId?: string | undefined;
  /** That job. */
  readonly job?: JobView | undefined;
}

const GUESSES_MOST = 10_000;
/** The first may find that another scope is meant, the second that another job is the newest. */
const ROUNDS = 3;

/**
 * Reads the newest job. The cache tells the account, which says what may be seen, the id of the newest job and the job
 * itself; all three are asked for at once, by a guess, and asked for again where the guess was wrong. So what an answer is
 * made of was true at one moment; else it might be a job that was the newest of a type, as it was when it had another.
 */
export function createNewestReader(
  { keeper, kinds, count = () => {} }: LookUpParts,
  lookUp: LookUp,
): ReadThrough['readNewest'] {
  const guesses = new LRUCache<string, Guess>({ max: GUESSES_MOST });

  /** Undefined where the cache did not answer. */
  const askCache = async (
    epoch: number,
    userId: string,
    guess: Guess | undefined,
  ): Promise<Told | undefined> => {
    const keys: EntryKey[] = [{ kind: 'account', id: userId }];
    if (guess) keys.push(guess.newest);
    if (guess?.jobId !== undefined) keys.push({ kind: 'job', id: guess.jobId });
    const values = await lookUp.get(epoch, keys);
    if (!values) return undefined;
    const [ofAccount, ofNewest, ofJob] = values;
    const jobId = ofNewest && kinds.newest.decode(ofNewest);
    return {
      account: ofAccount && kinds.account.decode(ofAccount),
      jobId,
      job: jobId === guess?.jobId && ofJob ? kinds.job.decode(ofJob) : undefined,
    };
  };

  /** The better guess that an answer allows; undefined where it was good. */
  const correct = (
    guess: Guess | undefined,
    { account, jobId }: Told,
    jobType?: string,
  ): Guess | undefined => {
    if (!account) return undefined;
    const right = guessFor(account, jobType);
    if (right.newest.id !== guess?.newest.id) return right;
    return jobId !== undefined && jobId !== guess.jobId ? { ...right, jobId } : undefined;
  };

  const share = lookUp.share<NewestJob, JobView | undefined>(
    ({ job }, { kind, id }) => {
      if (!job) return undefined;
      if (kind === 'newest') return kinds.newest.encode(job);
      return id === job.jobId ? kinds.job.encode(job) : undefined;
    },
    ({ job }) => job && kinds.job.see(job),
  );

  /** By the database. What the cache could not tell of it is filled, the job itself where it was guessed. */
  const load = (guess: Guess, told: Told, epoch: number | undefined): Promise<JobView | undefined> => {
    const missing = told.jobId === undefined ? [guess.newest] : [];
    if (guess.jobId !== undefined) missing.push({ kind: 'job', id: guess.jobId });
    return share(guess.newest.id, missing, epoch, () => kinds.newest.load(guess.scope));
  };

  const loadAccount = async (userId: string, epoch: number | undefined): Promise<Account | undefined> =>
    (await lookUp.loadAccounts([userId], epoch)).get(userId);

  return async (userId, jobType): Promise<Found> => {
    const name = `${userId} ${jobType ?? ''}`;
    let guess = guesses.get(name);
    let told: Told = {};
    let epoch = keeper.usable();
    for (let round = 0; round < ROUNDS && epoch !== undefined; round++) {
      const answer = await askCache(epoch, userId, guess);
      if (!answer) epoch = undefined;
      told = answer ?? {};
      const better = correct(guess, told, jobType);
      if (!better) break;
      if (better.jobId === undefined) told = { account: told.account };
      guess = better;
    }
    if (told.account) count('account', 'hit');
    if (told.jobId !== undefined) count('newest', 'hit');
    if (told.job) count('job', 'hit');
    if (told.account && told.job) {
      if (guesses.get(name) !== guess) guesses.set(name, guess);
      return { account: told.account, jobs: [told.job], cached: true };
    }

    const [account, newest] = await Promise.all([
      told.account ?? loadAccount(userId, epoch),
      told.job ?? (guess && load(guess, told, epoch)),
    ]);
    if (!account) return { account, jobs: [undefined], cached: false };
    const right = guessFor(account, jobType);
    const job = right.newest.id === guess?.newest.id ? newest : await load(right, {}, epoch);
    guesses.set(name, { ...right, jobId: job?.jobId });
    return { account, jobs: [job], cached: false };
  };
}

function guessFor(account: Account, jobType: string | undefined): Guess {
  const scope = scopeFor(account, jobType);
  return { scope, newest: newestKey(scope), jobId: undefined };
}
