import { expect, test } from "vitest";
import { ExitError, type Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown, trapping } from "./support/own-runtime.ts";

test("exit(pid, reason) ends a process that does not trap exits, with that reason", () => {
  const { runtime } = ownRuntime();
  for (const reason of ["boom", "shutdown", "killed", new Error("boom"), undefined, { any: "value" }]) {
    const pid = runtime.spawn(idle);
    const ref = runtime.monitor(pid);
    expect(runtime.exit(pid, reason)).toBe(true);
    expect(runtime.isAlive(pid)).toBe(false);
    expect(runtime.processInfo(runtime.self(), "messages")?.at(-1)).toEqual(["DOWN", ref, "process", pid, reason]);
  }
});

test("normal, from another process, does nothing, or is a message to who traps exits", () => {
  const { runtime } = ownRuntime();
  const plain = runtime.spawn(idle);
  const traps = runtime.spawn(trapping);
  runtime.run();
  runtime.exit(plain, "normal");
  runtime.exit(traps, "normal");
  expect(runtime.isAlive(plain)).toBe(true);
  expect(runtime.processInfo(traps, "messages")).toEqual([["EXIT", runtime.self(), "normal"]]);
});

// Erlang: exit(self(), normal) ends the process.
test("normal, from oneself, is the end; with trapped exits it is a message", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const [plain, ref] = runtime.spawnMonitor((self: Self) => {
    self.exit(self.pid, "normal");
    log.push("not reached");
  });
  runtime.spawn((self: Self) => {
    self.trapExit = true;
    log.push(self.exit(self.pid, "normal"), runtime.processInfo(self.pid, "messages"));
    expect(runtime.processInfo(self.pid, "messages")).toEqual([["EXIT", self.pid, "normal"]]);
  });
  runtime.run();
  expect(log).toHaveLength(2);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([["DOWN", ref, "process", plain, "normal"]]);
});

test("kill cannot be trapped, and arrives at linked processes and monitors as killed", () => {
  const { runtime } = ownRuntime();
  const victim = runtime.spawn(trapping);
  const linkedTrapping = runtime.spawn(function* (self: Self<unknown>) {
    self.link(victim);
    yield* trapping(self);
  });
  const linkedPlain = runtime.spawn(function* (self: Self<unknown>) {
    self.link(victim);
    yield* idle(self);
  });
  const ref = runtime.monitor(victim);
  const otherRef = runtime.monitor(linkedPlain);
  runtime.run();
  runtime.exit(victim, "kill");
  expect(runtime.isAlive(victim)).toBe(false);
  expect(runtime.processInfo(linkedTrapping, "messages")).toEqual([["EXIT", victim, "killed"]]);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([
    ["DOWN", ref, "process", victim, "killed"],
    ["DOWN", otherRef, "process", linkedPlain, "killed"],
  ]);
});

// Erlang: a process that ends itself by exit(kill) is dead of kill, and links carry that as a reason like any other.
test("only the signal is special: kill as a process's own reason can be trapped", () => {
  const { runtime } = ownRuntime();
  const parent = runtime.spawn(function* (self: Self<unknown>) {
    self.trapExit = true;
    self.spawnLink((child: Self) => child.exit("kill"));
    yield* idle(self);
  });
  runtime.run();
  const [message] = runtime.processInfo(parent, "messages") as unknown[][];
  expect([message?.[0], message?.[2]]).toEqual(["EXIT", "kill"]);
});

test("a signal to the dead is true and nothing else", () => {
  const { runtime } = ownRuntime();
  const dead = runtime.spawn(() => undefined);
  runtime.run();
  expect(runtime.exit(dead, "kill")).toBe(true);
  expect(runtime.exit(dead, "boom")).toBe(true);
});

test("it acts at once: the process is dead, its name free, its monitors and links told before exit returns", () => {
  const { runtime } = ownRuntime();
  const victim = runtime.spawnOpt(idle, { name: "victim" });
  const friend = runtime.spawn(function* (self: Self<unknown>) {
    self.link(victim);
    yield* idle(self);
  });
  runtime.run();
  runtime.spawn((self: Self<unknown>) => {
    const ref = self.monitor(victim);
    self.exit(victim, "boom");
    expect([runtime.isAlive(victim), runtime.isAlive(friend)]).toEqual([false, false]);
    expect(runtime.whereis("victim")).toBeUndefined();
    expect(runtime.processInfo(self.pid, "messages")).toEqual([["DOWN", ref, "process", victim, "boom"]]);
    expect(runtime.register(self.pid, "victim")).toBe(true);
  });
  runtime.run();
});

test("a process that was spawned and killed before it ran never runs", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  const pid = runtime.spawn(() => log.push("ran"));
  runtime.exit(pid, "kill");
  runtime.run();
  expect(log).toEqual([]);
});

test("a fatal signal to oneself ends the body there; even who catches it dies when its slice is over", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const [pid, ref] = runtime.spawnMonitor(function* (self: Self<unknown>) {
    log.push((thrown(() => self.exit(self.pid, "boom")) as ExitError).reason);
    log.push("the slice goes on");
    self.send(self.pid, "hello");
    yield* self.receive();
    log.push("not reached");
  });
  runtime.run();
  expect(log).toEqual(["boom", "the slice goes on"]);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([["DOWN", ref, "process", pid, "boom"]]);
});

test("the first fatal signal is the reason; what comes later finds a dead process", () => {
  const { runtime } = ownRuntime();
  const [pid, ref] = runtime.spawnMonitor(function* (self: Self<unknown>) {
    thrown(() => self.exit(self.pid, "first"));
    thrown(() => self.exit(self.pid, "second"));
    thrown(() => self.exit(self.pid, "kill"));
    yield* idle(self);
  });
  runtime.run();
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([["DOWN", ref, "process", pid, "first"]]);
});

test("an error thrown behind a fatal signal does not change the reason, and is not reported", () => {
  const { runtime, reports } = ownRuntime();
  const [pid, ref] = runtime.spawnMonitor((self: Self) => {
    thrown(() => self.exit(self.pid, "first"));
    throw new Error("too late");
  });
  runtime.run();
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([["DOWN", ref, "process", pid, "first"]]);
  expect(reports).toEqual([]);
});

test("what is no pid is refused", () => {
  const { runtime } = ownRuntime();
  const exit = runtime.exit.bind(runtime) as (to: unknown, reason: unknown) => unknown;
  for (const to of ["name", 5, undefined, {}]) {
    expect(thrown(() => exit(to, "boom"))).toBeInstanceOf(TypeError);
  }
  expect(thrown(() => exit(5, "boom"))).not.toBeInstanceOf(ExitError);
});
