import { describe, expect, test } from "vitest";
import { type ExitError, inspect, type Pid } from "../../src/index.ts";
import { expectIntact, type Loose, rig } from "./rig.ts";

function* idle(self: Loose) {
  yield* self.receive({ end: () => {} });
}

const nameOf = (error: unknown) => (error as Error).name;
const rethrow = (error: unknown) => {
  throw error;
};

describe("an async body that has begun to wait, and goes on in its first slice", () => {
  const waits: [string, (self: Loose) => PromiseLike<unknown>][] = [
    ["receive()", (self) => self.receive()],
    ["receive({…})", (self) => self.receive({ never: () => {} })],
    ["receive({…}, timeout)", (self) => self.receive({ never: () => {} }, { after: 1000, then: () => {} })],
    ["sleep", (self) => self.sleep(1000)],
    ["until", (self) => self.until(new Promise(() => {}))],
  ];
  const ends: [string, (self: Loose, child: Pid<unknown>) => void][] = [
    ["kills itself", (self) => self.exit(self.pid, "kill")],
    ["exits", (self) => self.exit("boom")],
    ["kills one that is linked to it", (self, child) => void self.exit(child, "boom")],
    ["overflows its own mailbox", (self) => [1, 2, 3].forEach((n) => void self.send(self.pid, n))],
  ];
  const pairs = waits.flatMap(([wait, begin]) =>
    ends.map(([end, act]) => [`${wait}, and ${end}`, begin, act] as const),
  );

  test.each(pairs)("%s: dies once, and the wait is rejected", async (_, begin, act) => {
    const { runtime, settle, expectEmpty } = rig({ logger: () => {} });
    const seen: unknown[] = [];
    const pid = runtime.spawnOpt(
      async (self: Loose) => {
        const child = self.spawnLink(idle);
        begin(self).then(
          () => seen.push("waited"),
          (error) => seen.push(nameOf(error)),
        );
        try {
          act(self, child);
        } catch (error) {
          if (nameOf(error) !== "ExitError" || runtime.isAlive(self.pid)) throw error;
        }
        await new Promise(() => {});
      },
      { mailbox: { limit: 2 } },
    );
    const ref = runtime.monitor(pid);
    runtime.run();
    expectIntact(runtime);
    await settle();
    expectIntact(runtime);
    // `exit(reason)` is a rejection like any other: the body has not returned a promise that is rejected if it was caught.
    expect(runtime.isAlive(pid)).toBe(false);
    expect(seen).toEqual(["ExitError"]);
    runtime.demonitor(ref, { flush: true });
    expectEmpty();
  });

  test("a message to itself is the one it waits for", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    runtime.spawn(async (self: Loose) => {
      const waiting = self.receive();
      const taken = waiting.then((message) => message);
      self.send(self.pid, "own");
      expectIntact(runtime);
      seen.push(await taken);
      self.send(self.pid, "another");
      seen.push(await self.receive());
    });
    await settle();
    expect(seen).toEqual(["own", "another"]);
    expectEmpty();
  });
});

describe("a plain body that awaits without being async", () => {
  test.each<[string, (self: Loose) => PromiseLike<unknown>]>([
    ["receive()", (self) => self.receive()],
    ["sleep", (self) => self.sleep(1000)],
    ["until", (self) => self.until(new Promise(() => {}))],
  ])("%s: ends when it returns, and what it waits for is rejected", async (_, begin) => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn((self: Loose) => {
      begin(self).then(
        () => seen.push("waited"),
        (error: ExitError) => seen.push(error.name, error.reason),
      );
    });
    await settle();
    expect(runtime.isAlive(pid)).toBe(false);
    expect(seen).toEqual(["ExitError", "normal"]);
    expectEmpty();
  });
});

