import { expect, test } from "vitest";
import type { Self } from "../../src/index.ts";
import { gate, ownRuntime, settle, thrown } from "./support/own-runtime.ts";

test("until gives what the promise is fulfilled with, and throws what it is rejected with", async () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self) {
    log.push(yield* self.until(Promise.resolve("generator")));
    try {
      yield* self.until(Promise.reject(new Error("refused")));
    } catch (error) {
      log.push((error as Error).message);
    }
  });
  await settle(runtime);
  runtime.spawn(async (self: Self) => {
    log.push(await self.until(Promise.resolve("async")));
    log.push(await self.until(Promise.reject("refused")).then(undefined, (error: unknown) => error));
  });
  await settle(runtime);
  log.push(await runtime.until(Promise.resolve("main")));
  expect(log).toEqual(["generator", "refused", "async", "refused", "main"]);
});

test("while a process waits for a promise its mailbox stays closed: no message comes in between", async () => {
  const { runtime } = ownRuntime();
  const host = gate<string>();
  const log: unknown[] = [];
  let account = 100;
  const pid = runtime.spawn(function* (self: Self<"withdraw">) {
    for (;;) {
      yield* self.receive({
        *withdraw() {
          const before = account;
          log.push(`has ${before}`);
          yield* self.until(host.promise);
          account = before - 10;
        },
      });
    }
  });
  runtime.send(pid, "withdraw");
  runtime.send(pid, "withdraw");
  await settle(runtime);
  expect(log).toEqual(["has 100"]);
  expect(runtime.processInfo(pid, "messages")).toEqual(["withdraw"]);
  host.open("done");
  await settle(runtime);
  expect(log).toEqual(["has 100", "has 90"]);
  expect(account).toBe(80);
});

test("others go on meanwhile", async () => {
  const { runtime } = ownRuntime();
  const host = gate();
  const log: string[] = [];
  runtime.spawn(function* (self: Self) {
    yield* self.until(host.promise);
    log.push("waited");
  });
  runtime.spawn(function* (self: Self<string>) {
    self.send(self.pid, "hello");
    log.push(yield* self.receive());
  });
  await settle(runtime);
  expect(log).toEqual(["hello"]);
  host.open();
  await settle(runtime);
  expect(log).toEqual(["hello", "waited"]);
});

test("exit signals reach a process that waits for a promise, and what the promise says later is ignored", async () => {
  const { runtime, reports } = ownRuntime();
  const host = gate();
  const log: string[] = [];
  const [pid, ref] = runtime.spawnMonitor(function* (self: Self) {
    yield* self.until(host.promise);
    log.push("went on");
  });
  runtime.run();
  runtime.exit(pid, "boom");
  expect(runtime.isAlive(pid)).toBe(false);
  host.refuse(new Error("nobody waits for this any more"));
  await settle(runtime);
  expect(log).toEqual([]);
  expect(reports).toEqual([]);
  expect(await runtime.receive()).toEqual(["DOWN", ref, "process", pid, "boom"]);
});

test("a trapped exit signal is a message like any other: it waits, too", async () => {
  const { runtime } = ownRuntime();
  const host = gate<string>();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    self.trapExit = true;
    log.push(yield* self.until(host.promise));
    log.push(yield* self.receive());
  });
  const main = runtime.self();
  runtime.run();
  runtime.exit(pid, "please");
  await settle(runtime);
  expect(log).toEqual([]);
  host.open("first the promise");
  await settle(runtime);
  expect(log).toEqual(["first the promise", ["EXIT", main, "please"]]);
});

test("anything with a then is a promise, and anything else is refused", async () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self) {
    for (const value of [5, undefined, null, {}]) {
      log.push(thrown(() => self.until(value as unknown as Promise<void>)) instanceof TypeError);
    }
    const thenable = { then: (resolve: (value: string) => void) => resolve("at once") };
    log.push(yield* self.until(thenable as PromiseLike<string>));
  });
  await settle(runtime);
  expect(log).toEqual([true, true, true, true, "at once"]);
});
