import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCallLimit } from '../../adapters/http/call-limit.ts';

/** A process of which each call takes so many ms of a turn, and which is offered more calls than it may take. */
function overload(limit: ReturnType<typeof createCallLimit>, each: number, seconds: number, from = 0): void {
  for (let now = from; now < from + seconds * 1_000; now += 10) {
    limit.turned(limit.present * each, limit.present, now);
  }
}

describe('the limit of calls under way', () => {
  it('comes to what keeps turns short, and stays about there', () => {
    const limit = createCallLimit(1_000);
    overload(limit, 0.1, 2);
    assert.ok(limit.present > 120 && limit.present < 240, `${limit.present} calls of 0.1 ms`);
  });

  it('follows when calls get cheaper', () => {
    const limit = createCallLimit(4_000);
    overload(limit, 0.1, 2);
    overload(limit, 0.02, 4, 2_000);
    assert.ok(limit.present > 600 && limit.present < 1_200, `${limit.present} calls of 0.02 ms`);
  });

  it('rises by the time that passed, however few turns there were in it', () => {
    const limit = createCallLimit(1_000);
    overload(limit, 100, 2);
    // Turns of a process that is busy with refusing: what it lets in takes a small part of each.
    for (let now = 2_000; now < 4_000; now += 80) limit.turned(5, 64, now);
    assert.ok(limit.present > 900, `${limit.present} after two seconds`);
  });

  it('is what it was within five seconds of short turns, whether it is met or not', () => {
    const limit = createCallLimit(1_000);
    overload(limit, 0.1, 2);
    for (let now = 2_000; now < 7_000; now += 10) limit.turned(0.2, 1, now);
    assert.equal(limit.present, 1_000);
  });

  it('lets a few calls in however long each takes', () => {
    const limit = createCallLimit(1_000);
    overload(limit, 100, 10);
    assert.equal(limit.present, 64);
  });

  it('is not lowered by one long turn among short ones', () => {
    const limit = createCallLimit(1_000);
    for (let turn = 0; turn < 100; turn++) limit.turned(turn % 5 === 0 ? 80 : 1, 20, turn * 15);
    assert.equal(limit.present, 1_000);
  });

  it('is never above what was set', () => {
    const limit = createCallLimit(4);
    overload(limit, 0.1, 1);
    assert.equal(limit.present, 4);
  });
});
