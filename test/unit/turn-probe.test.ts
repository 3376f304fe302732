import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTurnProbe } from '../../adapters/http/turn-probe.ts';

/** Keeps the process busy. */
function work(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

describe('the measure of a turn of the event loop', () => {
  const measure = (inTurn: () => void, besides?: () => number): Promise<number> =>
    new Promise((resolve) => {
      createTurnProbe((took) => resolve(took), besides)(performance.now());
      setImmediate(inTurn);
    });

  it('is the time that was worked in it', async () => {
    assert.ok((await measure(() => work(60))) >= 60);
  });

  it('leaves out what does not count', async () => {
    let spent = 100;
    const took = await measure(
      () => {
        const began = performance.now();
        work(60);
        spent += performance.now() - began;
      },
      () => spent,
    );
    assert.ok(took >= 0 && took < 60, `${took} ms`);
  });
});
