import { expect, test } from "vitest";
import { NoProcessError, type Pid, type Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown, trapping } from "./support/own-runtime.ts";

/** Ends with the reason it is sent. */
function* mortal(self: Self<{ reason: unknown }>) {
  const { reason } = yield* self.receive();
  self.exit(reason);
}

/** Waits, linked to `others`. */
function* linked(self: Self<unknown>, ...others: Pid<never>[]) {
  for (const other of others) self.link(other);
  yield* idle(self);
}

test("an abnormal end of one ends the other, with the same reason", () => {
  for (const reason of ["boom", "shutdown", ["shutdown", 1], "kill", new Error("boom"), undefined]) {
    const { runtime } = ownRuntime();
    const one = runtime.spawn(mortal);
    const two = runtime.spawn(linked, one);
    const ref = runtime.monitor(two);
    runtime.run();
    runtime.send(one, { reason });
    runtime.run();
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([["DOWN", ref, "process", two, reason]]);
  }
});

test("a normal end of one leaves the other alive, and the link is gone", () => {
  const { runtime } = ownRuntime();
  const one = runtime.spawn(mortal);
  const two = runtime.spawn(linked, one);
  runtime.run();
  runtime.send(one, { reason: "normal" });
  runtime.run();
  expect(runtime.isAlive(one)).toBe(false);
  expect(runtime.isAlive(two)).toBe(true);
  expect(runtime.processInfo(two, "links")).toEqual([]);
});

test("a link has two ends: it does not matter who made it", () => {
  const { runtime } = ownRuntime();
  const one = runtime.spawn(idle);
  const two = runtime.spawn(linked, one);
  runtime.run();
  expect(runtime.processInfo(one, "links")).toEqual([two]);
  expect(runtime.processInfo(two, "links")).toEqual([one]);
  runtime.exit(two, "boom");
  expect([runtime.isAlive(one), runtime.isAlive(two)]).toEqual([false, false]);
});

test("the reason travels along a chain of any length, and around a circle", () => {
  const { runtime, reports } = ownRuntime();
  const error = new Error("the first cause");
  const chain: Pid<never>[] = [runtime.spawn(idle)];
  for (let n = 1; n < 10_000; n++) chain.push(runtime.spawn(linked, chain[n - 1] as Pid));
  const last = chain.at(-1) as Pid;
  const circle = runtime.spawn(linked, chain[0] as Pid, last);
  const ref = runtime.monitor(last);
  runtime.run();
  runtime.exit(chain[5000] as Pid, error);
  runtime.run();
  expect(chain.filter((pid) => runtime.isAlive(pid))).toEqual([]);
  expect(runtime.isAlive(circle)).toBe(false);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([["DOWN", ref, "process", last, error]]);
  expect(reports).toEqual([]);
});

test("the chain stops at a process that traps exits", () => {
  const { runtime } = ownRuntime();
  const before = runtime.spawn(idle);
  const wall = runtime.spawn(function* (self: Self<unknown>) {
    self.link(before);
    yield* trapping(self);
  });
  const behind = runtime.spawn(linked, wall);
  runtime.run();
  runtime.exit(before, "boom");
  runtime.run();
  expect(runtime.processInfo(wall, "messages")).toEqual([["EXIT", before, "boom"]]);
  expect(runtime.isAlive(behind)).toBe(true);
});

test("linking twice makes one link, and one unlink ends it", () => {
  const { runtime } = ownRuntime();
  const one = runtime.spawn(idle);
  const two = runtime.spawn(function* (self: Self<unknown>) {
    expect(self.link(one)).toBe(true);
    expect(self.link(one)).toBe(true);
    expect(runtime.processInfo(self.pid, "links")).toEqual([one]);
    expect(self.unlink(one)).toBe(true);
    expect(runtime.processInfo(self.pid, "links")).toEqual([]);
    yield* idle(self);
  });
  runtime.run();
  runtime.exit(one, "boom");
  expect(runtime.isAlive(two)).toBe(true);
});

test("either end may unlink; unlinking what is not linked, or dead, is true and does nothing", () => {
  const { runtime } = ownRuntime();
  const dead = runtime.spawn(() => undefined);
  runtime.run();
  const one = runtime.spawn(linked);
  const two = runtime.spawn(function* (self: Self<string>) {
    self.link(one);
    yield* self.receive();
  });
  runtime.run();
  runtime.spawn((self: Self) => {
    expect(self.unlink(one)).toBe(true);
    expect(self.unlink(dead)).toBe(true);
    expect(self.unlink(self.pid)).toBe(true);
  });
  runtime.run();
  expect(runtime.processInfo(one, "links")).toEqual([two]);
});

// Erlang: link(self()) is true.
test("a link to oneself is true and nothing else", () => {
  const { runtime } = ownRuntime();
  runtime.spawn((self: Self) => {
    expect(self.link(self.pid)).toBe(true);
    expect(runtime.processInfo(self.pid, "links")).toEqual([]);
  });
  runtime.run();
});

// Erlang: error noproc; for a process that traps exits, true and {'EXIT', Pid, noproc}.
test("a link to a dead process is a NoProcessError, or an EXIT message to who traps exits", () => {
  const { runtime } = ownRuntime();
  const dead = runtime.spawn(() => undefined);
  runtime.run();
  const log: unknown[] = [];
  runtime.spawn((self: Self<unknown>) => {
    const error = thrown(() => self.link(dead)) as NoProcessError;
    log.push(error instanceof NoProcessError, error.pid === dead);
    self.trapExit = true;
    log.push(self.link(dead), runtime.processInfo(self.pid, "messages"));
  });
  runtime.run();
  expect(log).toEqual([true, true, true, [["EXIT", dead, "noproc"]]]);
});

test("spawnLink: an error in either ends both", () => {
  const { runtime } = ownRuntime();
  const family: Pid<never>[] = [];
  const parent = runtime.spawn(function* (self: Self<"boom">) {
    family.push(self.spawnLink(idle), self.spawnLink(idle));
    yield* self.receive();
    throw new Error("boom");
  });
  const otherParent = runtime.spawn(function* (self: Self<unknown>) {
    const child = self.spawnLink(mortal);
    self.send(child, { reason: "boom" });
    yield* idle(self);
  });
  runtime.run();
  expect(runtime.isAlive(otherParent)).toBe(false);
  expect(family.map((pid) => runtime.isAlive(pid))).toEqual([true, true]);
  runtime.send(parent, "boom");
  runtime.run();
  expect(family.map((pid) => runtime.isAlive(pid))).toEqual([false, false]);
});

test("a cascade that comes back to the process that set it off ends it when its slice is over", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const [pid, ref] = runtime.spawnMonitor(function* (self: Self<unknown>) {
    const child = self.spawnLink(idle);
    self.exit(child, "boom");
    log.push(["its slice goes on", runtime.isAlive(self.pid), runtime.isAlive(child)]);
    try {
      yield* self.receive();
      log.push("it received");
    } finally {
      log.push("finally");
    }
  });
  runtime.run();
  expect(log).toEqual([["its slice goes on", true, false], "finally"]);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([["DOWN", ref, "process", pid, "boom"]]);
});

test("100,000 processes linked to one die with it", () => {
  const { runtime } = ownRuntime();
  const hub = runtime.spawn(idle);
  for (let n = 0; n < 100_000; n++) runtime.spawn(linked, hub);
  runtime.run();
  expect(runtime.processInfo(hub, "links")).toHaveLength(100_000);
  runtime.exit(hub, "boom");
  runtime.run();
  expect(runtime.processes()).toEqual([runtime.self()]);
});
