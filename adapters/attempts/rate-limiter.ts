import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { Refusal, type RateState } from '../../src/errors.ts';
import type { RateLimiter } from '../../src/ports.ts';

/** What is left of a caller's calls is counted anew after so many seconds. */
const WINDOW = 60;

/**
 * Counts calls in Redis for all instances together; without Redis, or while it is away, in this process.
 * @param perMinute how many calls each caller may make
 */
export function createRateLimiter(
  perMinute: number,
  shared?: { readonly redis: Redis; readonly prefix: string },
): RateLimiter {
  const options = { points: perMinute, duration: WINDOW, keyPrefix: `${shared?.prefix ?? ''}rate` };
  const own = new RateLimiterMemory(options);
  const limiter = shared
    ? new RateLimiterRedis({ ...options, storeClient: shared.redis, insuranceLimiter: own })
    : own;

  const stateOf = ({ remainingPoints, msBeforeNext }: RateLimiterRes): RateState => ({
    limit: perMinute,
    remaining: remainingPoints,
    reset: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  });

  return {
    async admit(caller) {
      try {
        return stateOf(await limiter.consume(caller));
      } catch (thrown) {
        if (!(thrown instanceof RateLimiterRes)) throw thrown;
        const rate = stateOf(thrown);
        throw new Refusal('rate_limited', { retryAfter: rate.reset, rate });
      }
    },
  };
}
