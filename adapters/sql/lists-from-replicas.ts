import type { JobFilter, JobStore } from '../../src/ports.ts';
import type { Replicas } from './replicas.ts';

/**
 * Jobs of which lists may come from a replica. Lists of ids that a caller names, single jobs, the newest one and timelines
 * always come from the primary.
 */
export function listFromReplicas(primary: JobStore, replicas: Replicas<JobStore>): JobStore {
  const ask = <Answer>(
    { jobIds }: JobFilter,
    question: (store: JobStore) => Promise<Answer>,
  ): Promise<Answer> => (jobIds ? question(primary) : replicas.ask(question));
  return {
    ...primary,
    list: (filter, order, page) => ask(filter, (store) => store.list(filter, order, page)),
    count: (filter) => ask(filter, (store) => store.count(filter)),
  };
}
