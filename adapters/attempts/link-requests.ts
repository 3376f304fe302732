import { createHash } from 'node:crypto';
import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { emailKey } from '../../src/accounts/user.ts';
import { networkOf } from '../../src/network.ts';
import type { LinkRequests } from '../../src/ports.ts';
import { createCounter, limited, type SharedStore } from './counter.ts';

/** In seconds. */
const WINDOW = 3_600;

/**
 * Counts mails asked for within an hour, per e-mail address and per address that asks.
 * @param limits how many are granted
 */
export function createLinkRequests(
  limits: { readonly perEmail: number; readonly perAddress: number },
  shared?: SharedStore,
): LinkRequests {
  const ofEmail = createCounter('links:email', limits.perEmail, WINDOW, shared);
  const ofAddress = createCounter('links:address', limits.perAddress, WINDOW, shared);
  return {
    async admit(email, address) {
      // First who asks: one that asks for all the world must not use up what others have.
      await take(ofAddress, networkOf(address));
      await take(ofEmail, createHash('sha256').update(emailKey(email)).digest('base64url'));
    },
  };
}

async function take(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (thrown) {
    throw thrown instanceof RateLimiterRes ? limited(thrown) : thrown;
  }
}
