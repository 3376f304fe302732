import type { Account } from '../accounts/account.ts';
import type { EntryKey } from '../ports.ts';
import type { Job } from './job.ts';
import { seesAll } from './visibility.ts';

/** The jobs of which the newest is asked for: those of one owner or of all, of one type or of any. */
export interface JobScope {
  readonly owner?: string;
  readonly jobType?: string;
}

/** The scope of what an account may see. */
export function scopeFor(account: Account, jobType: string | undefined): JobScope {
  return {
    ...(!seesAll(account) && { owner: account.userId }),
    ...(jobType !== undefined && { jobType }),
  };
}

/** The key of the entry that tells the newest job of a scope. The id of a user has no space in it, nor is it empty. */
export function newestKey({ owner = '', jobType = '' }: JobScope): EntryKey {
  return { kind: 'newest', id: `${owner} ${jobType}` };
}

/** Every such entry that a job may stand in. */
export function newestKeysOf({ owner, jobType }: Pick<Job, 'owner' | 'jobType'>): readonly EntryKey[] {
  return [{}, { jobType }, { owner }, { owner, jobType }].map(newestKey);
}
