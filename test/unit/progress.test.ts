import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startProgress } from '../../bin/progress.ts';

/** A screen that keeps what is written, and a clock that is set by hand. */
function shown(isTTY: boolean) {
  let written = '';
  let now = 0;
  const write = (text: string | Uint8Array): boolean => {
    written += String(text);
    return true;
  };
  return {
    progress: startProgress({ isTTY, write }, 'lines', () => now),
    at: (time: number) => void (now = time),
    take(): string {
      const taken = written;
      written = '';
      return taken;
    },
  };
}

describe('progress on a terminal', () => {
  it('is one line that is drawn anew, with a bar where the end is known', () => {
    const { progress, at, take } = shown(true);
    at(1_000);
    progress.at(5_000, 0.5);
    assert.equal(take(), '\r\x1b[K[############------------] 50 %, 5,000 lines, 5,000/s');
    at(1_050);
    progress.at(5_100, 0.51);
    assert.equal(take(), '');
    at(2_000);
    progress.at(8_000);
    assert.equal(take(), '\r\x1b[K8,000 lines, 4,000/s');
    progress.end();
    assert.equal(take(), '\r\x1b[K');
  });

  it('lets what is said stay above the bar', () => {
    const { progress, at, take } = shown(true);
    progress.say('first');
    at(1_000);
    progress.at(10);
    take();
    progress.say('line 7: wrong');
    assert.equal(take(), '\r\x1b[Kline 7: wrong\n10 lines, 10/s');
  });
});

describe('progress elsewhere', () => {
  it('is a line every five seconds at most', () => {
    const { progress, at, take } = shown(false);
    for (let time = 0; time <= 12_000; time += 500) {
      at(time);
      progress.at(time);
    }
    progress.end();
    assert.equal(take(), '5,000 lines, 1,000/s\n10,000 lines, 1,000/s\n');
  });
});
