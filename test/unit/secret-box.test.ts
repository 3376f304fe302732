import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { createSecretBox } from '../../src/accounts/secret-box.ts';

describe('a box for secrets', () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)];
  const box = createSecretBox([older]);
  const sealed = box.seal('secret', 'key owner');

  it('opens what it sealed, in its own place', () => {
    assert.equal(box.open(sealed, 'key owner'), 'secret');
    assert.ok(
      !sealed.includes('secret') && !Buffer.from(sealed.split('.')[1] ?? '', 'base64url').includes('secret'),
    );
    for (const place of ['key other', 'other owner', '', 'key owner ']) {
      assert.equal(box.open(sealed, place), undefined);
    }
  });

  it('seals the same secret differently each time', () => {
    assert.notEqual(box.seal('secret', 'key owner'), sealed);
  });

  it('opens nothing that was altered in any place', () => {
    for (let at = 0; at < sealed.length - 1; at++) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      assert.equal(
        box.open(sealed.slice(0, at) + other + sealed.slice(at + 1), 'key owner'),
        undefined,
        `${at}`,
      );
    }
    for (const text of ['', '.', 'x', `${sealed.split('.')[0]}.`, sealed.slice(0, 30)]) {
      assert.equal(box.open(text, 'key owner'), undefined);
    }
  });

  it('opens with older keys, seals with the newest, and tells which is which', () => {
    const both = createSecretBox([newer, older]);
    assert.equal(both.open(sealed, 'key owner'), 'secret');
    assert.deepEqual([both.isPresent(sealed), box.isPresent(sealed)], [false, true]);
    const anew = both.seal('secret', 'key owner');
    assert.ok(both.isPresent(anew));
    assert.equal(createSecretBox([newer]).open(anew, 'key owner'), 'secret');
    assert.equal(box.open(anew, 'key owner'), undefined);
    assert.equal(createSecretBox([newer]).open(sealed, 'key owner'), undefined);
  });

  it('is not made of keys of another length, or of none', () => {
    for (const keys of [[], [randomBytes(16)], [older, randomBytes(31)]]) {
      assert.throws(() => createSecretBox(keys), /keys of 32 bytes/);
    }
  });
});
