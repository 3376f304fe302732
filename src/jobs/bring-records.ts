import type { Ports } from '../ports.ts';
import type { JobRecord } from './job-record.ts';

/**
 * Puts in jobs that are not there, as they are. No row is blocked: nothing stands in the cache for a job that is not
 * there. But each may be the newest from then on.
 */
export function bringRecords(
  { changes }: Pick<Ports, 'changes'>,
  records: readonly JobRecord[],
): Promise<void> {
  return changes.change([], (tx) => tx.insertRecords(records));
}
