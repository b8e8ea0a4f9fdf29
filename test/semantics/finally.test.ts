import { expect, test } from "vitest";
import { ExitError, type Self } from "../../src/index.ts";
import { idle, ownRuntime, rejection, thrown } from "./support/own-runtime.ts";

test("a generator that is killed where it waits runs its finally blocks, innermost first", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  function* inner(self: Self<unknown>) {
    try {
      yield* self.receive();
    } finally {
      log.push("inner");
    }
  }
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    try {
      yield* inner(self);
      log.push("not reached");
    } finally {
      log.push("outer");
    }
    log.push("not reached either");
  });
  runtime.run();
  runtime.exit(pid, "kill");
  runtime.run();
  expect(log).toEqual(["inner", "outer"]);
});

test("wherever it waits: in a receive of any kind, in a sleep, for a promise", () => {
  const { runtime } = ownRuntime();
  const log: number[] = [];
  const never = new Promise(() => undefined);
  const waits: ((self: Self<unknown>) => Generator<unknown, unknown, unknown>)[] = [
    function* (self) {
      yield* self.receive();
    },
    function* (self) {
      yield* self.receive({ go: () => 1 } as never);
    },
    function* (self) {
      yield* self.sleep(1000);
    },
    function* (self) {
      yield* self.until(never);
    },
  ];
  const pids = waits.map((wait, n) =>
    runtime.spawn(function* (self: Self<unknown>) {
      try {
        yield* wait(self);
      } finally {
        log.push(n);
      }
    }),
  );
  runtime.run();
  for (const pid of pids) runtime.exit(pid, "boom");
  runtime.run();
  expect(log).toEqual([0, 1, 2, 3]);
});

test("they run before any other process does, when the process is already dead for all others", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const victim = runtime.spawnOpt(
    function* (self: Self<unknown>) {
      try {
        yield* self.receive();
      } finally {
        log.push(["finally", runtime.isAlive(self.pid), runtime.whereis("victim")]);
      }
    },
    { name: "victim" },
  );
  runtime.run();
  runtime.spawn(function* (self: Self<unknown>) {
    self.monitor(victim);
    self.exit(victim, "kill");
    log.push(["killer", runtime.isAlive(victim), runtime.processInfo(self.pid, "messageQueueLen")]);
    yield* self.receive();
    log.push("the killer has its DOWN");
  });
  runtime.spawn(() => log.push("another"));
  runtime.run();
  // The killer's slice goes on; nobody else gets one before the finally block.
  expect(log).toEqual([["killer", false, 1], "the killer has its DOWN", ["finally", false, undefined], "another"]);
});

test("they may send, spawn and act on others", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const listener = runtime.spawn(function* (self: Self<string>) {
    for (;;) log.push(yield* self.receive());
  });
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    try {
      yield* self.receive();
    } finally {
      self.send(listener, "from finally");
      self.spawn(() => self.send(listener, "from a child of finally"));
    }
  });
  runtime.run();
  runtime.exit(pid, "kill");
  runtime.run();
  expect(log).toEqual(["from finally", "from a child of finally"]);
});

test("they cannot wait: what they wait for throws the exit reason", () => {
  const { runtime, reports } = ownRuntime();
  const errors: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    try {
      yield* self.receive();
    } finally {
      for (const wait of [() => self.receive(), () => self.sleep(1), () => self.until(Promise.resolve())]) {
        try {
          yield* wait();
        } catch (error) {
          errors.push(error);
        }
      }
    }
  });
  runtime.run();
  runtime.exit(pid, "boom");
  runtime.run();
  expect(errors.map((error) => (error as ExitError).reason)).toEqual(["boom", "boom", "boom"]);
  expect(reports).toEqual([]);
});

test("they cannot change how their process ended: exit, return and caught errors come too late", () => {
  const { runtime, reports } = ownRuntime();
  const [pid, ref] = runtime.spawnMonitor(function* (self: Self<unknown>) {
    try {
      yield* self.receive();
    } finally {
      self.exit("another reason");
    }
  });
  runtime.run();
  runtime.exit(pid, "the reason");
  runtime.run();
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([["DOWN", ref, "process", pid, "the reason"]]);
  expect(reports).toEqual([]);
});

test("an error that one throws is reported, and the rest of them run", () => {
  const { runtime, reports } = ownRuntime();
  const log: string[] = [];
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    try {
      try {
        yield* self.receive();
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: that is what is tested
        throw new Error("from finally");
      }
    } finally {
      log.push("outer");
    }
  });
  runtime.run();
  runtime.exit(pid, "kill");
  runtime.run();
  expect(log).toEqual(["outer"]);
  expect(reports.map(({ kind, reason }) => [kind, String(reason)])).toEqual([["crash", "Error: from finally"]]);
});

test("a finally block that kills the next, and so on: all of them run", () => {
  const { runtime } = ownRuntime();
  const log: number[] = [];
  const pids = Array.from({ length: 100 }, (_, n) =>
    runtime.spawn(function* (self: Self<unknown>) {
      try {
        yield* self.receive();
      } finally {
        log.push(n);
        const next = pids[n + 1];
        if (next !== undefined) runtime.exit(next, "kill");
      }
    }),
  );
  runtime.run();
  runtime.exit(pids[0] as never, "kill");
  runtime.run();
  expect(log).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

test("a process that was never begun has nothing to clean up", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    try {
      log.push("begun");
      yield* self.receive();
    } finally {
      log.push("finally");
    }
  });
  runtime.exit(pid, "kill");
  runtime.run();
  expect(log).toEqual([]);
  expect(runtime.isAlive(pid)).toBe(false);
});

test("a finally block that goes on waiting for ever is left where it is, with a warning", () => {
  const { runtime, reports } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    try {
      yield* self.receive();
    } finally {
      for (;;) {
        try {
          yield "no operation, and no end";
        } catch {
          // Whatever comes.
        }
      }
    }
  });
  runtime.run();
  runtime.exit(pid, "kill");
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(false);
  expect(reports.map(({ message }) => message)).toEqual([
    "a finally block went on waiting after its process was killed",
  ]);
});

test("async bodies run theirs when the host lets them", async () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const body = async (self: Self<unknown>) => {
    try {
      await self.receive();
    } finally {
      log.push(["finally", thrown(() => self.exit(self.pid, "x")) instanceof ExitError]);
    }
  };
  const result = runtime.run(body);
  const other = runtime.spawn(idle);
  runtime.run();
  for (let i = 0; i < 20; i++) await null;
  const pid = runtime.processes().find((each) => each !== runtime.self() && each !== other);
  runtime.exit(pid as never, "kill");
  runtime.run();
  expect(await rejection(result)).toBeInstanceOf(ExitError);
  expect(log).toEqual([["finally", true]]);
});
