import { AsyncLocalStorage } from 'node:async_hooks';
import {
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';

/** Spans, each the child of the one that is under way where it begins. */
export interface Spans {
  /** Begins a span that has no parent here, and runs work with it under way. Whoever begins it ends it. */
  begin(name: string, options: SpanOptions, parent: Context, work: (span: Span) => void): void;
  /** Runs work in a span of its own, if one is under way: what nobody called for belongs to no trace. */
  within<Result>(name: string, options: SpanOptions, work: () => Promise<Result>): Promise<Result>;
  /** The span under way. */
  present(): Span | undefined;
  /** The span that was begun for what is under way. */
  first(): Span | undefined;
}

/** A context is not kept by the API's global manager: several gateways may run in one process. */
export function createSpans(tracer: Tracer): Spans {
  const underWay = new AsyncLocalStorage<{ readonly context: Context; readonly first: Span }>();
  const present = (): Span | undefined => {
    const found = underWay.getStore();
    return found && trace.getSpan(found.context);
  };
  return {
    begin(name, options, parent, work) {
      const span = tracer.startSpan(name, options, parent);
      underWay.run({ context: trace.setSpan(parent, span), first: span }, () => work(span));
    },

    async within(name, options, work) {
      const around = underWay.getStore();
      if (!around) return work();
      const span = tracer.startSpan(name, options, around.context);
      try {
        return await underWay.run({ ...around, context: trace.setSpan(around.context, span) }, work);
      } catch (thrown) {
        markFailed(span, thrown);
        throw thrown;
      } finally {
        span.end();
      }
    },

    present,
    first: () => underWay.getStore()?.first,
  };
}

/** Says how something failed by its name alone: messages of drivers repeat statements and values. */
function markFailed(span: Span, thrown: unknown): void {
  const { code, reason, name } = Object(thrown) as { code?: unknown; reason?: unknown; name?: unknown };
  const type = [reason, code, name].find((each) => typeof each === 'string') ?? 'unknown';
  span.setAttribute('error.type', type);
  // A refusal that the caller can mend is no failure of ours.
  const refused = reason !== undefined && reason !== 'internal' && reason !== 'unavailable';
  if (!refused) span.setStatus({ code: SpanStatusCode.ERROR });
}
