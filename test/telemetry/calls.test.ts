import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Histogram } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { describe, expect, test } from "vitest";
import {
  Agent,
  type From,
  GenServer,
  noReply,
  type Op,
  Registry,
  type Runtime,
  reply,
  type Self,
  sleep,
} from "../../src/index.ts";
import { begin, briefly, exitOf } from "../otp/support/inside.ts";
import { gate, ownRuntime, settle } from "../semantics/support/own-runtime.ts";
import { measure } from "./support/measured.ts";

const Stack = GenServer.define({
  name: "Stack",
  init: (items: number[]) => items,
  calls: {
    pop: (items) => reply(items[0], items.slice(1)),
    fail: (): never => {
      throw new RangeError("empty");
    },
    later: (items, from: From<string>[]) => {
      from.push(GenServer.from());
      return noReply(items);
    },
  },
});

/** Asks a Stack, and then asks again. */
const Front = GenServer.define({
  name: "Front",
  init: (stack: string) => stack,
  calls: {
    *both(stack) {
      const first: unknown = yield* Stack.call.pop(stack);
      const second: unknown = yield* Stack.call.pop(stack);
      return reply([first, second], stack);
    },
  },
});

const shapeOf = ({ name, kind, attributes, status }: ReadableSpan) => [
  name,
  SpanKind[kind],
  attributes["error.type"],
  SpanStatusCode[status.code],
];
const sumOf = (point: { value: unknown } | undefined) => (point?.value as Histogram | undefined)?.sum;
const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId;
const parentOf = (span: ReadableSpan | undefined) => span?.parentSpanContext?.spanId;

function stackIn(runtime: Runtime, items: number[], name = "stack"): void {
  briefly(runtime, () => Stack.start(items, { name }) as Op<unknown>);
}

