import { expect, test } from "vitest";
import type { Self } from "../../src/index.ts";
import { ownRuntime } from "./support/own-runtime.ts";

// Erlang: {put(a, 1), put(a, 2), get(a), erase(a), get(a)} is {undefined, 1, 2, 2, undefined}.
test("put gives the old value, get the value, erase the value it takes away", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn((self: Self) => {
    log.push(self.put("a", 1), self.put("a", 2), self.get("a"), self.erase("a"), self.get("a"), self.erase("a"));
  });
  runtime.run();
  expect(log).toEqual([undefined, 1, 2, 2, undefined, undefined]);
});

test("each process has its own, and it ends with it", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const body = (self: Self, value: number) => log.push([self.get("key"), self.put("key", value), self.get("key")]);
  for (const value of [1, 2]) runtime.spawn(body, value);
  runtime.put("key", "main's");
  runtime.run();
  expect(log).toEqual([
    [undefined, undefined, 1],
    [undefined, undefined, 2],
  ]);
  expect(runtime.get("key")).toBe("main's");
});

test("any value is a key, and objects are keys by identity", () => {
  const { runtime } = ownRuntime();
  const key = {};
  runtime.put(key, "object");
  runtime.put(undefined, "undefined");
  runtime.put("__proto__", "a string");
  expect([runtime.get(key), runtime.get({}), runtime.get(undefined), runtime.get("__proto__")]).toEqual([
    "object",
    undefined,
    "undefined",
    "a string",
  ]);
});

test("the free functions use that of the process whose code runs", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self<string>) {
    runtime.put("key", 1);
    self.send(self.pid, "go");
    yield* runtime.receive();
    log.push(runtime.get("key"), self.get("key"));
  });
  runtime.run();
  expect(log).toEqual([1, 1]);
  expect(runtime.get("key")).toBeUndefined();
});
