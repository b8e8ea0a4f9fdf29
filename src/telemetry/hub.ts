import { type CallTracer, type Runtime, traceCalls } from "../index.ts";

/** The runtimes whose calls are watched. OTP knows one tracer at most. */
const watched = new Map<Runtime, CallTracer>();

const hub: CallTracer = {
  call: (made, server, request, runtime, tag) =>
    tag === "$gen_call" ? watched.get(runtime)?.call(made, server, request, runtime, tag) : undefined,
  handle(callbacks, request, from, state, self) {
    const tracer = watched.get(self.runtime);
    return tracer === undefined
      ? callbacks.handleCall?.(request, from, state)
      : tracer.handle(callbacks, request, from, state, self);
  },
};

export function isWatched(runtime: Runtime): boolean {
  return watched.has(runtime);
}

export function watchCalls(runtime: Runtime, tracer: CallTracer): void {
  watched.set(runtime, tracer);
  traceCalls(hub);
}

/** When none is left, calls cost no more than before the first. */
export function unwatchCalls(runtime: Runtime): void {
  watched.delete(runtime);
  if (watched.size === 0) traceCalls(undefined);
}
