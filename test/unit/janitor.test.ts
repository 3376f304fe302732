import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startJanitor } from '../../bin/janitor.ts';
import type { Removed } from '../../adapters/sql/clean-up.ts';
import type { Log } from '../../src/ports.ts';
import { eventually } from '../support/eventually.ts';

/** A janitor whose times end as told, the last one again and again. */
function janitorOf(...outcomes: readonly (Removed | undefined | Error)[]) {
  const said: [string, unknown][] = [];
  let times = 0;
  const keep = (facts: object, message: string): void => {
    said.push([message, (facts as { removed?: Removed }).removed]);
  };
  const log: Log = { info: keep, warn: keep, error: keep };
  const janitor = startJanitor(1, log, async () => {
    const outcome = outcomes[Math.min(times++, outcomes.length - 1)];
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
  return { janitor, said, times: () => times };
}

describe('the janitor', () => {
  it('says what it removed, and nothing where that was nothing or another was at it', async () => {
    const { janitor, said, times } = janitorOf(
      { tokens: 0 },
      undefined,
      { tokens: 2, jobs: 0 },
      { tokens: 0 },
    );
    await eventually('it came five times', () => times() >= 5);
    await janitor.stop();
    assert.deepEqual(said, [['expired rows were removed', { tokens: 2, jobs: 0 }]]);
  });

  it('complains once while it fails, and goes on', async () => {
    const away = new Error('away');
    const { janitor, said, times } = janitorOf(away, away, { tokens: 1 }, away, { tokens: 0 });
    await eventually('it came six times', () => times() >= 6);
    await janitor.stop();
    assert.deepEqual(
      said.map(([message]) => message),
      [
        'expired rows cannot be removed now',
        'expired rows were removed',
        'expired rows cannot be removed now',
      ],
    );
  });

  it('ends at once between two times, and with the batch of one', async () => {
    const idle = startJanitor(3_600_000, { info() {}, warn() {}, error() {} }, async () => undefined);
    await idle.stop();

    let ended = false;
    let begun = false;
    const busy = startJanitor(1, { info() {}, warn() {}, error() {} }, async (stop) => {
      begun = true;
      await new Promise((done) => stop.addEventListener('abort', done));
      ended = true;
      return undefined;
    });
    await eventually('it began', () => begun);
    await busy.stop();
    assert.equal(ended, true);
  });
});
