import { describe, expect, test } from "vitest";
import { ForeignError, type Op, on, P, type Pid, type Ref, type Runtime } from "../../src/index.ts";
import { expectIntact, holdings, inside, type Loose, rig, thrownBy } from "./rig.ts";

function* idle(self: Loose) {
  yield* self.receive({ end: () => {} });
}

/** A pid, and references, of another runtime; the pid has the slot and generation of one of `runtime`. */
function strangers() {
  const { runtime: other } = rig();
  const pid = other.spawn(idle) as Pid<unknown>;
  other.run();
  return { other, pid, monitor: other.monitor(pid), alias: other.alias(), timer: other.sendAfter(pid, "message", 5) };
}

describe("what belongs to another runtime", () => {
  const uses: [string, (runtime: Runtime, s: ReturnType<typeof strangers>) => unknown][] = [
    ["send", (runtime, { pid }) => runtime.send(pid, "message")],
    ["link", (runtime, { pid }) => runtime.link(pid)],
    ["unlink", (runtime, { pid }) => runtime.unlink(pid)],
    ["monitor", (runtime, { pid }) => runtime.monitor(pid)],
    ["exit", (runtime, { pid }) => runtime.exit(pid, "kill")],
    ["isAlive", (runtime, { pid }) => runtime.isAlive(pid)],
    ["processInfo", (runtime, { pid }) => runtime.processInfo(pid)],
    ["register", (runtime, { pid }) => runtime.register(pid, "stranger")],
    ["sendAfter", (runtime, { pid }) => runtime.sendAfter(pid, "message", 5)],
    ["startTimer", (runtime, { pid }) => runtime.startTimer(pid, "message", 5)],
    ["demonitor", (runtime, { monitor }) => runtime.demonitor(monitor)],
    ["demonitor with flush", (runtime, { monitor }) => runtime.demonitor(monitor, { flush: true })],
    ["unalias", (runtime, { alias }) => runtime.unalias(alias)],
    ["send to an alias", (runtime, { alias }) => runtime.send(alias, "message")],
    ["cancelTimer", (runtime, { timer }) => runtime.cancelTimer(timer)],
    ["readTimer", (runtime, { timer }) => runtime.readTimer(timer)],
  ];

  test.each(uses)("is refused by %s with a ForeignError, and neither runtime notices", (_, use) => {
    const { runtime, core } = rig();
    const own = runtime.spawnOpt(idle, { name: "own" });
    runtime.monitor(own);
    runtime.alias();
    const found = strangers();
    const before = [holdings(runtime), holdings(found.other), core.timersInUse()];
    const error = thrownBy(() => use(runtime, found));
    expect(error).toBeInstanceOf(ForeignError);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("belongs to another runtime");
    expect([holdings(runtime), holdings(found.other), core.timersInUse()]).toEqual(before);
  });

  test("may be sent, compared and matched", () => {
    const { runtime, reports, expectEmpty } = rig();
    const { pid: stranger, monitor } = strangers();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      yield* self.receive(
        on([P.pid, P.ref], (message: unknown[]) => seen.push(message[0] === stranger, message[1] === monitor)),
      );
    });
    runtime.send(pid, [stranger, monitor]);
    runtime.run();
    expect(seen).toEqual([true, true]);
    expect(reports).toEqual([]);
    expectEmpty();
  });

  test("stays refused when that other runtime is stopped", async () => {
    const { runtime } = rig();
    const { other, pid } = strangers();
    await other.stop();
    expect(() => runtime.send(pid, "message")).toThrow(ForeignError);
  });
});

