import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { instrument } from "beamlet/telemetry";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { createRuntime, GenServer, type Op, type Runtime, reply, type Suspend } from "../../../src/index.ts";

// As a program on Node has it: with a context manager and a propagator of its own.

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer("test");

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
});
beforeEach(() => exporter.reset());
afterAll(async () => {
  context.disable();
  propagation.disable();
  await provider.shutdown();
});

function measured(): Runtime {
  const runtime = createRuntime();
  const telemetry = instrument(runtime, { tracerProvider: provider });
  onTestFinished(async () => {
    telemetry.stop();
    await runtime.stop();
  });
  return runtime;
}

const Inner = GenServer.define({
  name: "Inner",
  init: () => 0,
  calls: {
    user: (state) => reply(propagation.getActiveBaggage()?.getEntry("user")?.value, state),
  },
});

/** Asks Inner, each in its own way. */
const Outer = GenServer.define({
  name: "Outer",
  init: (inner: string) => inner,
  calls: {
    *generator(inner) {
      return reply(yield* Inner.call.user(inner), inner);
    },
    async promise(inner, runtime: Runtime) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return reply(await Inner.call.user(inner, { as: runtime }), inner);
    },
  },
});

async function servers(runtime: Runtime): Promise<void> {
  await Inner.start({ as: runtime, name: "inner" });
  await Outer.start("inner", { as: runtime, name: "outer" });
}

/** Calls within a span and with baggage. */
async function within<T>(ask: () => Op<T>): Promise<T> {
  const baggage = propagation.createBaggage({ user: { value: "joe" } });
  return await tracer.startActiveSpan("request", (span) =>
    context.with(propagation.setBaggage(context.active(), baggage), async () => {
      try {
        return await ask();
      } finally {
        span.end();
      }
    }),
  );
}

/** The spans from the outermost to the innermost, each the child of the one before. */
function chain(): string[] {
  const spans = exporter.getFinishedSpans();
  const found: string[] = [];
  let parent: string | undefined;
  for (;;) {
    const span = spans.find((each) => each.parentSpanContext?.spanId === parent);
    if (span === undefined) return found;
    found.push(`${SpanKind[span.kind]} ${span.name}`);
    parent = span.spanContext().spanId;
  }
}

const CHAIN = (way: string) => [
  "INTERNAL request",
  `CLIENT Outer/${way}`,
  `SERVER Outer/${way}`,
  "CLIENT Inner/user",
  "SERVER Inner/user",
];

test("from a request of the host through a generator's handler into the next server: one trace, and its baggage", async () => {
  const runtime = measured();
  await servers(runtime);
  exporter.reset();
  expect(await within(() => Outer.call.generator("outer", { as: runtime }))).toBe("joe");
  expect(chain()).toEqual(CHAIN("generator"));
});

test("the same through an async handler, after it has awaited", async () => {
  const runtime = measured();
  await servers(runtime);
  exporter.reset();
  expect(await within(() => Outer.call.promise("outer", runtime, { as: runtime }))).toBe("joe");
  expect(chain()).toEqual(CHAIN("promise"));
});

function* asking(): Generator<Suspend, unknown, unknown> {
  return yield* Inner.call.user("inner");
}

test("a process that only gets its turn in a request's time is not of that request", async () => {
  const runtime = measured();
  await servers(runtime);
  exporter.reset();
  // The message of the request wakes the scheduler: its turn runs in the request's context.
  const asked = within(() => runtime.run(asking) as unknown as Op<unknown>);
  expect(await asked).toBe(undefined);
  const roots = exporter.getFinishedSpans().filter((span) => span.parentSpanContext === undefined);
  expect(roots.map(({ name }) => name).sort()).toEqual(["Inner/user", "request"]);
});

test("a span that a handler enters itself is the parent of what it calls there", async () => {
  const runtime = measured();
  await servers(runtime);
  const Entering = GenServer.define({
    name: "Entering",
    init: () => 0,
    calls: {
      *go(state) {
        const span = tracer.startSpan("work");
        const ask = context.with(trace.setSpan(context.active(), span), () => Inner.call.user("inner"));
        yield* ask;
        span.end();
        return reply("done", state);
      },
    },
  });
  const server = await Entering.start({ as: runtime });
  exporter.reset();
  await Entering.call.go(server as never);
  expect(chain()).toEqual([
    "CLIENT Entering/go",
    "SERVER Entering/go",
    "INTERNAL work",
    "CLIENT Inner/user",
    "SERVER Inner/user",
  ]);
});
