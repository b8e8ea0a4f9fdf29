// biome-ignore-all lint/suspicious/noThenProperty: that is how the API says it
// The page's sections on spawn and mailboxes.
import { expect, test } from "vitest";
import { after, on, P, type Pid, type Runtime, type Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "../semantics/support/own-runtime.ts";

/** The page's first snippet. */
function spawnPing(runtime: Runtime, log: unknown[]): Pid<[Pid<"pong">, "ping"]> {
  return runtime.spawn(function* (self: Self<[Pid<"pong">, "ping"]>) {
    yield* self.receive(
      on([P.pid, "ping"], ([sender]) => {
        log.push("Got ping");
        runtime.send(sender, "pong");
      }),
    );
  });
}

test("S4 spawn returns the pid at once, and the body never runs synchronously", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(() => log.push("body"));
  log.push("spawned");
  expect(log).toEqual(["spawned"]);
  runtime.run();
  expect(log).toEqual(["spawned", "body"]);
  expect(String(pid)).toMatch(/^#PID<0\.\d+\.0>$/);
});

test("S4 nor does it when a process spawns", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn((self: Self) => {
    self.spawn(() => log.push("child"));
    log.push("parent");
  });
  runtime.run();
  expect(log).toEqual(["parent", "child"]);
});

test("S5 send returns the message", () => {
  const { runtime } = ownRuntime();
  const message: [Pid<"pong">, "ping"] = [runtime.self(), "ping"];
  expect(runtime.send(spawnPing(runtime, []), message)).toBe(message);
});

test("S6 unread messages stay, in order of arrival, and can be looked at", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  for (const message of ["first", "second", "third"]) runtime.send(pid, message);
  runtime.run();
  expect(runtime.processInfo(pid, "messages")).toEqual(["first", "second", "third"]);
  expect(runtime.processInfo(pid, "messages")).toEqual(["first", "second", "third"]);
});

test("S7 the oldest message that any clause takes wins, and the rest keep their order", async () => {
  const { runtime } = ownRuntime();
  for (const message of ["d", "c", "b", "a"]) runtime.send(runtime.self(), message);
  // "a" has the first clause, and "c" is older.
  const taken = await runtime.receive(
    on("a", () => "a"),
    on("b", () => "b"),
    on("c", () => "c"),
  );
  expect(taken).toBe("c");
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual(["d", "b", "a"]);
  // The same by tags.
  expect(await runtime.receive({ a: () => "a", b: () => "b" })).toBe("b");
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual(["d", "a"]);
});

test("S7 of the clauses that take one message, the first runs", async () => {
  const { runtime } = ownRuntime();
  runtime.send(runtime.self(), "both");
  const taken = await runtime.receive(
    on(P.string, () => "any string"),
    on("both", () => "the word"),
  );
  expect(taken).toBe("any string");
});

test("S8 a message that carries self can be answered", async () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.send(spawnPing(runtime, log), [runtime.self(), "ping"]);
  runtime.run();
  log.push(`Got ${await runtime.receive()} back`);
  expect(log).toEqual(["Got ping", "Got pong back"]);
});

test("S9 the process ends normally after its one receive", async () => {
  const { runtime } = ownRuntime();
  const pid = spawnPing(runtime, []);
  const ref = runtime.monitor(pid);
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(true);
  runtime.send(pid, [runtime.self(), "ping"]);
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(false);
  expect(await runtime.receive()).toBe("pong");
  expect(await runtime.receive()).toEqual(["DOWN", ref, "process", pid, "normal"]);
});

test("S10 a bare receive takes the oldest message, whatever it is", async () => {
  const { runtime } = ownRuntime();
  const object = { any: "thing" };
  for (const message of [undefined, object, 0]) runtime.send(runtime.self(), message);
  expect(await runtime.receive()).toBe(undefined);
  expect(await runtime.receive()).toBe(object);
  expect(await runtime.receive()).toBe(0);
});

