import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge, type Operation, type Truth, type Version } from './history.ts';

const created: Version = { by: 'created', shows: 'a' };
const reported: Version = { by: 'b', shows: 'b' };
const replaced: Version = { by: 'made 3', shows: 'c' };
const hidden: Version = { by: 'hidden', shows: undefined };

/** `j` was created, reported, replaced; `k` was created, reported and hidden. */
const truth: Truth = new Map([
  ['j', versions(created, reported, replaced)],
  ['k', versions(created, reported, hidden)],
]);

function versions(...all: readonly Version[]): Map<number, Version> {
  return new Map(all.map((version, index) => [index + 1, version]));
}

type Times = readonly [invoked: number, returned: number];

function write(subject: 'j' | 'k', version: number, [invoked, returned]: Times): Operation {
  const mark = truth.get(subject)?.get(version)?.by ?? '?';
  return { kind: 'write', subject, version, invoked, returned, mark, where: 'here' };
}

function read(subject: 'j' | 'k', version: number | undefined, [invoked, returned]: Times): Operation {
  const mark = truth.get(subject)?.get(version ?? 0)?.shows ?? 'nothing';
  return { kind: 'read', subject, version, invoked, returned, mark, where: 'here' };
}

const whatIn = (...history: readonly Operation[]) => judge(history, truth).map(({ what }) => what);

describe('the judge of histories', () => {
  it('finds nothing where every read sees the last acknowledged write or a later one', () => {
    const found = whatIn(
      write('j', 2, [0, 10]),
      read('j', 1, [1, 5]),
      read('j', 2, [5, 9]),
      read('j', 2, [11, 12]),
      write('j', 3, [11, Infinity]),
      read('j', 3, [13, 14]),
    );
    assert.deepEqual(found, []);
  });

  it('finds a read that is older than a write that was acknowledged before', () => {
    assert.deepEqual(whatIn(write('j', 2, [0, 10]), read('j', 1, [11, 12])), ['stale']);
  });

  it('finds a read that goes back behind another reader’s, though no write was acknowledged', () => {
    const found = whatIn(write('j', 2, [0, Infinity]), read('j', 2, [1, 2]), read('j', 1, [3, 4]));
    assert.deepEqual(found, ['stale']);
  });

  it('allows a read that overlaps the write to see either state', () => {
    assert.deepEqual(whatIn(write('j', 2, [0, 10]), read('j', 1, [10, 12])), []);
  });

  it('finds a read of what was not yet written', () => {
    assert.deepEqual(whatIn(read('j', 2, [0, 1]), write('j', 2, [2, 3])), ['stale']);
  });

  it('finds a write that was acknowledged and is not in the database', () => {
    assert.deepEqual(whatIn({ ...write('j', 3, [0, 1]), mark: 'x' }), ['lost']);
    assert.deepEqual(whatIn({ ...write('j', 2, [0, 1]), version: 0 }), ['lost']);
  });

  it('finds a read of a version with what another version shows', () => {
    assert.deepEqual(whatIn({ ...read('j', 3, [0, 1]), mark: 'b' }), ['torn']);
  });

  it('finds a read of old content in a new version', () => {
    assert.deepEqual(whatIn(write('j', 3, [0, 1]), { ...read('j', 3, [2, 3]), mark: 'b' }), ['torn']);
  });

  describe('of a job that is created', () => {
    it('finds that it is told to be missing once its creation was acknowledged', () => {
      assert.deepEqual(whatIn(write('j', 1, [0, 10]), read('j', undefined, [11, 12])), ['stale']);
    });

    it('finds that it is missing after somebody has seen it', () => {
      assert.deepEqual(whatIn(read('j', 1, [1, 2]), read('j', undefined, [3, 4])), ['stale']);
      assert.deepEqual(whatIn(read('k', 1, [1, 2]), read('k', undefined, [3, 4]), write('k', 3, [5, 6])), [
        'stale',
      ]);
    });

    it('allows it to be missing while it is created', () => {
      const found = whatIn(
        write('j', 1, [0, 10]),
        read('j', undefined, [1, 2]),
        read('j', undefined, [10, 11]),
        read('j', 1, [12, 13]),
      );
      assert.deepEqual(found, []);
    });

    it('finds a creation that was acknowledged and is not in the database', () => {
      const elsewhere = { ...write('j', 1, [0, 1]), subject: 'another' };
      assert.deepEqual(whatIn(elsewhere), ['lost']);
    });
  });

  describe('of a job that is hidden', () => {
    it('finds that it is shown once that was acknowledged', () => {
      const found = whatIn(write('k', 3, [0, 10]), read('k', 2, [11, 12]), read('k', undefined, [13, 14]));
      assert.deepEqual(found, ['stale']);
    });

    it('finds that it is shown after a reader was told that it is not there', () => {
      const found = whatIn(
        write('k', 1, [0, 1]),
        write('k', 3, [2, Infinity]),
        read('k', undefined, [3, 4]),
        read('k', 2, [5, 6]),
      );
      assert.deepEqual(found, ['stale']);
    });

    it('finds that it is missing before anybody has asked to hide it', () => {
      const found = whatIn(write('k', 1, [0, 1]), read('k', undefined, [2, 3]), write('k', 3, [4, 5]));
      assert.deepEqual(found, ['stale']);
    });

    it('allows either while it is hidden, and nothing but its absence later', () => {
      const found = whatIn(
        write('k', 1, [0, 1]),
        write('k', 3, [2, 10]),
        read('k', 2, [3, 4]),
        read('k', undefined, [5, 6]),
        read('k', undefined, [11, 12]),
      );
      assert.deepEqual(found, []);
    });

    it('finds that the version that hid it is shown', () => {
      assert.deepEqual(whatIn({ ...read('k', 3, [0, 1]), mark: 'b' }), ['torn']);
    });

    it('finds that it was acknowledged, and is not so', () => {
      assert.deepEqual(whatIn({ ...write('j', 3, [0, 1]), mark: 'hidden' }), ['lost']);
    });

    it('takes an absence that began before the creation was acknowledged for the earlier one', () => {
      const found = whatIn(
        read('k', undefined, [0, 20]),
        write('k', 1, [1, 2]),
        write('k', 3, [3, Infinity]),
        read('k', 2, [21, 22]),
      );
      assert.deepEqual(found, []);
    });
  });
});
