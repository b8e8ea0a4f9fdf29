import { describe, expect, test } from "vitest";
import {
  createRuntime,
  ExitError,
  inspect,
  type Pid,
  type Report,
  type Runtime,
  type Suspend,
} from "../../src/index.ts";
import { coreOf } from "../inside.ts";
import { expectIntact, inside, type Loose, rejectionOf, rig, thrownBy } from "./rig.ts";

function* idle(self: Loose) {
  yield* self.receive({ end: () => {} });
}

/** Nothing is left of a runtime that was stopped. */
function expectStopped(runtime: Runtime): void {
  const core = coreOf(runtime);
  const { values, table } = inside(runtime);
  expectIntact(runtime);
  expect([core.processes(), core.edgesInUse(), core.timersInUse(), core.segmentsInUse()]).toEqual([0, 0, 0, 0]);
  expect(runtime.processes()).toEqual([]);
  expect(runtime.registered()).toEqual([]);
  expect(values.every((value) => value === undefined)).toBe(true);
  expect(table.every((process) => process === undefined)).toBe(true);
}

describe("stop", () => {
  test("with messages, timers, links, monitors, names, waits and unborn processes in flight leaves nothing", async () => {
    const { runtime, mainExits, reports, settle } = rig();
    const closed: string[] = [];
    const waits = [runtime.receive({ never: () => {} }), runtime.sleep(1000), runtime.until(new Promise(() => {}))].map(
      rejectionOf,
    );
    const results = [
      rejectionOf(runtime.run(idle)),
      rejectionOf(runtime.run(async (self: Loose) => self.receive({ never: () => {} }))),
      rejectionOf(runtime.run(() => new Promise(() => {}))),
    ];
    for (let i = 0; i < 20; i++) {
      runtime.spawnOpt(
        function* (self: Loose) {
          try {
            self.monitor(runtime.processes()[0] as Pid<unknown>);
            self.alias();
            self.send(self.pid, "unread");
            runtime.sendAfter(self.pid, "late", 1000);
            runtime.sendAfter("nobody", "late", 1000);
            yield* i % 2 === 0 ? self.sleep(1000) : self.receive({ never: () => {} });
          } finally {
            closed.push("closed");
          }
        },
        { name: `name${i}`, link: i % 3 === 0, monitor: true },
      );
    }
    await settle();
    runtime.spawn(idle); // unborn
    runtime.send(runtime.self(), "unread");
    await runtime.stop();
    expectStopped(runtime);
    expect(closed).toHaveLength(20);
    for (const error of await Promise.all([...waits, ...results])) expect(error).toBeInstanceOf(ExitError);
    expect(mainExits).toEqual([]);
    expect(reports.filter(({ kind }) => kind !== "warning")).toEqual([]);
    await settle();
    expectStopped(runtime);
  });

  test("is no crash of the main process, though its linked children end with it", async () => {
    const { runtime, mainExits, reports } = rig();
    for (let i = 0; i < 3; i++) runtime.spawnLink(idle);
    runtime.run();
    await runtime.stop();
    expect([mainExits, reports]).toEqual([[], []]);
    expectStopped(runtime);
  });

  test("gives its reason to the processes, and those that trap it are killed", async () => {
    const { runtime } = rig();
    const seen: unknown[] = [];
    const body = function* (self: Loose, trap: boolean) {
      self.trapExit = trap;
      self.signal.addEventListener("abort", () => seen.push([trap, (self.signal.reason as ExitError).reason]));
      for (;;) {
        const message = (yield* self.receive()) as unknown[];
        seen.push([message[0], message[2]]);
      }
    };
    runtime.spawn(body, false);
    runtime.spawn(body, true);
    runtime.run();
    await runtime.stop("enough");
    expect(seen).toContainEqual([false, "enough"]);
    expect(seen).toContainEqual(["EXIT", "enough"]);
    expect(seen).toContainEqual([true, "killed"]);
    expect(seen).toHaveLength(3);
    expectStopped(runtime);
  });

  test.each(["normal", "kill", "shutdown", undefined, null, 5, new Error("boom")])(
    "with the reason %s ends everybody",
    async (reason) => {
      const { runtime, mainExits } = rig();
      for (let i = 0; i < 5; i++) {
        runtime.spawn(function* (self: Loose) {
          self.trapExit = i % 2 === 0;
          for (;;) yield* self.receive();
        });
      }
      runtime.run();
      await runtime.stop(reason);
      expectStopped(runtime);
      expect(mainExits).toEqual([]);
    },
  );

  test("ends the processes that are spawned meanwhile, in finally blocks and by those that trap exits", async () => {
    const { runtime } = rig();
    const stubborn = function* (self: Loose, depth: number): Generator<Suspend, void, unknown> {
      self.trapExit = true;
      try {
        for (;;) {
          yield* self.receive();
          runtime.spawn(stubborn, depth + 1);
        }
      } finally {
        if (depth < 5) runtime.spawn(stubborn, depth + 1);
      }
    };
    for (let i = 0; i < 3; i++) runtime.spawn(stubborn, 0);
    runtime.run();
    await runtime.stop();
    expectStopped(runtime);
  });

  test("ends, even when every process that ends spawns another one", async () => {
    const { runtime } = rig();
    let spawned = 0;
    const hydra = function* (self: Loose): Generator<Suspend, void, unknown> {
      try {
        yield* self.receive();
      } finally {
        // A bound, so that a runtime that goes on for ever fails here and does not hang.
        if (spawned++ < 100_000) {
          try {
            runtime.spawn(hydra);
          } catch {
            spawned = 100_000;
          }
        }
      }
    };
    runtime.spawn(hydra);
    runtime.run();
    await runtime.stop();
    expect(spawned).toBeLessThan(100_001);
    expectStopped(runtime);
  });

  test("twice, and thrice at once, is stopping once", async () => {
    const { runtime, mainExits } = rig();
    let closed = 0;
    runtime.spawn(function* (self: Loose) {
      try {
        yield* self.receive();
      } finally {
        closed++;
      }
    });
    runtime.run();
    await Promise.all([runtime.stop(), runtime.stop("another reason"), runtime[Symbol.asyncDispose]()]);
    await runtime.stop();
    expect([closed, mainExits]).toEqual([1, []]);
    expectStopped(runtime);
  });

  test("before anything ever ran", async () => {
    const { runtime } = rig();
    await runtime.stop();
    expectStopped(runtime);
  });

  test("by `await using`", async () => {
    let kept: Runtime | undefined;
    {
      await using runtime = createRuntime({ logger: () => {} });
      kept = runtime;
      runtime.spawn(idle);
    }
    expectStopped(kept);
  });

  test("in a microtask, in a host callback, and in onMainExit", async () => {
    let stopping: Promise<void> | undefined;
    const { runtime, settle } = rig({
      onMainExit: () => {
        stopping = runtime.stop();
      },
    });
    runtime.spawn(idle);
    const pid = runtime.spawnLink(idle);
    runtime.run();
    runtime.exit(pid, "boom");
    await settle();
    await stopping;
    expectStopped(runtime);

    const other = rig();
    other.runtime.spawn(idle);
    await Promise.resolve().then(() => other.runtime.stop());
    expectStopped(other.runtime);
  });

  test("in onMainExit, when it was a process's slice that took the main process down", async () => {
    let stopping: Promise<unknown> | undefined;
    const { runtime, settle, reports } = rig({
      onMainExit: () => {
        stopping = runtime.stop().then(
          () => "stopped",
          (error: Error) => error.name,
        );
      },
    });
    const bystander = runtime.spawn(idle);
    runtime.spawnLink((self: Loose) => self.exit("boom"));
    await settle();
    // Either it works, or it is refused as it is in a process, and then nothing of it was done.
    const outcome = await stopping;
    expect(["stopped", "UsageError"]).toContain(outcome);
    if (outcome === "stopped") expectStopped(runtime);
    else expect(runtime.isAlive(bystander)).toBe(true);
    expectIntact(runtime);
    expect(reports).toEqual([]);
  });
});

