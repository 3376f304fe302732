import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge, type Operation, type Truth } from './history.ts';

const truth: Truth = new Map([
  [
    'j',
    new Map([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]),
  ],
]);
const marks = ['', 'a', 'b', 'c'];

function operation(kind: 'read' | 'write', version: number, invoked: number, returned: number): Operation {
  return { kind, job: 'j', version, invoked, returned, mark: marks[version] ?? '?', where: 'here' };
}

describe('the judge of histories', () => {
  it('finds nothing where every read sees the last acknowledged write or a later one', () => {
    const history = [
      operation('write', 2, 0, 10),
      operation('read', 1, 1, 5),
      operation('read', 2, 5, 9),
      operation('read', 2, 11, 12),
      operation('write', 3, 11, Infinity),
      operation('read', 3, 13, 14),
    ];
    assert.deepEqual(judge(history, truth), []);
  });

  it('finds a read that is older than a write that was acknowledged before', () => {
    const [violation] = judge([operation('write', 2, 0, 10), operation('read', 1, 11, 12)], truth);
    assert.equal(violation?.what, 'stale');
  });

  it('finds a read that goes back behind another reader’s, though no write was acknowledged', () => {
    const history = [
      operation('write', 2, 0, Infinity),
      operation('read', 2, 1, 2),
      operation('read', 1, 3, 4),
    ];
    assert.deepEqual(
      judge(history, truth).map(({ what }) => what),
      ['stale'],
    );
  });

  it('allows a read that overlaps the write to see either state', () => {
    assert.deepEqual(judge([operation('write', 2, 0, 10), operation('read', 1, 10, 12)], truth), []);
  });

  it('finds a write that was acknowledged and is not in the timeline', () => {
    const lost = { ...operation('write', 3, 0, 1), mark: 'x' };
    assert.deepEqual(
      judge([lost], truth).map(({ what }) => what),
      ['lost'],
    );
  });

  it('finds a read of a version with another version’s mark', () => {
    const torn = { ...operation('read', 3, 0, 1), mark: 'b' };
    assert.deepEqual(
      judge([torn], truth).map(({ what }) => what),
      ['torn'],
    );
  });
});
