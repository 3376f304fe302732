import type { Middleware } from 'koa';
import type { Metrics } from './metrics.ts';

/** Whether the instance may be sent traffic; else why not. */
export type Readiness = () => Promise<{ readonly ready: boolean; readonly because?: string }>;

/** What orchestrators and Prometheus ask: alive, ready, and the numbers. */
export function adminRoutes(readiness: Readiness, metrics: Metrics): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
    switch (ctx.path) {
      case '/healthz':
        ctx.body = { status: 'ok' };
        return;
      case '/readyz': {
        const { ready, because } = await readiness();
        ctx.status = ready ? 200 : 503;
        ctx.body = ready ? { status: 'ready' } : { status: 'not ready', because };
        return;
      }
      case '/metrics': {
        const { type, text } = await metrics.scrape();
        ctx.body = text;
        ctx.set('content-type', type);
        return;
      }
      default:
        return next();
    }
  };
}

export const ADMIN_PATHS = new Set(['/healthz', '/readyz', '/metrics']);

/** Where these have a port of their own, a probe of the public one must not look as if all were well. */
export const adminElsewhere: Middleware = async (ctx, next) => {
  if (!ADMIN_PATHS.has(ctx.path)) return next();
  ctx.status = 404;
  ctx.body = { status: 'served on ADMIN_PORT' };
};
