import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPasswords } from '../../src/accounts/passwords.ts';
import { Refusal } from '../../src/errors.ts';

/** More than may be under way and waiting. */
const TOO_MANY = 130;

describe('passwords', () => {
  it('are hashed with argon2id, each with a salt of its own', async () => {
    const passwords = createPasswords();
    const [one, two] = await Promise.all([passwords.hash('a password'), passwords.hash('a password')]);
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/);
    assert.notEqual(one, two);
    assert.ok(one.length <= 255);
  });

  it('match their own hash and no other, to the byte', async () => {
    const passwords = createPasswords();
    const hash = await passwords.hash('pässword ');
    assert.equal(await passwords.verify('pässword ', hash), true);
    for (const wrong of ['pässword', 'Pässword ', 'pa\u0308ssword ', '', 'pässword  ']) {
      assert.equal(await passwords.verify(wrong, hash), false, wrong);
    }
  });

  it('count beyond 72 bytes', async () => {
    const passwords = createPasswords();
    const hash = await passwords.hash(`${'x'.repeat(100)}a`);
    assert.equal(await passwords.verify(`${'x'.repeat(100)}a`, hash), true);
    assert.equal(await passwords.verify(`${'x'.repeat(100)}b`, hash), false);
  });

  it('match nothing where there is no hash, not even what stands in for it', async () => {
    const passwords = createPasswords();
    assert.equal(await passwords.verify('anything', undefined), false);
    assert.equal(await passwords.verify('no password hashes to this', undefined), false);
  });

  it('are judged by the cost that the hash was made with', async () => {
    const cheap = '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$';
    await assert.rejects(createPasswords().verify('a password', cheap));
  });

  for (const what of ['a hash', 'no hash'] as const) {
    it(`are refused as unavailable when too many wait for a look at ${what}, and judged again later`, async () => {
      const passwords = createPasswords();
      const hash = what === 'a hash' ? await passwords.hash('a password') : undefined;
      const outcomes = await Promise.allSettled(
        Array.from({ length: TOO_MANY }, () => passwords.verify('another', hash)),
      );
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      assert.ok(refused.length > 0 && refused.length < TOO_MANY / 2, String(refused.length));
      for (const { reason } of refused) {
        assert.ok(reason instanceof Refusal && reason.reason === 'unavailable');
        assert.equal(reason.facts.detail, 'busy');
        assert.ok(Number(reason.facts.retryAfter) >= 1);
      }
      assert.equal(await passwords.verify('another', hash), false);
    });
  }
});
