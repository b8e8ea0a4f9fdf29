// biome-ignore-all lint/suspicious/noDuplicateTestHooks: after is the timeout of receive
// biome-ignore-all lint/suspicious/noThenProperty: that is how the API says it
import { expect, test } from "vitest";
import { after, on, P, type Self } from "../../src/index.ts";
import { ownRuntime, settle, thrown } from "./support/own-runtime.ts";

test("after the time without a match, the timeout gives the result", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self<"ping">) {
    log.push(yield* self.receive({ ping: () => "ping" }, { after: 5000, then: () => "giving up" }));
    log.push(
      yield* self.receive(
        on(P._, (message) => message),
        after(5000, () => "again"),
      ),
    );
    log.push(
      yield* self.receive(
        on(P._, (message) => message),
        after(5000),
      ),
    );
  });
  runtime.run();
  pass(4999);
  expect(log).toEqual([]);
  pass(1);
  expect(log).toEqual(["giving up"]);
  pass(5000);
  expect(log).toEqual(["giving up", "again"]);
  pass(5000);
  expect(log).toEqual(["giving up", "again", undefined]);
});

test("a match in time takes the timeout with it", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<"ping">) {
    log.push(yield* self.receive({ ping: () => "ping" }, { after: 100, then: () => "timeout" }));
    log.push(yield* self.receive({ ping: () => "second ping" }));
  });
  runtime.run();
  pass(50);
  runtime.send(pid, "ping");
  pass(1000);
  expect(log).toEqual(["ping"]);
  runtime.send(pid, "ping");
  runtime.run();
  expect(log).toEqual(["ping", "second ping"]);
});

// Erlang: the timer of `receive … after` starts once, and messages that match nothing do not start it again.
test("messages that do not match do not start the time again", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<"ping" | "noise">) {
    log.push(yield* self.receive({ ping: () => "ping" }, { after: 100, then: () => "timeout" }));
  });
  runtime.run();
  for (let i = 0; i < 9; i++) {
    runtime.send(pid, "noise");
    pass(10);
  }
  expect(log).toEqual([]);
  runtime.send(pid, "noise");
  pass(10);
  expect(log).toEqual(["timeout"]);
});

test("0 looks at what is there and does not wait", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<"ping" | "noise">) {
    const poll = () => self.receive({ ping: () => "ping" }, { after: 0, then: () => "nothing" });
    log.push(yield* poll());
    log.push(yield* poll());
    log.push(
      yield* self.receive(
        on(P.number, (n) => n),
        after(0, () => "no number"),
      ),
    );
  });
  runtime.send(pid, "noise");
  runtime.send(pid, "ping");
  runtime.run();
  expect(log).toEqual(["ping", "nothing", "no number"]);
});

test("a timeout alone takes no message, whatever that is", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self<unknown>) {
    for (const message of [undefined, Number.NaN, "one"]) self.send(self.pid, message);
    log.push(yield* self.receive(after(0, () => "nothing")));
    for (let i = 0; i < 3; i++) log.push(yield* self.receive());
  });
  runtime.run();
  expect(log).toEqual(["nothing", undefined, Number.NaN, "one"]);
});

test("0 does not wait either when the slice is used up meanwhile", () => {
  let time = 0;
  const { runtime } = ownRuntime({ clock: () => time });
  time = 0.5;
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<number>) {
    for (let i = 0; i < 64; i++) yield* self.receive();
    log.push(
      yield* self.receive(
        on(P.string, () => "a string"),
        after(0, () => "no string"),
      ),
    );
  });
  for (let i = 0; i < 65; i++) runtime.send(pid, i);
  runtime.run();
  expect(log).toEqual(["no string"]);
});

test("Infinity never fires", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<"ping">) {
    log.push(yield* self.receive({ ping: () => "ping" }, { after: Number.POSITIVE_INFINITY, then: () => "never" }));
  });
  runtime.run();
  pass(10 ** 12);
  expect(log).toEqual([]);
  runtime.send(pid, "ping");
  runtime.run();
  expect(log).toEqual(["ping"]);
});

test("a time that is none is refused at once: RangeError for negative and NaN, TypeError for other things", () => {
  const { runtime } = ownRuntime();
  const errors: unknown[] = [];
  runtime.spawn((self: Self<"ping">) => {
    const table = { ping: () => 1 };
    for (const ms of [-1, Number.NaN, Number.NEGATIVE_INFINITY, "5", undefined] as number[]) {
      errors.push(thrown(() => self.receive(table, { after: ms, then: () => 2 })));
      errors.push(thrown(() => after(ms)));
    }
  });
  runtime.run();
  expect(errors.map((error) => (error as Error).name)).toEqual([
    ...["RangeError", "RangeError", "RangeError", "RangeError", "RangeError", "RangeError"],
    ...["TypeError", "TypeError", "TypeError", "TypeError"],
  ]);
  expect((errors[0] as Error).message).toBe("expected a timeout in ms (0 or more, or Infinity), got -1");
});

test("a message that arrived in time wins, even if its process gets its turn only after the time is over", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<"ping">) {
    log.push(yield* self.receive({ ping: () => "ping" }, { after: 100, then: () => "timeout" }));
  });
  runtime.run();
  runtime.send(pid, "ping");
  pass(500);
  expect(log).toEqual(["ping"]);
});

test("the time is over at the same moment for all who wait for it, in the order in which they began to wait", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  for (const name of ["a", "b", "c"]) {
    runtime.spawn(function* (self: Self<never>) {
      yield* self.receive(
        on("x", () => 0),
        after(10, () => log.push(name)),
      );
    });
  }
  runtime.run();
  pass(10);
  expect(log).toEqual(["a", "b", "c"]);
});

test("the time counts for the wait only, not for the clause", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<"ping">) {
    const slow = function* () {
      yield* self.sleep(1000);
      return "slow ping";
    };
    log.push(yield* self.receive({ ping: slow }, { after: 100, then: () => "timeout" }));
  });
  runtime.run();
  runtime.send(pid, "ping");
  runtime.run();
  pass(999);
  expect(log).toEqual([]);
  pass(1);
  expect(log).toEqual(["slow ping"]);
});

test("what follows a timeout may be a generator function or an async one", async () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self<never>) {
    const late = function* () {
      yield* self.sleep(10);
      return "slept";
    };
    log.push(
      yield* self.receive(
        on("x", () => 0),
        after(10, late),
      ),
    );
    log.push(
      yield* self.receive(
        on("x", () => 0),
        after(10, async () => "awaited"),
      ),
    );
  });
  runtime.run();
  pass(10);
  pass(10);
  pass(10);
  await settle(runtime);
  expect(log).toEqual(["slept", "awaited"]);
});

test("async bodies and the main process time out alike", async () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(async (self: Self<"ping">) => {
    log.push(await self.receive({ ping: () => "ping" }, { after: 10, then: () => "body" }));
  });
  runtime
    .receive(
      on("x", () => 0),
      after(10, () => "main"),
    )
    .then((result) => log.push(result));
  await settle(runtime);
  pass(9);
  await settle(runtime);
  expect(log).toEqual([]);
  pass(1);
  await settle(runtime);
  expect(log.sort()).toEqual(["body", "main"]);
});

test("a process killed in its receive leaves no timer behind", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<never>) {
    yield* self.receive(
      on("x", () => 0),
      after(10, () => log.push("timeout")),
    );
  });
  runtime.run();
  runtime.exit(pid, "kill");
  pass(100);
  expect(log).toEqual([]);
});
