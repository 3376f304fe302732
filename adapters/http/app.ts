import { Router } from '@koa/router';
import type { IncomingMessage } from 'node:http';
import Koa, { type Context, type Middleware } from 'koa';
import { asRefusal } from '../../src/errors.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { Log } from '../../src/ports.ts';
import {
  answerAction,
  answerFault as answerActionFault,
  answerUnrouted as answerUnroutedAction,
} from '../action/answer.ts';
import type { ActionSettings } from '../action/decode.ts';
import { answerFault as answerRestFault, answerRest, answerUnrouted, restRoutes } from '../rest/answer.ts';
import type { WireAnswer } from '../wire/exchange.ts';
import { findPage } from './docs.ts';
import type { Metrics } from './metrics.ts';
import { isActionPath, originForm, requestIdOf, toWireRequest, type Trust } from './request.ts';

export interface AppParts {
  readonly gateway: Gateway;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly action: ActionSettings & { readonly path: string };
  /** Bytes. */
  readonly bodyLimit: number;
  readonly trusts: Trust;
  /** True while the process is on its way out: connections are not kept. */
  readonly draining: () => boolean;
  /** Health and metrics, or the word that they are served elsewhere. */
  readonly admin: Middleware;
}

/** The one HTTP application: which protocol a request speaks, and what is logged and counted of it. */
export function createApp(parts: AppParts): Koa {
  const { gateway, action } = parts;
  const app = new Koa();
  const router = new Router({ sensitive: true, strict: true });

  for (const { operation, route } of restRoutes()) {
    router.register(route.path, [route.method.toLowerCase()], async (ctx) => {
      const request = toWireRequest(ctx, parts, ctx.params);
      send(parts, ctx, await answerRest(gateway, operation, route, request));
    });
  }

  app.use(async (ctx, next) => {
    ctx.state.began = performance.now();
    ctx.req.url = originForm(ctx.req.url);
    try {
      await next();
    } catch (thrown) {
      // Nothing is expected to come here, and even then no answer may leave as Koa's own plain text.
      const refusal = asRefusal(thrown);
      const answer = isActionPath(action.path, ctx.path)
        ? answerActionFault(refusal)
        : answerRestFault(refusal, toWireRequest(ctx, parts));
      send(parts, ctx, answer);
    }
  });
  app.use(parts.admin);
  app.use(async (ctx, next) => {
    const { path } = ctx;
    if (!isActionPath(action.path, path)) return next();
    // Both spellings are served as they are: some clients do not follow redirects, and sign the path they sent.
    const known = path.length <= action.path.length + 1;
    const request = toWireRequest(ctx, parts);
    send(parts, ctx, known ? await answerAction(gateway, action, request) : answerUnroutedAction());
  });
  app.use((ctx, next) => {
    const page = findPage(ctx);
    if (!page) return next();
    return write(parts, ctx, page);
  });
  app.use(router.routes());
  app.use((ctx) => {
    const pathExists = router.match(ctx.path, ctx.method).path.length > 0;
    send(parts, ctx, answerUnrouted(toWireRequest(ctx, parts), pathExists));
  });
  // Only what went wrong: such an error may carry the request with all that it says.
  app.on('error', (cause: unknown) =>
    parts.log.warn({ because: messageOf(cause) }, 'an answer could not be sent'),
  );
  return app;
}

/** Writes an answer, and tells log and metrics of the call. */
function send(parts: AppParts, ctx: Context, answer: WireAnswer): void {
  write(parts, ctx, answer);
  record(parts, ctx, answer);
}

function write(
  parts: AppParts,
  ctx: Context,
  { status, headers, body }: Pick<WireAnswer, 'status' | 'headers' | 'body'>,
): void {
  ctx.status = status;
  ctx.body = typeof body === 'string' ? Buffer.from(body) : (body ?? null);
  ctx.status = status;
  // After the body: Koa sets a content type of its own for bytes.
  ctx.set({ ...headers, 'x-request-id': requestIdOf(ctx) });
  if (parts.draining() || hasUnreadBody(ctx.req)) ctx.set('connection', 'close');
}

/** A body that was not read to its end would be taken for the next request of the connection. */
function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  const sent = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return sent && !complete;
}

/** One line and one count per call. Names and numbers only: no value of a caller is written down. */
function record({ log, metrics }: AppParts, ctx: Context, { status, outcome }: WireAnswer): void {
  const milliseconds = performance.now() - Number(ctx.state.began);
  metrics.call(outcome, milliseconds / 1000);
  const { cause, ...told } = outcome;
  const line = { requestId: requestIdOf(ctx), ...told, status, ms: Math.round(milliseconds * 100) / 100 };
  if (told.reason === 'internal') log.error({ ...line, cause }, 'call');
  // While a database is away every call says the same: its message will do.
  else if (told.reason === 'unavailable') log.warn({ ...line, because: messageOf(cause) }, 'call');
  else log.info(line, 'call');
}

function messageOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}
