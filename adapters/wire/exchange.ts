import type { IncomingMessage } from 'node:http';
import type { RateState } from '../../src/errors.ts';
import type { Origin } from '../../src/operation.ts';
import type { Octets } from './octets.ts';

/** One HTTP request as the protocol adapters see it, whichever server took it. */
export interface WireRequest extends Origin {
  readonly method: string;
  /** The path as sent, without the query. */
  readonly path: string;
  /** The query as sent, without `?`; empty where there is none. */
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  /** Parameters of the path, decoded, where a route has some. */
  readonly params: Readonly<Record<string, string>>;
  /** The best of these languages for the client, by its Accept-Language; undefined where none suits. */
  preferredLanguage(among: readonly string[]): string | undefined;
  /** The bytes of the body. @throws Refusal `malformed_request` */
  body(): Promise<Buffer>;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: no body, as a 204 or a 304 has none. */
  readonly body: Buffer | Octets | string | undefined;
  /** What the access log tells of the call. Names and numbers only, never values of the caller. */
  readonly outcome: Outcome;
}

/** What the gateway found out of a call before it was answered or refused. */
export interface Seen {
  userId: string | undefined;
  /** Whether account and jobs came from the cache alone. */
  cached: boolean | undefined;
  /** What the caller has left, where calls are limited. */
  rate?: RateState;
}

/** A caller that is limited is told what it has left (draft-ietf-httpapi-ratelimit-headers). */
export function rateHeaders(rate: RateState | undefined): Readonly<Record<string, string>> | undefined {
  return (
    rate && {
      'ratelimit-limit': String(rate.limit),
      'ratelimit-remaining': String(rate.remaining),
      'ratelimit-reset': String(rate.reset),
    }
  );
}

/** Where a call failed before anything was found out. */
export const NOTHING_SEEN: Readonly<Seen> = { userId: undefined, cached: undefined };

export interface Outcome {
  readonly protocol: 'action' | 'rest';
  readonly operation: string;
  /** The number that the caller was given: ret_code or code. */
  readonly code: number;
  readonly reason?: string | undefined;
  /** What narrows the reason, by name. */
  readonly detail?: string | undefined;
  readonly userId?: string | undefined;
  /** Whether account and jobs came from the cache alone. */
  readonly cached?: boolean | undefined;
  /** The cause of a fault of the gateway, for the log alone. */
  readonly cause?: unknown;
}
