import { describe, expect, test } from "vitest";
import { createRuntime, inspect, type Report, type Runtime } from "../../src/index.ts";
import { expectIntact, inside, type Loose, rig } from "./rig.ts";

const boom = () => {
  throw new Error("boom");
};

function* idle(self: Loose) {
  yield* self.receive({ end: () => {} });
}

/** What `act` prints to stderr. */
function printed(act: () => void): string[] {
  const lines: string[] = [];
  const { error } = console;
  console.error = (...args: unknown[]) => lines.push(args.join(" "));
  try {
    act();
  } finally {
    console.error = error;
  }
  return lines;
}

describe("a logger that throws", () => {
  test("loses no report: it is printed instead, and so is the logger's error; the program goes on", () => {
    const { runtime, expectEmpty } = rig({
      logger: () => {
        throw new Error("no space left");
      },
    });
    const seen: string[] = [];
    const text = printed(() => {
      runtime.spawn(boom);
      runtime.spawn(() => {
        seen.push("ran");
      });
      runtime.run();
    }).join("\n");
    expect(seen).toEqual(["ran"]);
    expect(text).toContain("raised an exception");
    expect(text).toContain("boom");
    expect(text).toContain("the logger threw");
    expect(text).toContain("no space left");
    expectEmpty();
  });

  test("while stderr is gone, too, does no harm", () => {
    const { runtime, expectEmpty } = rig({ logger: boom });
    const { error } = console;
    console.error = boom;
    try {
      runtime.spawn(boom);
      runtime.spawnOpt(
        (self: Loose) => {
          for (let i = 0; i < 3; i++) self.send(self.pid, i);
        },
        { mailbox: { limit: 1 } },
      );
      runtime.run();
    } finally {
      console.error = error;
    }
    expectEmpty();
  });

  test("something that can't be printed does no harm either", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const { runtime, expectEmpty } = rig({
      logger: () => {
        throw proxy;
      },
    });
    const lines = printed(() => {
      runtime.spawn(boom);
      runtime.run();
    });
    expect(lines.length).toBeGreaterThan(0);
    expectEmpty();
  });
});

describe("a logger that acts", () => {
  test("may spawn, send, kill and ask while it is told; nothing is reported twice", () => {
    const reports: Report[] = [];
    const { runtime, expectEmpty } = rig({
      logger: (report) => {
        reports.push(report);
        expectIntact(runtime);
        runtime.spawn(() => {});
        for (const pid of runtime.processes()) {
          if (pid === runtime.self() || runtime.processInfo(pid, "registeredName") !== "victim") continue;
          runtime.send("victim", "message");
          runtime.exit(pid, "kill");
        }
      },
    });
    runtime.spawnOpt(idle, { name: "victim" });
    runtime.run();
    runtime.spawn(boom);
    runtime.spawn(async () => {
      boom();
    });
    runtime.run();
    expect(reports.map(({ reason }) => inspect(reason))).toEqual(["Error: boom"]);
    expect(runtime.whereis("victim")).toBeUndefined();
    runtime.run();
    return Promise.resolve().then(expectEmpty);
  });

  test("may try to run the runtime, or stop it, while a process is in the midst of its slice: that one goes on as before", async () => {
    const attempts = [
      (runtime: Runtime) => runtime.run(),
      (runtime: Runtime) => runtime.stop(),
      (runtime: Runtime) => runtime.exit(runtime.self(), "boom"),
    ];
    for (const attempt of attempts) {
      const seen: unknown[] = [];
      const pending: Promise<unknown>[] = [];
      const { runtime, core, settle } = rig({
        logger: () => {
          try {
            pending.push(Promise.resolve(attempt(runtime)).catch(() => {}));
          } catch {
            // Refused: that is as good.
          }
        },
      });
      const full = runtime.spawnOpt(idle, { mailbox: { limit: 1 } });
      const others = [1, 2, 3].map((n) =>
        runtime.spawn(function* (self: Loose) {
          for (;;) seen.push([n, yield* self.receive()]);
        }),
      );
      runtime.run();
      const pid = runtime.spawn(function* (self: Loose) {
        self.send(self.pid, "own");
        for (const other of others) self.send(other, "other's");
        self.send(full, 1);
        self.send(full, 2);
        expectIntact(runtime);
        seen.push(runtime.self() === self.pid);
        seen.push(["own", yield* self.receive()]);
        self.exit(self.pid, "kill");
        seen.push("went on after its end");
      });
      await settle();
      await Promise.all(pending);
      expectIntact(runtime);
      expect(runtime.isAlive(pid)).toBe(false);
      expect(inspect(seen)).not.toContain("went on after its end");
      for (const each of seen) {
        if (Array.isArray(each)) expect(["own", "other's"].indexOf(each[1] as string)).toBe(each[0] === "own" ? 0 : 1);
      }
      for (const each of runtime.processes()) if (each !== runtime.self()) runtime.exit(each, "kill");
      await settle();
      expectIntact(runtime);
      expect(core.processes()).toBeLessThanOrEqual(1);
    }
  });

  test("by spawning what crashes again stops when it stops", () => {
    let crashes = 0;
    const { runtime, expectEmpty } = rig({
      logger: () => {
        if (++crashes < 1000) runtime.spawn(boom);
      },
    });
    runtime.spawn(boom);
    runtime.run();
    expect(crashes).toBe(1000);
    expectEmpty();
  });
});