describe("a runtime that was stopped", () => {
  async function stopped() {
    const made = rig();
    const { runtime } = made;
    const pid = runtime.spawnOpt(idle, { name: "name" });
    const monitor = runtime.monitor(pid);
    const alias = runtime.alias();
    const timer = runtime.sendAfter(pid, "message", 5);
    const main = runtime.self();
    runtime.run();
    await runtime.stop();
    return { ...made, props: { pid, monitor, alias, timer, main } };
  }

  test("refuses to spawn, to wait and to act: each call throws an error that says why", async () => {
    const { runtime, props } = await stopped();
    const calls: Record<string, () => unknown> = {
      spawn: () => runtime.spawn(idle),
      spawnLink: () => runtime.spawnLink(idle),
      spawnMonitor: () => runtime.spawnMonitor(idle),
      spawnOpt: () => runtime.spawnOpt(idle, { name: "another" }),
      link: () => runtime.link(props.pid),
      monitor: () => runtime.monitor(props.pid),
      alias: () => runtime.alias(),
      put: () => runtime.put("key", "value"),
      processFlag: () => runtime.processFlag("trapExit", true),
      register: () => runtime.register(props.main, "main"),
      unregister: () => runtime.unregister("name"),
      "send to a name": () => runtime.send("name", "message"),
      sendAfter: () => runtime.sendAfter(props.pid, "message", 5),
      startTimer: () => runtime.startTimer("name", "message", 5),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = thrownBy(call);
      expect(["UsageError", "ExitError", "NameError"], `${name}: ${error}`).toContain(error.name);
    }
    for (const wait of [
      () => runtime.receive(),
      () => runtime.receive({ a: () => "a" }),
      () => runtime.sleep(5),
      () => runtime.until(Promise.resolve()),
      () => runtime.run(idle),
    ]) {
      const error = await rejectionOf((async () => wait())());
      expect(["UsageError", "ExitError"]).toContain(error.name);
    }
    expectStopped(runtime);
  });

  test("answers what can be answered: nobody is alive, nothing is registered", async () => {
    const { runtime, props, advance } = await stopped();
    expect([runtime.isAlive(props.pid), runtime.processInfo(props.pid), runtime.whereis("name")]).toEqual([
      false,
      undefined,
      undefined,
    ]);
    expect([runtime.isAlive(runtime.self()), runtime.processes(), runtime.registered()]).toEqual([false, [], []]);
    expect(runtime.send(props.pid, "message")).toBe("message");
    expect(runtime.send(props.alias, "message")).toBe("message");
    expect([runtime.readTimer(props.timer), runtime.cancelTimer(props.timer)]).toEqual([false, false]);
    runtime.run();
    advance(10_000);
    expectStopped(runtime);
  });

  test("is not woken by promises and code that still know it", async () => {
    const { runtime, settle, reports } = rig();
    let open!: (value: string) => void;
    const promise = new Promise<string>((resolve) => {
      open = resolve;
    });
    const outcomes: unknown[] = [];
    runtime.spawn(async (self: Loose) => {
      await promise;
      for (const deed of [() => self.receive(), () => self.sleep(1), () => self.until(promise)]) {
        try {
          outcomes.push(await deed());
        } catch (error) {
          outcomes.push((error as Error).name);
        }
      }
      runtime.send(self.pid, "message");
      throw new Error("nobody hears this");
    });
    runtime.spawn(function* (self: Loose) {
      yield* self.until(promise);
      outcomes.push("never");
    });
    await settle();
    await runtime.stop();
    open("too late");
    await settle();
    expect(outcomes).toEqual(["ExitError", "ExitError", "ExitError"]);
    expect(reports).toEqual([]);
    expectStopped(runtime);
  });

  test("does not disturb another one, which goes on", async () => {
    const first = rig();
    const second = rig();
    const pid = second.runtime.spawn(idle);
    first.runtime.spawn(idle);
    await first.runtime.stop();
    second.runtime.run();
    expect(second.runtime.isAlive(pid)).toBe(true);
    expectStopped(first.runtime);
    second.runtime.exit(pid, "kill");
    second.expectEmpty();
  });
});

describe("reports of a stop", () => {
  test("say what finally blocks throw", async () => {
    const reports: Report[] = [];
    const { runtime } = rig({ logger: (report) => reports.push(report) });
    runtime.spawn(function* (self: Loose) {
      try {
        yield* self.receive();
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: it is what is tested
        throw new Error("boom");
      }
    });
    runtime.run();
    await runtime.stop();
    expect(reports.map(({ reason }) => inspect(reason))).toEqual(["Error: boom"]);
    expectStopped(runtime);
  });
});
