import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { Refusal } from '../../src/errors.ts';
import type { AttemptLimiter } from '../../src/ports.ts';

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
export function createAttemptLimiter(
  limits: AttemptLimits,
  shared?: { readonly redis: Redis; readonly prefix: string },
): AttemptLimiter {
  const counter = (name: string, points: number): RateLimiterAbstract => {
    const options = { points, duration: limits.window, keyPrefix: `${shared?.prefix ?? ''}attempts:${name}` };
    const own = new RateLimiterMemory(options);
    if (!shared) return own;
    return new RateLimiterRedis({ ...options, storeClient: shared.redis, insuranceLimiter: own });
  };
  const ofUser = counter('user', limits.perUser);
  const ofAddress = counter('address', limits.perAddress);

  return {
    async admit(userId, address) {
      await Promise.all([admit(ofUser, userAt(userId, address)), admit(ofAddress, address)]);
    },
    async failed(userId, address) {
      await Promise.all([ofUser.penalty(userAt(userId, address)), ofAddress.penalty(address)]);
    },
    async succeeded(userId, address) {
      await ofUser.delete(userAt(userId, address));
    },
  };
}

function userAt(userId: string, address: string): string {
  return `${address} ${userId}`;
}

async function admit(limiter: RateLimiterAbstract, key: string): Promise<void> {
  const state = await limiter.get(key);
  if (state && state.consumedPoints >= limiter.points) {
    throw new Refusal('rate_limited', { retryAfter: Math.max(1, Math.ceil(state.msBeforeNext / 1000)) });
  }
}
