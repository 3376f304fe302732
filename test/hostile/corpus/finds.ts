import { KEY, TOKEN, type Find } from './find.ts';

const many = (count: number, part: (index: number) => string, between = ','): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(between);
const creating = 'action=CreateJob&job_type=t&job_action=a';
const job = (resources: string): string => `{"jobType":"t","jobAction":"a","resources":${resources}}`;
const action = (members: string): string =>
  `{"action":"CreateJob","job_type":"t","job_action":"a",${members}}`;
const SIGNED = 'access_key_id=A&signature=x&time_stamp=2026-01-01T00:00:00Z';

/** What bad requests once did wrong, each with the number that it is answered with now. */
export const FINDS: readonly Find[] = [
  {
    title: 'an object without a text where a number is expected',
    action: '{"action":"DescribeJobs","verbose":[{"toString":1,"valueOf":1}]}',
    code: 0,
  },
  { title: 'a number beyond all as a part of free data', action: action('"resources.a":1e400'), code: 1100 },
  {
    title: 'a number that a double cannot hold as a part of free data',
    action: action('"resources.a":12345678901234567890'),
    code: 1100,
  },
  {
    title: 'a key that stands twice in a list that is a part of free data',
    action: action('"resources.a":[{"x":1,"x":2}]'),
    code: 1100,
  },
  {
    title: 'parts of free data that are too deep together',
    action: action(`"resources.${'a.'.repeat(19)}a":${'['.repeat(95)}${']'.repeat(95)}`),
    code: 1100,
  },
  {
    title: 'tens of thousands of parts of free data',
    action: `${creating}&${many(45_000, (index) => `resources.${index}=1`, '&')}`,
    code: 0,
  },
  {
    title: 'tens of thousands of members of one list in free data',
    action: `${creating}&${many(45_000, (index) => `resources.a.${index}=1`, '&')}`,
    code: 0,
  },
  {
    title: 'half a million ids that are numbers',
    action: `{"action":"DescribeJobs","job_ids":[${many(500_000, () => '1')}]}`,
    code: 1100,
  },
  {
    title: 'a quarter of a million pairs that are no text',
    action: `action=DescribeJobs&${many(250_000, () => '%ff', '&')}`,
    code: 1100,
  },
  {
    title: 'a quarter of a million pairs that nobody signed',
    action: `action=DescribeJobs&${SIGNED}&${many(250_000, () => 'a=1', '&')}`,
    anonymous: true,
    code: 1200,
  },
  { title: 'a fragment behind the path of the action API', action: '', path: '/iaas#/', code: 10009 },
  {
    title: 'a key in free data of a million words',
    rest: ['POST', '/v1/jobs', job(`{"${'a_'.repeat(400_000)}":1}`)],
    code: 0,
  },
  {
    title: 'a key in free data of half a million words without anything between them',
    rest: ['POST', '/v1/jobs', job(`{"${'aA'.repeat(400_000)}":1}`)],
    code: 0,
  },
  {
    title: 'a key in free data of a million capitals',
    rest: ['POST', '/v1/jobs', job(`{"${'A'.repeat(900_000)}":1}`)],
    code: 0,
  },
  {
    title: 'ten thousand unknown members, each nearly a known one',
    rest: ['POST', '/v1/jobs', `{${many(13_000, (index) => `"${'jobType'.repeat(8)}${index}":1`)}}`],
    code: 10001,
  },
  { title: 'a parameter that has neither a name nor a value', rest: ['GET', '/v1/jobs?='], code: 10001 },
  {
    title: 'a parameter behind the path of a body that is no text',
    rest: ['PATCH', '/v1/users/usr-00000000?lang=%5', '{}'],
    code: 10001,
  },
  { title: 'a fragment behind a path', rest: ['GET', '/v1/auth/key#'], code: 10009 },
  { title: 'a fragment behind an id', rest: ['GET', '/v1/jobs/j-68mbPHJU#/timeline'], code: 13001 },
  {
    title: 'two tokens',
    rest: ['GET', '/v1/auth'],
    headers: ['Authorization: nonsense', `Authorization: ${TOKEN}`],
    code: 10008,
  },
  { title: 'two hosts', rest: ['GET', '/v1/auth'], headers: ['Host: a'], code: 10008 },
  {
    title: 'a token behind thousands of headers',
    rest: ['GET', '/v1/auth'],
    headers: [...Array.from({ length: 2_500 }, () => 'a:'), `Authorization: ${TOKEN}`],
    code: 0,
  },
  {
    title: 'a condition behind thousands of headers',
    rest: ['DELETE', '/v1/jobs/j-68mbPHJU'],
    headers: [...Array.from({ length: 2_500 }, () => 'a:'), `Authorization: ${TOKEN}`, 'If-Match: "99"'],
    code: 10016,
  },
  {
    title: 'pieces that are said to be compressed',
    rest: ['POST', '/v1/jobs', '', `2\r\n{}\r\n0\r\n\r\n`],
    headers: [
      `Authorization: ${TOKEN}`,
      'Content-Type: application/json',
      'Transfer-Encoding: gzip, chunked',
    ],
    code: 10008,
  },
  {
    title: 'a list of filters that makes longer links than any proxy takes',
    rest: ['GET', `/v1/jobs?status=${many(100, () => encodeURIComponent('中'.repeat(10)))}`],
    code: 0,
    headersMost: 4_096,
  },
  {
    title: 'a key of a request that stands twice',
    rest: ['POST', '/v1/jobs', job('{}')],
    headers: [
      `Authorization: ${TOKEN}`,
      'Content-Type: application/json',
      `Idempotency-Key: ${KEY}`,
      `Idempotency-Key: ${KEY}`,
    ],
    code: 10001,
  },
];