describe("an onMainExit", () => {
  test("that throws is reported, and there is a new main process", () => {
    const { runtime, reports, expectEmpty } = rig({ onMainExit: boom });
    const old = runtime.self();
    runtime.spawnLink((self: Loose) => self.exit("reason"));
    runtime.run();
    expect(reports.map(({ reason }) => inspect(reason))).toEqual(["Error: boom"]);
    expect(runtime.isAlive(old)).toBe(false);
    expect(runtime.isAlive(runtime.self())).toBe(true);
    expectEmpty();
  });

  test("that takes the new main process down as well is asked again, and comes to an end", () => {
    let exits = 0;
    const { runtime, expectEmpty } = rig({
      onMainExit: () => {
        if (++exits >= 10) return;
        try {
          runtime.exit(runtime.self(), "again");
        } catch {
          // What follows an exit signal to oneself is not done.
        }
      },
    });
    const pid = runtime.spawnLink(idle);
    runtime.run();
    runtime.exit(pid, "boom");
    runtime.run();
    expect(exits).toBe(10);
    expect(runtime.isAlive(runtime.self())).toBe(true);
    expectEmpty();
  });

  test("that spawns, links and sends works on the new main process", () => {
    const { runtime } = rig({
      onMainExit: () => {
        runtime.spawnLink(idle);
        runtime.send(runtime.self(), "to the new one");
      },
    });
    const pid = runtime.spawnLink(idle);
    runtime.run();
    runtime.exit(pid, "boom");
    runtime.run();
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual(["to the new one"]);
    const [child] = runtime.processInfo(runtime.self(), "links") ?? [];
    expect(child !== undefined && runtime.isAlive(child)).toBe(true);
    expectIntact(runtime);
  });

  test("that runs or stops the runtime, while a process is in the midst of its slice: that one goes on as before", async () => {
    for (const attempt of [(runtime: Runtime) => runtime.run(), (runtime: Runtime) => runtime.stop()]) {
      const seen: unknown[] = [];
      const pending: Promise<unknown>[] = [];
      const { runtime, settle } = rig({
        onMainExit: () => {
          try {
            pending.push(Promise.resolve(attempt(runtime)).catch(() => {}));
          } catch {
            // Refused: that is as good.
          }
        },
      });
      const linked = runtime.spawnLink(idle);
      const other = runtime.spawn(function* (self: Loose) {
        for (;;) seen.push(["other's", yield* self.receive()]);
      });
      runtime.run();
      runtime.spawn(function* (self: Loose) {
        self.send(self.pid, "own");
        self.send(other, "other's");
        self.exit(linked, "boom");
        expectIntact(runtime);
        seen.push(["own", yield* self.receive()]);
        yield* self.receive();
      });
      await settle();
      await Promise.all(pending);
      await settle();
      expectIntact(runtime);
      for (const [expected, got] of seen as unknown[][]) expect(got).toBe(expected);
    }
  });

  test("by default prints the EXIT text and sets the exit code, once for each end", () => {
    const { process } = globalThis as { process?: { exitCode?: unknown } };
    const before = process?.exitCode;
    const runtime = createRuntime({ clock: () => 0, logger: () => {} });
    const lines = printed(() => {
      runtime.spawnLink((self: Loose) => self.exit("bad"));
      runtime.run();
    });
    if (process !== undefined) {
      expect(process.exitCode).toBe(1);
      process.exitCode = before;
    }
    expect(lines.map((line) => line.trim())).toEqual(['** (EXIT from #PID<0.1.0>) "bad"']);
    expect(inside(runtime).check()).toBe(0);
  });
});

describe("an abort listener", () => {
  test("sees its process dead, and may spawn and send; what it does to the dead process comes to nothing", () => {
    const { runtime, reports, core, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      self.signal.addEventListener("abort", () => {
        seen.push(runtime.isAlive(self.pid), self.signal.aborted, (self.signal.reason as Error).name);
        runtime.send(self.pid, "message");
        runtime.spawn(() => seen.push("spawned"));
        for (const act of [() => self.link(runtime.self()), () => self.alias(), () => self.put("key", "value")]) {
          try {
            act();
            seen.push("acted");
          } catch (error) {
            seen.push((error as Error).name);
          }
        }
      });
      yield* self.receive();
    });
    runtime.run();
    runtime.exit(pid, "boom");
    runtime.run();
    expect(seen).toEqual([false, true, "ExitError", "ExitError", "ExitError", "ExitError", "spawned"]);
    expect(core.edgesInUse()).toBe(0);
    expect(reports).toEqual([]);
    expectEmpty();
  });

  test("that kills the next process, 10,000 times, ends all of them", () => {
    const { runtime, expectEmpty } = rig();
    const pids: ReturnType<typeof runtime.spawn>[] = [];
    let aborted = 0;
    const body = function* (self: Loose, next: number) {
      self.signal.addEventListener("abort", () => {
        aborted++;
        const pid = pids[next];
        if (pid !== undefined) runtime.send(pid, "end");
      });
      yield* self.receive();
    };
    for (let i = 0; i < 10_000; i++) pids.push(runtime.spawn(body, i + 1));
    runtime.run();
    runtime.send(pids[0] as (typeof pids)[0], "end");
    runtime.run();
    expect(aborted).toBe(10_000);
    expectEmpty();
  });

  test("of a signal that is asked for only after the end is called at once, as hosts do", () => {
    const { runtime } = rig();
    let kept!: Loose;
    const pid = runtime.spawn(function* (self: Loose) {
      kept = self;
      yield* self.receive();
    });
    runtime.run();
    runtime.exit(pid, "boom");
    expect(kept.signal.aborted).toBe(true);
    runtime.run();
    expect(inspect(kept.signal.reason)).toBe('ExitError: exited with reason "boom"');
  });
});
