import type { JobStore } from '../../src/ports.ts';
import type { Replicas } from './replicas.ts';

/**
 * Jobs of which lists may come from a replica. Lists of ids that a caller names, single jobs, the newest one and timelines
 * always come from the primary.
 */
export function listFromReplicas(primary: JobStore, replicas: Replicas<JobStore>): JobStore {
  return {
    ...primary,
    list: (filter, order, page) =>
      filter.jobIds
        ? primary.list(filter, order, page)
        : replicas.ask((store) => store.list(filter, order, page)),
  };
}
