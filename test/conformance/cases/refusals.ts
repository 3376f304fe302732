import type { Case } from '../question.ts';

const operation = 'describe-jobs';
/** A cursor of a list by creation, newest first. */
const cursor = (...fields: unknown[]): string => Buffer.from(JSON.stringify(fields)).toString('base64url');

/** Wrong parameters. */
export const refusals: readonly Case[] = [
  {
    title: 'refuses an order that it does not know',
    operation,
    input: { sortBy: 'owner' },
    expected: { refused: 'invalid_sort', naming: ['sort_by', 'create_time', 'update_time'] },
  },
  {
    title: 'refuses a direction that it does not know',
    operation,
    input: { order: 'up' },
    expected: { refused: 'invalid_order', naming: ['order', 'asc', 'desc'] },
  },
  {
    title: 'refuses a page without jobs',
    operation,
    input: { limit: 0 },
    expected: { refused: 'invalid_per_page' },
  },
  {
    title: 'refuses a time that is none',
    operation,
    input: { createdAfter: 'yesterday' },
    expected: { refused: 'invalid_parameter', naming: ['created_after'] },
  },
  {
    title: 'refuses a time without a zone',
    operation,
    input: { createdBefore: '2020-01-01T00:00:00' },
    expected: { refused: 'invalid_parameter', naming: ['created_before'] },
  },
  {
    title: 'refuses a day that the calendar does not have',
    operation,
    input: { createdAfter: '2018-02-30T00:00:00Z' },
    expected: { refused: 'invalid_parameter', naming: ['created_after'] },
  },
  {
    title: 'refuses a word that is longer than any',
    operation,
    input: { status: ['x'.repeat(65)] },
    expected: { refused: 'invalid_parameter', naming: ['status', '64'] },
  },
  {
    title: 'names every wrong parameter at once',
    operation,
    input: { sortBy: 'owner', order: 'up', createdAfter: 'then', jobType: ['x'.repeat(65)] },
    expected: {
      refused: 'invalid_parameter',
      naming: ['sort_by', 'order', 'created_after', 'job_type'],
    },
  },
  {
    title: 'refuses a cursor that is none',
    operation,
    input: { after: 'somewhere' },
    expected: { refused: 'invalid_parameter', naming: ['after'] },
  },
  {
    title: 'refuses the cursor of another order',
    operation,
    input: { after: cursor('createTime', 1, 0, 'j-00000000'), order: 'asc' },
    expected: { refused: 'invalid_parameter', naming: ['after'] },
  },
  {
    title: 'refuses the cursor of a list of ids on another list',
    operation,
    input: { after: cursor('asked', 0, 0, 'j-00000000') },
    expected: { refused: 'invalid_parameter', naming: ['after'] },
  },
  {
    title: 'refuses the cursor of a list of other ids',
    operation,
    input: { jobIds: ['j-Alice001', 'j-Alice002'], after: cursor('asked', 0, 0, 'j-00000000') },
    expected: { refused: 'invalid_parameter', naming: ['after'] },
  },
];
