import {
  type Context,
  createTraceState,
  INVALID_SPANID,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";

/** What a call carries from its client to its server: the headers that the program's propagator writes. */
export type Carrier = Record<string, string>;

const TRACE_PARENT = "traceparent";
const TRACE_STATE = "tracestate";

/**
 * Writes a context down, as strings: so it can be copied, and cross threads and nodes. Undefined when there is nothing to be carried.
 *
 * A program that has registered no propagator gets the W3C's `traceparent` all the same: without it no trace would reach beyond one process.
 */
export function inject(context: Context): Carrier | undefined {
  const carrier: Carrier = {};
  propagation.inject(context, carrier);
  for (const _ in carrier) return carrier;
  const span = trace.getSpanContext(context);
  if (span === undefined || span.spanId === INVALID_SPANID || !isSpanContextValid(span)) return undefined;
  carrier[TRACE_PARENT] = `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, "0")}`;
  const state = span.traceState?.serialize();
  if (state) carrier[TRACE_STATE] = state;
  return carrier;
}

/** The context that was written down. */
export function extract(carrier: unknown): Context {
  if (typeof carrier !== "object" || carrier === null) return ROOT_CONTEXT;
  const context = propagation.extract(ROOT_CONTEXT, carrier);
  if (context !== ROOT_CONTEXT) return context;
  const { [TRACE_PARENT]: parent = "", [TRACE_STATE]: state } = carrier as Carrier;
  const [, traceId, spanId, flags] = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(parent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(state === undefined ? {} : { traceState: createTraceState(state) }),
  });
}
