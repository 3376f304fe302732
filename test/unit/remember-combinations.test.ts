import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rememberCombinations } from '../../adapters/sql/remember-combinations.ts';

const FOUND = { all: [], end: undefined };

describe('what is remembered of lists', () => {
  it('is forgotten after five seconds', () => {
    let now = 0;
    const memory = rememberCombinations(() => now);
    memory.keep('one', FOUND);
    memory.keep('other', 'too many');
    now = 4_999;
    assert.equal(memory.recall('one'), FOUND);
    assert.equal(memory.recall('other'), 'too many');
    memory.keep('one', FOUND);
    now = 5_000;
    assert.equal(memory.recall('one'), FOUND);
    assert.equal(memory.recall('other'), undefined);
  });

  it('is about the two hundred lists that were found last', () => {
    const memory = rememberCombinations(() => 0);
    for (let list = 0; list < 200; list++) memory.keep(`list ${list}`, FOUND);
    memory.keep('list 0', FOUND);
    memory.keep('one more', FOUND);
    assert.equal(memory.recall('list 0'), FOUND);
    assert.equal(memory.recall('list 1'), undefined);
    assert.equal(memory.recall('list 2'), FOUND);
  });
});
