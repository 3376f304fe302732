import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseWay } from '../../adapters/sql/choose-way.ts';
import type { Word } from '../../adapters/sql/counts/words.ts';
import type { JobFilter, JobOrder } from '../../src/ports.ts';

const ALL = 10_000_000;
const HAVING: Readonly<Partial<Record<Word, number>>> = {
  owner: 800_000,
  job_type: 1_000_000,
  job_action: 500_000,
  status: 500_000,
  pre_status: 2_000_000,
};
const TWO: JobFilter = { jobType: ['type-6'], status: ['failed'] };

function choose(
  filter: JobFilter,
  total: number,
  differs: { offset?: number; by?: JobOrder['by']; counted?: false; known?: 'too many' } = {},
) {
  const { offset = 0, by = 'createTime', counted = true, known } = differs;
  const fields = { owner: 'owner', job_type: 'jobType', job_action: 'jobAction', status: 'status' } as const;
  const having = Object.entries(fields).flatMap(([word, field]) =>
    filter[field]?.length === 1 ? [[word as Word, HAVING[word as Word]!] as const] : [],
  );
  const totals = { total, counted, having: new Map(having), all: ALL };
  const asked = { filter, order: { by, descending: true }, page: { offset, limit: 20 } };
  return chooseWay(asked, totals, { recall: () => known, keep() {}, forget() {} });
}

describe('the way to a page of jobs', () => {
  it('is along an index to jobs that are frequent in it', () => {
    assert.deepEqual(choose(TWO, 200_000), { is: 'walk', index: 'jobs_by_status' });
    assert.deepEqual(choose({ status: ['failed', 'working'] }, 4_000_000), {
      is: 'walk',
      index: 'jobs_by_time',
    });
  });

  it('gathers few jobs', () => {
    assert.deepEqual(choose(TWO, 100), { is: 'gather' });
  });

  it('merges what is neither frequent nor rare, by as few words as tell the combinations', () => {
    const along = (filter: JobFilter): string => {
      const way = choose(filter, 8_000);
      return way.is === 'merge' ? way.index : way.is;
    };
    assert.equal(along(TWO), 'jobs_by_words_but_owner');
    assert.equal(along({ ...TWO, owner: ['usr-1'] }), 'jobs_by_words');
    assert.equal(along({ status: ['working', 'pending'] }), 'jobs_by_status');
    assert.equal(along({ owner: ['usr-1', 'usr-2'] }), 'jobs_by_owner');
    // No counts are kept for an owner and a type alone.
    assert.equal(along({ owner: ['usr-1', 'usr-2'], jobType: ['type-6'] }), 'jobs_by_words');
  });

  it('says how many combinations are worth it, and does not try again where there were more', () => {
    const most = (total: number): number => {
      const way = choose(TWO, total);
      return way.is === 'merge' ? way.most : 0;
    };
    assert.ok(most(1_000) >= 10 && most(1_000) < 40, String(most(1_000)));
    assert.ok(most(5_000) > most(1_000));
    assert.ok(choose({ status: ['failed', 'working'] }, 300_000).is === 'merge');
    assert.equal(choose(TWO, 5_000, { known: 'too many' }).is, 'gather');
  });

  it('is along the index that has just what is asked for, however many that are', () => {
    const words = { ...TWO, jobAction: ['Action12'], preStatus: ['step2'] };
    for (const total of [1, 1_000, 1_000_000]) {
      const along = (filter: JobFilter) => choose(filter, total);
      assert.deepEqual(along({}), { is: 'walk', index: 'jobs_by_time' });
      assert.deepEqual(along({ status: ['failed'] }), { is: 'walk', index: 'jobs_by_status' });
      assert.deepEqual(along(words), { is: 'walk', index: 'jobs_by_words_but_owner' });
      assert.deepEqual(along({ ...words, owner: ['usr-1'] }), { is: 'walk', index: 'jobs_by_words' });
    }
  });

  it('merges nothing in the order of changes, which no index of words is in', () => {
    assert.deepEqual(choose(TWO, 5_000, { by: 'updateTime' }), { is: 'gather' });
    assert.deepEqual(choose(TWO, 200_000, { by: 'updateTime' }), {
      is: 'walk',
      index: 'jobs_by_update_time',
    });
  });

  it('gathers rather than merge where a page far on needs nearly all', () => {
    assert.deepEqual(choose(TWO, 5_000, { offset: 2_400 }), { is: 'gather' });
  });

  it('is left to the database where nothing is counted', () => {
    assert.deepEqual(choose(TWO, 5_000, { counted: false }), { is: 'any' });
  });
});
