import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAttemptLimiter } from '../../adapters/attempts/attempt-limiter.ts';
import { createPasswords } from '../../src/accounts/passwords.ts';
import { provePassword } from '../../src/accounts/prove-password.ts';
import { Refusal } from '../../src/errors.ts';
import type { AccountStore, StoredUser } from '../../src/ports.ts';

const LIMIT = 5;
const GUESSES = 40;
/** So many passwords are compared at once: these were admitted before the last failure was counted. */
const UNDER_WAY = 2;

describe('guesses that come all at once', () => {
  it('are refused beyond the limit, as those are that come one after the other', async () => {
    const passwords = createPasswords();
    const passwordHash = await passwords.hash('the right one');
    const user = { userId: 'usr-a', passwordHash } as StoredUser;
    const parts = {
      accounts: { findUser: async () => user } as unknown as AccountStore,
      passwords,
      attempts: createAttemptLimiter({ perUser: LIMIT, perAddress: 1_000, window: 60 }),
    };
    const guesses = await Promise.allSettled(
      Array.from({ length: GUESSES }, (_, guess) =>
        provePassword(parts, 'usr-a', `guess ${guess}`, '192.0.2.1', false),
      ),
    );
    const judged = guesses.filter(({ status }) => status === 'fulfilled').length;
    assert.ok(judged >= LIMIT && judged <= LIMIT + UNDER_WAY, `${judged} of ${GUESSES} were judged`);
    for (const guess of guesses) {
      if (guess.status === 'rejected') {
        assert.equal(guess.reason instanceof Refusal && guess.reason.reason, 'rate_limited');
      }
    }
  });
});
