import type { Job } from '../../src/jobs/job.ts';
import { sampleJobs } from '../../adapters/wire/sample-jobs.ts';
import type { Role } from '../../schemas/user.ts';
import { ADMIN, type TestGateway } from '../support/gateway.ts';

/** Everyone who asks, with the role that decides what it is shown; the admin is there already. */
export const USERS: Readonly<Record<string, Role>> = {
  'usr-alice': 'user',
  'usr-Alice': 'user',
  'usr-bob': 'user',
  'usr-carol': 'user',
  'usr-words': 'user',
  'usr-nobody': 'user',
  'usr-operator': 'operator',
};
export const CALLERS = [ADMIN.userId, ...Object.keys(USERS)];

const START = Date.UTC(2020, 0, 1, 4);
/** Seconds after noon in Shanghai. */
const at = (seconds: number): number => START + seconds * 1000;

function job(jobId: string, owner: string, created: number, differs: Partial<Job>): Job {
  return {
    jobId,
    owner,
    jobType: 'QingCloud',
    jobAction: 'DeployQingCloud',
    status: 'working',
    preStatus: 'pending',
    resources: JSON.stringify({ of: jobId }),
    directive: undefined,
    createTime: at(created),
    updateTime: at(created),
    version: 2,
    ...differs,
  };
}

const alices = [
  job('j-Alice001', 'usr-alice', 1, {
    status: 'pending',
    preStatus: '',
    updateTime: at(100_000),
    version: 1,
  }),
  job('j-Alice002', 'usr-alice', 2.25, { jobAction: 'ConfigQingCloud', updateTime: at(90_000.999) }),
  job('j-Alice003', 'usr-alice', 3, {
    jobType: 'neonsan',
    jobAction: 'ScaleNeonSAN',
    status: 'failed',
    preStatus: 'step2',
    directive: '{"action":"ScaleNeonSAN","node_ids.1":"n-zt6A9RD7"}',
    updateTime: at(80_000),
    version: 4_000_000_000,
  }),
];

const bobs = [
  job('j-Bob00001', 'usr-bob', 4, {
    jobType: 'neonsan',
    jobAction: 'ScaleNeonSAN',
    status: 'done with failure',
    preStatus: 'working',
    updateTime: at(70_000),
  }),
  job('j-Bob00002', 'usr-bob', 5, { status: 'successful', preStatus: 'step4', updateTime: at(60_000) }),
  job('j-Midnight', 'usr-bob', 43_200, { status: 'canceled' }),
];

/** Equal times leave the order to the ids, byte by byte: upper case stands before lower case. */
const tied = ['j-Tie00009', 'j-Tie0000A', 'j-Tie0000B', 'j-Tie0000a', 'j-tie0000B'].map((jobId) =>
  job(jobId, 'usr-carol', 10, { jobType: 'tie', updateTime: at(50_000) }),
);

/** Words that a careless collation takes for the same. */
const words = [
  ['exact', 'act', 'wort', 'vor'],
  ['Exact', 'Act', 'Wort', 'Vor'],
  ['exact ', 'act ', 'wort ', 'vor '],
  ['éxact', 'áct', 'wört', 'vör'],
  ['e\u0301xact', 'a\u0301ct', 'wo\u0308rt', 'vo\u0308r'],
].map(([jobType, jobAction, status, preStatus], index) =>
  job(`j-Words00${index + 1}`, 'usr-words', 20 + index, { jobType, jobAction, status, preStatus } as Job),
);

const own = [...alices, ...bobs, ...tied, ...words];

/** Every job of the store, by id. */
export const JOBS: ReadonlyMap<string, Job> = new Map(
  [...sampleJobs(), ...own].map((each) => [each.jobId, each]),
);

export async function putFixture(gateway: TestGateway): Promise<void> {
  await gateway.addJobs(...own);
  for (const [userId, role] of Object.entries(USERS)) await gateway.addUser(userId, role);
}
