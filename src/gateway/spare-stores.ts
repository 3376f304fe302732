import { Refusal } from '../errors.ts';
import type { AccountStore, Changes, JobStore } from '../ports.ts';

/** Whether one more would wait too long for the database. */
export interface Crowded {
  reads(): boolean;
  changes(): boolean;
}

/** Stores that refuse what would wait too long, at once. A change that has begun is never refused. */
export function spareStores(
  { jobs, accounts }: Readonly<{ jobs: JobStore; accounts: AccountStore }>,
  crowded: Crowded,
  refused: () => void,
): { jobs: JobStore; accounts: AccountStore; spareChanges: (changes: Changes) => Changes } {
  const admit = (isCrowded: boolean): void => {
    if (!isCrowded) return;
    refused();
    throw new Refusal('unavailable', { detail: 'busy', retryAfter: 1 });
  };
  return {
    jobs: gate(jobs, () => admit(crowded.reads())),
    accounts: gate(accounts, () => admit(crowded.reads())),
    spareChanges: (changes) => gate(changes, () => admit(crowded.changes())),
  };
}

/** The same functions, each of which asks first. All of them answer promises. */
function gate<Store extends object>(store: Store, admit: () => void): Store {
  const gated = Object.entries(store).map(([name, ask]: [string, (...given: unknown[]) => unknown]) => [
    name,
    async (...given: unknown[]) => {
      admit();
      return ask(...given);
    },
  ]);
  return Object.fromEntries(gated) as Store;
}
