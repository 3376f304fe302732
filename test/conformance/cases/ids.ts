import type { Case } from '../question.ts';

const list = 'describe-jobs';
const one = 'describe-job';

/** Jobs that are asked for by id. */
export const ids: readonly Case[] = [
  { title: 'shows one job', operation: one, input: { jobId: 'j-Alice003' }, expected: { id: 'j-Alice003' } },
  {
    title: 'shows the time of midnight as hour zero',
    operation: one,
    input: { jobId: 'j-Midnight' },
    expected: { id: 'j-Midnight' },
  },
  ...[
    ['unknown', 'j-00000000'],
    ['spelled in another case', 'j-68mbphju'],
    ['spelled with another prefix', 'J-68mbPHJU'],
    ['too short', 'j-68mbPHJ'],
    ['followed by a space', 'j-68mbPHJU '],
    ['followed by a NUL', 'j-68mbPHJU\0'],
    ['followed by a line feed', 'j-68mbPHJU\n'],
    ['not an id at all', '作业 🙂'],
    ['very long', `j-${'x'.repeat(300)}`],
  ].map(([what, jobId = '']): Case => ({
    title: `finds no job by an id that is ${what}`,
    operation: one,
    input: { jobId },
    expected: { refused: 'job_not_found' },
  })),
  {
    title: 'lists jobs in the order asked',
    operation: list,
    input: { jobIds: ['j-Alice001', 'j-68mbPHJU', 'j-Bob00002', 'j-3K2CQ4h6'] },
    expected: { ids: ['j-Alice001', 'j-68mbPHJU', 'j-Bob00002', 'j-3K2CQ4h6'] },
  },
  {
    title: 'lists more than ten jobs in the order asked',
    operation: list,
    input: { jobIds: ['j-Words001', 'j-Tie0000A', 'j-Words002', ...elevenMore()] },
    expected: { ids: ['j-Words001', 'j-Tie0000A', 'j-Words002', ...elevenMore()] },
  },
  {
    title: 'lists a job once that is asked for twice',
    operation: list,
    input: { jobIds: ['j-Bob00001', 'j-Alice001', 'j-Bob00001', 'j-Alice001'] },
    expected: { ids: ['j-Bob00001', 'j-Alice001'] },
  },
  {
    title: 'leaves unknown ids out',
    operation: list,
    input: { jobIds: ['j-00000000', 'j-Alice001', 'j-11111111'] },
    expected: { ids: ['j-Alice001'] },
  },
  {
    title: 'leaves malformed ids out',
    operation: list,
    input: { jobIds: ['x', 'j-', 'J-Alice001', 'j-Alice001 ', '\0', '🙂', 'j-Alice002'] },
    expected: { ids: ['j-Alice002'] },
  },
  {
    title: 'leaves an id out that is longer than any',
    operation: list,
    input: { jobIds: [`j-${'x'.repeat(300)}`, 'j-Alice002'] },
    expected: { ids: ['j-Alice002'] },
  },
  {
    title: 'tells ids apart that differ in case alone',
    operation: list,
    input: { jobIds: ['j-tie0000B', 'j-Tie0000a', 'j-Tie0000A', 'j-68mbphju'] },
    expected: { ids: ['j-tie0000B', 'j-Tie0000a', 'j-Tie0000A'] },
  },
  {
    title: 'lists nothing for ids that no job has',
    operation: list,
    input: { jobIds: ['j-00000000'] },
    expected: { ids: [] },
  },
  {
    title: 'lists nothing for ids that no job can have',
    operation: list,
    input: { jobIds: ['none'], status: ['working'] },
    expected: { ids: [] },
  },
  {
    title: 'pages through the ids asked for',
    operation: list,
    input: { jobIds: ['j-Bob00002', 'j-Alice002', 'j-Alice003', 'j-Bob00001'], limit: 2, offset: 2 },
    expected: { ids: ['j-Alice003', 'j-Bob00001'], total: 4 },
  },
  {
    title: 'tells that there are more of the ids asked for',
    operation: list,
    input: { jobIds: ['j-Bob00002', 'j-Alice002', 'j-Alice003'], limit: 2 },
    expected: { ids: ['j-Bob00002', 'j-Alice002'], total: 3, more: true },
  },
  {
    title: 'keeps the order asked where another filter narrows the ids',
    operation: list,
    input: { jobIds: ['j-Alice001', 'j-Bob00001', 'j-Bob00002', 'j-68mbPHJU'], jobType: ['QingCloud'] },
    expected: { ids: ['j-Alice001', 'j-Bob00002', 'j-68mbPHJU'] },
  },
  {
    title: 'sorts the ids asked for where it is told how',
    operation: list,
    input: { jobIds: ['j-Alice002', 'j-Bob00001', 'j-Alice001'], sortBy: 'createTime', order: 'asc' },
    expected: { ids: ['j-Alice001', 'j-Alice002', 'j-Bob00001'] },
  },
  {
    title: 'takes a hundred ids',
    operation: list,
    input: { jobIds: [...manyIds(99), 'j-Alice001'] },
    expected: { ids: ['j-Alice001'] },
  },
  {
    title: 'refuses more than a hundred ids',
    operation: list,
    input: { jobIds: manyIds(101) },
    expected: { refused: 'invalid_parameter', naming: ['job_ids', '100'] },
  },
];

function elevenMore(): string[] {
  const first = ['j-Alice003', 'j-Words005', 'j-Bob00001', 'j-Tie00009', 'j-Midnight', 'j-QJMYu7nS'];
  return [...first, 'j-Alice002', 'j-Words004', 'j-Tie0000B', 'j-Words003', 'j-68mbPHJU'];
}

function manyIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `j-${String(index).padStart(8, '0')}`);
}
