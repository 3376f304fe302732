import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Caller, OpenInvocation } from '../../src/operation.ts';
import { requestReset } from '../../src/operations/request-reset.ts';
import type { Mail, Ports, StoredUser } from '../../src/ports.ts';
import { someUser } from '../support/put-user.ts';

/** A call by a stranger, or by an admin; `asked` has every address that was looked up. */
function callAbout(user: StoredUser | undefined, caller?: Pick<Caller, 'userId' | 'role'>) {
  const asked: string[] = [];
  const posted: (() => Promise<Mail | undefined>)[] = [];
  let stored = 0;
  const ports: Partial<Ports> = {
    clock: () => 1_000,
    linkRequests: { admit: async () => {} },
    outbox: { post: (prepare) => void posted.push(prepare) },
    accounts: {
      findUserByEmail: async (email: string) => {
        asked.push(email);
        return user;
      },
      addOneTimeToken: async () => {
        stored++;
        return true;
      },
    } as unknown as Ports['accounts'],
  };
  const call = {
    input: { email: 'A@example.com' },
    origin: { address: '192.0.2.1', requestId: 'r', passwordsRefused: false, language: 'en' },
    caller,
    ports,
  } as unknown as OpenInvocation<{ email: string }>;
  return { call, asked, posted, stored: () => stored };
}

describe('a request of a reset by a stranger', () => {
  const known = someUser({ userId: 'usr-a', email: 'a@example.com' });

  for (const [whose, user] of [
    ['a user’s', known],
    ['nobody’s', undefined],
    ['a deactivated user’s', { ...known, active: false }],
  ] as const) {
    it(`looks nothing up before it is answered, for an address that is ${whose}`, async () => {
      const { call, asked, posted } = callAbout(user);
      assert.deepEqual(await requestReset.handle(call), {});
      assert.deepEqual([asked, posted.length], [[], 1]);
    });
  }

  it('brings a mail to the address on record, and none where there is no one to get in', async () => {
    for (const [user, to] of [
      [known, 'a@example.com'],
      [undefined, undefined],
      [{ ...known, active: false }, undefined],
      [{ ...known, active: false, invited: true }, 'a@example.com'],
    ] as const) {
      const { call, posted, stored } = callAbout(user);
      await requestReset.handle(call);
      assert.equal((await posted[0]?.())?.to, to);
      assert.equal(stored(), to === undefined ? 0 : 1);
    }
  });

  it('is told apart from an admin’s, who learns whether the address is somebody’s', async () => {
    const admin = { userId: 'usr-admin', role: 'admin' } as const;
    await assert.rejects(async () => requestReset.handle(callAbout(undefined, admin).call), {
      reason: 'email_not_registered',
    });
    assert.deepEqual(await requestReset.handle(callAbout(known, admin).call), {});
    const operator = { userId: 'usr-operator', role: 'operator' } as const;
    assert.deepEqual(await requestReset.handle(callAbout(undefined, operator).call), {});
  });
});
