import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { networkOf } from '../../src/network.ts';
import type { AttemptLimiter } from '../../src/ports.ts';
import { createCounter, limited, type SharedStore } from './counter.ts';

export interface AttemptLimits {
  /** Failures of one user at one address, and of all users at one address, before more are refused. */
  readonly perUser: number;
  readonly perAddress: number;
  /** How long failures are counted, and refusals last, in seconds. */
  readonly window: number;
}

/**
 * Counts failed attempts in Redis for all instances together; without Redis, or while it is away, in this process.
 * A user is limited per address: a stranger must not be able to lock a user out from afar.
 */
export function createAttemptLimiter(limits: AttemptLimits, shared?: SharedStore): AttemptLimiter {
  const ofUser = createCounter('attempts:user', limits.perUser, limits.window, shared);
  const ofAddress = createCounter('attempts:address', limits.perAddress, limits.window, shared);

  return {
    async admit(userId, address) {
      await Promise.all([admit(ofUser, userAt(userId, address)), admit(ofAddress, networkOf(address))]);
    },
    async failed(userId, address) {
      await Promise.all([ofUser.penalty(userAt(userId, address)), ofAddress.penalty(networkOf(address))]);
    },
    async succeeded(userId, address) {
      await ofUser.delete(userAt(userId, address));
    },
  };
}

function userAt(userId: string, address: string): string {
  return `${networkOf(address)} ${userId}`;
}

async function admit(limiter: RateLimiterAbstract, key: string): Promise<void> {
  const state = await limiter.get(key);
  if (state && state.consumedPoints >= limiter.points) {
    throw limited(state);
  }
}
