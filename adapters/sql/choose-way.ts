import type { JobFilter, JobOrder, JobPage } from '../../src/ports.ts';
import type { Totals } from './counts/totals.ts';
import { isKept, levelOf, WORDS, type Word } from './counts/words.ts';
import { isOfWords, wordsOf } from './match-jobs.ts';
import type { CombinationMemory } from './remember-combinations.ts';

/** A list that is asked for. */
export interface Asked {
  readonly filter: JobFilter;
  readonly order: JobOrder;
  readonly page: JobPage;
}

/** Along an index that is in the order of the list, until the page is full. */
interface Walk {
  readonly is: 'walk';
  readonly index: string;
}

/** All jobs that match, by the combinations of words that there are, then sorted. */
interface Gather {
  readonly is: 'gather';
}

/** The first jobs of each combination of an index's words that there is, sorted. */
export interface Merge extends Along {
  readonly is: 'merge';
  /** More combinations are not worth it. */
  readonly most: number;
  /** Where there are more, or where they change meanwhile. */
  readonly otherwise: Walk | Gather;
}

/** An index, and the words whose combinations are merged. */
export interface Along {
  readonly index: string;
  readonly words: readonly Word[];
}

/** How a page is found; `any`: as the database likes. */
export type Way = Merge | OtherWay;
export type OtherWay = Walk | Gather | { readonly is: 'any' };

/** Each ends in the order of creation, so that jobs which have the same of its words stand in that order. */
export const INDEXES: readonly { readonly index: string; readonly words: readonly Word[] }[] = [
  { index: 'jobs_by_time', words: [] },
  { index: 'jobs_by_owner', words: ['owner'] },
  { index: 'jobs_by_owner_and_type', words: ['owner', 'job_type'] },
  { index: 'jobs_by_type', words: ['job_type'] },
  { index: 'jobs_by_action', words: ['job_action'] },
  { index: 'jobs_by_status', words: ['status'] },
  { index: 'jobs_by_pre_status', words: ['pre_status'] },
  { index: 'jobs_by_words_but_owner', words: WORDS.filter((word) => word !== 'owner') },
  { index: 'jobs_by_words', words: WORDS },
];

/** What a list costs the server and this process, in steps of a walk, each of which looks up a job: about. */
const COST = {
  /** To go through the combinations. */
  gather: 150,
  /** To gather and sort one job, which takes the index alone. */
  gathered: 0.3,
  /** To look for the combinations. */
  merge: 150,
  /** To look at them where they are known: less than nothing, as it takes no statement for the total. */
  again: -100,
  /** One combination. */
  merged: 20,
  /** To pass over one job of a combination. */
  passed: 0.1,
  /**
   * So many combinations are expected for each word of the index that is not asked for: fewer than there may be, since
   * once it is tried they are known.
   */
  combinations: 2,
} as const;

/** Of more combinations no page is merged. */
const MOST = 100;

/**
 * Along an index a page is full after as many steps as jobs of the index go to one that matches; if all that match are
 * few, they are gathered; and where both take long, the first jobs of each combination are merged, which takes the same
 * however many there are.
 */
export function chooseWay(asked: Asked, totals: Totals, memory: CombinationMemory): Way {
  const { filter, order, page } = asked;
  const { total, counted, having, all } = totals;
  const ordered = orderedWay(filter, order);
  if (ordered) return ordered;
  if (!counted) return { is: 'any' };
  const walks =
    order.by === 'updateTime'
      ? [{ index: 'jobs_by_update_time', jobs: all }]
      : INDEXES.filter(({ words }) => words.every((word) => having.has(word))).map(({ index, words }) => ({
          index,
          jobs: Math.min(all, ...words.map((word) => having.get(word) ?? all)),
        }));
  const [shortest] = walks.toSorted((a, b) => a.jobs - b.jobs);
  if (!shortest) return { is: 'any' };
  const needed = page.offset + page.limit;
  const walking = shortest.jobs * Math.min(1, needed / total);
  const gathering = COST.gather + COST.gathered * total;
  const otherwise =
    gathering < walking ? ({ is: 'gather' } as const) : { is: 'walk' as const, index: shortest.index };
  const merge = mergeAlong(asked);
  if (!merge || memory.recall(asked, merge.index) === 'too many') return otherwise;
  const least = Math.min(walking, gathering);
  const each = COST.merged + COST.passed * needed;
  const values = [...wordsOf(filter).values()];
  const open = merge.words.length - values.length;
  const expected = values.reduce((product, some) => product * some.length, COST.combinations ** open);
  if (COST.merge + needed + expected * each >= least) return otherwise;
  const most = Math.min(MOST, Math.floor((least - COST.again - needed) / each));
  return { is: 'merge', ...merge, most, otherwise };
}

/** The index in which what the filter matches stands together, in the order asked for. */
export function orderedWay(filter: JobFilter, { by }: JobOrder): Walk | undefined {
  const asked = wordsOf(filter);
  if (filter.jobIds || [...asked.values()].some((words) => words.length !== 1)) return undefined;
  if (by === 'updateTime') return asked.size === 0 ? { is: 'walk', index: 'jobs_by_update_time' } : undefined;
  const found = INDEXES.find(
    ({ words }) => words.length === asked.size && words.every((word) => asked.has(word)),
  );
  return found && { is: 'walk', index: found.index };
}

/**
 * The index of the fewest words that has all which are asked for: of these there are the fewest combinations. Undefined
 * where nothing is to be merged.
 */
export function mergeAlong({ filter, order }: Asked): Along | undefined {
  const asked = [...wordsOf(filter).keys()];
  if (order.by !== 'createTime' || !isOfWords(filter) || orderedWay(filter, order)) return undefined;
  const [found] = INDEXES.filter(
    ({ words }) => isKept(levelOf(words)) && asked.every((word) => words.includes(word)),
  ).toSorted((a, b) => a.words.length - b.words.length);
  return found;
}
