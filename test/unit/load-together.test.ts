import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { joinLoads } from '../../src/coherence/load-together.ts';

/** Reads whose sending and whose answer the test brings about. */
function makeLoads() {
  const flights: {
    readonly ids: readonly string[];
    readonly epoch: number | undefined;
    send: () => void;
    answer: (failure?: Error) => void;
  }[] = [];
  const joined: string[] = [];
  const join = joinLoads<ReadonlyMap<string, string>>(
    (keys) => void joined.push(...keys.map(({ id }) => id)),
  );
  const load = (ids: readonly string[], epoch: number | undefined, name = 'jobs') =>
    join(
      name,
      ids.map((id) => ({ kind: 'job', id })),
      epoch,
      (keys, sent) =>
        new Promise((resolve, reject) => {
          const answer = (failure?: Error): void =>
            failure ? reject(failure) : resolve(new Map(keys.map(({ id }) => [id, `row ${id}`])));
          flights.push({ ids: keys.map(({ id }) => id), epoch, send: sent, answer });
        }),
    );
  return { flights, joined, load };
}

describe('reads of the database that want the same rows', () => {
  it('are one, where they come before it is sent; more rows only as long as it is not under way', async () => {
    const { flights, joined, load } = makeLoads();
    const together = [load(['a'], 1), load(['b', 'a'], 1)];
    await turn();
    assert.deepEqual(
      flights.map(({ ids }) => ids),
      [['a', 'b']],
    );
    // Its leases are being asked for.
    together.push(load(['b'], 1));
    const other = load(['c'], 1);
    await turn();
    assert.deepEqual(
      flights.map(({ ids }) => ids),
      [['a', 'b'], ['c']],
    );
    for (const each of flights) {
      each.send();
      each.answer();
    }
    for (const rows of await Promise.all(together)) assert.equal(rows.get('b'), 'row b');
    assert.equal((await other).get('c'), 'row c');
    assert.deepEqual(joined, ['b', 'a', 'b']);
  });

  it('are two, where the first was sent: what it brings may be older than what the second must see', async () => {
    const { flights, load } = makeLoads();
    const first = load(['a'], 1);
    await turn();
    flights[0]!.send();
    const second = load(['a'], 1);
    await turn();
    assert.equal(flights.length, 2);
    for (const each of flights) each.answer();
    await Promise.all([first, second]);
  });

  it('are two, where they know different epochs, or one may not use the cache', async () => {
    const { flights, load } = makeLoads();
    const all = [load(['a'], 1), load(['a'], 2), load(['a'], undefined)];
    await turn();
    assert.deepEqual(
      flights.map(({ epoch }) => epoch),
      [1, 2, undefined],
    );
    for (const each of flights) each.answer();
    await Promise.all(all);
  });

  it('are two, where they look for something else, which both may still be joined', async () => {
    const { flights, load } = makeLoads();
    const all = [load(['a'], 1, 'newest of all'), load(['a'], 1, 'newest of one')];
    await turn();
    all.push(load(['a'], 1, 'newest of all'), load([], 1, 'newest of one'));
    await turn();
    assert.equal(flights.length, 2);
    for (const each of flights) {
      each.send();
      each.answer();
    }
    await Promise.all(all);
  });

  it('are several, where they want very many', async () => {
    const { flights, load } = makeLoads();
    const ids = (from: number): string[] => Array.from({ length: 100 }, (_, index) => `j-${from + index}`);
    const all = [0, 100, 200, 300, 400, 500].map((from) => load(ids(from), 1));
    await turn();
    assert.deepEqual(
      flights.map((flight) => flight.ids.length),
      [500, 100],
    );
    for (const each of flights) each.answer();
    await Promise.all(all);
  });

  it('fail together, and the next begins anew', async () => {
    const { flights, load } = makeLoads();
    const all = [load(['a'], 1), load(['a'], 1)];
    await turn();
    // It failed before it was sent.
    flights[0]!.answer(new Error('gone'));
    for (const each of all) await assert.rejects(each, /gone/);
    const next = load(['a'], 1);
    await turn();
    flights[1]!.answer();
    assert.equal((await next).get('a'), 'row a');
  });
});