test("S11 receive blocks its process only: the others go on", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const blocked = runtime.spawn(function* (self: Self<"never">) {
    log.push(yield* self.receive());
  });
  runtime.run();
  runtime.spawn(function* (self: Self) {
    log.push("another began");
    self.send(self.pid, "go on");
    log.push(yield* self.receive());
  });
  runtime.run();
  expect(log).toEqual(["another began", "go on"]);
  expect(runtime.processInfo(blocked, "status")).toBe("waiting");
});

test("S11 the host's own work is served while a process waits and two others never stop", async () => {
  const { runtime } = ownRuntime();
  const blocked = runtime.spawn(idle);
  function* echo(self: Self<Pid<never>>) {
    for (;;) self.send((yield* self.receive()) as Pid<unknown>, self.pid);
  }
  const [one, other] = [runtime.spawn(echo), runtime.spawn(echo)];
  runtime.send(one, other);
  // Resolves only if the host gets its turn between the endless messages.
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(runtime.processInfo(blocked, "status")).toBe("waiting");
  const before = runtime.processInfo(one, "reductions") as number;
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(runtime.processInfo(one, "reductions")).toBeGreaterThan(before);
  await runtime.stop();
});

test("S12 receive gives up after 5000 ms, and not before", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self<string>) {
    yield* self.receive(
      on(P._, (message) => log.push(message)),
      after(5000, () => log.push("Timeout, giving up")),
    );
  });
  runtime.run();
  pass(4999);
  expect(log).toEqual([]);
  pass(1);
  expect(log).toEqual(["Timeout, giving up"]);
});

test("S12 a message that matches in time is taken, and the timeout never fires", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<string>) {
    yield* self.receive(
      on(P._, (message) => log.push(message)),
      after(5000, () => log.push("Timeout, giving up")),
    );
    yield* self.receive();
  });
  runtime.run();
  pass(4999);
  runtime.send(pid, "in time");
  runtime.run();
  pass(100_000);
  expect(log).toEqual(["in time"]);
  expect(runtime.isAlive(pid)).toBe(true);
});

test("S12 messages that do not match do not start the clock again", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<string>) {
    yield* self.receive({ wanted: () => log.push("wanted") } as never, {
      after: 5000,
      then: () => log.push("gave up"),
    });
  });
  runtime.run();
  for (let second = 1; second < 5; second++) {
    pass(1000);
    runtime.send(pid, "noise");
    runtime.run();
  }
  pass(999);
  expect(log).toEqual([]);
  pass(1);
  expect(log).toEqual(["gave up"]);
});

test("S12 after 0 looks at what is there, and waits for nothing", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<string>) {
    for (let n = 0; n < 2; n++) {
      log.push(
        yield* self.receive(
          on("wanted", (message) => message),
          after(0, () => "nothing"),
        ),
      );
    }
  });
  runtime.send(pid, "noise");
  runtime.send(pid, "wanted");
  runtime.run();
  expect(log).toEqual(["wanted", "nothing"]);
  expect(runtime.isAlive(pid)).toBe(false);
});

test("S12 after Infinity never fires", () => {
  const { runtime, pass } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<string>) {
    yield* self.receive(
      on("never", () => {}),
      after(Number.POSITIVE_INFINITY, () => {}),
    );
  });
  runtime.run();
  // 30,000 years.
  for (let n = 0; n < 10; n++) pass(1e14);
  expect(runtime.processInfo(pid, "status")).toBe("waiting");
});

test("S12 a negative time and NaN are a RangeError that names the value", () => {
  const { runtime } = ownRuntime();
  for (const ms of [-1, Number.NEGATIVE_INFINITY, Number.NaN]) {
    const clause = thrown(() => after(ms, () => {}));
    const table = thrown(() => runtime.receive({}, { after: ms, then: () => {} }));
    for (const error of [clause, table]) {
      expect(error).toBeInstanceOf(RangeError);
      expect(String(error)).toContain(String(ms));
    }
  }
});
