import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { logIn } from '../../src/operations/log-in.ts';
import type { OpenOperation } from '../../src/operation.ts';
import type { AccountStore, Ports, StoredUser } from '../../src/ports.ts';
import { someUser } from '../support/put-user.ts';

type Invocation = Parameters<OpenOperation<{ name: string; password: string }, unknown>['handle']>[0];

const before = someUser({ userId: 'usr-a' });

/** Logs in while the account becomes another one between the check of the password and the token. */
function logInMeanwhile(meanwhile: Partial<StoredUser>): Promise<unknown> {
  let present = before;
  const accounts: Partial<AccountStore> = {
    findUser: async () => present,
    async addToken(_token, version) {
      if (version === before.version) present = { ...before, ...meanwhile, version: 2 };
      return version === present.version;
    },
  };
  const ports: Partial<Ports> = {
    accounts: accounts as AccountStore,
    passwords: { hash: async () => '', verify: async () => true },
    attempts: { async admit() {}, async failed() {}, async succeeded() {} },
    clock: () => 0,
    tokenLife: 1_000,
  };
  const input = { name: before.userId, password: 'it' };
  return logIn.handle({
    input,
    origin: { address: 'here' },
    ports,
  } as unknown as Invocation);
}

describe('a log-in', () => {
  it('goes through while another session of the user is logged out', async () => {
    assert.match(((await logInMeanwhile({})) as { token: string }).token, /^[\w-]{43}$/);
  });

  it('is refused where the password or the activation was changed meanwhile', async () => {
    await assert.rejects(logInMeanwhile({ passwordHash: 'hash of another' }), /wrong_password/);
    await assert.rejects(logInMeanwhile({ active: false }), /wrong_password/);
  });

  it('does the same work for a user that is not there as for a wrong password', async () => {
    const verified: (string | undefined)[] = [];
    let counted = 0;
    const ports = {
      accounts: { findUser: async (userId: string) => (userId === before.userId ? before : undefined) },
      passwords: {
        verify: async (_password: string, stored: string | undefined) => {
          verified.push(stored);
          return false;
        },
      },
      attempts: {
        async admit() {},
        failed: async () => void counted++,
        async succeeded() {},
      },
    };
    for (const name of [before.userId, 'usr-nobody']) {
      const call = { input: { name, password: 'wrong' }, origin: { address: 'here' }, ports };
      await assert.rejects(async () => logIn.handle(call as unknown as Invocation), {
        reason: 'wrong_password',
      });
    }
    // One comparison each, the second with the decoy that `createPasswords` has in place of a hash.
    assert.deepEqual(verified, [before.passwordHash, undefined]);
    assert.equal(counted, 2);
  });
});
