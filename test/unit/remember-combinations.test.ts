import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Asked } from '../../adapters/sql/choose-way.ts';
import { rememberCombinations } from '../../adapters/sql/remember-combinations.ts';

const FOUND = { all: [], end: undefined };
const INDEX = 'jobs_by_words';
const list = (status: string): Asked => ({
  filter: { status: [status] },
  order: { by: 'createTime', descending: true },
  page: { offset: 0, limit: 20 },
});

describe('what is remembered of lists', () => {
  it('is forgotten after five seconds', () => {
    let now = 0;
    const memory = rememberCombinations(() => now);
    memory.keep(list('one'), INDEX, FOUND);
    memory.keep(list('other'), INDEX, 'too many');
    now = 4_999;
    assert.equal(memory.recall(list('one'), INDEX), FOUND);
    assert.equal(memory.recall(list('other'), INDEX), 'too many');
    memory.keep(list('one'), INDEX, FOUND);
    now = 5_000;
    assert.equal(memory.recall(list('one'), INDEX), FOUND);
    assert.equal(memory.recall(list('other'), INDEX), undefined);
  });

  it('is about one page of one list', () => {
    const memory = rememberCombinations();
    const asked = list('failed');
    memory.keep(asked, INDEX, FOUND);
    const after = { time: 0, jobId: 'j-00000001' };
    for (const other of [
      { ...asked, filter: { preStatus: ['failed'] } },
      { ...asked, filter: { status: ['failed', 'working'] } },
      { ...asked, order: { ...asked.order, descending: false } },
      { ...asked, page: { offset: 0, limit: 21 } },
      { ...asked, page: { ...asked.page, after } },
    ]) {
      assert.equal(memory.recall(other, INDEX), undefined);
    }
    assert.equal(memory.recall(asked, 'jobs_by_status'), undefined);
    assert.equal(memory.recall(list('failed'), INDEX), FOUND);
  });

  it('is about the two hundred lists that were found last', () => {
    const memory = rememberCombinations(() => 0);
    for (let made = 0; made < 200; made++) memory.keep(list(`list ${made}`), INDEX, FOUND);
    memory.keep(list('list 0'), INDEX, FOUND);
    memory.keep(list('one more'), INDEX, FOUND);
    assert.equal(memory.recall(list('list 0'), INDEX), FOUND);
    assert.equal(memory.recall(list('list 1'), INDEX), undefined);
    assert.equal(memory.recall(list('list 2'), INDEX), FOUND);
  });
});
