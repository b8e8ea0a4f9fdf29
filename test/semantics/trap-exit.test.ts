import { expect, test } from "vitest";
import type { Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown, trapping } from "./support/own-runtime.ts";

test("a process that traps exits gets exit signals as messages, for every reason, normal too", () => {
  const { runtime } = ownRuntime();
  const error = new Error("an error");
  const reasons = ["normal", "shutdown", ["shutdown", 1], "killed", "kill", error, { any: "value" }, undefined];
  const parent = runtime.spawn(function* (self: Self<unknown>) {
    self.trapExit = true;
    for (const reason of reasons) self.spawnLink((child: Self) => child.exit(reason));
    yield* idle(self);
  });
  runtime.run();
  const messages = runtime.processInfo(parent, "messages") as unknown[][];
  expect(messages.map(([tag]) => tag)).toEqual(reasons.map(() => "EXIT"));
  expect(messages.map(([, , reason]) => reason)).toEqual(reasons);
});

test("the flag counts when the signal arrives, and can be set and taken back", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    log.push(self.trapExit);
    self.trapExit = true;
    log.push(self.trapExit, self.processFlag("trapExit", true));
    log.push(yield* self.receive());
    log.push(self.processFlag("trapExit", false), self.trapExit);
    yield* self.receive();
  });
  const main = runtime.self();
  runtime.run();
  runtime.exit(pid, "first");
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(true);
  runtime.exit(pid, "second");
  expect(runtime.isAlive(pid)).toBe(false);
  expect(log).toEqual([false, true, true, ["EXIT", main, "first"], true, false]);
});

test("setting the flag does not bring back what has happened, nor does taking it back undo what has come", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    self.trapExit = true;
    const child = self.spawnLink(idle);
    self.exit(child, "boom");
    self.trapExit = false;
    expect(runtime.processInfo(self.pid, "messages")).toEqual([["EXIT", child, "boom"]]);
    yield* idle(self);
  });
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(true);
});

test("trapping does not link: what is sent by exit(pid, reason) and what comes over a link look the same", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(trapping);
  runtime.run();
  runtime.exit(pid, "by hand");
  const child = runtime.spawn((self: Self) => {
    self.link(pid);
    self.exit("over a link");
  });
  runtime.run();
  expect(runtime.processInfo(pid, "messages")).toEqual([
    ["EXIT", runtime.self(), "by hand"],
    ["EXIT", child, "over a link"],
  ]);
});

test("exit messages are received like others, selectively", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self<["EXIT", unknown, unknown] | "noise">) {
    self.trapExit = true;
    self.send(self.pid, "noise");
    self.spawnLink((child: Self) => child.exit("bye"));
    log.push(yield* self.receive({ EXIT: ([, , reason]) => reason }));
    log.push(yield* self.receive());
  });
  runtime.run();
  expect(log).toEqual(["bye", "noise"]);
});

test("what is no boolean is refused", () => {
  const { runtime } = ownRuntime();
  const errors: unknown[] = [];
  runtime.spawn((self: Self) => {
    for (const value of [1, "true", undefined]) errors.push(thrown(() => self.processFlag("trapExit", value as never)));
    errors.push(thrown(() => self.processFlag("priority", "urgent" as never)));
    errors.push(thrown(() => self.processFlag("no such flag" as never, true as never)));
  });
  runtime.run();
  expect(errors.map((error) => (error as Error).name)).toEqual([
    "TypeError",
    "TypeError",
    "TypeError",
    "RangeError",
    "TypeError",
  ]);
});
