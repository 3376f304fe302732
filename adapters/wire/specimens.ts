import type { StoredAccessKey } from '../../src/accounts/access-key.ts';
import type { User } from '../../src/accounts/user.ts';
import type { Job } from '../../src/jobs/job.ts';

/** When the things were made that the examples of both references show. */
export const CREATED = Date.parse('2026-11-22T08:08:24+08:00');

/** A job as it was created a moment ago. */
export const created: Job = {
  jobId: 'j-7mD0CU3n',
  jobType: 'neonsan',
  jobAction: 'ScaleNeonSAN',
  owner: 'usr-00000000',
  status: 'pending',
  preStatus: '',
  resources: '{"node_ids":["n-zt6A9RD7"]}',
  directive: undefined,
  createTime: CREATED,
  updateTime: CREATED,
  version: 1,
};

const change = (job: Pick<Job, 'version' | 'status' | 'preStatus'>, seconds: number, note = '') => ({
  version: job.version,
  status: job.status,
  preStatus: job.preStatus,
  time: CREATED + seconds * 1000,
  userId: 'usr-00000000',
  note,
});

/** What became of that job. */
export const changes = [
  change(created, 0),
  change({ version: 2, status: 'working', preStatus: 'pending' }, 1, 'worker-1'),
  change({ version: 3, status: 'successful', preStatus: 'working' }, 62),
];

export const accessKey: StoredAccessKey = {
  accessKeyId: 'HFWMZLZXGNOLQXPNGUGD',
  owner: 'usr-00000000',
  accessKeyName: 'laptop',
  status: 'active',
  sealedSecret: '',
  createTime: CREATED,
  lastUsedTime: undefined,
};

/** The secret of that key: no key of any gateway has it. */
export const ACCESS_KEY_SECRET = '2SWzrMjyQ8zLs7AvqlpCWGQSXCCjXDvKpOqAhU9Z';

export const user: User = { userId: 'usr-00000000', role: 'admin', status: 'active', createTime: CREATED };
