import type { Case } from '../question.ts';

const list = 'describe-jobs';
const one = 'describe-job';
const latest = 'describe-latest-job';
const ALICES = ['j-Alice003', 'j-Alice002', 'j-Alice001'];
const caller = 'usr-alice';

/** Who is shown what. */
export const ownership: readonly Case[] = [
  { title: 'lists its own jobs to a user', caller, operation: list, expected: { ids: ALICES } },
  {
    title: 'counts only its own jobs to a user',
    caller,
    operation: list,
    input: { limit: 1 },
    expected: { ids: ['j-Alice003'], total: 3, more: true },
  },
  {
    title: 'narrows the filter of a user to its own jobs',
    caller,
    operation: list,
    input: { jobType: ['QingCloud'] },
    expected: { ids: ['j-Alice002', 'j-Alice001'] },
  },
  {
    title: 'lists its own jobs to a user that asks for itself',
    caller,
    operation: list,
    input: { owner: ['usr-alice'] },
    expected: { ids: ALICES },
  },
  {
    title: 'refuses to list the jobs of another',
    caller,
    operation: list,
    input: { owner: ['usr-bob'] },
    expected: { refused: 'permission_denied' },
  },
  {
    title: 'refuses to list its own jobs with those of another',
    caller,
    operation: list,
    input: { owner: ['usr-alice', 'usr-bob'] },
    expected: { refused: 'permission_denied' },
  },
  {
    title: 'refuses an owner that does not exist like one that does',
    caller,
    operation: list,
    input: { owner: ['usr-unheard-of'] },
    expected: { refused: 'permission_denied' },
  },
  {
    title: 'refuses an owner that differs in case alone',
    caller,
    operation: list,
    input: { owner: ['usr-Alice'] },
    expected: { refused: 'permission_denied' },
  },
  {
    title: 'refuses the jobs of another among ids',
    caller,
    operation: list,
    input: { jobIds: ['j-Bob00001'], owner: ['usr-bob'] },
    expected: { refused: 'permission_denied' },
  },
  {
    title: 'tells of wrong parameters before it judges the owner',
    caller,
    operation: list,
    input: { owner: ['usr-bob'], order: 'up' },
    expected: { refused: 'invalid_order', naming: ['order'] },
  },
  {
    title: 'leaves the jobs of another out of the ids asked for',
    caller,
    operation: list,
    input: { jobIds: ['j-Bob00001', 'j-Alice001', 'j-68mbPHJU', 'j-Alice003'] },
    expected: { ids: ['j-Alice001', 'j-Alice003'] },
  },
  {
    title: 'leaves the jobs of another out of the ids asked for with a filter',
    caller,
    operation: list,
    input: { jobIds: ['j-Bob00002', 'j-Alice001'], jobType: ['QingCloud'] },
    expected: { ids: ['j-Alice001'] },
  },
  {
    title: 'shows its own job to a user',
    caller,
    operation: one,
    input: { jobId: 'j-Alice002' },
    expected: { id: 'j-Alice002' },
  },
  {
    title: 'answers for the job of another as for one that does not exist',
    caller,
    operation: one,
    input: { jobId: 'j-Bob00001' },
    expected: { refused: 'job_not_found' },
  },
  {
    title: 'shows its own newest job to a user',
    caller,
    operation: latest,
    expected: { id: 'j-Alice003' },
  },
  {
    title: 'shows its own newest job of a type to a user',
    caller,
    operation: latest,
    input: { jobType: ['QingCloud'] },
    expected: { id: 'j-Alice002' },
  },
  {
    title: 'finds no newest job where only others have one of the type',
    caller,
    operation: latest,
    input: { jobType: ['tie'] },
    expected: { refused: 'job_not_found' },
  },
  {
    title: 'lists nothing to a user without jobs',
    caller: 'usr-nobody',
    operation: list,
    expected: { ids: [] },
  },
  {
    title: 'finds no newest job of a user without jobs',
    caller: 'usr-nobody',
    operation: latest,
    expected: { refused: 'job_not_found' },
  },
  {
    title: 'tells users apart whose ids differ in case alone',
    caller: 'usr-Alice',
    operation: list,
    input: { jobIds: ALICES },
    expected: { ids: [] },
  },
  {
    title: 'lists the jobs of all to an operator',
    caller: 'usr-operator',
    operation: list,
    input: { jobType: ['neonsan'] },
    expected: { ids: ['j-Bob00001', 'j-Alice003', 'j-3K2CQ4h6'] },
  },
  {
    title: 'lists the jobs of another to an operator',
    caller: 'usr-operator',
    operation: list,
    input: { owner: ['usr-alice'] },
    expected: { ids: ALICES },
  },
  {
    title: 'shows the job of another to an operator',
    caller: 'usr-operator',
    operation: one,
    input: { jobId: 'j-Bob00001' },
    expected: { id: 'j-Bob00001' },
  },
  {
    title: 'shows the newest job of all to an operator',
    caller: 'usr-operator',
    operation: latest,
    expected: { id: 'j-Midnight' },
  },
  {
    title: 'lists the jobs of another to the admin',
    operation: list,
    input: { owner: ['usr-bob'], status: ['successful'] },
    expected: { ids: ['j-Bob00002'] },
  },
];
