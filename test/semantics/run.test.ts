import { expect, test } from "vitest";
import { ExitError, type Self, UsageError } from "../../src/index.ts";
import { ownRuntime, rejection, settle } from "./support/own-runtime.ts";

test("run(body) promises what the body returns, whatever its kind", async () => {
  const { runtime } = ownRuntime();
  const results = [
    runtime.run(() => 1),
    runtime.run(function* (self: Self) {
      yield* self.sleep(0);
      return 2;
    }),
    runtime.run(async (self: Self) => {
      await self.sleep(0);
      return 3;
    }),
    runtime.run((_self: Self, a: number, b: number) => a + b, 2, 2),
  ];
  await settle(runtime);
  expect(await Promise.all(results)).toEqual([1, 2, 3, 4]);
});

test("an abnormal end rejects it with an ExitError of the reason", async () => {
  const { runtime } = ownRuntime();
  const error = new Error("boom");
  const results: [Promise<unknown>, unknown][] = [
    [
      runtime.run(() => {
        throw error;
      }),
      error,
    ],
    [runtime.run(async () => Promise.reject(error)), error],
    [
      runtime.run(() => {
        throw "ball";
      }),
      ["nocatch", "ball"],
    ],
    [runtime.run((self: Self) => self.exit("bye")), "bye"],
    [runtime.run((self: Self) => self.exit(self.pid, "kill")), "killed"],
    [
      runtime.run(function* (self: Self) {
        self.spawnLink((child: Self) => child.exit("linked"));
        yield* self.sleep(Number.POSITIVE_INFINITY);
      }),
      "linked",
    ],
  ];
  for (const [result] of results) result.catch(() => undefined);
  await settle(runtime);
  for (const [result, reason] of results) {
    const rejected = (await rejection(result)) as ExitError;
    expect(rejected).toBeInstanceOf(ExitError);
    expect(rejected.reason).toEqual(reason);
  }
});

test("a normal end without a result fulfils it with undefined", async () => {
  const { runtime } = ownRuntime();
  const results = [
    runtime.run((self: Self) => self.exit("normal")),
    runtime.run((self: Self) => self.exit(self.pid, "normal")),
  ];
  await settle(runtime);
  expect(await Promise.all(results)).toEqual([undefined, undefined]);
});

test("what it runs is a process like any other, linked to nobody", async () => {
  const { runtime, mainExits, reports } = ownRuntime();
  const result = runtime.run((self: Self) => {
    expect(runtime.processInfo(self.pid, "links")).toEqual([]);
    throw new Error("boom");
  });
  result.catch(() => undefined);
  await settle(runtime);
  expect(await rejection(result)).toBeInstanceOf(ExitError);
  expect(mainExits).toEqual([]);
  expect(reports).toHaveLength(1);
});

test("the process is dead when the promise settles", async () => {
  const { runtime } = ownRuntime();
  let pid: unknown;
  const result = runtime.run((self: Self) => {
    pid = self.pid;
  });
  runtime.run();
  await result;
  expect(runtime.isAlive(pid as never)).toBe(false);
});

test("run() runs everything that can run, at once, until all processes wait", () => {
  const { runtime } = ownRuntime();
  let hops = 0;
  const ring = function* (self: Self<number>) {
    for (;;) {
      const left = yield* self.receive();
      hops++;
      if (left > 0) self.send(self.spawn(ring), left - 1);
    }
  } as (self: Self<number>) => Generator<never, void, never>;
  runtime.send(runtime.spawn(ring), 999);
  runtime.run();
  expect(hops).toBe(1000);
});

test("run() inside of a process is refused", () => {
  const { runtime } = ownRuntime();
  const errors: unknown[] = [];
  runtime.spawn(() => {
    try {
      runtime.run();
    } catch (error) {
      errors.push(error);
    }
  });
  runtime.run();
  expect(errors[0]).toBeInstanceOf(UsageError);
});
