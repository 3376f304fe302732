/** What pages of other origins may read of an answer, besides what every browser lets them. */
const EXPOSED = [
  'ETag',
  'Link',
  'Location',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'WWW-Authenticate',
  'X-Error-Code',
  'X-Request-Id',
].join(', ');

const ALLOWED_HEADERS = [
  'Accept-Language',
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'X-Request-Id',
].join(', ');

/** How long a browser may remember what it was allowed, in seconds. */
const REMEMBERED = '600';

/** What an answer says where no page of another origin is let in. */
export const NO_CORS: Readonly<Record<string, string>> = {};

/** The headers that let pages of an origin read an answer. */
export type Cors = (origin: string | undefined) => Readonly<Record<string, string>>;

/**
 * @param origins those whose pages may call, such as `https://console.example.com`; `*` lets all. Credentials come in a
 *   header that a page must set itself, so none has to be allowed.
 */
export function allowOrigins(origins: readonly string[]): Cors {
  if (origins.length === 0) return () => NO_CORS;
  const all = origins.includes('*');
  return (origin) => {
    if (origin === undefined || !(all || origins.includes(origin))) return all ? NO_CORS : VARY;
    return {
      'access-control-allow-origin': all ? '*' : origin,
      'access-control-expose-headers': EXPOSED,
      ...(!all && VARY),
    };
  };
}

/** An answer to one origin must not be kept for another. */
const VARY = { vary: 'Origin' };

/** What a browser asks before it sends a call of its own (a preflight). */
export function allowMethods(methods: string): Readonly<Record<string, string>> {
  return {
    'access-control-allow-methods': methods,
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': REMEMBERED,
  };
}
