import { randomUUID } from 'node:crypto';
import type { Context } from 'koa';
import proxyAddress from 'proxy-addr';
import { readBody } from '../wire/body.ts';
import type { WireRequest } from '../wire/exchange.ts';

/** A request id that a caller may choose: long enough to be one, and harmless in logs and headers. */
const SANE_ID = /^[A-Za-z0-9._:/+=-]{1,128}$/;

/** Whether an address is a proxy whose X-Forwarded-For is believed. */
export type Trust = (address: string) => boolean;

/**
 * @param proxies addresses, networks such as `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal`
 * @throws TypeError where one is none of these
 */
export function trustProxies(proxies: readonly string[]): Trust {
  const trusts = proxyAddress.compile([...proxies]);
  return (address) => trusts(address, 0);
}

/** What the protocol adapters need to know of a request. */
export function toWireRequest(
  ctx: Context,
  parts: { readonly bodyLimit: number; readonly trusts: Trust; readonly passwordOverHttp: boolean },
  params: Readonly<Record<string, string>> = {},
): WireRequest {
  const { bodyLimit, trusts } = parts;
  return {
    method: ctx.method,
    path: ctx.path,
    query: ctx.querystring,
    headers: ctx.headers,
    params,
    address: proxyAddress(ctx.req, trusts),
    requestId: requestIdOf(ctx),
    refusesPasswords: () => !parts.passwordOverHttp && isReadable(ctx, trusts),
    preferredLanguage: (among) => ctx.acceptsLanguages([...among]) || undefined,
    body: () => readBody(ctx.req, bodyLimit),
  };
}

/** Loopback and a trusted proxy are safe ways, unless the proxy itself says that it was asked over plain HTTP. */
function isReadable(ctx: Context, trusts: Trust): boolean {
  const peer = ctx.req.socket.remoteAddress ?? '';
  // Several proxies in a row each add a word; one plain way among them can be read.
  if (trusts(peer)) return /(^|,)\s*http\s*(,|$)/i.test(ctx.get('x-forwarded-proto'));
  return !isLoopback(peer);
}

const isLoopback = trustProxies(['loopback']);

/** The caller's own X-Request-Id where it is sane, else a new one; the same for the whole request. */
export function requestIdOf(ctx: Context): string {
  const state = ctx.state as { requestId?: string };
  if (state.requestId === undefined) {
    const sent = ctx.get('x-request-id');
    state.requestId = SANE_ID.test(sent) ? sent : randomUUID();
  }
  return state.requestId;
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
  const path = (target ?? '').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}
