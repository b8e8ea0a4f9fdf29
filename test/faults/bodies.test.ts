import { describe, expect, test } from "vitest";
import {
  after,
  createRuntime,
  ExitError,
  inspect,
  loop,
  on,
  P,
  type Pid,
  type Report,
  type Suspend,
} from "../../src/index.ts";
import { expectIntact, type Loose, rejectionOf, rig } from "./rig.ts";

const boom = () => {
  throw new Error("boom");
};

/** What the logger was told, in short. */
const said = (reports: Report[]) => reports.map(({ kind, reason, message }) => `${kind}: ${message ?? reason}`);

describe("a body that fails", () => {
  const bodies: [string, (self: Loose) => unknown][] = [
    ["plain", boom],
    [
      "generator, at once",
      function* () {
        boom();
      },
    ],
    [
      "generator, after a message",
      function* (self) {
        yield* self.receive();
        boom();
      },
    ],
    [
      "generator, in a clause of a tag table",
      function* (self) {
        yield* self.receive({ go: boom });
      },
    ],
    [
      "generator, in a clause behind a pattern",
      function* (self) {
        yield* self.receive(on("go", boom));
      },
    ],
    [
      "generator, in a clause that is a generator",
      function* (self) {
        yield* self.receive({
          *go() {
            yield* self.sleep(0);
            boom();
          },
        });
      },
    ],
    [
      "generator, in a clause that is async",
      function* (self) {
        yield* self.receive({
          async go() {
            boom();
          },
        });
      },
    ],
    [
      "generator, in what follows a timeout",
      function* (self) {
        yield* self.receive({}, { after: 0, then: boom });
      },
    ],
    [
      "generator, in its own finally",
      function* (self) {
        try {
          yield* self.receive();
        } finally {
          boom();
        }
      },
    ],
    ["async, at once", async () => boom()],
    [
      "async, after a message",
      async (self) => {
        await self.receive();
        boom();
      },
    ],
    [
      "async, in a clause",
      async (self) => {
        await self.receive({ go: boom });
      },
    ],
    ["async, by a promise of somebody else's", () => Promise.reject(new Error("boom"))],
    ["loop", loop(0, boom) as (self: Loose) => unknown],
  ];

  test.each(bodies)(
    "%s: ends its process with the error as reason, is reported once, and nobody else notices",
    async (_, body) => {
      const { runtime, reports, mainExits, settle, advance, expectEmpty } = rig();
      const bystander = runtime.spawn(function* (self: Loose) {
        yield* self.receive();
      });
      const [pid, ref] = runtime.spawnMonitor(body);
      runtime.send(pid, "go" as never);
      await settle();
      advance(1);
      await settle();
      expect(runtime.isAlive(pid)).toBe(false);
      expect(said(reports)).toEqual(["crash: Error: boom"]);
      expect(mainExits).toEqual([]);
      expect(runtime.isAlive(bystander)).toBe(true);
      expect(inspect(await runtime.receive())).toBe(inspect(["DOWN", ref, "process", pid, new Error("boom")]));
      runtime.exit(bystander, "kill");
      expectEmpty();
    },
  );

  test.each([
    ["a string", "boom", ["nocatch", "boom"]],
    ["undefined", undefined, ["nocatch", undefined]],
    ["null", null, ["nocatch", null]],
    ["an object without prototype", Object.create(null), ["nocatch", Object.create(null)]],
    ["a symbol", Symbol.iterator, ["nocatch", Symbol.iterator]],
    ["an error of another class", new RangeError("boom"), new RangeError("boom")],
  ])("that throws %s ends with that as reason", (_, thrown, reason) => {
    const { runtime, reports, expectEmpty } = rig();
    runtime.spawn(() => {
      throw thrown;
    });
    runtime.run();
    expect(reports).toHaveLength(1);
    expect(reports[0]?.reason).toEqual(reason);
    expectEmpty();
  });

  const trap = () => {
    throw new Error("trap");
  };
  const everyTrap: ProxyHandler<object> = {
    get: trap,
    has: trap,
    getPrototypeOf: trap,
    ownKeys: trap,
    getOwnPropertyDescriptor: trap,
  };
  test.each<[string, unknown]>([
    [
      "with a tag that throws",
      {
        get [Symbol.toStringTag]() {
          return trap();
        },
      },
    ],
    ["whose every trap throws", new Proxy({}, everyTrap)],
    ["that is a revoked proxy", revoked()],
    ["with a name that throws", Object.defineProperty(new Error("boom"), "name", { get: trap })],
    ["with a message that throws", Object.defineProperty(new Error("boom"), "message", { get: trap })],
    ["with a stack that throws", Object.defineProperty(new Error("boom"), "stack", { get: trap })],
    ["with a cause that throws", Object.defineProperty(new Error("boom"), "cause", { get: trap })],
  ])("that throws something %s ends like any other, and is reported", (_, thrown) => {
    const { runtime, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    runtime.spawn(() => {
      throw thrown;
    });
    runtime.spawn(() => {
      seen.push("the next one ran");
    });
    runtime.run();
    expect(reports).toHaveLength(1);
    expect(seen).toEqual(["the next one ran"]);
    expectEmpty();
  });

  test("by the default logger: things that can't be printed are printed as that", () => {
    const { runtime, expectEmpty } = rig({ logger: undefined as never });
    const printed: string[] = [];
    const { error } = console;
    console.error = (text: string) => printed.push(text);
    try {
      runtime.spawn(() => {
        throw new Proxy({}, everyTrap);
      });
      runtime.run();
    } finally {
      console.error = error;
    }
    expect(printed).toHaveLength(1);
    expect(printed[0]).toContain("raised an exception");
    expectEmpty();
  });

  test("whose own name can't be read ends like any other", () => {
    const { runtime, reports, expectEmpty } = rig();
    const nameless = Object.defineProperty(() => boom(), "name", { get: trap });
    const displayed = Object.assign(() => boom(), { displayName: Symbol("name") });
    const classy = Object.defineProperty(() => boom(), "name", { value: () => "name" });
    for (const body of [nameless, displayed, classy]) runtime.spawn(body);
    runtime.run();
    expect(said(reports)).toEqual(["crash: Error: boom", "crash: Error: boom", "crash: Error: boom"]);
    expectEmpty();
  });

  test("because it is a class, a proxy, or an async generator ends like any other", async () => {
    const { runtime, reports, settle, expectEmpty } = rig();
    runtime.spawn(class Body {} as never);
    runtime.spawn(new Proxy(() => {}, { apply: trap, get: trap }));
    runtime.spawn(async function* () {});
    await settle();
    expect(reports).toHaveLength(3);
    expect(String(reports[2]?.reason)).toContain("async generator");
    expectEmpty();
  });

  test("because it returns what only looks like a generator, or one that is another process's, ends alone", () => {
    const { runtime, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    const tag = { [Symbol.toStringTag]: "Generator" };
    runtime.spawn(() => tag);
    runtime.spawn(() => ({ ...tag, next: () => undefined }));
    runtime.spawn(() => ({ ...tag, next: () => ({ done: true, value: 1 }) }));
    runtime.spawn(() => ({ ...tag, next: trap, return: trap, throw: trap }));
    const shared = (function* () {
      seen.push("once");
      yield* runtime.sleep(0);
    })();
    runtime.spawn(() => shared);
    runtime.spawn(() => shared);
    const running: Generator<unknown, unknown, unknown>[] = [];
    running.push(
      (function* (): Generator<unknown, unknown, unknown> {
        return running[0]?.next();
      })(),
    );
    runtime.spawn(() => running[0]);
    runtime.run();
    runtime.run();
    expectIntact(runtime);
    expect(seen).toEqual(["once"]);
    expect(reports.length).toBeGreaterThanOrEqual(4);
    for (const pid of runtime.processes().slice(1)) runtime.exit(pid, "kill");
    expectEmpty();
  });

  test("2,000 generators deep can wait, be killed and run every finally block", () => {
    const { runtime, expectEmpty } = rig();
    let closed = 0;
    function* nest(self: Loose, depth: number): Generator<Suspend, unknown, unknown> {
      try {
        return yield* depth === 0 ? self.receive() : nest(self, depth - 1);
      } finally {
        closed++;
      }
    }
    const pids = [1, 2].map(() => runtime.spawn((self: Loose) => nest(self, 2000)));
    runtime.run();
    runtime.send(pids[0] as Pid<unknown>, "message");
    runtime.run();
    expect(closed).toBe(2001);
    runtime.exit(pids[1] as Pid<unknown>, "kill");
    runtime.run();
    expect(closed).toBe(4002);
    expectEmpty();
  });

  test("by recursing on itself without end, with yield*, ends alone", () => {
    const { runtime, reports, expectEmpty } = rig();
    function* recurse(self: Loose): Generator<Suspend, void, unknown> {
      yield* self.sleep(0);
      yield* recurse(self);
    }
    const other = runtime.spawn(function* (self: Loose) {
      yield* self.receive();
    });
    runtime.spawn(recurse);
    runtime.run();
    expect(reports.map(({ reason }) => (reason as Error).name)).toEqual(["RangeError"]);
    expect(runtime.isAlive(other)).toBe(true);
    runtime.exit(other, "kill");
    expectEmpty();
  });

  test("by too deep a recursion ends alone", () => {
    const { runtime, reports, expectEmpty } = rig();
    const deep = (n: number): number => 1 + deep(n + 1);
    runtime.spawn(() => deep(0));
    runtime.run();
    expect(reports).toHaveLength(1);
    expect(reports[0]?.reason).toBeInstanceOf(RangeError);
    expectEmpty();
  });
});

describe("under the turns of the host, which nobody runs by hand", () => {
  test("bodies that fail in every way leave the runtime running", async () => {
    const reports: Report[] = [];
    await using runtime = createRuntime({ logger: (report) => reports.push(report), onMainExit: () => {} });
    const hostile: (() => unknown)[] = [
      boom,
      async () => {
        boom();
      },
      () => {
        throw revoked();
      },
      Object.defineProperty(() => boom(), "name", { get: boom }),
      () => ({ then: boom }),
      () => Object.defineProperty({}, "then", { get: boom }),
      () => Promise.reject(revoked()),
      new Proxy(() => {}, { apply: boom, get: boom }),
    ];
    for (let round = 0; round < 3; round++) {
      for (const body of hostile) runtime.spawn(body);
      runtime.spawnLink(boom);
      expect(await runtime.run(() => "running")).toBe("running");
    }
    await runtime.run((self: Loose) => self.sleep(1));
    expectIntact(runtime);
    expect(runtime.processes()).toEqual([runtime.self()]);
    expect(reports).toHaveLength(3 * (hostile.length + 1));
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe("a yield of something that is no operation", () => {
  test.each<[string, unknown, string]>([
    ["a number", 5, "yielded 5, which is no operation"],
    ["undefined", undefined, "yielded undefined, which is no operation"],
    ["a promise", Promise.resolve(), "yielded Promise"],
    ["a stranger's iterator result", { done: false, value: 5 }, "yielded {done: false"],
  ])("%s: throws a TypeError there that says what to write", (_, yielded, text) => {
    const { runtime, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose): Generator<unknown, void, unknown> {
      try {
        yield yielded;
      } catch (error) {
        seen.push((error as Error).name, (error as Error).message);
      }
      // What follows works.
      seen.push(yield* self.receive());
      yield yielded;
    });
    runtime.send(pid, "message");
    runtime.run();
    expect(seen[0]).toBe("TypeError");
    expect(seen[1]).toContain(text);
    expect(seen[1]).toContain("yield* receive()");
    expect(seen[2]).toBe("message");
    expect(said(reports)).toHaveLength(1);
    expect(said(reports)[0]).toContain(text);
    expectEmpty();
  });

  test.each<[string, (self: Loose) => unknown]>([
    ["receive()", (self) => self.receive()],
    ["receive({…})", (self) => self.receive({ a: () => "a" } as never)],
    ["sleep(5)", (self) => self.sleep(5)],
    ["until(promise)", (self) => self.until(Promise.resolve())],
  ])("%s without the star: throws a TypeError that says so, and takes no message", (_, operation) => {
    const { runtime, reports, advance, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose): Generator<unknown, void, unknown> {
      try {
        yield operation(self);
      } catch (error) {
        seen.push((error as Error).message);
      }
      seen.push(yield* self.receive());
    });
    runtime.send(pid, "a");
    runtime.run();
    advance(10);
    expect(seen).toEqual(["yielded an operation: write yield* (with the star)", "a"]);
    expect(said(reports)).toEqual([]);
    expectEmpty();
  });

  test("inside a clause that is a generator: throws in the receive", () => {
    const { runtime, reports, expectEmpty } = rig();
    const pid = runtime.spawn(function* (self: Loose) {
      yield* self.receive({
        *go() {
          yield 5 as never;
        },
      });
    });
    runtime.send(pid, "go");
    runtime.run();
    expect(said(reports)[0]).toContain("yielded 5");
    expectEmpty();
  });

  test("again and again: the process can be killed, and its generator is closed", () => {
    const { runtime, advance, expectEmpty } = rig();
    let closed = 0;
    const pid = runtime.spawn(function* (self: Loose): Generator<unknown, void, unknown> {
      try {
        for (let i = 0; i < 10; i++) {
          try {
            yield i;
          } catch {
            yield* self.sleep(1);
          }
        }
      } finally {
        closed++;
      }
    });
    runtime.run();
    advance(3);
    runtime.exit(pid, "kill");
    runtime.run();
    expect(closed).toBe(1);
    expectEmpty();
  });
});

describe("an operation that is used as it can't be", () => {
  test("one of another process's self is refused, and changes nothing of that process", () => {
    const { runtime, reports, expectEmpty } = rig();
    const errors: Error[] = [];
    let owner!: Loose;
    const pid = runtime.spawn(function* (self: Loose) {
      owner = self;
      yield* self.receive({ end: () => "end" });
    });
    runtime.send(pid, "untouched");
    runtime.run();
    const before = runtime.processInfo(pid);
    const attempts: ((self: Loose) => unknown)[] = [
      () => owner.link(runtime.self()),
      () => owner.unlink(runtime.self()),
      () => owner.monitor(runtime.self()),
      () => owner.alias(),
      () => owner.exit(pid, "boom"),
      () => owner.spawnLink(boom),
      () => owner.spawnMonitor(boom),
      () => owner.put("key", "value"),
      () => owner.get("key"),
      () => owner.erase("key"),
      () => owner.processFlag("trapExit", true),
      () => {
        owner.trapExit = true;
      },
      () => {
        owner.priority = "max";
      },
    ];
    const waits: ((self: Loose) => PromiseLike<unknown> & Iterable<never>)[] = [
      () => owner.receive() as never,
      () => owner.receive({ untouched: () => 1 } as never) as never,
      () => owner.receive(on(P._, () => 1)) as never,
      () => owner.receiveAll({ untouched: () => 1 } as never) as never,
      () => owner.sleep(1) as never,
      () => owner.until(Promise.resolve()) as never,
    ];
    runtime.spawn(function* thief(self: Loose) {
      for (const attempt of attempts) {
        try {
          attempt(self);
        } catch (error) {
          errors.push(error as Error);
        }
      }
      for (const wait of waits) {
        try {
          yield* wait(self);
        } catch (error) {
          errors.push(error as Error);
        }
      }
    });
    runtime.run();
    expect(errors.map(({ name }) => name)).toEqual(Array(attempts.length + waits.length).fill("UsageError"));
    for (const { message } of errors) expect(message).toContain(String(pid));
    expectIntact(runtime);
    expect(runtime.processInfo(pid)).toEqual(before);
    expect(said(reports)).toEqual([]);
    runtime.exit(pid, "kill");
    expectEmpty();
  });

  test("the self of a generator body is refused to the host, while the process waits", async () => {
    const { runtime, expectEmpty } = rig();
    let owner!: Loose;
    const pid = runtime.spawn(function* (self: Loose) {
      owner = self;
      yield* self.receive({ end: () => "end" });
    });
    runtime.send(pid, "untouched");
    runtime.run();
    expect(() => owner.link(runtime.self())).toThrow("used outside of its slices");
    expect((await rejectionOf(owner.receive())).name).toBe("UsageError");
    expect((await rejectionOf(owner.receive({ untouched: () => 1 } as never))).name).toBe("UsageError");
    expect(runtime.processInfo(pid, "messages")).toEqual(["untouched"]);
    expectIntact(runtime);
    runtime.exit(pid, "kill");
    expectEmpty();
  });

  test("two receives of one process at once: the second is refused, the first goes on", async () => {
    const { runtime, settle } = rig();
    const first = runtime.receive();
    const taken = first.then((message) => message);
    expect((await rejectionOf(runtime.receive())).message).toContain("is in another receive");
    expect((await rejectionOf(runtime.receive({ a: () => "a" }))).name).toBe("UsageError");
    expectIntact(runtime);
    runtime.send(runtime.self(), "message");
    await settle();
    expect(await taken).toBe("message");
    expectIntact(runtime);
  });

  test("two receives of one async body at once: the second is refused, the first goes on", async () => {
    const { runtime, settle, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(async (self: Loose) => {
      const both = await Promise.allSettled([self.receive(), self.receive(), self.receive({ x: () => 1 } as never)]);
      for (const each of both) seen.push(each.status === "fulfilled" ? each.value : (each.reason as Error).name);
    });
    await settle();
    runtime.send(pid, "message");
    await settle();
    expect(seen).toEqual(["message", "UsageError", "UsageError"]);
    expect(said(reports)).toEqual([]);
    expectEmpty();
  });

  test.each<[string, (self: Loose) => Iterable<never>]>([
    [
      "receive with a timeout",
      (self) => self.receive({ a: () => "a" } as never, { after: 10, then: () => "timeout" }) as never,
    ],
    [
      "receive by clauses",
      (self) =>
        self.receive(
          on("a", () => "a"),
          after(10, () => "timeout"),
        ) as never,
    ],
    [
      "receive with a clause that waits",
      (self) =>
        self.receive(
          {
            *a() {
              yield* self.sleep(1);
              return "a";
            },
          } as never,
          { after: 10, then: () => "timeout" },
        ) as never,
    ],
    ["sleep", (self) => self.sleep(10) as never],
  ])("a %s that is yielded twice waits twice, or the second time is refused", (_, make) => {
    const { runtime, advance, expectEmpty } = rig();
    const seen: unknown[] = [];
    const times: number[] = [];
    let now = 0;
    runtime.spawn(function* (self: Loose) {
      const operation = make(self);
      seen.push(yield* operation);
      times.push(now);
      try {
        seen.push(yield* operation);
      } catch (error) {
        seen.push((error as Error).name);
      }
      times.push(now);
    });
    runtime.run();
    for (let i = 0; i < 3; i++) {
      now += 10;
      advance(10);
    }
    expect(times[0]).toBe(10);
    if (seen[1] === "UsageError") expect(times).toEqual([10, 10]);
    else expect([seen[1], times[1]]).toEqual([seen[0], 20]);
    expectEmpty();
  });
});

describe("code that calls the scheduler from within", () => {
  test("run() inside a body is refused, and the body goes on", () => {
    const { runtime, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    runtime.spawn(function* (self: Loose) {
      try {
        runtime.run();
      } catch (error) {
        seen.push((error as Error).name, (error as Error).message);
      }
      yield* self.sleep(0);
      seen.push("went on");
    });
    runtime.run();
    expect(seen[0]).toBe("UsageError");
    expect(seen[1]).toContain("from within");
    expect(seen[2]).toBe("went on");
    expect(said(reports)).toEqual([]);
    expectEmpty();
  });

  test("run() inside a guard, a clause, a finally block and an abort listener is refused", () => {
    const { runtime, reports, expectEmpty } = rig();
    const names: string[] = [];
    const attempt = () => {
      try {
        runtime.run();
        names.push("ran");
      } catch (error) {
        names.push((error as Error).name);
      }
    };
    const pid = runtime.spawn(function* (self: Loose) {
      self.signal.addEventListener("abort", attempt);
      try {
        yield* self.receive(
          on(
            () => {
              attempt();
              return true;
            },
            () => attempt(),
          ),
        );
        yield* self.receive();
      } finally {
        attempt();
      }
    });
    runtime.send(pid, "message");
    runtime.run();
    runtime.spawn(() => {
      runtime.exit(pid, "kill");
    });
    runtime.run();
    expect(names.slice(0, 3)).toEqual(["UsageError", "UsageError", "UsageError"]);
    expect(names).toHaveLength(4);
    expect(said(reports)).toEqual([]);
    expectEmpty();
  });

  test("stop() inside a body is refused by a rejection, and the body goes on", async () => {
    const { runtime, settle, reports, expectEmpty } = rig();
    let refused: Promise<Error> | undefined;
    const seen: unknown[] = [];
    runtime.spawn(function* (self: Loose) {
      refused = rejectionOf(runtime.stop());
      yield* self.sleep(0);
      seen.push("went on");
    });
    await settle();
    expect((await refused)?.name).toBe("UsageError");
    expect(seen).toEqual(["went on"]);
    expect(said(reports)).toEqual([]);
    expectEmpty();
  });
});

describe("a finally block", () => {
  const unwaitable: [string, (self: Loose, kept: Iterable<never>) => Iterable<never>][] = [
    ["receive()", (self) => self.receive() as never],
    ["receive({…})", (self) => self.receive({ message: () => 1 } as never) as never],
    [
      "receive(on(…), after(0))",
      (self) =>
        self.receive(
          on("message", () => 1),
          after(0),
        ) as never,
    ],
    ["sleep(0)", (self) => self.sleep(0) as never],
    ["until(promise)", (self) => self.until(Promise.resolve()) as never],
    ["an operation made before", (_, kept) => kept],
  ];

  test.each(unwaitable)(
    "of a killed process can't wait by %s: it throws the process's end, and what follows runs",
    (_, make) => {
      for (const byProcess of [true, false]) {
        const { runtime, reports, advance, expectEmpty } = rig();
        const seen: unknown[] = [];
        const pid = runtime.spawn(function* (self: Loose) {
          const kept = self.receive() as Iterable<never>;
          try {
            yield* self.sleep(1000);
          } finally {
            try {
              yield* make(self, kept);
              seen.push("waited");
            } catch (error) {
              seen.push((error as Error).name, (error as ExitError).reason);
            }
            seen.push("after");
          }
        });
        runtime.run();
        reports.length = 0; // The one that was made before was forgotten, as far as anybody could tell.
        const bystander = runtime.spawn(function* (self: Loose) {
          if (byProcess) self.exit(pid, "kill");
          yield* self.sleep(500);
          yield* self.receive({ end: () => 1 });
        });
        runtime.send(bystander, "message");
        runtime.send(pid, "message");
        if (!byProcess) runtime.exit(pid, "kill");
        runtime.run();
        expectIntact(runtime);
        expect(seen).toEqual(["ExitError", "killed", "after"]);
        expect(runtime.processInfo(bystander, "messages")).toEqual(["message"]);
        expect(said(reports)).toEqual([]);
        advance(500);
        runtime.exit(bystander, "kill");
        expectEmpty();
      }
    },
  );

  test("that exits while its process is being killed changes nothing of the reason", async () => {
    const { runtime, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    const [pid, ref] = runtime.spawnMonitor(function* (self: Loose) {
      try {
        yield* self.receive();
      } finally {
        try {
          self.exit("another reason");
        } finally {
          seen.push("ran");
          runtime.exit(self.pid, "a third reason");
        }
      }
    });
    runtime.run();
    runtime.exit(pid, "shutdown");
    runtime.run();
    expect(seen).toEqual(["ran"]);
    expect(said(reports)).toEqual([]);
    expect(inspect(await runtime.receive())).toBe(inspect(["DOWN", ref, "process", pid, "shutdown"]));
    expectEmpty();
  });

  test("that throws while its process is being killed is reported; the reason stays", async () => {
    const { runtime, reports, expectEmpty } = rig();
    const [pid, ref] = runtime.spawnMonitor(function* (self: Loose) {
      try {
        yield* self.receive();
      } finally {
        boom();
      }
    });
    runtime.run();
    runtime.exit(pid, "kill");
    runtime.run();
    expect(said(reports)).toEqual(["crash: Error: boom"]);
    expect(inspect(await runtime.receive())).toBe(inspect(["DOWN", ref, "process", pid, "killed"]));
    expectEmpty();
  });

  test("can end other processes, and what ends with them has its finally blocks run", () => {
    const { runtime, reports, expectEmpty } = rig();
    const closed: string[] = [];
    const body = function* (self: Loose, name: string, then: (self: Loose) => void) {
      try {
        yield* self.receive();
      } finally {
        closed.push(name);
        then(self);
      }
    };
    const c = runtime.spawn(body, "c", () => {});
    const b = runtime.spawn(function* (self: Loose) {
      self.link(c);
      yield* body(self, "b", (self) => self.exit(a, "kill"));
    });
    const a: Pid<unknown> = runtime.spawn(body, "a", (self: Loose) => {
      self.exit(b, "boom");
      self.exit(self.pid, "another");
    });
    runtime.run();
    runtime.exit(a, "kill");
    runtime.run();
    expect(closed.sort()).toEqual(["a", "b", "c"]);
    expect(said(reports)).toEqual([]);
    expectEmpty();
  });

  test("can still send, spawn and look around", async () => {
    const { runtime, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    const main = runtime.self();
    const pid = runtime.spawn(function* (self: Loose) {
      try {
        yield* self.receive();
      } finally {
        seen.push(runtime.isAlive(self.pid), runtime.self() === self.pid, runtime.processInfo(self.pid));
        runtime.send(main, "goodbye");
        runtime.spawn(() => {
          runtime.send(main, "from the one it spawned");
        });
        self.send(self.pid, "into the void");
      }
    });
    runtime.run();
    runtime.exit(pid, "kill");
    runtime.run();
    expect(seen).toEqual([false, true, undefined]);
    expect([await runtime.receive(), await runtime.receive()]).toEqual(["goodbye", "from the one it spawned"]);
    expect(said(reports)).toEqual([]);
    expectEmpty();
  });

  test.each<[string, (self: Loose, other: Pid<unknown>) => unknown]>([
    ["link", (self, other) => self.link(other)],
    ["monitor", (self, other) => self.monitor(other)],
    ["alias", (self) => self.alias()],
    ["spawnLink", (self) => self.spawnLink(() => {})],
    ["spawnMonitor", (self) => self.spawnMonitor(() => {})],
    ["spawnOpt with a link", (self) => self.spawnOpt(() => {}, { link: true })],
    ["put", (self) => self.put("key", "value")],
    ["processFlag", (self) => self.processFlag("trapExit", true)],
    ["register", (self) => self.runtime.register(self.pid, "ghost")],
  ])("can't %s any more: it throws, and nothing is left behind", (_, act) => {
    const { runtime, core, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    const other = runtime.spawn(function* (self: Loose) {
      yield* self.receive();
    });
    const pid = runtime.spawn(function* (self: Loose) {
      try {
        yield* self.receive();
      } finally {
        try {
          act(self, other);
          seen.push("it could");
        } catch (error) {
          seen.push((error as Error).name);
        }
      }
    });
    runtime.run();
    runtime.exit(pid, "kill");
    runtime.run();
    expect(["ExitError", "NameError"]).toContain(seen[0]);
    expectIntact(runtime);
    expect([core.edgesInUse(), runtime.registered()]).toEqual([0, []]);
    expect(said(reports)).toEqual([]);
    runtime.exit(other, "kill");
    expectEmpty();
  });

  test("that yields for ever is left where it is, and its process is gone", () => {
    const { runtime, reports, expectEmpty } = rig();
    const pid = runtime.spawn(function* (self: Loose) {
      try {
        yield* self.receive();
      } finally {
        for (;;) {
          try {
            yield undefined as never;
          } catch {
            // It will not learn.
          }
        }
      }
    });
    runtime.run();
    runtime.exit(pid, "kill");
    runtime.run();
    expect(said(reports)[0]).toContain("a finally block went on waiting");
    expectEmpty();
  });

  test("runs once, in every way a process can end", async () => {
    const { runtime, settle, advance, expectEmpty } = rig({ logger: () => {} });
    const ends: ((self: Loose) => Generator<Suspend, void, unknown>)[] = [
      function* () {},
      function* () {
        boom();
      },
      function* (self) {
        self.exit("reason");
      },
      function* (self) {
        self.exit(self.pid, "kill");
      },
      function* (self) {
        self.link(self.spawn(() => boom()));
        yield* self.receive();
      },
      function* (self) {
        yield* self.receive();
      },
      function* (self) {
        yield* self.sleep(10_000);
      },
      function* (self) {
        yield* self.until(new Promise(() => {}));
      },
      function* (self) {
        yield* self.receive({
          *go() {
            yield* self.receive({ never: () => {} });
          },
        });
      },
    ];
    const counts = ends.map(() => 0);
    const pids = ends.map((end, i) =>
      runtime.spawn(function* (self: Loose) {
        try {
          yield* end(self);
        } finally {
          counts[i] = (counts[i] as number) + 1;
        }
      }),
    );
    for (const pid of pids) runtime.send(pid, "go");
    await settle();
    for (const pid of pids) runtime.exit(pid, "kill");
    advance(1);
    await settle();
    expect(counts).toEqual(ends.map(() => 1));
    expectEmpty();
  });
});

describe("a body that is killed before its first slice", () => {
  test("never runs, and is gone", () => {
    const { runtime, expectEmpty } = rig();
    let ran = false;
    const pid = runtime.spawnOpt(
      () => {
        ran = true;
      },
      { name: "unborn", args: [] },
    );
    runtime.send(pid, "message" as never);
    runtime.exit(pid, "kill");
    expect(runtime.whereis("unborn")).toBeUndefined();
    runtime.run();
    expect(ran).toBe(false);
    expectEmpty();
  });
});

describe("an error that is an ExitError", () => {
  test("made by the program asks for its reason, without a report", async () => {
    const { runtime, reports, expectEmpty } = rig();
    const [pid, ref] = runtime.spawnMonitor(() => {
      throw new ExitError(["shutdown", "enough"]);
    });
    runtime.run();
    expect(inspect(await runtime.receive())).toBe(inspect(["DOWN", ref, "process", pid, ["shutdown", "enough"]]));
    expect(said(reports)).toEqual([]);
    expectEmpty();
  });
});
