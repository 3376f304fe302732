import type { Case } from '../question.ts';

const operation = 'describe-latest-job';

/** The newest job. */
export const latest: readonly Case[] = [
  { title: 'shows the newest job of all', operation, expected: { id: 'j-Midnight' } },
  {
    title: 'shows the newest job of a type',
    operation,
    input: { jobType: ['neonsan'] },
    expected: { id: 'j-Bob00001' },
  },
  {
    title: 'shows the highest id of the newest jobs, byte by byte',
    operation,
    input: { jobType: ['tie'] },
    expected: { id: 'j-tie0000B' },
  },
  {
    title: 'tells the type from its likes',
    operation,
    input: { jobType: ['exact'] },
    expected: { id: 'j-Words001' },
  },
  {
    title: 'tells the type from the same with a space',
    operation,
    input: { jobType: ['exact '] },
    expected: { id: 'j-Words003' },
  },
  {
    title: 'finds no newest job of a type that no job has',
    operation,
    input: { jobType: ['neonSAN'] },
    expected: { refused: 'job_not_found' },
  },
];