describe("a clause that the host runs at once, since its message is there", () => {
  test("may not run the runtime from within, or it works; no message is lost", async () => {
    const { runtime, settle } = rig();
    const seen: unknown[] = [];
    const main = runtime.self();
    for (let i = 0; i < 10; i++) runtime.send(main, ["n", i]);
    const clause = ([, n]: [string, number]) => {
      runtime.spawn((self: Loose) => self.send(main, ["n", 100 + n]));
      try {
        runtime.run();
      } catch (error) {
        seen.push(nameOf(error));
      }
      expectIntact(runtime);
      return n;
    };
    for (let i = 0; i < 10; i++) {
      const received = runtime.receive({ n: clause });
      const taken = received.then((n) => n);
      await settle();
      seen.push(await taken);
    }
    await settle();
    expect(seen.filter((each) => typeof each === "number")).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(inspect(runtime.processInfo(main, "messages"))).toBe(
      inspect(Array.from({ length: 10 }, (_, i) => ["n", 100 + i])),
    );
    expectIntact(runtime);
  });

  test("may stop the runtime: then everything ends, and the receive is over", async () => {
    const { runtime, core, settle } = rig();
    runtime.send(runtime.self(), "first");
    const first = runtime.receive();
    const taken = first.then((message) => message);
    await settle();
    await taken;
    runtime.send(runtime.self(), "stop");
    runtime.spawn(idle);
    const outcomes: unknown[] = [];
    const stopping = runtime
      .receive({ stop: () => void runtime.stop().catch((error) => outcomes.push(nameOf(error))) })
      .then(
        () => outcomes.push("received"),
        (error) => outcomes.push(nameOf(error)),
      );
    await settle();
    await stopping;
    expectIntact(runtime);
    expect(outcomes.length).toBeGreaterThan(0);
    await runtime.stop();
    expect(core.processes()).toBe(0);
    expectIntact(runtime);
  });

  test("may end its own process: the receive is rejected, and another main process goes on", async () => {
    const { runtime, settle, mainExits, expectEmpty } = rig();
    for (let i = 0; i < 4; i++) {
      const main = runtime.self();
      runtime.send(main, "ready");
      const ready = runtime.receive();
      const begun = ready.then((message) => message);
      await settle();
      await begun;
      runtime.send(main, "end");
      const outcome = runtime.receive({ end: () => runtime.exit(main, "boom") }).then(() => "received", nameOf);
      await settle();
      expect(await outcome).toBe("ExitError");
      expect(runtime.self() === main).toBe(false);
      expectIntact(runtime);
    }
    expect(mainExits).toEqual(["boom", "boom", "boom", "boom"]);
    expectEmpty();
  });
});

describe("an operation that is awaited twice at once", () => {
  test("is refused the second time; the first goes on where it was, and no message is lost", async () => {
    const { runtime, settle, expectEmpty } = rig();
    let open!: (value: string) => void;
    const opened = new Promise<string>((resolve) => {
      open = resolve;
    });
    const seen: unknown[] = [];
    let runs = 0;
    const pid = runtime.spawn(async (self: Loose) => {
      const operation = self.receive({
        go: () => {
          runs++;
          return opened;
        },
      });
      const first = operation.then((value) => seen.push(value));
      await undefined;
      seen.push(await operation.then(() => "went on", nameOf));
      await first;
    });
    runtime.send(pid, ["go", 1]);
    await settle();
    expect(seen).toEqual(["UsageError"]);
    runtime.send(pid, ["go", 2]);
    await settle();
    expectIntact(runtime);
    expect(runtime.processInfo(pid, "messages")).toEqual([["go", 2]]);
    open("opened");
    await settle();
    expect(seen).toEqual(["UsageError", "opened"]);
    expect(runs).toBe(1);
    expectEmpty();
  });
});