describe("two runtimes in one program", () => {
  test("keep their names, main processes, limits and clocks apart", () => {
    const first = rig({ maxProcesses: 1 });
    const second = rig({ node: "other@host" });
    first.runtime.register(first.runtime.self(), "name");
    expect(second.runtime.whereis("name")).toBeUndefined();
    second.runtime.register(second.runtime.self(), "name");
    first.runtime.sendAfter("name", "late", 5);
    second.advance(10);
    expect(first.runtime.processInfo(first.runtime.self(), "messages")).toEqual([]);
    first.advance(5);
    expect(first.runtime.processInfo(first.runtime.self(), "messages")).toEqual(["late"]);
    first.runtime.spawn(idle);
    expect(() => first.runtime.spawn(idle)).toThrow("the limit is 1");
    second.runtime.spawn(idle);
    // A name on another node: nobody is there.
    expect(first.runtime.send(["name", "other@host"], "message")).toBe("message");
    expect(second.runtime.processInfo(second.runtime.self(), "messages")).toEqual([]);
    for (const { runtime } of [first, second]) expectIntact(runtime);
  });

  test("may run inside each other: a body of one runs the other, whose bodies are its own", () => {
    const first = rig();
    const second = rig();
    const seen: unknown[] = [];
    first.runtime.spawn(function* (self: Loose) {
      const child = second.runtime.spawn(function* (inner: Loose) {
        seen.push(second.runtime.self() === inner.pid, first.runtime.self() === self.pid);
        seen.push(yield* inner.receive());
      });
      second.runtime.send(child, "message");
      second.runtime.run();
      seen.push(first.runtime.self() === self.pid, second.runtime.isAlive(child));
      yield* self.sleep(0);
      seen.push("went on");
    });
    first.runtime.run();
    expect(seen).toEqual([true, true, "message", true, false, "went on"]);
    for (const { expectEmpty } of [first, second]) expectEmpty();
  });

  test("that kill each other's processes from their bodies end in order", () => {
    const first = rig();
    const second = rig();
    const closed: string[] = [];
    const waiting = (name: string, then: () => void) =>
      function* (self: Loose) {
        try {
          yield* self.receive();
        } finally {
          closed.push(name);
          then();
        }
      };
    const b = second.runtime.spawn(waiting("b", () => second.runtime.isAlive(b)));
    const a = first.runtime.spawn(waiting("a", () => second.runtime.send(b, "end")));
    first.runtime.run();
    second.runtime.run();
    second.runtime.spawn(() => {
      first.runtime.send(a, "end");
      first.runtime.run();
    });
    second.runtime.run();
    expect(closed).toEqual(["a", "b"]);
    for (const { expectEmpty } of [first, second]) expectEmpty();
  });

  test("an operation of one is refused in a body of the other", () => {
    const first = rig();
    const second = rig();
    const seen: unknown[] = [];
    let kept!: Loose;
    const owner = first.runtime.spawn(function* (self: Loose) {
      kept = self;
      yield* self.receive({ end: () => {} });
    });
    first.runtime.send(owner, "message");
    first.runtime.run();
    second.runtime.spawn(function* () {
      for (const make of [() => kept.receive(), () => kept.receive({ message: () => 1 }), () => kept.sleep(1)]) {
        try {
          yield* make() as Op<unknown>;
        } catch (error) {
          seen.push((error as Error).name);
        }
      }
    });
    second.runtime.run();
    expect(seen).toEqual(["UsageError", "UsageError", "UsageError"]);
    expect(first.runtime.processInfo(owner, "messages")).toEqual(["message"]);
    first.runtime.exit(owner, "kill");
    for (const { expectEmpty } of [first, second]) expectEmpty();
  });

  // A page of Chromium has room for about a hundred WebAssembly memories, with what other tests have left uncollected.
  test("20 of them, with things in flight, end alone", async () => {
    const rigs = Array.from({ length: 20 }, () => rig({ maxProcesses: 100 }));
    const pids = rigs.map(({ runtime }) => runtime.spawn(idle));
    for (const { runtime } of rigs) runtime.run();
    for (const [i, { runtime }] of rigs.entries()) if (i % 2 === 0) await runtime.stop();
    for (const [i, { runtime }] of rigs.entries()) {
      expect(runtime.isAlive(pids[i] as Pid<unknown>)).toBe(i % 2 === 1);
      expect(inside(runtime).check()).toBe(0);
    }
  });
});

describe("a reference that is out of date", () => {
  test("reaches no later tenant of its record: monitors, aliases, timers", () => {
    const { runtime, core, advance } = rig();
    const pid = runtime.spawn(idle);
    const old: { monitor: Ref; alias: Ref; timer: Ref }[] = [];
    for (let i = 0; i < 50; i++) {
      const refs = {
        monitor: runtime.monitor(pid),
        alias: runtime.alias(),
        timer: runtime.sendAfter(pid, "message", 5),
      };
      runtime.demonitor(refs.monitor);
      runtime.unalias(refs.alias);
      runtime.cancelTimer(refs.timer);
      old.push(refs);
    }
    const now = { monitor: runtime.monitor(pid), alias: runtime.alias(), timer: runtime.sendAfter(pid, "now", 5) };
    for (const { monitor, alias, timer } of old) {
      expect(runtime.demonitor(monitor, { info: true })).toBe(false);
      expect(runtime.unalias(alias)).toBe(false);
      expect([runtime.readTimer(timer), runtime.cancelTimer(timer)]).toEqual([false, false]);
      runtime.send(alias, "stray");
      // Of another kind than it says: neither an alias nor a monitor.
      expect(runtime.unalias(monitor)).toBe(false);
      expect(runtime.demonitor(alias, { info: true })).toBe(false);
    }
    expect([core.edgesInUse(), core.timersInUse()]).toEqual([2, 1]);
    runtime.send(now.alias, "by alias");
    advance(5);
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual(["by alias"]);
    expect(runtime.processInfo(pid, "messages")).toEqual(["now"]);
    expect(runtime.demonitor(now.monitor, { info: true })).toBe(true);
    expectIntact(runtime);
  });

  test("that belongs to another process ends nothing of it", () => {
    const { runtime, core, expectEmpty } = rig();
    const target = runtime.spawn(idle);
    const refs: Ref[] = [];
    const owner = runtime.spawn(function* (self: Loose) {
      refs.push(self.monitor(target), self.alias());
      yield* self.receive();
    });
    runtime.run();
    for (const ref of refs) {
      expect(runtime.demonitor(ref, { info: true })).toBe(false);
      expect(runtime.unalias(ref)).toBe(false);
    }
    expect(core.edgesInUse()).toBe(2);
    for (const pid of [target, owner]) runtime.exit(pid, "kill");
    expectEmpty();
  });
});
