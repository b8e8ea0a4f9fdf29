import { describe, expect, test } from "vitest";
import { ExitError, inspect, NameError, on, P, type Pid } from "../../src/index.ts";
import { expectIntact, type Loose, rejectionOf, rig } from "./rig.ts";

/** Lets promises that are settled go on, while the scheduler gets no turn. */
async function microtasks(): Promise<void> {
  for (let i = 0; i < 20; i++) await undefined;
}

interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open!: () => void;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

function* idle(self: Loose) {
  yield* self.receive({ end: () => {} });
}

describe("an async body whose process was killed, and whose code goes on before the scheduler's next turn", () => {
  const deeds: [string, (self: Loose, other: Pid<unknown>) => unknown][] = [
    ["receive()", (self) => self.receive()],
    ["receive({…})", (self) => self.receive({ message: () => "message" } as never)],
    ["receive({…}, timeout)", (self) => self.receive({} as never, { after: 0, then: () => "timeout" })],
    ["receive(on(…))", (self) => self.receive(on(P._, () => "message"))],
    ["sleep", (self) => self.sleep(0)],
    ["until", (self) => self.until(Promise.resolve())],
    ["link", (self, other) => self.link(other)],
    ["unlink", (self, other) => self.unlink(other)],
    ["monitor", (self, other) => self.monitor(other)],
    ["alias", (self) => self.alias()],
    ["exit(reason)", (self) => self.exit("another reason")],
    ["exit(pid, reason)", (self, other) => self.exit(other, "kill")],
    ["exit(self, reason)", (self) => self.exit(self.pid, "kill")],
    ["spawnLink", (self) => self.spawnLink(() => {})],
    ["spawnMonitor", (self) => self.spawnMonitor(() => {})],
    ["spawnOpt", (self) => self.spawnOpt(() => {}, { link: true, monitor: true })],
    ["put", (self) => self.put("key", "value")],
    ["get", (self) => self.get("key")],
    ["erase", (self) => self.erase("key")],
    ["processFlag", (self) => self.processFlag("trapExit", true)],
  ];

  test.each(deeds)("can't %s: it gets the ExitError, and nothing comes of it", async (_, deed) => {
    const { runtime, reports, settle, expectEmpty } = rig();
    const { passed, open } = gate();
    const other = runtime.spawn(idle);
    let outcome: unknown = "nothing happened";
    const pid = runtime.spawn(async (self: Loose) => {
      await passed;
      try {
        outcome = await deed(self, other);
      } catch (error) {
        outcome = error;
      }
    });
    runtime.send(pid, "message");
    runtime.run();
    const before = runtime.processInfo(other);
    runtime.exit(pid, "boom");
    open();
    await microtasks();
    expectIntact(runtime);
    await settle();
    expectIntact(runtime);
    expect(outcome).toBeInstanceOf(ExitError);
    if ((outcome as ExitError).reason !== "another reason") expect((outcome as ExitError).reason).toBe("boom");
    expect(runtime.processInfo(other)).toEqual(before);
    expect(reports).toEqual([]);
    runtime.exit(other, "kill");
    expectEmpty();
  });

  test.each<[string, () => unknown]>([
    ["returns", () => "result"],
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
  ])("that %s has still died of the signal, once", async (_, end) => {
    const { runtime, settle, reports, expectEmpty } = rig({ maxProcesses: 4 });
    const { passed, open } = gate();
    const pid = runtime.spawn(async () => {
      await passed;
      return end();
    });
    const ref = runtime.monitor(pid);
    runtime.run();
    runtime.exit(pid, "kill");
    open();
    await microtasks();
    expectIntact(runtime);
    await settle();
    expect(inspect(runtime.processInfo(runtime.self(), "messages"))).toBe(
      inspect([["DOWN", ref, "process", pid, "killed"]]),
    );
    await runtime.receive();
    // As in Erlang nobody hears of what a dead process does.
    expect(reports).toEqual([]);
    expectEmpty();
  });

  test("whose run() was asked for: it rejects with the signal's reason", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const { passed, open } = gate();
    let pid!: Pid<unknown>;
    const result = rejectionOf(
      runtime.run(async (self: Loose) => {
        pid = self.pid;
        await passed;
        return "result";
      }),
    );
    runtime.run();
    runtime.exit(pid, "boom");
    open();
    await settle();
    expect(((await result) as ExitError).reason).toBe("boom");
    expectEmpty();
  });
});

