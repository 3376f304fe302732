import accepts from 'accepts';
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { LRUCache } from 'lru-cache';
import proxyAddress from 'proxy-addr';
import { readBody } from '../wire/body.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { languageOf, LANGUAGES, type Language } from '../wire/language.ts';
import type { WholeRequest } from './whole-request.ts';

/** A request id that a caller may choose: long enough to be one, and harmless in logs and headers. */
const SANE_ID = /^[A-Za-z0-9._:/+=-]{1,128}$/;

/** Addresses whose judgement is kept: to take one apart costs more than the rest of reading a request. */
const PEERS_MOST = 1_000;

/** Whether an address is a proxy whose X-Forwarded-For is believed. */
export type Trust = (address: string) => boolean;

/**
 * @param proxies addresses, networks such as `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal`
 * @throws TypeError where one is none of these
 */
export function trustProxies(proxies: readonly string[]): Trust {
  const trusts = proxyAddress.compile([...proxies]);
  const judged = new LRUCache<string, boolean>({ max: PEERS_MOST });
  return (address) => {
    const known = judged.get(address);
    if (known !== undefined) return known;
    const trusted = trusts(address, 0);
    judged.set(address, trusted);
    return trusted;
  };
}

const isLoopback = trustProxies(['loopback']);

export interface RequestSettings {
  /** Bytes. */
  readonly bodyLimit: number;
  readonly trusts: Trust;
  /** Whether a password may come over a connection that others could read. */
  readonly passwordOverHttp: boolean;
}

const NO_PARAMS: Readonly<Record<string, string>> = {};

/**
 * What the protocol adapters need to know of a request. A class, since most calls never ask for most of it: a getter
 * of a prototype costs nothing until then.
 */
export class HttpRequest implements WireRequest {
  readonly began = performance.now();
  readonly path: string;
  readonly query: string;
  params: Readonly<Record<string, string>>;
  readonly #request: WholeRequest;
  readonly #settings: RequestSettings;
  #requestId: string | undefined;

  constructor(
    request: WholeRequest,
    settings: RequestSettings,
    params: Readonly<Record<string, string>> = NO_PARAMS,
  ) {
    const target = request.url ?? '';
    const end = target.indexOf('?');
    this.path = end < 0 ? target : target.slice(0, end);
    this.query = end < 0 ? '' : target.slice(end + 1);
    this.params = params;
    this.#request = request;
    this.#settings = settings;
  }

  get method(): string {
    return this.#request.method ?? '';
  }

  get headers(): WireRequest['headers'] {
    return this.#request.headers;
  }

  /** A trusted proxy's word counts, where it is an address, with a port or not; limits and the audit trail go by it. */
  get address(): string {
    // Undefined where the caller has hung up meanwhile, whatever the types say.
    const told = (proxyAddress(this.#request, this.#settings.trusts) as string | undefined) ?? '';
    if (isIP(told)) return told;
    const bare = /^\[(.*)\](?::\d+)?$/.exec(told)?.[1] ?? told.replace(/:\d+$/, '');
    return isIP(bare) ? bare : (this.#request.socket.remoteAddress ?? '');
  }

  /** The caller's own X-Request-Id where it is sane, else a new one; the same for the whole request. */
  get requestId(): string {
    if (this.#requestId === undefined) {
      const sent = this.headers['x-request-id'];
      this.#requestId = typeof sent === 'string' && SANE_ID.test(sent) ? sent : randomUUID();
    }
    return this.#requestId;
  }

  /** Loopback and a trusted proxy are safe ways, unless the proxy itself says that it was asked over plain HTTP. */
  get passwordsRefused(): boolean {
    const { passwordOverHttp, trusts } = this.#settings;
    if (passwordOverHttp) return false;
    const peer = this.#request.socket.remoteAddress ?? '';
    // Several proxies in a row each add a word; one plain way among them can be read.
    if (trusts(peer)) return /(^|,)\s*http\s*(,|$)/i.test(String(this.headers['x-forwarded-proto']));
    return !isLoopback(peer);
  }

  get language(): Language {
    return languageOf(this.preferredLanguage(LANGUAGES));
  }

  preferredLanguage(among: readonly string[]): string | undefined {
    return accepts(this.#request).languages([...among]) || undefined;
  }

  body(): Promise<Buffer> {
    return readBody(this.#request, this.#settings.bodyLimit);
  }
}

/** Whether a path is the action API's: its own, with a slash behind it or not, or one below. */
export function isActionPath(actionPath: string, path: string): boolean {
  return path === actionPath || path.startsWith(`${actionPath}/`);
}

/**
 * A request target as path and query, as they were sent. Some clients send the whole URL, as to a proxy; what it
 * says of scheme and host is no business of ours, and need not even be right.
 */
export function originForm(target: string | undefined): string {
  // HTTP has no fragments. Whoever cuts one off takes the path for another than who does not.
  const whole = target?.includes('#') ? target.replaceAll('#', '%23') : (target ?? '');
  if (whole.startsWith('/')) return whole;
  const path = whole.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}
