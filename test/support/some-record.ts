import type { JobRecord } from '../../src/jobs/job-record.ts';
import { FIRST_STATUS } from '../../src/jobs/moves.ts';
import { someJob } from './some-job.ts';

/**
 * A job that has ended, with a timeline by the rules.
 * @param differs.changes how many rows its timeline has, at least 2
 */
export function finishedRecord(
  differs: { readonly hiddenTime?: number | undefined; readonly changes?: number } & Partial<
    JobRecord['job']
  > = {},
): JobRecord {
  const { hiddenTime, changes = 3, ...own } = differs;
  const words = [
    FIRST_STATUS,
    ...Array.from({ length: changes - 2 }, (_, index) => `step${index}`),
    'successful',
  ];
  const { createTime } = someJob(own);
  const timeline = words.map((status, index) => ({
    version: index + 1,
    status,
    preStatus: words[index - 1] ?? '',
    time: createTime + index * 10,
    userId: index === 0 ? 'usr-00000001' : 'usr-worker',
    note: index === 0 ? '' : `change ${index}`,
  }));
  const last = timeline.at(-1);
  const job = someJob({
    createTime,
    status: 'successful',
    preStatus: last?.preStatus ?? '',
    updateTime: last?.time ?? createTime,
    version: changes,
    ...own,
  });
  return { job, hiddenTime, timeline };
}
