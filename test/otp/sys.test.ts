import { afterEach, describe, expect, test, vi } from "vitest";
import { ExitError, GenServer, noReply, type Pid, reply, type Self, sys } from "../../src/index.ts";
import { ownRuntime } from "../semantics/support/own-runtime.ts";
import { exitOf, briefly as inside } from "./support/inside.ts";

const Counter = GenServer.define({
  name: "Counter",
  init: (n: number) => n,
  calls: { next: (n) => reply(n, n + 1) },
  casts: { add: (n, by: number) => n + by },
  info: { tick: (n) => noReply(n + 1, 20), timeout: (n) => n + 100 },
  formatStatus: (status) => ({ ...status, state: `about ${status.state}` }),
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("getState and replaceState read and change the state of a server", () => {
  const { runtime } = ownRuntime();
  const seen = inside(runtime, function* () {
    const server = yield* Counter.start(1, { name: "counter" });
    return [
      yield* sys.getState("counter"),
      yield* sys.replaceState(server, (n: number) => n + 1),
      yield* sys.replaceState(server, function* (n: number) {
        yield* runtime.sleep(0);
        return n * 10;
      }),
      yield* sys.getState(server),
    ];
  });
  expect(seen).toEqual([1, 2, 20, 20]);
});

test("a replaceState that throws leaves the state, and throws where it was asked for", () => {
  const { runtime, reports } = ownRuntime();
  const failure = new Error("no");
  const seen = inside(runtime, function* () {
    const server = yield* Counter.start(1);
    const failed = yield* exitOf(
      sys.replaceState(server, () => {
        throw failure;
      }),
    );
    return [failed, yield* sys.getState(server)];
  });
  expect(seen).toEqual([failure, 1]);
  expect(reports).toEqual([]);
});

test("getStatus tells of a server what formatStatus lets it", () => {
  const { runtime } = ownRuntime();
  const [status, server, self] = inside(runtime, function* (self) {
    const server = yield* Counter.start(1);
    return [yield* sys.getStatus(server), server, self.pid];
  });
  expect(status).toMatchObject({ behaviour: "GenServer", status: "running", state: "about 1" });
  expect(status.pid === server && status.name === server).toBe(true);
  // Nobody is linked to it.
  expect(status.parent === server && status.parent !== self).toBe(true);
  expect(status.dictionary.get("$initial_call")).toBe("Counter.start");
});

test("a suspended server answers sys alone; what it is sent waits, in order", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  let server!: Pid<any>;
  runtime.spawn(function* () {
    server = yield* Counter.start(0);
    yield* sys.suspend(server);
    log.push((yield* sys.getStatus(server)).status);
    Counter.cast.add(server, 5);
    log.push(yield* sys.getState(server));
    log.push(((yield* exitOf(Counter.call.next(server, { timeout: 50 }))) as ExitError).reason);
    yield* sys.resume(server);
    log.push(yield* Counter.call.next(server));
  });
  runtime.run();
  pass(50);
  expect(log).toEqual(["suspended", 0, "timeout", 6]);
});

test("a timeout that a server waits for goes on after sys has asked something", () => {
  const { runtime, pass } = ownRuntime();
  let server!: Pid<any>;
  const states: number[] = [];
  runtime.spawn(function* (self: Self) {
    server = yield* Counter.start(0);
    self.send(server, "tick");
    yield* self.sleep(10);
    states.push(yield* sys.getState(server));
    yield* self.sleep(30);
    states.push(yield* sys.getState(server));
  });
  runtime.run();
  for (let i = 0; i < 5; i++) pass(10);
  expect(states).toEqual([1, 101]);
});

test("terminate ends a server by its terminate, also when it is suspended", () => {
  const { runtime, reports } = ownRuntime();
  const log: unknown[] = [];
  const Server = GenServer.define({ init: () => 0, terminate: (reason) => log.push(reason) });
  inside(runtime, function* () {
    const [server] = yield* Server.startMonitor();
    yield* sys.suspend(server);
    yield* sys.terminate(server, "shutdown");
    yield* runtime.sleep(0);
    expect(runtime.isAlive(server)).toBe(false);
  });
  expect(log).toEqual(["shutdown"]);
  expect(reports).toEqual([]);
});

test("a suspended server ends with its parent", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const Server = GenServer.define({
    init: () => runtime.processFlag("trapExit", true),
    terminate: (reason) => log.push(reason),
  });
  runtime.spawn(function* () {
    yield* sys.suspend(yield* Server.startLink());
    runtime.exit("parent");
  });
  runtime.run();
  expect(log).toEqual(["parent"]);
  expect(runtime.processes()).toHaveLength(1);
});

