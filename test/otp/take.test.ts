// How several that wait at once share the one receive of a process: at random, and against what each would get alone.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Task, type TaskHandle } from "../../src/index.ts";
import { announce, asyncOptions, patience } from "../model/random.ts";
import { settle } from "../semantics/support/own-runtime.ts";
import { type AnySelf, acting } from "./acting.ts";

const FILE = "test/otp/take.test.ts";
announce(FILE);

/** Sleeps, and gives how long. */
function* napping(ms: number, self: AnySelf): Generator<unknown, number, unknown> {
  yield* self.sleep(ms);
  return ms;
}

/** A task that takes `ms`; somebody begins to wait for it at `at`, for `wait` ms, in one of several ways. */
const waits = fc.record({
  ms: fc.nat(12),
  at: fc.nat(12),
  wait: fc.oneof(fc.nat(12), fc.constant(Number.POSITIVE_INFINITY)),
  how: fc.constantFrom("await", "yield", "yieldMany", "shutdown", "ignore", "stream"),
});
type Wait = typeof waits extends fc.Arbitrary<infer T> ? T : never;

/** What it is to get, and when: times are even for tasks and odd for who waits, so that none falls together with another. */
function expected({ ms, at, wait, how }: Wait): unknown {
  const [ready, begun] = [2 * ms, 2 * at + 1];
  const isReady = ready < begun;
  const inTime = ready <= begun + 2 * wait;
  switch (how) {
    case "await":
      return inTime ? ready : "timeout";
    case "yield":
    case "yieldMany":
      return inTime ? ["ok", ready] : undefined;
    case "shutdown":
    case "ignore":
      return isReady ? ["ok", ready] : undefined;
    default:
      return [["ok", ready]];
  }
}

test("whoever waits gets what it would get alone, and all other messages stay", { timeout: patience }, async () => {
  const property = fc.asyncProperty(fc.array(waits, { maxLength: 12 }), async (plan) => {
    const { runtime, pass } = acting();
    const as = { as: runtime };
    const results: unknown[] = Array(plan.length).fill("nothing");
    const others: unknown[] = [];
    const began = plan.map(({ ms, at, wait, how }, index) => {
      const timeout = 2 * wait;
      const begin = async (): Promise<unknown> => {
        if (how === "stream") return Task.asyncStream([2 * ms], napping, { ...as, timeout: 1000 }).toArray();
        if (how === "await") return Task.await(task, timeout).then(undefined, (error) => error.reason);
        if (how === "yield") return Task.yield(task, timeout);
        if (how === "yieldMany") return (await Task.yieldMany([task], timeout))[0][1];
        return how === "shutdown" ? Task.shutdown(task) : Task.ignore(task);
      };
      const task = (how === "stream" ? undefined : Task.async(napping, [2 * ms], as)) as TaskHandle<number>;
      return { at: 2 * at + 1, start: () => void begin().then((result) => (results[index] = result)) };
    });
    for (let now = 0; now < 60; now++) {
      if (now % 7 === 3) others.push(runtime.send(runtime.self(), ["other", now]));
      for (const { at, start } of began) if (at === now) start();
      await settle(runtime);
      pass(1);
      await settle(runtime);
    }
    expect(results).toEqual(plan.map(expected));
    const left = runtime.processInfo(runtime.self(), "messages") as unknown[];
    // Who was not waited for to the end has its messages there, as anywhere.
    const abandoned = plan.filter((each) => ["yield", "yieldMany"].includes(each.how) && expected(each) === undefined);
    const own = left.filter((message) => (message as unknown[])[0] !== "other");
    expect(left.filter((message) => (message as unknown[])[0] === "other")).toEqual(others);
    expect(own.length).toBe(2 * abandoned.length);
    // Nobody is in a receive.
    expect(await runtime.receive()).toBe(left[0]);
    expect(runtime.processes()).toEqual([runtime.self()]);
  });
  await fc.assert(property, asyncOptions(FILE, 60));
});
