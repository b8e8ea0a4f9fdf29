import { expect, test } from "vitest";
import { loop, type Self } from "../../src/index.ts";
import { idle, ownRuntime, trapping } from "./support/own-runtime.ts";

test("processInfo tells what a process is and has", () => {
  const { runtime } = ownRuntime();
  const friend = runtime.spawn(idle);
  const watched = runtime.spawn(idle);
  function* server(self: Self<string>) {
    self.trapExit = true;
    self.link(friend);
    self.monitor(watched);
    self.monitor("watched by name");
    self.put("key", "value");
    yield* idle(self);
  }
  runtime.register(watched, "watched by name");
  const pid = runtime.spawnOpt(server, { name: "server", priority: "high", monitor: true })[0];
  runtime.send(pid, "hello");
  runtime.run();
  const info = runtime.processInfo(pid);
  expect({ ...info, reductions: typeof info?.reductions, monitors: new Set(info?.monitors) }).toEqual({
    pid,
    status: "waiting",
    registeredName: "server",
    links: [friend],
    monitors: new Set([watched, ["watched by name", "nonode@nohost"]]),
    monitoredBy: [runtime.self()],
    messages: ["hello"],
    messageQueueLen: 1,
    trapExit: true,
    priority: "high",
    reductions: "number",
    dictionary: new Map([["key", "value"]]),
    initialCall: "server",
  });
});

test("one item can be asked for by its name", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(trapping);
  runtime.run();
  expect(runtime.processInfo(pid, "trapExit")).toBe(true);
  expect(runtime.processInfo(pid, "initialCall")).toBe("trapping");
  expect(runtime.processInfo(pid, "registeredName")).toBeUndefined();
});

test("of a dead process there is none", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(() => undefined);
  runtime.run();
  expect(runtime.processInfo(pid)).toBeUndefined();
  expect(runtime.processInfo(pid, "links")).toBeUndefined();
});

test("a process is running for itself, runnable when its turn has still to come, waiting otherwise", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const waiting = runtime.spawn(idle);
  runtime.run();
  const status = (pid: never) => runtime.processInfo(pid, "status");
  runtime.spawn((self: Self) => {
    const child = self.spawn(idle);
    log.push(status(self.pid as never), status(child as never), status(waiting as never));
  });
  expect(status(runtime.self() as never)).toBe("running");
  runtime.run();
  expect(log).toEqual(["running", "runnable", "waiting"]);
});

test("the initial call is the name of the body, and that of its step for a loop", () => {
  const { runtime } = ownRuntime();
  function step(state: number) {
    return state;
  }
  expect(runtime.processInfo(runtime.spawn(loop(0, step)), "initialCall")).toBe("step");
  expect(runtime.processInfo(runtime.spawn(idle), "initialCall")).toBe("idle");
});

test("processes lists the living, the main process first", () => {
  const { runtime } = ownRuntime();
  const main = runtime.self();
  const one = runtime.spawn(idle);
  const dead = runtime.spawn(() => undefined);
  const two = runtime.spawn(idle);
  expect(runtime.processes()).toEqual([main, one, dead, two]);
  runtime.run();
  expect(runtime.processes()).toEqual([main, one, two]);
  runtime.exit(one, "kill");
  expect(runtime.processes()).toEqual([main, two]);
});

test("what is handed out is a copy: changing it changes no process", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<string>) {
    self.put("key", 1);
    self.link(runtime.spawn(idle));
    yield* idle(self);
  });
  runtime.send(pid, "hello");
  runtime.run();
  const info = runtime.processInfo(pid);
  info?.links.pop();
  info?.messages.pop();
  (info as unknown as { dictionary: Map<unknown, unknown> }).dictionary.clear();
  expect(runtime.processInfo(pid)).toMatchObject({ messages: ["hello"], dictionary: new Map([["key", 1]]) });
  expect(runtime.processInfo(pid, "links")).toHaveLength(1);
});