describe("a bare receive is a promise, that begins when somebody asks for its outcome", () => {
  const ways: [string, (self: Loose) => PromiseLike<unknown>][] = [
    ["await", async (self) => await self.receive()],
    ["return of an async function", async (self) => self.receive()],
    ["then", (self) => self.receive().then((message) => message)],
    ["Promise.resolve", (self) => Promise.resolve(self.receive())],
    ["Promise.all", (self) => Promise.all([self.receive()]).then(([message]) => message)],
    ["Promise.race", (self) => Promise.race([new Promise(() => {}), self.receive()])],
    ["resolve", (self) => new Promise((resolve) => resolve(self.receive()))],
    ["catch", (self) => Promise.prototype.catch.call(self.receive(), rethrow)],
    ["finally", (self) => Promise.prototype.finally.call(self.receive(), () => {})],
    ["a clause", (self) => self.receive({ go: () => self.receive() })],
    [
      "a clause that is a generator",
      (self) =>
        self.receive({
          *go() {
            return yield* self.receive();
          },
        }),
    ],
    ["until", (self) => self.until(self.receive())],
  ];

  test.each(ways)("%s: waits, takes one message, and leaves the next", async (_, way) => {
    for (const early of [true, false]) {
      const { runtime, settle, expectEmpty } = rig();
      const seen: unknown[] = [];
      const pid = runtime.spawn(async (self: Loose) => {
        seen.push(await way(self));
        await self.sleep(1);
      });
      if (!early) await settle();
      if (String(way).includes("go")) runtime.send(pid, "go");
      runtime.send(pid, "first");
      runtime.send(pid, "second");
      await settle();
      expectIntact(runtime);
      expect(seen).toEqual(["first"]);
      expect(runtime.processInfo(pid, "messages")).toEqual(["second"]);
      runtime.exit(pid, "kill");
      await settle();
      expectEmpty();
    }
  });

  test.each(ways)("%s: is rejected when the process ends", async (_, way) => {
    const { runtime, reports, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(async (self: Loose) => {
      seen.push(await way(self).then(() => "received", nameOf));
    });
    await settle();
    if (String(way).includes("go")) runtime.send(pid, "go");
    await settle();
    runtime.exit(pid, "boom");
    await settle();
    expect(seen).toEqual(["ExitError"]);
    expect(reports).toEqual([]);
    expectEmpty();
  });

  test("takes nothing while nobody does", async () => {
    const { runtime, settle, expectEmpty } = rig({ development: false });
    const seen: unknown[] = [];
    const pid = runtime.spawn(async (self: Loose) => {
      const kept = self.receive();
      seen.push(await self.receive());
      await self.sleep(1000);
      await kept;
    });
    runtime.send(pid, "first");
    runtime.send(pid, "second");
    await settle();
    expect(seen).toEqual(["first"]);
    expect(runtime.processInfo(pid, "messages")).toEqual(["second"]);
    runtime.exit(pid, "kill");
    await settle();
    expectEmpty();
  });

  test("whoever asks, at once or later, gets the same message of it", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(async (self: Loose) => {
      const never = new Promise(() => {});
      const first = Promise.resolve(self.receive());
      for (let i = 0; i < 2; i++) seen.push(await Promise.race([first, i === 0 ? "later" : never]));
      seen.push(await first);
      const second = self.receive();
      seen.push(await Promise.all([second, second.then((message) => message), second]), await second);
    });
    await settle();
    expect(seen).toEqual(["later"]);
    runtime.send(pid, 1);
    runtime.send(pid, 2);
    await settle();
    expect(seen).toEqual(["later", 1, 1, [2, 2, 2], 2]);
    expectEmpty();
  });

  test("a second one at a time is refused, whoever asks for it", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(async (self: Loose) => {
      const attempt = async () => {
        try {
          seen.push(await self.receive());
        } catch (error) {
          seen.push(nameOf(error));
        }
      };
      const first = attempt();
      await attempt();
      await first;
    });
    await settle();
    expect(seen).toEqual(["UsageError"]);
    runtime.send(pid, "message");
    await settle();
    expect(seen).toEqual(["UsageError", "message"]);
    expectEmpty();
  });

  test("a message that is a promise is waited for, as by any promise", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(async (self: Loose) => {
      seen.push(await self.receive());
    });
    await settle();
    runtime.send(pid, Promise.resolve("inside"));
    await settle();
    expect(seen).toEqual(["inside"]);
    expectEmpty();
  });
});

describe("arguments of a body", () => {
  const lists: unknown[][] = [
    [],
    [undefined],
    [null],
    [0],
    [[]],
    [[1, 2]],
    [[undefined]],
    [undefined, undefined],
    [1, [2]],
    [() => {}],
    [1, 2, 3, 4],
  ];

  test.each(lists.map((list) => [inspect(list), list] as const))(
    "%s arrive as they were given, however it is spawned",
    async (_, list) => {
      const { runtime, settle, expectEmpty } = rig();
      const seen: unknown[][] = [];
      const body = (_: Loose, ...args: unknown[]) => {
        seen.push(args);
      };
      const functions = runtime as unknown as Record<string, (...args: unknown[]) => unknown>;
      functions["spawn"]?.(body, ...list);
      functions["spawnLink"]?.(body, ...list);
      functions["spawnMonitor"]?.(body, ...list);
      functions["spawnOpt"]?.(body, { args: list });
      // One that somebody looks at before it begins.
      runtime.processInfo(functions["spawn"]?.(body, ...list) as Pid<unknown>);
      const result = functions["run"]?.(body, ...list);
      await settle();
      await result;
      expect(seen).toEqual(Array(6).fill(list));
      await runtime.receive();
      expectEmpty();
    },
  );
});