describe("watching", () => {
  test("statistics counts messages", () => {
    const { runtime } = ownRuntime();
    const [before, counts, after] = inside(runtime, function* () {
      const server = yield* Counter.start(0);
      const before = yield* sys.statistics(server, "get");
      yield* sys.statistics(server, true);
      yield* Counter.call.next(server);
      Counter.cast.add(server, 1);
      const counts = yield* sys.statistics(server, "get");
      yield* sys.statistics(server, false);
      return [before, counts, yield* sys.statistics(server, "get")];
    });
    expect([before, after]).toEqual(["no_statistics", "no_statistics"]);
    expect(counts).toMatchObject({ messagesIn: 2, messagesOut: 1, startTime: expect.any(Date) });
    expect(counts.reductions).toBeGreaterThan(0);
  });

  test("log keeps the last events", () => {
    const { runtime } = ownRuntime();
    const events = inside(runtime, function* () {
      const server = yield* Counter.start(0);
      yield* sys.log(server, true, { size: 3 });
      for (let i = 0; i < 5; i++) Counter.cast.add(server, i);
      return yield* sys.log(server, "get");
    });
    expect(events).toEqual([
      ["noreply", 6],
      ["in", ["$gen_cast", ["add", 4]]],
      ["noreply", 10],
    ]);
  });

  test("trace prints each event in OTP's words", () => {
    const printed: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line: string) => printed.push(line));
    const { runtime } = ownRuntime();
    const client = inside(runtime, function* (self) {
      const server = yield* Counter.start(0, { name: "counter" });
      yield* sys.trace(server, true);
      Counter.cast.add(server, 1);
      yield* Counter.call.next(server);
      self.send(server, "tick");
      yield* sys.trace(server, false);
      Counter.cast.add(server, 1);
      return self.pid;
    });
    expect(printed).toEqual([
      '*DBG* counter got cast ["add", 1]',
      "*DBG* counter new state 1",
      `*DBG* counter got call ["next"] from ${client}`,
      `*DBG* counter sent 1 to ${client}`,
      '*DBG* counter got "tick"',
      "*DBG* counter new state 3",
    ]);
  });

  test("debug functions are told of events with a state of their own, until they are done, fail or are removed", () => {
    const { runtime } = ownRuntime();
    const log: unknown[] = [];
    inside(runtime, function* () {
      const server = yield* Counter.start(0);
      yield* sys.install(
        server,
        "count",
        (n: number, event, state) => {
          log.push([n, event[0], state]);
          return n === 2 ? "done" : n + 1;
        },
        0,
      );
      yield* sys.install(server, "fail", () => {
        throw new Error("debug");
      });
      for (let i = 0; i < 3; i++) Counter.cast.add(server, 1);
      yield* Counter.call.next(server);
      yield* sys.install(server, "again", (n) => {
        log.push("again");
        return n;
      });
      yield* sys.remove(server, "again");
      Counter.cast.add(server, 1);
      yield* sys.noDebug(server);
    });
    expect(log).toEqual([
      [0, "in", 0],
      [1, "noreply", 1],
      [2, "in", 1],
    ]);
  });

  test("a server may be watched from its start", () => {
    const { runtime } = ownRuntime();
    const counts = inside(runtime, function* () {
      const server = yield* Counter.start(0, { debug: ["statistics"] });
      yield* Counter.call.next(server);
      return yield* sys.statistics(server, "get");
    });
    expect(counts).toMatchObject({ messagesIn: 1, messagesOut: 1 });
  });
});

test("sys of nobody fails as a call does", () => {
  const { runtime } = ownRuntime();
  const failed = inside(runtime, function* () {
    return yield* exitOf(sys.getState("nobody"));
  });
  expect(failed).toBeInstanceOf(ExitError);
  expect(failed).toMatchObject({ reason: "noproc", call: ["sys.getState", "nobody", "getState"] });
});
