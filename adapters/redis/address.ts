import type { RedisOptions } from 'ioredis';

/** One Redis server, or a set of servers and the sentinels that know which of them is the master. */
export interface RedisAddress {
  readonly login: Pick<RedisOptions, 'username' | 'password'>;
  /** Whether the way is TLS, to the sentinels too. */
  readonly secure: boolean;
  readonly to:
    | { readonly host: string; readonly port: number; readonly db: number }
    | { readonly sentinels: readonly { host: string; port: number }[]; readonly name: string };
}

const SERVER = /^(rediss?):\/\/(?:([^/]*)@)?([^/@]+)(?:\/(\d*))?$/;
const SENTINEL_SET = /^(sentinels?):\/\/(?:([^/]*)@)?([^/@]+)\/([^/?#]+)$/;
const SERVER_PORT = 6379;
const SENTINEL_PORT = 26_379;

/**
 * Reads `redis://user:password@host:6379/0`, or `sentinel://user:password@host:26379,host:26379/name`, where user and
 * password are those of the Redis servers. `rediss` and `sentinels` are the same over TLS.
 * @returns undefined where it is neither
 */
export function readRedisAddress(url: string): RedisAddress | undefined {
  try {
    const [, scheme, login, host = '', db] = SERVER.exec(url) ?? [];
    if (scheme !== undefined) {
      const to = { ...readPlace(host, SERVER_PORT), db: Number(db ?? 0) };
      return { login: readLogin(login), secure: scheme === 'rediss', to };
    }
    const [, set, masterLogin, hosts = '', name = ''] = SENTINEL_SET.exec(url) ?? [];
    if (set === undefined) return undefined;
    const sentinels = hosts.split(',').map((each) => readPlace(each, SENTINEL_PORT));
    const to = { sentinels, name: decodeURIComponent(name) };
    return { login: readLogin(masterLogin), secure: set === 'sentinels', to };
  } catch {
    return undefined;
  }
}

/** @throws Error where it is no host and port */
function readPlace(text: string, usualPort: number): { host: string; port: number } {
  const { hostname, port } = new URL(`redis://${text}`);
  if (hostname === '') throw new Error('there is no host');
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || usualPort) };
}

/** @throws Error where what is percent-encoded cannot be decoded */
function readLogin(text = ''): RedisAddress['login'] {
  const [username = '', ...rest] = text.split(':');
  const password = rest.join(':');
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
}
