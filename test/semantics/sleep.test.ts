import { expect, test } from "vitest";
import type { Self } from "../../src/index.ts";
import { ownRuntime, settle, thrown } from "./support/own-runtime.ts";

test("sleep waits for its time, and only its own process does", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self) {
    yield* self.sleep(100);
    log.push("slept");
  });
  runtime.spawn(() => log.push("another"));
  runtime.run();
  expect(log).toEqual(["another"]);
  pass(99);
  expect(log).toEqual(["another"]);
  pass(1);
  expect(log).toEqual(["another", "slept"]);
});

test("messages neither end nor disturb it: they wait", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<string>) {
    yield* self.sleep(100);
    log.push(yield* self.receive());
  });
  runtime.run();
  runtime.send(pid, "hello");
  pass(50);
  expect(log).toEqual([]);
  expect(runtime.processInfo(pid, "status")).toBe("waiting");
  pass(50);
  expect(log).toEqual(["hello"]);
});

test("a fatal signal ends it", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self) {
    try {
      yield* self.sleep(100);
      log.push("slept");
    } finally {
      log.push("finally");
    }
  });
  runtime.run();
  runtime.exit(pid, "kill");
  pass(1000);
  expect(log).toEqual(["finally"]);
});

test("0 gives the others a turn", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  for (const name of ["a", "b"]) {
    runtime.spawn(function* (self: Self) {
      for (let i = 0; i < 3; i++) {
        log.push(name);
        yield* self.sleep(0);
      }
    });
  }
  runtime.run();
  expect(log).toEqual(["a", "b", "a", "b", "a", "b"]);
});

test("Infinity sleeps until a signal comes", () => {
  const { runtime, pass } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self) {
    yield* self.sleep(Number.POSITIVE_INFINITY);
  });
  runtime.run();
  pass(10 ** 12);
  expect(runtime.isAlive(pid)).toBe(true);
  runtime.exit(pid, "boom");
  expect(runtime.isAlive(pid)).toBe(false);
});

test("many sleep at once, in async bodies and the main process, too", async () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  for (const ms of [30, 10, 20]) {
    runtime.spawn(async (self: Self) => {
      await self.sleep(ms);
      log.push(ms);
    });
  }
  runtime.sleep(25).then(() => log.push("main"));
  await settle(runtime);
  for (let i = 0; i < 3; i++) {
    pass(10);
    await settle(runtime);
  }
  expect(log).toEqual([10, 20, "main", 30]);
});

test("a time that is none is refused at once", () => {
  const { runtime } = ownRuntime();
  for (const ms of [-1, Number.NaN]) expect(thrown(() => runtime.sleep(ms))).toBeInstanceOf(RangeError);
  for (const ms of ["5", undefined]) expect(thrown(() => runtime.sleep(ms as never))).toBeInstanceOf(TypeError);
});
