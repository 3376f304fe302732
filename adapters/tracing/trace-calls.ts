import type { IncomingMessage, ServerResponse } from 'node:http';
import { defaultTextMapGetter, ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { Call, Gateway } from '../../src/gateway/gateway.ts';
import type { OperationName } from '../../src/operations/index.ts';
import type { Spans } from './spans.ts';

/** Asked every few seconds by whoever watches, and of interest to nobody else. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

/** A span for each request, which joins the trace of its `traceparent`. */
export function traceRequests<Request extends IncomingMessage, Response extends ServerResponse>(
  spans: Spans,
  inner: (request: Request, response: Response) => void,
): typeof inner {
  const propagator = new W3CTraceContextPropagator();
  return (request, response) => {
    const { method = '', url = '', headers } = request;
    if (PROBES.has(url)) return inner(request, response);
    const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    // The path would tell ids, and the query all that a caller says.
    const options = { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } };
    spans.begin(method, options, parent, (span) => {
      response.once('close', () => {
        const status = response.statusCode;
        span.setAttribute('http.response.status_code', status);
        if (!response.writableFinished) span.setAttribute('error.type', 'aborted');
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      });
      inner(request, response);
    });
  };
}

/** A span for each operation; the request's span is called after it. */
export function traceOperations(spans: Spans, inner: Gateway): Gateway {
  return {
    answer<Name extends OperationName>(call: Call<Name>) {
      const { operation, origin } = call;
      const span = spans.first();
      span?.updateName(`request ${operation}`);
      span?.setAttributes({ 'jobgate.operation': operation, 'jobgate.request_id': origin.requestId });
      return spans.within(operation, {}, () => inner.answer(call));
    },
  };
}
