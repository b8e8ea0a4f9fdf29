import { type Attributes, type MeterProvider, metrics, type TracerProvider, trace } from "@opentelemetry/api";
import { defaultRuntime, inspect, type Runtime, UsageError } from "../index.ts";
import type { Machine } from "../machine.ts";
import { Calls } from "./calls.ts";
import { observe } from "./gauges.ts";
import { isWatched, unwatchCalls, watchCalls } from "./hub.ts";
import { Reported } from "./reported.ts";
import { watchReports } from "./reports.ts";
import { Work } from "./work.ts";

/** The name of the meter and of the tracer. */
const SCOPE = "beamlet";

/** Options of `instrument`. */
export interface InstrumentOptions {
  /** What metrics go to. Default: the one that the program has registered with `@opentelemetry/api`. */
  readonly meterProvider?: MeterProvider;
  /** What spans go to. Default: the one that the program has registered with `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider;
  /** Attributes of every metric and span, such as those that tell two runtimes of one program apart. */
  readonly attributes?: Attributes;
}

/** A runtime that is measured. Disposing of it stops that. */
export interface Instrumentation extends Disposable {
  /** Ends the measuring: the runtime is what it was before. Once is enough, more do nothing. */
  stop(): void;
}

/**
 * Measures a runtime, the default one if none is given: its processes, mailboxes, messages, crashes, restarts and calls become OpenTelemetry metrics, and
 * each call of a server two spans, the client's and the server's.
 *
 * *Throws* `TypeError` for what is no runtime, `UsageError` when the runtime is measured already.
 */
export function instrument(runtime: Runtime = defaultRuntime(), options: InstrumentOptions = {}): Instrumentation {
  const machine = runtime as Machine;
  if (typeof machine?.core !== "object") throw new TypeError(`instrument: expected a runtime, got ${inspect(runtime)}`);
  if (isWatched(runtime)) throw new UsageError("instrument: the runtime is measured already; stop that first");
  const { meterProvider = metrics.getMeterProvider(), tracerProvider = trace.getTracerProvider() } = options;
  const { attributes = {} } = options;
  const meter = meterProvider.getMeter(SCOPE);
  const calls = new Calls(runtime, tracerProvider.getTracer(SCOPE), meter, attributes);
  const reported = new Reported(runtime, meter, attributes);
  const work = new Work(machine, () => calls.turn());
  const stopObserving = observe(machine, work, meter, attributes);
  const stopWatching = watchReports(runtime, reported.see);
  watchCalls(runtime, calls);

  let isStopped = false;
  const stop = (): void => {
    if (isStopped) return;
    isStopped = true;
    unwatchCalls(runtime);
    stopWatching();
    stopObserving();
    work.stop();
    reported.stop();
  };
  return { stop, [Symbol.dispose]: stop };
}
