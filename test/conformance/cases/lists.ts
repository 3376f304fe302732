import type { Case } from '../question.ts';

const operation = 'describe-jobs';
const ALICES = ['j-Alice003', 'j-Alice002', 'j-Alice001'];
const TIES = ['j-tie0000B', 'j-Tie0000a', 'j-Tie0000B', 'j-Tie0000A', 'j-Tie00009'];
const WORDS = ['j-Words005', 'j-Words004', 'j-Words003', 'j-Words002', 'j-Words001'];
const SAMPLES = ['j-3K2CQ4h6', 'j-QJMYu7nS', 'j-68mbPHJU'];
const NEWEST_FIRST = ['j-Midnight', ...WORDS, ...TIES, 'j-Bob00002', 'j-Bob00001', ...ALICES, ...SAMPLES];

/** Lists: filters, order, pages. */
export const lists: readonly Case[] = [
  { title: 'lists every job, newest first', operation, expected: { ids: NEWEST_FIRST } },
  {
    title: 'lists one type',
    operation,
    input: { jobType: ['neonsan'] },
    expected: { ids: ['j-Bob00001', 'j-Alice003', 'j-3K2CQ4h6'] },
  },
  {
    title: 'lists any of several types',
    operation,
    input: { jobType: ['neonsan', 'tie', 'none'] },
    expected: { ids: [...TIES, 'j-Bob00001', 'j-Alice003', 'j-3K2CQ4h6'] },
  },
  {
    title: 'lists one action',
    operation,
    input: { jobAction: ['ConfigQingCloud'] },
    expected: { ids: ['j-Alice002', 'j-68mbPHJU'] },
  },
  {
    title: 'lists any of several actions',
    operation,
    input: { jobAction: ['ConfigQingCloud', 'ScaleNeonSAN'] },
    expected: { ids: ['j-Bob00001', 'j-Alice003', 'j-Alice002', 'j-3K2CQ4h6', 'j-68mbPHJU'] },
  },
  {
    title: 'lists the jobs of one owner',
    operation,
    input: { owner: ['usr-alice'] },
    expected: { ids: ALICES },
  },
  {
    title: 'lists the jobs of any of several owners',
    operation,
    input: { owner: ['usr-alice', 'usr-00000000'] },
    expected: { ids: [...ALICES, ...SAMPLES] },
  },
  {
    title: 'lists one status, spaces in it and all',
    operation,
    input: { status: ['done with failure'] },
    expected: { ids: ['j-Bob00001'] },
  },
  {
    title: 'lists any of several statuses',
    operation,
    input: { status: ['pending', 'failed', 'canceled'] },
    expected: { ids: ['j-Midnight', 'j-Alice003', 'j-Alice001'] },
  },
  {
    title: 'lists one status before',
    operation,
    input: { preStatus: ['step4'] },
    expected: { ids: ['j-Bob00002', 'j-3K2CQ4h6', 'j-QJMYu7nS'] },
  },
  {
    title: 'lists any of several statuses before',
    operation,
    input: { preStatus: ['step1', 'step2'] },
    expected: { ids: ['j-Alice003', 'j-68mbPHJU'] },
  },
  {
    title: 'lists what matches every filter',
    operation,
    input: { jobType: ['QingCloud'], owner: ['usr-bob', 'usr-alice'], status: ['working', 'successful'] },
    expected: { ids: ['j-Bob00002', 'j-Alice002'] },
  },
  {
    title: 'lists nothing where filters exclude each other',
    operation,
    input: { jobType: ['neonsan'], jobAction: ['DeployQingCloud'] },
    expected: { ids: [] },
  },
  {
    title: 'lists nothing for a word that no job carries',
    operation,
    input: { status: ["' or 1=1 --"] },
    expected: { ids: [] },
  },
  {
    title: 'takes % and _ as letters',
    operation,
    input: { jobType: ['neonsa_', '%'] },
    expected: { ids: [] },
  },
  {
    title: 'lists what was created after a time, the time itself left out',
    operation,
    input: { createdAfter: '2020-01-01T04:00:24Z' },
    expected: { ids: ['j-Midnight'] },
  },
  {
    title: 'lists what was created before a time, the time itself left out',
    operation,
    input: { createdBefore: '2020-01-01T04:00:01.000Z' },
    expected: { ids: SAMPLES },
  },
  {
    title: 'lists what was created between two times of different zones',
    operation,
    input: { createdAfter: '2020-01-01T12:00:02.249+08:00', createdBefore: '2020-01-01T04:00:02.251Z' },
    expected: { ids: ['j-Alice002'] },
  },
  {
    title: 'lists every job as created after the first year',
    operation,
    input: { createdAfter: '0000-01-01T00:00:00+12:00' },
    expected: { ids: NEWEST_FIRST },
  },
  {
    title: 'lists every job as created before the last year ends',
    operation,
    input: { createdBefore: '9999-12-31T23:59:59-12:00' },
    expected: { ids: NEWEST_FIRST },
  },
  {
    title: 'sorts by creation, oldest first',
    operation,
    input: { owner: ['usr-alice', 'usr-carol'], sortBy: 'createTime', order: 'asc' },
    expected: { ids: [...ALICES.toReversed(), ...TIES.toReversed()] },
  },
  {
    title: 'sorts by creation, newest first',
    operation,
    input: { owner: ['usr-alice', 'usr-carol'], sortBy: 'createTime', order: 'desc' },
    expected: { ids: [...TIES, ...ALICES] },
  },
  {
    title: 'sorts by the last change, newest first',
    operation,
    input: { owner: ['usr-alice', 'usr-carol'], sortBy: 'updateTime' },
    expected: { ids: ['j-Alice001', 'j-Alice002', 'j-Alice003', ...TIES] },
  },
  {
    title: 'sorts by the last change, oldest first',
    operation,
    input: { owner: ['usr-alice', 'usr-carol'], sortBy: 'updateTime', order: 'asc' },
    expected: { ids: [...TIES.toReversed(), 'j-Alice003', 'j-Alice002', 'j-Alice001'] },
  },
  {
    title: 'counts all jobs, returns one page',
    operation,
    input: { limit: 4 },
    expected: { ids: NEWEST_FIRST.slice(0, 4), total: 19, more: true },
  },
  {
    title: 'returns the page asked for',
    operation,
    input: { limit: 4, offset: 8 },
    expected: { ids: NEWEST_FIRST.slice(8, 12), total: 19, more: true },
  },
  {
    title: 'tells that a page is the last',
    operation,
    input: { limit: 4, offset: 16 },
    expected: { ids: NEWEST_FIRST.slice(16), total: 19 },
  },
  {
    title: 'tells that a page is the last though it is full',
    operation,
    input: { owner: ['usr-carol'], limit: 5 },
    expected: { ids: TIES },
  },
  {
    title: 'counts all jobs, returns none behind the last page',
    operation,
    input: { limit: 4, offset: 400 },
    expected: { ids: [], total: 19 },
  },
  {
    title: 'counts what the filter matches, returns one page of it',
    operation,
    input: { owner: ['usr-carol'], limit: 2, offset: 2 },
    expected: { ids: TIES.slice(2, 4), total: 5, more: true },
  },
];

/** Words compare byte by byte: the fixture's five are five. */
export const exactWords: readonly Case[] = (
  [
    ['jobType', ['exact', 'Exact', 'exact ', 'éxact', 'e\u0301xact']],
    ['jobAction', ['act', 'Act', 'act ', 'áct', 'a\u0301ct']],
    ['status', ['wort', 'Wort', 'wort ', 'wört', 'wo\u0308rt']],
    ['preStatus', ['vor', 'Vor', 'vor ', 'vör', 'vo\u0308r']],
  ] as const
).flatMap(([filter, spellings]) =>
  spellings.map((word, index) => ({
    title: `tells ${filter} ${JSON.stringify(word)} (${Buffer.byteLength(word)} bytes) from its likes`,
    operation,
    input: { [filter]: [word] },
    expected: { ids: [`j-Words00${index + 1}`] },
  })),
);
