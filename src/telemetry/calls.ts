import {
  type Attributes,
  type Context,
  context,
  type Histogram,
  type Meter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import {
  type CallTracer,
  current,
  type From,
  GenServer,
  type Op,
  type Runtime,
  type Server,
  type Suspend,
  type TracedCall,
} from "../index.ts";
import { extract, inject } from "./carrier.ts";
import { errorType, kindOf, tagOf } from "./names.ts";
import { isWaiting, type Waiter, waitFor } from "./steps.ts";

/** s. Most calls take some µs, and those of interest longer than they should. */
const BOUNDARIES = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
  5, 10,
];

/** Methods whose attributes are kept: a program may make up any number of requests. */
const MOST_METHODS = 1000;

/** Ends what was begun; given what it has failed with, if it has. */
type End = (failed?: { readonly error: unknown }) => void;

/** Watches the calls of one runtime's servers, at both ends. */
export class Calls implements CallTracer {
  private readonly runtime: Runtime;
  private readonly tracer: Tracer;
  private readonly attributes: Attributes;
  private readonly client: Histogram;
  private readonly server: Histogram;
  private readonly methods = new Map<string, Attributes>();
  /** What is active for the host when the scheduler has its turn: somebody's who happened to send a message, say. No process is of that. */
  private around: Context = ROOT_CONTEXT;
  /** The context of the call whose handler runs. The program's own context manager may be none, or lose it. */
  private handling: Context | undefined;

  constructor(runtime: Runtime, tracer: Tracer, meter: Meter, attributes: Attributes) {
    this.runtime = runtime;
    this.tracer = tracer;
    this.attributes = attributes;
    const advice = { explicitBucketBoundaries: BOUNDARIES };
    this.client = meter.createHistogram("beamlet.client.call.duration", {
      description: "How long calls of servers take their clients, from the request to the answer.",
      unit: "s",
      advice,
    });
    this.server = meter.createHistogram("beamlet.server.call.duration", {
      description: "How long servers handle calls.",
      unit: "s",
      advice,
    });
  }

  /** The scheduler has its turn. */
  turn(): void {
    this.around = context.active();
  }

  /** In what context the running code is: that of the call it handles, or one that it has entered itself. */
  private here(): Context {
    const active = context.active();
    // After an `await` the host tells, if anybody does.
    if (current() === undefined || active !== this.around) return active;
    return this.handling ?? ROOT_CONTEXT;
  }

  call(made: TracedCall, server: Server, request: unknown): Op<unknown> {
    const parent = this.here();
    const client = current()?.pid;
    return new WatchedCall(made, () => {
      const pid = GenServer.whereis(server, { as: this.runtime });
      const kind = pid === undefined ? "" : kindOf(pid, this.runtime);
      const [inside, end] = this.begin(
        SpanKind.CLIENT,
        kind || (typeof server === "string" ? server : ""),
        request,
        () => ({
          ...(pid && { "beamlet.server.pid": `${pid}` }),
          ...(client && { "beamlet.client.pid": `${client}` }),
        }),
        parent,
        this.client,
      );
      const carried = inject(inside);
      if (carried !== undefined) made.carried = carried;
      return end;
    });
  }

  handle: CallTracer["handle"] = (callbacks, request, from, state, self) => {
    const [inside, end] = this.begin(
      SpanKind.SERVER,
      kindOf(self.pid, this.runtime),
      request,
      () => ({ "beamlet.server.pid": `${self.pid}`, "beamlet.client.pid": `${from[0]}` }),
      extract((from as From & readonly unknown[])[2]),
      this.server,
    );
    const enter = <T>(run: () => T): T => this.within(inside, run);
    let result: unknown;
    try {
      result = enter(() => callbacks.handleCall?.(request, from, state));
    } catch (thrown) {
      // What is thrown and no error stands for what is returned.
      end(thrown instanceof Error ? { error: thrown } : undefined);
      throw thrown;
    }
    if (isWaiting(result)) return this.waiting(result, self, enter, end);
    end();
    return result;
  };

  private *waiting(
    result: Generator<Suspend, unknown, unknown> | PromiseLike<unknown>,
    self: Waiter,
    enter: <T>(run: () => T) => T,
    end: End,
  ): Generator<Suspend, unknown, unknown> {
    try {
      return yield* waitFor(result, self, enter);
    } catch (thrown) {
      end(thrown instanceof Error ? { error: thrown } : undefined);
      throw thrown;
    } finally {
      end();
    }
  }

  private within<T>(inside: Context, run: () => T): T {
    const { handling } = this;
    this.handling = inside;
    try {
      return context.with(inside, run);
    } finally {
      this.handling = handling;
    }
  }

  /** Of all calls of a method. */
  private attributesOf(method: string): Attributes {
    let found = this.methods.get(method);
    if (found === undefined) {
      found = { ...this.attributes, "rpc.system.name": "beamlet", "rpc.method": method };
      if (this.methods.size < MOST_METHODS) this.methods.set(method, found);
    }
    return found;
  }

  /** Begins a span, and gives its context and what ends it. Only the first end counts. */
  private begin(
    kind: SpanKind,
    server: string,
    request: unknown,
    pids: () => Attributes,
    parent: Context,
    histogram: Histogram,
  ): [inside: Context, end: End] {
    const common = this.attributesOf([server, tagOf(request)].filter(Boolean).join("/") || "call");
    const span = this.tracer.startSpan(common["rpc.method"] as string, { kind, attributes: common }, parent);
    if (span.isRecording()) span.setAttributes(pids());
    const started = this.runtime.now();
    let isOver = false;
    const end: End = (failed) => {
      if (isOver) return;
      isOver = true;
      const seconds = (this.runtime.now() - started) / 1000;
      if (failed === undefined) histogram.record(seconds, common);
      else {
        const { error } = failed;
        const type = errorType(error);
        histogram.record(seconds, { ...common, "error.type": type });
        span.setAttribute("error.type", type);
        if (error instanceof Error) span.recordException(error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : type });
      }
      span.end();
    };
    return [trace.setSpan(parent, span), end];
  }
}

/** A call that tells when it begins and ends. As the call itself does, it begins anew whenever it is yielded or awaited. */
class WatchedCall implements Op<unknown> {
  private readonly made: Op<unknown>;
  private readonly begin: () => End;

  constructor(made: Op<unknown>, begin: () => End) {
    this.made = made;
    this.begin = begin;
  }

  *[Symbol.iterator](): Generator<Suspend, unknown, unknown> {
    const end = this.begin();
    try {
      const answer: unknown = yield* this.made;
      end();
      return answer;
    } catch (error) {
      end({ error });
      throw error;
    } finally {
      // Still under way: the client was ended meanwhile.
      end({ error: "cancelled" });
    }
  }

  // biome-ignore lint/suspicious/noThenProperty: this is what makes `await call` work
  then<R = unknown, E = never>(
    onFulfilled?: ((answer: unknown) => R | PromiseLike<R>) | null,
    onRejected?: ((error: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.promise().then(onFulfilled, onRejected);
  }

  private async promise(): Promise<unknown> {
    const end = this.begin();
    try {
      const answer: unknown = await this.made;
      end();
      return answer;
    } catch (error) {
      end({ error });
      throw error;
    }
  }
}