describe("a call", () => {
  test("has a span of its client and one of its server, which is the other's child", () => {
    const { runtime } = ownRuntime();
    const { spans } = measure(runtime);
    stackIn(runtime, [1]);
    expect(briefly(runtime, () => Stack.call.pop("stack") as Op<unknown>)).toBe(1);
    const [server, client, ...more] = spans();
    expect(more).toEqual([]);
    expect([server, client].map((span) => shapeOf(span as ReadableSpan))).toEqual([
      ["Stack/pop", "SERVER", undefined, "UNSET"],
      ["Stack/pop", "CLIENT", undefined, "UNSET"],
    ]);
    expect(parentOf(client)).toBe(undefined);
    expect(parentOf(server)).toBe(idOf(client));
    expect(server?.spanContext().traceId).toBe(client?.spanContext().traceId);
    const pid = `${runtime.whereis("stack")}`;
    expect(server?.attributes).toEqual({
      "rpc.system.name": "beamlet",
      "rpc.method": "Stack/pop",
      "beamlet.server.pid": pid,
      "beamlet.client.pid": client?.attributes["beamlet.client.pid"],
    });
    expect(client?.attributes["beamlet.server.pid"]).toBe(pid);
  });

  test("is named by its server's module, whatever the server is called by", () => {
    const { runtime } = ownRuntime();
    const { spans } = measure(runtime);
    briefly(runtime, function* () {
      yield* Registry.startLink({ keys: "unique", name: "registry" });
      const pid = yield* Stack.start([1, 2, 3, 4], { name: Registry.via("registry", "mine") });
      yield* Stack.call.pop(pid);
      yield* Stack.call.pop(Registry.via("registry", "mine"));
      yield* GenServer.call(pid, ["pop"]);
      const agent = yield* Agent.start(() => 5);
      yield* Agent.get(agent, (state: number) => state);
    });
    const clients = spans().filter(({ kind }) => kind === SpanKind.CLIENT);
    expect(clients.map(({ name }) => name).slice(-4)).toEqual(["Stack/pop", "Stack/pop", "Stack/pop", "get"]);
  });

  test("that a handler makes is the child of the call it handles, in generators as well after they waited", () => {
    const { runtime } = ownRuntime();
    const { spans } = measure(runtime);
    stackIn(runtime, [1, 2]);
    briefly(runtime, function* () {
      const front = yield* Front.start("stack");
      expect(yield* Front.call.both(front)).toEqual([1, 2]);
    });
    const all = spans();
    const [outerServer, outerClient] = all.filter(({ name }) => name === "Front/both");
    const inner = all.filter(({ name, kind }) => name === "Stack/pop" && kind === SpanKind.CLIENT);
    expect(inner.map(parentOf)).toEqual([idOf(outerServer), idOf(outerServer)]);
    expect(parentOf(outerServer)).toBe(idOf(outerClient));
    expect(new Set(all.map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  test("of another process is none of a handler's that waits meanwhile", () => {
    const { runtime } = ownRuntime();
    const { spans } = measure(runtime);
    stackIn(runtime, [1, 2, 3]);
    briefly(runtime, function* () {
      const front = yield* Front.start("stack");
      yield* Front.call.both(front);
    });
    briefly(runtime, () => Stack.call.pop("stack") as Op<unknown>);
    const last = spans().at(-1);
    expect([last?.name, parentOf(last)]).toEqual(["Stack/pop", undefined]);
  });

  test("of host code is the child of the span that is active there", async () => {
    const { runtime } = ownRuntime();
    const { spans } = measure(runtime);
    stackIn(runtime, [1]);
    const parent = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
    const manager = {
      active: () => trace.setSpanContext(ROOT_CONTEXT, parent),
      with: (_: unknown, run: (...args: unknown[]) => unknown, self: unknown, ...args: unknown[]) =>
        run.call(self, ...args),
      bind: (_: unknown, target: unknown) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    };
    expect(context.setGlobalContextManager(manager as never)).toBe(true);
    let answer: Promise<unknown>;
    try {
      answer = Stack.call.pop("stack", { as: runtime }).then((value) => value) as Promise<unknown>;
    } finally {
      context.disable();
    }
    runtime.run();
    expect(await answer).toBe(1);
    const client = spans().find(({ kind }) => kind === SpanKind.CLIENT);
    expect(client?.spanContext().traceId).toBe(parent.traceId);
    expect(parentOf(client)).toBe(parent.spanId);
  });

  test("that fails has the reason in both spans, and the exception", () => {
    const { runtime } = ownRuntime();
    const { spans } = measure(runtime);
    stackIn(runtime, []);
    briefly(runtime, () => exitOf(Stack.call.fail("stack") as Op<unknown>));
    const [server, client] = spans();
    expect(shapeOf(server as ReadableSpan)).toEqual(["Stack/fail", "SERVER", "RangeError", "ERROR"]);
    expect(shapeOf(client as ReadableSpan)).toEqual(["Stack/fail", "CLIENT", "RangeError", "ERROR"]);
    expect(server?.events[0]?.attributes?.["exception.message"]).toBe("empty");
  });

  test("of nobody, and one that is not answered in time, fail as such", () => {
    const { runtime, pass } = ownRuntime();
    const { spans } = measure(runtime);
    briefly(runtime, () => exitOf(GenServer.call("nobody", ["pop"]) as Op<unknown>));
    stackIn(runtime, []);
    const held: From<string>[] = [];
    begin(runtime, () => exitOf(Stack.call.later("stack", held, { timeout: 100 }) as Op<unknown>));
    pass(100);
    expect(spans().map(shapeOf)).toEqual([
      ["nobody/pop", "CLIENT", "noproc", "ERROR"],
      ["Stack/later", "SERVER", undefined, "UNSET"],
      ["Stack/later", "CLIENT", "timeout", "ERROR"],
    ]);
  });

  test("that is cut short by its client's end is cancelled", () => {
    const { runtime } = ownRuntime();
    const { spans } = measure(runtime);
    stackIn(runtime, []);
    const client = runtime.spawn(function* () {
      yield* Stack.call.later("stack", []);
    });
    runtime.run();
    runtime.exit(client, "kill");
    runtime.run();
    expect(spans().map(shapeOf).at(-1)).toEqual(["Stack/later", "CLIENT", "cancelled", "ERROR"]);
  });

  test("that is answered later lasts until then; its handler does not", async () => {
    const { runtime, pass } = ownRuntime();
    const { collect } = measure(runtime);
    stackIn(runtime, []);
    const held: From<string>[] = [];
    const asked = begin(runtime, () => Stack.call.later("stack", held) as Op<unknown>);
    pass(1000);
    GenServer.reply(held[0] as From<string>, "at last");
    runtime.run();
    expect(asked.outcome()).toEqual({ value: "at last" });
    const metrics = await collect();
    const sums = ["client", "server"].map((side) => {
      const { points } = metrics.get(`beamlet.${side}.call.duration`) ?? { points: [] };
      expect(points.map(({ attributes }) => attributes)).toEqual([
        { "rpc.system.name": "beamlet", "rpc.method": "Stack/later" },
      ]);
      return sumOf(points[0]);
    });
    expect(sums).toEqual([1, 0]);
  });

  test("awaits its handler's promise, and times that", async () => {
    const { runtime, pass } = ownRuntime();
    const { spans, collect } = measure(runtime);
    const { promise, open } = gate<number>();
    const Slow = GenServer.define({
      name: "Slow",
      init: () => 0,
      calls: { get: async (state) => reply(await promise, state) },
    });
    const asked = begin(runtime, function* () {
      const server = yield* Slow.start();
      return (yield* Slow.call.get(server)) as unknown;
    });
    pass(250);
    open(7);
    await settle(runtime);
    expect(asked.outcome()).toEqual({ value: 7 });
    expect(spans().map(shapeOf)).toEqual([
      ["Slow/get", "SERVER", undefined, "UNSET"],
      ["Slow/get", "CLIENT", undefined, "UNSET"],
    ]);
    const point = (await collect()).get("beamlet.server.call.duration")?.points[0];
    expect(sumOf(point)).toBe(0.25);
  });
});

test("failed calls stand apart in the histogram, with the type of their error", async () => {
  const { runtime } = ownRuntime();
  const { collect } = measure(runtime);
  briefly(runtime, () => exitOf(GenServer.call("nobody", ["pop"]) as Op<unknown>));
  const points = (await collect()).get("beamlet.client.call.duration")?.points;
  expect(points?.map(({ attributes }) => attributes)).toEqual([
    { "rpc.system.name": "beamlet", "rpc.method": "nobody/pop", "error.type": "noproc" },
  ]);
});

test("the context of a call stands in its message, as headers, and only there", () => {
  const { runtime } = ownRuntime();
  const { spans } = measure(runtime);
  const seen: unknown[] = [];
  const server = runtime.spawn(function* (self: Self<unknown>) {
    const [, from] = (yield* self.receive()) as [string, From];
    seen.push((from as From & readonly unknown[])[2]);
    GenServer.reply(from, "done");
  });
  expect(briefly(runtime, () => GenServer.call(server, "ping") as Op<unknown>)).toBe("done");
  const { traceId, spanId } = (spans()[0] as ReadableSpan).spanContext();
  expect(seen).toEqual([{ traceparent: `00-${traceId}-${spanId}-01` }]);
});

test("a server handles calls of programs that are not measured, and the other way round", () => {
  const { runtime } = ownRuntime();
  stackIn(runtime, [1, 2, 3]);
  const before = begin(runtime, function* (self: Self<unknown>) {
    yield* self.receive();
    return (yield* Stack.call.pop("stack")) as unknown;
  });
  const { telemetry, spans } = measure(runtime);
  // As from a program without telemetry: no context in the message.
  briefly(runtime, function* (self: Self<unknown>) {
    const ref = self.monitor("stack", { alias: "replyDemonitor" });
    self.send("stack", ["$gen_call", [self.pid, ref], ["pop"]]);
    expect((yield* self.receive()) as unknown).toEqual([ref, 1]);
  });
  expect(spans().map(shapeOf)).toEqual([["Stack/pop", "SERVER", undefined, "UNSET"]]);
  expect(parentOf(spans()[0])).toBe(undefined);
  telemetry.stop();
  expect(briefly(runtime, () => Stack.call.pop("stack") as Op<unknown>)).toBe(2);
  expect(before.outcome()).toBe(undefined);
  expect(spans()).toHaveLength(1);
});

test("messages may be copied: the context is copied with them", () => {
  const { runtime } = ownRuntime({ messages: "clone" });
  const { spans } = measure(runtime);
  stackIn(runtime, [1]);
  expect(briefly(runtime, () => Stack.call.pop("stack") as Op<unknown>)).toBe(1);
  const [server, client] = spans();
  expect(parentOf(server)).toBe(idOf(client));
});

test("a request is asked for as often as its operation is yielded", () => {
  const { runtime } = ownRuntime();
  const { spans } = measure(runtime);
  stackIn(runtime, [1, 2]);
  briefly(runtime, function* () {
    const pop = Stack.call.pop("stack") as Op<unknown>;
    expect([yield* pop, yield* pop]).toEqual([1, 2]);
  });
  const servers = spans().filter(({ kind }) => kind === SpanKind.SERVER);
  const clients = spans().filter(({ kind }) => kind === SpanKind.CLIENT);
  expect(servers.map(parentOf)).toEqual(clients.map(idOf));
});

test("GenServer.from() is there in handlers that are measured", () => {
  const { runtime } = ownRuntime();
  measure(runtime);
  const seen: unknown[] = [];
  const Asker = GenServer.define({
    init: () => 0,
    calls: {
      *who(state: number) {
        seen.push(GenServer.from()[0]);
        yield* sleep(0);
        return reply(GenServer.from()[0], state);
      },
    },
  });
  const client = briefly(runtime, function* (self: Self<unknown>) {
    const server = yield* Asker.start();
    const who = yield* Asker.call.who(server);
    return [who, self.pid];
  });
  expect(seen).toEqual([client[1]]);
  expect(client[0]).toBe(client[1]);
});
