import { Refusal } from '../errors.ts';
import type { AccountStore, Changes, JobStore } from '../ports.ts';

type Kind = 'lists' | 'changes' | 'reads';

/** The queue for the database. */
export interface Crowded {
  /** Whether one more would wait too long. */
  crowded(kind: Kind): boolean;
  /** Counts what takes a connection, until it is over. Changes count their attempts themselves. */
  follow<Answer>(call: Promise<Answer>): Promise<Answer>;
}

/** Stores that refuse what would wait too long, at once. A change that has begun is never refused. */
export function spareStores(
  { jobs, accounts }: Readonly<{ jobs: JobStore; accounts: AccountStore }>,
  crowd: Crowded,
  refused: () => void,
): { jobs: JobStore; accounts: AccountStore; spareChanges: (changes: Changes) => Changes } {
  const admit = (kind: Kind): void => {
    if (!crowd.crowded(kind)) return;
    refused();
    throw new Refusal('unavailable', { detail: 'busy', retryAfter: 1 });
  };
  /** The same functions, each of which asks first. All of them answer promises. */
  const gate = <Store extends object>(store: Store, kindOf: (name: string) => Kind): Store => {
    type Ask = (...given: unknown[]) => Promise<unknown>;
    const gated = Object.entries(store).map(([name, ask]: [string, Ask]) => [
      name,
      async (...given: unknown[]) => {
        admit(kindOf(name));
        return crowd.follow(ask(...given));
      },
    ]);
    return Object.fromEntries(gated) as Store;
  };
  return {
    jobs: gate(jobs, (name) => (name === 'list' ? 'lists' : 'reads')),
    accounts: gate(accounts, () => 'reads'),
    spareChanges: ({ change }) => ({
      async change(keys, work) {
        admit('changes');
        return change(keys, work);
      },
    }),
  };
}
