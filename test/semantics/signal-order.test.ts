import { expect, test } from "vitest";
import type { Pid, Self } from "../../src/index.ts";
import { idle, ownRuntime, trapping } from "./support/own-runtime.ts";

// In Erlang all signals from one process to another, messages among them, arrive in the order in which they were sent.

test("what a process sent before its end arrives before the news of its end", () => {
  const { runtime } = ownRuntime();
  const watcher = runtime.spawn(trapping);
  const sender = runtime.spawn(function* (self: Self<"go">) {
    self.link(watcher);
    yield* self.receive();
    self.send(watcher, 1);
    self.send(watcher, 2);
    self.exit("done");
  });
  runtime.run();
  runtime.send(sender, "go");
  runtime.run();
  expect(runtime.processInfo(watcher, "messages")).toEqual([1, 2, ["EXIT", sender, "done"]]);
});

test("a monitor fires behind the messages of the process it watches", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  runtime.spawn(function* (self: Self<unknown>) {
    const [child, ref] = self.spawnMonitor((me: Self, parent: Pid<unknown>) => {
      for (const n of [1, 2, 3]) me.send(parent, n);
    }, self.pid);
    for (let i = 0; i < 4; i++) seen.push(yield* self.receive());
    expect(seen).toEqual([1, 2, 3, ["DOWN", ref, "process", child, "normal"]]);
  });
  runtime.run();
  expect(seen).toHaveLength(4);
});

test("an exit signal takes its place between the messages of its sender", () => {
  const { runtime } = ownRuntime();
  const watcher = runtime.spawn(trapping);
  runtime.run();
  const sender = runtime.spawn((self: Self) => {
    self.send(watcher, 1);
    self.exit(watcher, "stop it");
    self.send(watcher, 2);
  });
  runtime.run();
  expect(runtime.processInfo(watcher, "messages")).toEqual([1, ["EXIT", sender, "stop it"], 2]);
});

// Erlang: P ! x, exit(P, boom), P ! y: P is dead before y, and it may or may not have seen x. Here it has not: it gets no turn between.
test("what is sent behind a fatal signal is lost, silently", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  const receiver = runtime.spawn(function* (self: Self<string>) {
    for (;;) seen.push(yield* self.receive());
  });
  runtime.run();
  runtime.spawn((self: Self) => {
    self.exit(receiver, "boom");
    expect(self.send(receiver, "too late")).toBe("too late");
  });
  runtime.run();
  expect(seen).toEqual([]);
  expect(runtime.isAlive(receiver)).toBe(false);
});

test("unlink before an end keeps the end away, link before it brings it", () => {
  const { runtime } = ownRuntime();
  const watcher = runtime.spawn(trapping);
  runtime.run();
  runtime.spawn((self: Self) => {
    self.link(watcher);
    self.unlink(watcher);
    self.exit("unlinked");
  });
  const linked = runtime.spawn((self: Self) => {
    self.link(watcher);
    self.unlink(watcher);
    self.link(watcher);
    self.exit("linked");
  });
  runtime.run();
  expect(runtime.processInfo(watcher, "messages")).toEqual([["EXIT", linked, "linked"]]);
});

test("demonitor before an end keeps its message away", () => {
  const { runtime } = ownRuntime();
  const victim = runtime.spawn(trapping);
  const watcher = runtime.spawn(function* (self: Self<unknown>) {
    const ref = self.monitor(victim);
    self.demonitor(ref);
    self.exit(victim, "kill");
    yield* idle(self);
  });
  runtime.run();
  expect(runtime.isAlive(victim)).toBe(false);
  expect(runtime.processInfo(watcher, "messages")).toEqual([]);
});

test("each observer of one death hears of it behind the messages meant for itself", () => {
  const { runtime } = ownRuntime();
  const watchers = [1, 2, 3].map(() => runtime.spawn(trapping));
  const dying = runtime.spawn(function* (self: Self<"go">) {
    for (const watcher of watchers) self.link(watcher);
    yield* self.receive();
    for (const [n, watcher] of watchers.entries()) self.send(watcher, n);
    throw new Error("the end");
  });
  runtime.run();
  runtime.send(dying, "go");
  runtime.run();
  for (const [n, watcher] of watchers.entries()) {
    const messages = runtime.processInfo(watcher, "messages") as [number, [string, Pid, Error]];
    expect(messages[0]).toBe(n);
    expect(messages[1].slice(0, 2)).toEqual(["EXIT", dying]);
    expect(messages[1][2].message).toBe("the end");
  }
});