describe("an exit signal to oneself", () => {
  test.each<[string, unknown, unknown]>([
    ["kill", "kill", "killed"],
    ["normal", "normal", "normal"],
    ["a reason", "boom", "boom"],
  ])("%s: ends a generator body there", (_, sent, arrived) => {
    const { runtime, expectEmpty } = rig();
    const seen: unknown[] = [];
    const [pid, ref] = runtime.spawnMonitor(function* (self: Loose) {
      try {
        self.exit(self.pid, sent);
        seen.push("went on");
      } catch (error) {
        seen.push((error as Error).name);
      }
      yield* self.receive();
      seen.push("waited");
    });
    runtime.run();
    expect(seen).toEqual(["ExitError"]);
    expect(inspect(runtime.processInfo(runtime.self(), "messages"))).toBe(
      inspect([["DOWN", ref, "process", pid, arrived]]),
    );
    runtime.demonitor(ref, { flush: true });
    expectEmpty();
  });

  test.each<[string, boolean]>([
    ["at once", false],
    ["after an await", true],
  ])("ends an async body there: %s", async (_, later) => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    const [pid, ref] = runtime.spawnMonitor(async (self: Loose) => {
      if (later) await undefined;
      try {
        self.exit(self.pid, "kill");
        seen.push("went on");
      } catch (error) {
        seen.push(
          (error as Error).name,
          (error as ExitError).reason === "kill" || (error as ExitError).reason === "killed",
        );
      }
      seen.push(runtime.isAlive(self.pid));
      try {
        await self.receive();
      } catch (error) {
        seen.push((error as Error).name);
      }
    });
    runtime.send(pid, "message" as never);
    await settle();
    expectIntact(runtime);
    expect(seen[0]).toBe("ExitError");
    expect(seen.at(-1)).toBe("ExitError");
    expect(inspect(runtime.processInfo(runtime.self(), "messages"))).toBe(
      inspect([["DOWN", ref, "process", pid, "killed"]]),
    );
    runtime.demonitor(ref, { flush: true });
    expectEmpty();
  });

  test("that is caught again and again does not keep the process alive", () => {
    const { runtime, expectEmpty } = rig();
    let times = 0;
    const pid = runtime.spawn(function* (self: Loose) {
      while (times++ < 2000) {
        try {
          if (times < 1000) self.exit(self.pid, "kill");
          yield* self.receive({}, { after: 0, then: () => {} });
        } catch {
          // It would not have it.
        }
      }
    });
    runtime.run();
    expect(runtime.isAlive(pid)).toBe(false);
    expect(times).toBeLessThan(2000);
    expectEmpty();
  });
});

describe("the result of run()", () => {
  test("of a process that ends normally by exit, or by a signal to itself, is undefined", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const ends: ((self: Loose) => unknown)[] = [
      (self) => self.exit("normal"),
      (self) => self.exit(self.pid, "normal"),
      async (self) => self.exit("normal"),
      async (self) => self.exit(self.pid, "normal"),
      function* (self) {
        yield* self.sleep(0);
        self.exit(self.pid, "normal");
      },
    ];
    const results = ends.map((end) => runtime.run(end));
    await settle();
    expect(await Promise.all(results)).toEqual(ends.map(() => undefined));
    expectEmpty();
  });

  test("is what operations of an async body get when they come after its end: its reason", async () => {
    const { runtime, settle, expectEmpty } = rig();
    for (const reason of ["normal", "boom", undefined]) {
      let kept!: Loose;
      runtime.spawn(async (self: Loose) => {
        kept = self;
        self.exit(reason);
      });
      await settle();
      for (const late of [kept.receive(), kept.receive({}), kept.sleep(1), kept.until(Promise.resolve())]) {
        expect(((await rejectionOf(late)) as ExitError).reason).toBe(reason);
      }
      expect((kept.signal.reason as ExitError).reason).toBe(reason);
    }
    expectEmpty();
  });
});

