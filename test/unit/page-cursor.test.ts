import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCursor, writeCursor, type PageCursor } from '../../src/jobs/page-cursor.ts';

const word = (fields: unknown): string => Buffer.from(JSON.stringify(fields)).toString('base64url');

describe('a page cursor', () => {
  it('comes back as it was written, for every order', () => {
    for (const by of ['createTime', 'updateTime', 'asked'] as const) {
      for (const descending of [true, false]) {
        for (const time of [0, 1, -1, 1_700_000_000_123, 8.64e15, -8.64e15]) {
          const cursor: PageCursor = { by, descending, time, jobId: 'j-68mbPHJU' };
          assert.deepEqual(readCursor(writeCursor(cursor)), cursor);
        }
      }
    }
  });

  it('may stand in a URL as it is', () => {
    for (let time = 0; time < 300; time++) {
      const cursor = { by: 'asked', descending: false, time, jobId: 'j-zzzzzzzz' } as const;
      assert.match(writeCursor(cursor), /^[A-Za-z0-9_-]+$/);
    }
  });

  it('is not read from what is none', () => {
    for (const garbage of ['', ' ', '%', 'null', 'j-68mbPHJU', 'W10', '\0', 'é', '{}', 'a'.repeat(512)]) {
      assert.equal(readCursor(garbage), undefined, garbage);
    }
  });

  it('is not read with a field that was tampered with', () => {
    const whole = ['createTime', 1, 1_000, 'j-68mbPHJU'];
    assert.notEqual(readCursor(word(whole)), undefined);
    const tampered: [number, unknown[]][] = [
      [0, ['status', 'job_id', '', null, 0, 'createtime', '__proto__']],
      [2, ['1000', null, 8.64e15 + 2, -8.64e15 - 2, {}, true]],
      [3, ['', 'j-', 'j-short', "j-' or 1=1", 'j-68mbPHJU ', null, 7, ['j-68mbPHJU'], 'x-68mbPHJU']],
    ];
    for (const [index, values] of tampered) {
      for (const value of values) {
        const fields = whole.with(index, value as string);
        assert.equal(readCursor(word(fields)), undefined, JSON.stringify(fields));
      }
    }
  });

  it('is not read with a field too few or too many', () => {
    assert.equal(readCursor(word(['createTime', 1, 1_000])), undefined);
    assert.equal(readCursor(word(['createTime', 1, 1_000, 'j-68mbPHJU', 1])), undefined);
    assert.equal(readCursor(word({ 0: 'createTime', length: 4 })), undefined);
  });

  it('never throws, whatever single character of it is changed', () => {
    const cursor = writeCursor({ by: 'createTime', descending: true, time: 1_000, jobId: 'j-68mbPHJU' });
    for (let index = 0; index < cursor.length; index++) {
      for (const letter of ['A', 'z', '_', '=', '%', '']) {
        const read = readCursor(cursor.slice(0, index) + letter + cursor.slice(index + 1));
        assert.ok(read === undefined || Number.isFinite(read.time));
      }
    }
  });
});
