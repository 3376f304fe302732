import { Router } from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import { asRefusal, type Refusal } from '../../src/errors.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import {
  answerAction,
  answerFault as answerActionFault,
  answerUnrouted as answerUnroutedAction,
} from '../action/answer.ts';
import type { ActionSettings } from '../action/decode.ts';
import {
  answerFault as answerRestFault,
  answerOptions,
  answerRest,
  answerUnrouted,
  restRoutes,
} from '../rest/answer.ts';
import type { WireAnswer } from '../wire/exchange.ts';
import { findPage } from './docs.ts';
import { matchHotRoutes } from './hot-routes.ts';
import { HttpRequest, isActionPath, originForm, type RequestSettings } from './request.ts';
import { messageOf, send, write, type SendParts } from './send.ts';
import type { Listener } from './server.ts';
import { together } from './together.ts';
import type { TrackedResponse } from './tracked-response.ts';
import { refuseHeaders, saysTwice } from './unreadable.ts';
import type { WholeRequest } from './whole-request.ts';

export interface AppParts extends RequestSettings, SendParts {
  readonly gateway: Gateway;
  readonly action: ActionSettings & { readonly path: string };
  /** Health and metrics, or the word that they are served elsewhere. */
  readonly admin: Middleware;
}

/** An answer that is ready to be sent. */
interface Answered {
  readonly request: HttpRequest;
  readonly response: TrackedResponse;
  readonly answer: WireAnswer;
}

/**
 * Takes every request. Calls of the action API, which has one path, and of the routes that the bindings call `hot` are
 * answered here; Koa and its router see to all others. Both ways lead through the same adapters and the same `send`.
 */
export function createListener(parts: AppParts): Listener {
  const { gateway, action } = parts;
  const general = createApp(parts).callback();
  const matchHot = matchHotRoutes(restRoutes());
  const actionPaths = new Set([action.path, `${action.path}/`]);

  const sendTogether = together<Answered>(parts.log, ({ request, response, answer }) =>
    send(parts, request, response, answer),
  );

  return (incoming, response) => {
    incoming.url = originForm(incoming.url);
    const request = new HttpRequest(incoming, parts);
    // Neither adapter rejects; even if one did, the process must live.
    const finish = (answering: Promise<WireAnswer>, fault: (refusal: Refusal) => WireAnswer): void => {
      answering.then(
        (answer) => sendTogether({ request, response, answer }),
        (thrown: unknown) => sendTogether({ request, response, answer: fault(asRefusal(thrown)) }),
      );
    };
    if (saysTwice(incoming.rawHeaders)) {
      send(parts, request, response, refuseHeaders(action.path, request));
      return;
    }
    if (actionPaths.has(request.path)) {
      finish(answerAction(gateway, action, request), (refusal) => answerActionFault(refusal));
      return;
    }
    const hot = matchHot(request.method, request.path);
    if (!hot) {
      void general(incoming, response);
      return;
    }
    request.params = hot.params;
    finish(answerRest(gateway, hot.operation, hot.route, request), (refusal) =>
      answerRestFault(refusal, request),
    );
  };
}

/** The HTTP application for what is not answered before it: which route a request takes. */
function createApp(parts: AppParts): Koa {
  const { gateway, action } = parts;
  const app = new Koa();
  const router = new Router({ sensitive: true, strict: true });
  // Koa hands on what the server made.
  const requestOf = ({ req }: Context, params?: Readonly<Record<string, string>>): HttpRequest =>
    new HttpRequest(req as WholeRequest, parts, params);
  const answer = (ctx: Context, request: HttpRequest, given: WireAnswer): void => {
    ctx.respond = false;
    send(parts, request, responseOf(ctx), given);
  };

  /** @param routed the methods that the path has; none where it is not known */
  const answerNoRoute = (ctx: Context, routed: readonly string[]): void => {
    const request = requestOf(ctx);
    const methods = routed.length > 0 ? [...new Set(['OPTIONS', ...routed])].toSorted() : [];
    const asks = request.method === 'OPTIONS' && methods.length > 0;
    answer(ctx, request, asks ? answerOptions(methods) : answerUnrouted(request, methods));
  };

  for (const { operation, route } of restRoutes()) {
    router.register(route.path, [route.method.toLowerCase()], async (ctx) => {
      const request = requestOf(ctx, ctx.params);
      answer(ctx, request, await answerRest(gateway, operation, route, request));
    });
  }

  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (thrown) {
      // Nothing is expected to come here, and even then no answer may leave as Koa's own plain text.
      const refusal = asRefusal(thrown);
      const request = requestOf(ctx);
      const fault = isActionPath(action.path, request.path)
        ? answerActionFault(refusal)
        : answerRestFault(refusal, request);
      answer(ctx, request, fault);
    }
  });
  app.use(parts.admin);
  app.use(async (ctx, next) => {
    const request = requestOf(ctx);
    if (!isActionPath(action.path, request.path)) return next();
    answer(ctx, request, answerUnroutedAction());
  });
  app.use((ctx, next) => {
    const page = findPage(ctx);
    if (!page) return next();
    ctx.respond = false;
    return write(parts, requestOf(ctx), responseOf(ctx), page);
  });
  const fixed = fixedPaths();
  app.use((ctx, next) => {
    // `latest` is no job that could be changed, though a path with any id has the method.
    const methods = fixed.get(ctx.path);
    return !methods || methods.has(ctx.method) ? next() : answerNoRoute(ctx, [...methods]);
  });
  app.use(router.routes());
  app.use((ctx) =>
    answerNoRoute(
      ctx,
      router.match(ctx.path, ctx.method).path.flatMap((layer) => layer.methods),
    ),
  );
  // Only what went wrong: such an error may carry the request with all that it says.
  app.on('error', (cause: unknown) =>
    parts.log.warn({ because: messageOf(cause) }, 'an answer could not be sent'),
  );
  return app;
}

/** Koa hands on what the server made. */
function responseOf({ res }: Context): TrackedResponse {
  return res as TrackedResponse;
}

/** The paths without parameters, and the methods that each has. */
function fixedPaths(): ReadonlyMap<string, ReadonlySet<string>> {
  const paths = new Map<string, Set<string>>();
  for (const { path, method } of restRoutes().map(({ route }) => route)) {
    if (path.includes(':')) continue;
    const methods = paths.get(path) ?? new Set();
    paths.set(path, methods.add(method));
    if (method === 'GET') methods.add('HEAD');
  }
  return paths;
}
