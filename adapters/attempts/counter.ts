import type { Redis } from 'ioredis';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  type RateLimiterAbstract,
  type RateLimiterRes,
} from 'rate-limiter-flexible';
import { Refusal } from '../../src/errors.ts';

/** Where counters are kept for all instances together. */
export interface SharedStore {
  readonly redis: Redis;
  readonly prefix: string;
}

/**
 * Counts in Redis for all instances together; without Redis, or while it is away, in this process.
 * @param window how long is counted, in seconds
 */
export function createCounter(
  name: string,
  points: number,
  window: number,
  shared: SharedStore | undefined,
): RateLimiterAbstract {
  const options = { points, duration: window, keyPrefix: `${shared?.prefix ?? ''}${name}` };
  const own = new RateLimiterMemory(options);
  if (!shared) return own;
  return new RateLimiterRedis({ ...options, storeClient: shared.redis, insuranceLimiter: own });
}

/** The refusal of whoever is over a limit. */
export function limited({ msBeforeNext }: RateLimiterRes): Refusal {
  return new Refusal('rate_limited', { retryAfter: Math.max(1, Math.ceil(msBeforeNext / 1000)) });
}
