import { expect, test } from "vitest";
import { loop, type Pid, type Self } from "../../src/index.ts";
import { ownRuntime, settle } from "./support/own-runtime.ts";

type Counter = "inc" | ["val", Pid<number>];

function* counting(self: Self<Counter>, start: number) {
  let count = start;
  for (;;) {
    yield* self.receive({
      inc: () => {
        count++;
      },
      val: ([, from]) => {
        self.send(from, count);
      },
    });
  }
}

async function countingAsync(self: Self<Counter>, start: number) {
  let count = start;
  for (;;) {
    await self.receive({
      inc: () => {
        count++;
      },
      val: ([, from]) => {
        self.send(from, count);
      },
    });
  }
}

const countingLoop = loop(10, (count: number, message: Counter, self) => {
  if (message === "inc") return count + 1;
  self.send(message[1], count);
  return count;
});

test("a counter is the same as a generator, as an async function, and as a loop", async () => {
  const { runtime } = ownRuntime();
  const counters = [runtime.spawn(counting, 10), runtime.spawn(countingAsync, 10), runtime.spawn(countingLoop)];
  for (const counter of counters) {
    for (let i = 0; i < 3; i++) runtime.send(counter, "inc");
    runtime.send(counter, ["val", runtime.self()]);
    await settle(runtime);
    expect(await runtime.receive()).toBe(13);
  }
});

test("a generator body is run to its end, across any number of waits", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<string>) {
    log.push(yield* self.receive());
    yield* self.sleep(10);
    log.push("slept");
    log.push(yield* self.receive());
  });
  runtime.send(pid, "a");
  runtime.run();
  pass(10);
  runtime.send(pid, "b");
  runtime.run();
  expect(log).toEqual(["a", "slept", "b"]);
  expect(runtime.isAlive(pid)).toBe(false);
});

test("a generator body may be made of generator functions of its own", () => {
  const { runtime } = ownRuntime();
  let result: unknown;
  function* take(self: Self<number>, count: number): Generator<unknown, number, unknown> {
    if (count === 0) return 0;
    const first = yield* self.receive();
    return first + ((yield* take(self, count - 1) as Generator<never, number>) as number);
  }
  const pid = runtime.spawn(function* (self: Self<number>) {
    result = yield* take(self, 4) as Generator<never, number>;
  });
  for (const n of [1, 2, 3, 4]) runtime.send(pid, n);
  runtime.run();
  expect(result).toBe(10);
});

test("a plain function runs once, and what it returns does not matter", () => {
  const { runtime } = ownRuntime();
  let runs = 0;
  const pid = runtime.spawn(() => {
    runs++;
    return { any: "value" };
  });
  runtime.run();
  runtime.run();
  expect(runs).toBe(1);
  expect(runtime.isAlive(pid)).toBe(false);
});

test("a plain function that returns a generator, or a promise, is a body of that kind", async () => {
  const { runtime } = ownRuntime();
  const viaGenerator = runtime.spawn((self: Self<Counter>) => counting(self, 1));
  const viaPromise = runtime.spawn((self: Self<Counter>) => countingAsync(self, 2));
  for (const [pid, expected] of [
    [viaGenerator, 1],
    [viaPromise, 2],
  ] as const) {
    runtime.send(pid, ["val", runtime.self()]);
    await settle(runtime);
    expect(await runtime.receive()).toBe(expected);
  }
});

test("a loop body keeps its state from message to message, apart for each process, and ends by exit", () => {
  const { runtime } = ownRuntime();
  const ended: unknown[] = [];
  const sum = loop(0, (total: number, n: number, self) => {
    if (n < 0) {
      ended.push(total);
      self.exit("normal");
    }
    return total + n;
  });
  const [one, two] = [runtime.spawn(sum), runtime.spawn(sum)];
  for (let n = 0; n < 1000; n++) runtime.send(n % 2 === 0 ? one : two, n);
  runtime.send(one, -1);
  runtime.send(two, -1);
  runtime.run();
  expect(ended).toEqual([249_500, 250_000]);
  expect([runtime.isAlive(one), runtime.isAlive(two)]).toEqual([false, false]);
});

test("loop refuses a step that would have to wait, and a loop is spawned, not called", () => {
  const { runtime } = ownRuntime();
  const wrong = loop as (initial: unknown, step: unknown) => unknown;
  expect(() => wrong(0, async () => 1)).toThrow(/that never waits as step, got AsyncFunction/);
  expect(() => wrong(0, function* () {})).toThrow(/that never waits as step, got GeneratorFunction/);
  expect(() => wrong(0, undefined)).toThrow(TypeError);
  expect(() => (countingLoop as unknown as () => void)()).toThrow(/spawned, not called/);
  expect(runtime.processes()).toHaveLength(1);
});

test("the free functions act for the process whose code runs", () => {
  const { runtime } = ownRuntime();
  const main = runtime.self();
  const log: unknown[] = [];
  const table = { go: () => log.push(["clause", runtime.self()]) };
  const generator = runtime.spawn(function* () {
    log.push(["generator", runtime.self()]);
    yield* runtime.receive(table as never);
    log.push(["again", runtime.self()]);
  });
  const plain = runtime.spawn(() => log.push(["plain", runtime.self()]));
  const looping = runtime.spawn(
    loop(0, (count: number, _message: "go") => {
      log.push(["loop", runtime.self()]);
      return count;
    }),
  );
  runtime.send(generator as Pid<unknown>, "go");
  runtime.send(looping, "go");
  runtime.run();
  expect(runtime.self()).toBe(main);
  expect(log).toEqual([
    ["generator", generator],
    ["clause", generator],
    ["again", generator],
    ["plain", plain],
    ["loop", looping],
  ]);
});

test("a body that yields what is no operation gets a TypeError there, and may go on", () => {
  const { runtime } = ownRuntime();
  const errors: unknown[] = [];
  runtime.spawn(function* (self: Self<string>) {
    const values: unknown[] = [5, undefined, Promise.resolve(), self.receive()];
    for (const value of values) {
      try {
        yield value;
      } catch (error) {
        errors.push(error);
      }
    }
  });
  runtime.run();
  expect(errors).toHaveLength(4);
  for (const error of errors) expect(error).toBeInstanceOf(TypeError);
  expect((errors[0] as Error).message).toMatch(/^yielded 5, which is no operation/);
  expect((errors[3] as Error).message).toBe("yielded an operation: write yield* (with the star)");
});

test("an async generator is refused as a body", () => {
  const { runtime, reports } = ownRuntime();
  runtime.spawn(async function* () {
    yield 1;
  });
  runtime.run();
  expect(String(reports[0]?.reason)).toMatch(/async generators are no bodies/);
});

test("a generator made for one process is not taken up by another runtime's scheduler", () => {
  const { runtime } = ownRuntime();
  const other = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<"go">) {
    yield* self.receive();
  });
  runtime.run();
  other.runtime.run();
  expect(runtime.isAlive(pid)).toBe(true);
});
