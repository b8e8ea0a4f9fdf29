import { expect, test } from "vitest";
import type { Self } from "../../src/index.ts";
import { idle, ownRuntime } from "./support/own-runtime.ts";

test("a message stays until it is taken, in order of arrival, and can be seen", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  for (const message of ["a", 2, ["c"]]) runtime.send(pid, message);
  for (let i = 0; i < 3; i++) {
    runtime.run();
    expect(runtime.processInfo(pid, "messages")).toEqual(["a", 2, ["c"]]);
    expect(runtime.processInfo(pid, "messageQueueLen")).toBe(3);
  }
});

test("looking at a mailbox takes nothing from it", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<string>) {
    yield* self.receive({ go: () => undefined } as never);
    seen.push(yield* self.receive(), yield* self.receive());
  });
  runtime.send(pid, "a");
  runtime.send(pid, "b");
  runtime.run();
  runtime.processInfo(pid);
  runtime.processInfo(pid, "messages")?.pop();
  runtime.send(pid, "go");
  runtime.run();
  expect(seen).toEqual(["a", "b"]);
});

test("what is left when a process ends goes with it, and nobody is told", () => {
  const { runtime, reports } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<string>) {
    yield* self.receive();
  });
  runtime.send(pid, "taken");
  runtime.send(pid, "left");
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(false);
  expect(runtime.processInfo(pid)).toBeUndefined();
  expect(reports).toEqual([]);
});

test("a mailbox without a bound takes what it is given: 100,000 unread messages, first to last", () => {
  const { runtime } = ownRuntime();
  let sum = 0;
  const pid = runtime.spawn(function* (self: Self<number | "go">) {
    yield* self.receive({ go: () => undefined });
    for (let expected = 0; expected < 100_000; expected++) {
      const got = yield* self.receive();
      if (got === expected) sum++;
    }
  });
  for (let n = 0; n < 100_000; n++) runtime.send(pid, n);
  runtime.run();
  expect(runtime.processInfo(pid, "messageQueueLen")).toBe(100_000);
  runtime.send(pid, "go");
  runtime.run();
  expect(sum).toBe(100_000);
});
