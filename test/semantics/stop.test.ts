import { expect, test } from "vitest";
import { ExitError, type Self, UsageError } from "../../src/index.ts";
import { idle, ownRuntime, rejection, settle, thrown, trapping } from "./support/own-runtime.ts";

test("stop ends all processes, the youngest first, with the reason shutdown", async () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const pids = [1, 2, 3].map((n) =>
    runtime.spawn(function* (self: Self<unknown>) {
      self.signal.addEventListener("abort", () => log.push([n, (self.signal.reason as ExitError).reason]));
      yield* self.receive();
    }),
  );
  runtime.run();
  await runtime.stop();
  expect(log).toEqual([
    [3, "shutdown"],
    [2, "shutdown"],
    [1, "shutdown"],
  ]);
  for (const pid of pids) expect(runtime.isAlive(pid)).toBe(false);
});

test("who traps exits may finish first; who does not end is killed", async () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self<["EXIT", unknown, unknown]>) {
    self.trapExit = true;
    yield* self.receive({ EXIT: ([, , reason]) => log.push(`saved, because of ${reason}`) });
  });
  const stubborn = runtime.spawn(function* (self: Self<unknown>) {
    try {
      yield* trapping(self);
    } finally {
      log.push("killed");
    }
  });
  runtime.run();
  await runtime.stop("the end of the day");
  expect(log).toEqual(["saved, because of the end of the day", "killed"]);
  expect(runtime.isAlive(stubborn)).toBe(false);
});

test("the finally blocks of all of them run", async () => {
  const { runtime } = ownRuntime();
  let finals = 0;
  for (let n = 0; n < 100; n++) {
    runtime.spawn(function* (self: Self<unknown>) {
      try {
        yield* self.receive();
      } finally {
        finals++;
      }
    });
  }
  runtime.run();
  await runtime.stop();
  expect(finals).toBe(100);
});

test("it is not an end of the main process that the host has to be told, but what the host waited for is rejected", async () => {
  const { runtime, mainExits, reports } = ownRuntime();
  const wait = rejection(runtime.receive());
  const result = rejection(runtime.run(idle));
  await settle(runtime);
  await runtime.stop();
  expect(await wait).toBeInstanceOf(ExitError);
  expect(await result).toMatchObject({ reason: "shutdown" });
  expect(mainExits).toEqual([]);
  expect(reports).toEqual([]);
});

test("a stopped runtime starts nothing, and says so", async () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  await runtime.stop();
  for (const start of [
    () => runtime.spawn(idle),
    () => runtime.spawnLink(idle),
    () => runtime.spawnMonitor(idle),
    () => runtime.spawnOpt(idle, {}),
    () => runtime.sendAfter(pid, "x", 1),
  ]) {
    expect(thrown(start)).toBeInstanceOf(Error);
  }
  expect(thrown(() => runtime.spawn(idle))).toBeInstanceOf(UsageError);
  expect(runtime.send(pid as never, "x" as never)).toBe("x");
  expect(runtime.processes()).toEqual([]);
  expect(await rejection(runtime.receive())).toBeInstanceOf(ExitError);
});

test("messages in flight and timers go with it", async () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    for (;;) log.push(yield* self.receive());
  });
  runtime.run();
  runtime.sendAfter(pid, "timer", 10);
  runtime.send(pid, "in flight");
  await runtime.stop();
  pass(100);
  expect(log).toEqual([]);
});

test("stopping twice is stopping once, and disposing is stopping", async () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  await runtime[Symbol.asyncDispose]();
  await runtime.stop();
  await runtime.stop("again");
  expect(runtime.isAlive(pid)).toBe(false);
});

test("a process cannot stop its runtime from within", async () => {
  const { runtime } = ownRuntime();
  const errors: Promise<unknown>[] = [];
  const bystander = runtime.spawn(idle);
  runtime.spawn(() => {
    errors.push(rejection(runtime.stop()));
  });
  runtime.run();
  expect(await errors[0]).toBeInstanceOf(UsageError);
  expect(runtime.isAlive(bystander)).toBe(true);
});
