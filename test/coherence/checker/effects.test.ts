import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findDoubled, findHalved } from './effects.ts';
import type { Truth } from './history.ts';

const version = (by: string) => ({ by, shows: by });
const truth: Truth = new Map([
  ['a', new Map([[2, version('canceled')]])],
  ['b', new Map([[2, version('canceled')]])],
  ['c', new Map([[2, version('working')]])],
]);
const canceled = (...subjects: string[]) => findHalved([{ subjects, mark: 'canceled' }], truth);

describe('the judge of effects', () => {
  it('finds a key that created two jobs, whether both were answered or one is in the database alone', () => {
    assert.deepEqual(
      findDoubled(
        new Map([
          ['once', new Set(['a'])],
          ['twice', new Set(['b', 'c'])],
        ]),
      ),
      [{ what: 'doubled', against: 'the key twice created b, c' }],
    );
  });

  it('finds a change of several that only some have', () => {
    assert.deepEqual(canceled('a', 'c'), [{ what: 'halved', against: 'of a, c only a became canceled' }]);
  });

  it('finds nothing where all have it, or none', () => {
    assert.deepEqual([...canceled('a', 'b'), ...canceled('c'), ...canceled('c', 'unknown')], []);
  });
});