describe("a process that a signal hits while it runs", () => {
  test("is alive no longer for others when its slice is over, whatever it did meanwhile", () => {
    const { runtime, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    const main = runtime.self();
    runtime.spawn(function* (self: Loose) {
      const child = self.spawnLink(idle);
      self.exit(child, "boom");
      // The link has brought the signal back. What follows up to the next wait may still be done, and comes to nothing.
      const other = self.spawnLink(idle);
      self.spawnMonitor(idle);
      self.alias();
      try {
        self.runtime.register(self.pid, "ghost");
      } catch (error) {
        seen.push((error as Error).name);
      }
      self.send(main, "last words");
      self.runtime.sendAfter(self.pid, "late", 5);
      seen.push(other);
      yield* self.receive();
      seen.push("never");
    });
    runtime.run();
    expect(inspect(seen)).not.toContain("never");
    expect(runtime.registered()).toEqual([]);
    expect(runtime.processInfo(main, "messages")).toEqual(["last words"]);
    expect(runtime.processes()).toHaveLength(2); // the monitored one lives
    for (const pid of runtime.processes()) if (pid !== main) runtime.exit(pid, "kill");
    runtime.run();
    expect(reports).toEqual([]);
    expect(() => runtime.exit(main, "kill")).toThrow(ExitError);
    expectEmpty();
  });

  test("can't stop the signal by trapping exits afterwards", () => {
    const { runtime, expectEmpty } = rig();
    const pid = runtime.spawn(function* (self: Loose) {
      try {
        self.exit(self.pid, "kill");
      } catch {
        self.trapExit = true;
      }
      yield* self.receive();
      yield* self.receive();
    });
    runtime.run();
    expect(runtime.isAlive(pid)).toBe(false);
    expectEmpty();
  });

  test("and returns, or throws, has still died of the signal", async () => {
    for (const end of [
      () => {},
      () => {
        throw new Error("too late");
      },
    ]) {
      const { runtime, reports, expectEmpty } = rig();
      const [pid, ref] = runtime.spawnMonitor((self: Loose) => {
        self.exit(self.spawnLink(idle), "boom");
        end();
      });
      runtime.run();
      expect(inspect(await runtime.receive())).toBe(inspect(["DOWN", ref, "process", pid, "boom"]));
      expect(reports).toEqual([]);
      expectEmpty();
    }
  });
});

describe("a message", () => {
  test("that is sent while its receiver is being killed is gone, and sending it is no error", () => {
    const { runtime, expectEmpty } = rig();
    const seen: unknown[] = [];
    let victim!: Pid<unknown>;
    victim = runtime.spawn(function* (self: Loose) {
      try {
        yield* self.receive({ never: () => {} });
      } finally {
        seen.push(runtime.send(victim, "from its own finally"));
      }
    });
    const alias = runtime.alias();
    runtime.run();
    runtime.spawn(function* (self: Loose) {
      for (let i = 0; i < 20; i++) self.send(victim, i);
      self.exit(victim, "kill");
      for (let i = 0; i < 20; i++) seen.push(self.send(victim, i));
      yield* self.sleep(0);
      seen.push(self.send(victim, "later"));
    });
    runtime.run();
    expect(seen).toHaveLength(22);
    runtime.unalias(alias);
    expectEmpty();
  });

  test("that is sent by name to a process that was killed just now is refused: the name is free at once", () => {
    const { runtime } = rig();
    const pid = runtime.spawnOpt(idle, { name: "victim" });
    runtime.run();
    runtime.exit(pid, "kill");
    expect(() => runtime.send("victim", "message" as never)).toThrow("no process is registered");
    expect(runtime.registered()).toEqual([]);
    runtime.spawnOpt(idle, { name: "victim" });
    expect(runtime.registered()).toEqual(["victim"]);
    expectIntact(runtime);
  });

  test("to an alias of a dead process is gone, and sending it is no error", () => {
    const { runtime, expectEmpty } = rig();
    let alias!: ReturnType<typeof runtime.alias>;
    const pid = runtime.spawn(function* (self: Loose) {
      alias = self.alias();
      yield* self.receive();
    });
    runtime.run();
    runtime.exit(pid, "kill");
    expect(runtime.send(alias, "message")).toBe("message");
    runtime.run();
    expect(runtime.send(alias, "message")).toBe("message");
    expectEmpty();
  });
});

describe("what reaches a process after its death", () => {
  test("link, monitor, unlink, demonitor, exit, timers: each does what Erlang does, and leaves nothing", async () => {
    const { runtime, core, expectEmpty } = rig();
    const pid = runtime.spawn(() => {});
    runtime.run();
    expect(() => runtime.link(pid)).toThrow("no process #PID<0.2.0>");
    expect(runtime.unlink(pid)).toBe(true);
    expect(runtime.exit(pid, "kill")).toBe(true);
    expect(runtime.send(pid, "message" as never)).toBe("message");
    const ref = runtime.monitor(pid);
    expect(inspect(await runtime.receive())).toBe(inspect(["DOWN", ref, "process", pid, "noproc"]));
    expect(runtime.demonitor(ref)).toBe(true);
    expect(runtime.demonitor(ref, { info: true })).toBe(false);
    expect(runtime.unalias(ref)).toBe(false);
    const timer = runtime.sendAfter(pid, "message", 10);
    expect([runtime.readTimer(timer), runtime.cancelTimer(timer)]).toEqual([false, false]);
    expect(core.timersInUse()).toBe(0);
    runtime.processFlag("trapExit", true);
    expect(runtime.link(pid)).toBe(true);
    expect(inspect(await runtime.receive())).toBe(inspect(["EXIT", pid, "noproc"]));
    expect([runtime.isAlive(pid), runtime.processInfo(pid), runtime.processInfo(pid, "links")]).toEqual([
      false,
      undefined,
      undefined,
    ]);
    runtime.processFlag("trapExit", false);
    expectEmpty();
  });

  test("a timer that is due for it at the moment of its death is gone", () => {
    const { runtime, advance, expectEmpty } = rig();
    const pid = runtime.spawn(function* (self: Loose) {
      yield* self.sleep(5);
    });
    runtime.run();
    for (let i = 0; i < 100; i++) runtime.sendAfter(pid, i, 5 + (i % 2));
    runtime.exit(pid, "kill");
    advance(5);
    advance(5);
    expectEmpty();
  });

  test.each(["__proto__", "constructor", "toString", "0", " ", "\u0000", "a".repeat(100_000)])(
    "the name %j is one like any other",
    (name) => {
      const { runtime, expectEmpty } = rig();
      expect(runtime.whereis(name)).toBeUndefined();
      expect(() => runtime.send(name, "message")).toThrow(NameError);
      const pid = runtime.spawnOpt(idle, { name });
      expect([runtime.whereis(name) === pid, runtime.registered().length]).toEqual([true, 1]);
      runtime.send(name, "end");
      runtime.run();
      expect(runtime.whereis(name)).toBeUndefined();
      expectEmpty();
    },
  );

  test("registering and dying in the same slice leaves no name", () => {
    const { runtime, expectEmpty } = rig({ logger: () => {} });
    for (const end of [
      () => {},
      () => {
        throw new Error("boom");
      },
      (self: Loose) => self.exit("reason"),
      (self: Loose) => self.exit(self.pid, "kill"),
    ]) {
      const names: unknown[] = [];
      runtime.spawn((self: Loose) => {
        runtime.register(self.pid, "brief");
        names.push(runtime.whereis("brief") === self.pid);
        end(self);
      });
      runtime.run();
      expect(names).toEqual([true]);
      expect(runtime.whereis("brief")).toBeUndefined();
      expect(() => runtime.unregister("brief")).toThrow("no process is registered");
    }
    expectEmpty();
  });

  test("a DOWN or EXIT message of a process names it, even when its slot has another tenant", async () => {
    const { runtime } = rig({ maxProcesses: 2 });
    runtime.processFlag("trapExit", true);
    for (let i = 0; i < 3000; i++) {
      const pid = runtime.spawnLink(() => {});
      runtime.run();
      const message = (await runtime.receive()) as unknown[];
      expect(message[1]).toBe(pid);
    }
    expectIntact(runtime);
  });
});

describe("the main process", () => {
  test("that dies while every slot is taken is replaced all the same", () => {
    const { runtime, mainExits, core } = rig({ maxProcesses: 3 });
    const pids = [1, 2, 3].map(() => runtime.spawn(idle));
    runtime.link(pids[0] as Pid<unknown>);
    runtime.run();
    const old = runtime.self();
    runtime.exit(pids[0] as Pid<unknown>, "boom");
    expectIntact(runtime);
    runtime.run();
    expect(mainExits).toEqual(["boom"]);
    expect(runtime.self()).not.toBe(old);
    expect([runtime.isAlive(old), runtime.isAlive(runtime.self())]).toEqual([false, true]);
    expectIntact(runtime);
    // One of three has died, so that one more may be made, and no two.
    runtime.spawn(idle);
    expect(() => runtime.spawn(idle)).toThrow("the limit is 3");
    runtime.run();
    expect(core.processes()).toBe(4);
  });

  test("that dies again and again, and of its own signal, is replaced each time", () => {
    const { runtime, mainExits, expectEmpty } = rig({ maxProcesses: 1 });
    for (let i = 0; i < 3000; i++) {
      const old = runtime.self();
      runtime.send(old, "message");
      if (i % 2 === 0) {
        expect(() => runtime.exit(old, i)).toThrow(ExitError);
      } else {
        runtime.spawnLink((self: Loose) => self.exit(i));
        runtime.run();
      }
      expect(runtime.self() === old).toBe(false);
      // The dead leave their slots when they have been closed.
      runtime.run();
    }
    expect(mainExits).toHaveLength(3000);
    expectEmpty();
  });

  test("takes its waits, links, monitors, names and timers along", async () => {
    const { runtime, mainExits, reports, settle, advance, expectEmpty } = rig();
    const child = runtime.spawnLink(idle);
    const other = runtime.spawn(idle);
    runtime.monitor(other);
    runtime.alias();
    runtime.register(runtime.self(), "main");
    runtime.sendAfter(runtime.self(), "late", 100);
    const waits = [runtime.receive({ x: () => 1 }), runtime.sleep(50), runtime.until(new Promise(() => {}))].map(
      rejectionOf,
    );
    await settle();
    const old = runtime.self();
    expect(() => runtime.exit(old, "boom")).toThrow(ExitError);
    await settle();
    expect((await Promise.all(waits)).map((error) => (error as ExitError).reason)).toEqual(["boom", "boom", "boom"]);
    expect([runtime.isAlive(child), runtime.isAlive(other)]).toEqual([false, true]);
    expect(mainExits).toEqual(["boom"]);
    advance(1000);
    runtime.exit(other, "kill");
    expect(reports.filter(({ kind }) => kind === "crash")).toEqual([]);
    expectEmpty();
  });
});
