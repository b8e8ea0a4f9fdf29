import { describe, expect, test } from "vitest";
import { loop, type Pid, type Suspend, SystemLimitError } from "../../src/index.ts";
import { expectIntact, inside, type Loose, rejectionOf, rig, thrownBy } from "./rig.ts";

function* idle(self: Loose) {
  yield* self.receive({ end: () => {} });
}

const sink = loop(0, (count: number) => count + 1);

describe("maxProcesses", () => {
  test("reached: every way to spawn throws a SystemLimitError, and nothing else happens", async () => {
    const { runtime, core } = rig({ maxProcesses: 100 });
    const pids = Array.from({ length: 100 }, () => runtime.spawn(idle));
    runtime.run();
    const edges = core.edgesInUse();
    for (const spawn of [
      () => runtime.spawn(idle),
      () => runtime.spawnLink(idle),
      () => runtime.spawnMonitor(idle),
      () => runtime.spawnOpt(idle, { name: "one too many", link: true, monitor: true, mailbox: { limit: 5 } }),
      () => runtime.spawn("./module.js", "body"),
    ]) {
      const error = thrownBy(spawn);
      expect(error).toBeInstanceOf(SystemLimitError);
      expect((error as SystemLimitError).limit).toBe(100);
      expect(error.message).toContain("maxProcesses");
    }
    expect((await rejectionOf(runtime.run(idle))).name).toBe("SystemLimitError");
    expect([core.processes(), core.edgesInUse(), runtime.registered()]).toEqual([101, edges, []]);
    expectIntact(runtime);

    // One ends, one may come.
    runtime.exit(pids[50] as Pid<unknown>, "kill");
    runtime.run();
    const pid = runtime.spawn(idle);
    expect(() => runtime.spawn(idle)).toThrow(SystemLimitError);
    runtime.send(pid, "end");
    runtime.run();
    expect(runtime.isAlive(pid)).toBe(false);
    expectIntact(runtime);
  });

  test("reached inside a process: it can catch the error and go on; the others are not touched", () => {
    const { runtime, reports, expectEmpty } = rig({ maxProcesses: 50 });
    const seen: unknown[] = [];
    runtime.spawn(function* (self: Loose) {
      const children: Pid<unknown>[] = [];
      try {
        for (;;) children.push(self.spawnLink(idle));
      } catch (error) {
        seen.push((error as Error).name, children.length);
      }
      yield* self.sleep(0);
      for (const child of children) self.send(child, "end");
      yield* self.sleep(0);
      seen.push(runtime.isAlive(self.spawn(idle)));
    });
    runtime.run();
    expect(seen).toEqual(["SystemLimitError", 49, true]);
    expect(reports).toEqual([]);
    for (const pid of runtime.processes().slice(1)) runtime.exit(pid, "kill");
    expectEmpty();
  });

  test("reached and not caught: the process that spawned ends with the error, which is reported", () => {
    const { runtime, reports, expectEmpty } = rig({ maxProcesses: 50 });
    runtime.spawn((self: Loose) => {
      for (;;) self.spawnLink(idle);
    });
    runtime.run();
    expect(reports.map(({ reason }) => (reason as Error).name)).toEqual(["SystemLimitError"]);
    expectEmpty();
  });

  test("reached and left a thousand times: the runtime goes on", () => {
    const { runtime, expectEmpty } = rig({ maxProcesses: 8 });
    for (let i = 0; i < 1000; i++) {
      for (let j = 0; j < 8; j++) runtime.spawn(idle);
      expect(() => runtime.spawn(idle)).toThrow(SystemLimitError);
      for (const pid of runtime.processes().slice(1)) runtime.exit(pid, "kill");
      runtime.run();
    }
    expectEmpty();
  });
});

describe("1,000,000 processes, one after the other", () => {
  test("use the same slots again, in flat memory, and no pid is that of another", () => {
    const { runtime, core, expectEmpty } = rig();
    const { table, values } = inside(runtime);
    const kept: Pid<unknown>[] = [];
    let ran = 0;
    const brief = () => {
      ran++;
    };
    const batch = (size: number) => {
      for (let i = 0; i < size; i++) {
        const pid = runtime.spawn(brief);
        if (i % 997 === 0) kept.push(pid);
        if (i % 3 === 0) runtime.send(pid, i as never);
      }
      runtime.run();
    };
    for (let i = 0; i < 20; i++) batch(1000);
    const before = [core.memory.buffer.byteLength, core.slots(), table.length, values.length];
    for (let i = 0; i < 980; i++) batch(1000);
    expect(ran).toBe(1_000_000);
    expect([core.memory.buffer.byteLength, core.slots(), table.length, values.length]).toEqual(before);
    expect(core.slots()).toBeLessThan(4000);
    expect(new Set(kept.map(String)).size).toBe(kept.length);

    // None of the old pids reaches the tenants of now.
    const tenants = Array.from({ length: 3000 }, () => runtime.spawn(idle));
    runtime.run();
    for (const pid of kept) {
      expect(runtime.isAlive(pid)).toBe(false);
      runtime.send(pid, "end" as never);
      runtime.exit(pid, "kill");
    }
    runtime.run();
    expect(tenants.every((pid) => runtime.isAlive(pid) && runtime.processInfo(pid, "messageQueueLen") === 0)).toBe(
      true,
    );
    for (const pid of tenants) runtime.exit(pid, "kill");
    expectEmpty();
  });

  test("with links, monitors, names, timers and messages, too: all that they had is given back", () => {
    const { runtime, core, advance, expectEmpty } = rig();
    const parent = runtime.spawn(idle);
    runtime.run();
    const round = () => {
      for (let i = 0; i < 200; i++) {
        const pid = runtime.spawnOpt(
          function* (self: Loose) {
            self.link(parent);
            self.monitor(parent);
            self.alias();
            self.put("key", i);
            runtime.sendAfter(self.pid, "late", 1_000_000);
            runtime.sendAfter("nobody", "late", 5);
            self.send(self.pid, "unread");
            yield* self.receive({ end: () => {} }, { after: 1_000_000, then: () => {} });
          },
          { name: `brief${i}`, link: true, monitor: true, mailbox: { limit: 10 } },
        );
        runtime.send(pid[0] as Pid<unknown>, "end");
      }
      runtime.run();
      advance(5);
      // The DOWN messages.
      for (const message of runtime.processInfo(runtime.self(), "messages") ?? []) {
        runtime.demonitor((message as never)[1], { flush: true });
      }
    };
    for (let i = 0; i < 10; i++) round();
    const before = [core.memory.buffer.byteLength, core.slots()];
    for (let i = 0; i < 100; i++) round();
    expect([core.memory.buffer.byteLength, core.slots()]).toEqual(before);
    expectIntact(runtime);
    runtime.exit(parent, "kill");
    expectEmpty();
  });
});

describe("a generation", () => {
  test("that is the last one of its slot ends the use of that slot; its pid still reaches nobody", async () => {
    const { runtime, core } = rig({ maxProcesses: 2 });
    const { LAST_GENERATION, PROCESS_DIRECTORY } = await import("../../assembly/layout.ts");
    const pid = runtime.spawn(() => {}) as Pid<unknown> & { readonly slot: number };
    const { slot } = pid;
    runtime.run();
    const memory = new Int32Array(core.memory.buffer);
    // Nobody waits for 2^30 processes: the slot is told that it has had them.
    memory[(memory[PROCESS_DIRECTORY >> 2] as number) / 4 + slot * 16] = LAST_GENERATION;
    let last: (Pid<unknown> & { readonly slot: number; readonly generation: number }) | undefined;
    for (let i = 0; i < 5000; i++) {
      const next = runtime.spawn(idle) as NonNullable<typeof last>;
      runtime.run();
      if (next.slot === slot) {
        expect(last).toBeUndefined();
        expect(next.generation).toBe(LAST_GENERATION);
        last = next;
      }
      runtime.exit(next, "kill");
      runtime.run();
    }
    expect(last).toBeDefined();
    expect(runtime.isAlive(pid)).toBe(false);
    expect(runtime.isAlive(last as Pid<unknown>)).toBe(false);
    expectIntact(runtime);
  });
});

describe("one process, and 100,000 others that are linked to it and monitor it", () => {
  const OTHERS = 100_000;

  test("killed: every one is told, in full, and dies of it", () => {
    const { runtime, core, reports, expectEmpty } = rig();
    const hub = runtime.spawn(idle);
    const follower = function* (self: Loose) {
      self.link(hub);
      self.monitor(hub);
      yield* self.receive();
    };
    for (let i = 0; i < OTHERS; i++) runtime.spawn(follower);
    runtime.run();
    expect(core.edgesInUse()).toBe(2 * OTHERS);
    expect(runtime.processInfo(hub, "links")).toHaveLength(OTHERS);
    runtime.exit(hub, "kill");
    expect(core.edgesInUse()).toBe(0);
    expectIntact(runtime);
    expect(reports).toEqual([]);
    expectEmpty();
  });

  test("killed: those that trap exits get both messages, with its pid and reason, and live", () => {
    const { runtime, core, expectEmpty } = rig();
    const hub = runtime.spawn(idle);
    let told = 0;
    const follower = function* (self: Loose) {
      self.trapExit = true;
      self.link(hub);
      const ref = self.monitor(hub);
      for (let i = 0; i < 2; i++) {
        const message = (yield* self.receive()) as unknown[];
        const isExit = message.length === 3 && message[0] === "EXIT" && message[1] === hub && message[2] === "killed";
        const isDown = message[0] === "DOWN" && message[1] === ref && message[3] === hub && message[4] === "killed";
        if (isExit || isDown) told++;
      }
    };
    for (let i = 0; i < OTHERS; i++) runtime.spawn(follower);
    runtime.run();
    runtime.exit(hub, "kill");
    expect(core.edgesInUse()).toBe(0);
    expectIntact(runtime);
    runtime.run();
    expect(told).toBe(2 * OTHERS);
    expectEmpty();
  });

  test("killed in its own slice, by its own hand", () => {
    const { runtime, core, expectEmpty } = rig();
    const hub = runtime.spawn(function* (self: Loose) {
      yield* self.receive({ end: () => self.exit(self.pid, "kill") });
    });
    const follower = function* (self: Loose) {
      self.link(hub);
      yield* self.receive();
    };
    for (let i = 0; i < OTHERS; i++) runtime.spawn(follower);
    runtime.run();
    runtime.send(hub, "end");
    runtime.run();
    expect(core.processes()).toBe(1);
    expectEmpty();
  });
});

describe("a cascade of 200,000", () => {
  const LENGTH = 200_000;

  test("along a chain of links ends everybody, from either end and from the middle", () => {
    const body = function* (self: Loose, before: Pid<unknown> | undefined) {
      if (before !== undefined) self.link(before);
      yield* self.receive();
    };
    for (const [length, first] of [
      [LENGTH, LENGTH >> 1],
      [5000, 0],
      [5000, 4999],
    ] as const) {
      const { runtime, expectEmpty } = rig();
      const pids: Pid<unknown>[] = [];
      for (let i = 0; i < length; i++) pids.push(runtime.spawn(body, pids[i - 1]));
      runtime.run();
      expectIntact(runtime);
      runtime.exit(pids[first] as Pid<unknown>, "boom");
      expectIntact(runtime);
      expectEmpty();
    }
  });

  test("through finally blocks that kill the next ends everybody, and each block runs", () => {
    const { runtime, expectEmpty } = rig();
    const pids: Pid<unknown>[] = [];
    let closed = 0;
    const body = function* (self: Loose, next: number) {
      try {
        yield* self.receive();
      } finally {
        closed++;
        runtime.send(pids[next] as Pid<unknown>, "end");
      }
    };
    for (let i = 0; i < LENGTH; i++) pids.push(runtime.spawn(body, i + 1));
    pids.push(runtime.spawn(sink));
    runtime.run();
    runtime.send(pids[0] as Pid<unknown>, "end");
    runtime.run();
    expect(closed).toBe(LENGTH);
    runtime.exit(pids[LENGTH] as Pid<unknown>, "kill");
    expectEmpty();
  });

  test("of processes that trap exits: each is told by the one before it, and passes it on", () => {
    const { runtime, expectEmpty } = rig();
    let told = 0;
    const body = function* (self: Loose, before: Pid<unknown> | undefined): Generator<Suspend, void, unknown> {
      self.trapExit = true;
      if (before !== undefined) self.link(before);
      const [, from, reason] = (yield* self.receive()) as [string, unknown, unknown];
      if (reason === "boom" && (before === undefined || from === before)) told++;
      self.exit("boom");
    };
    let last: Pid<unknown> | undefined;
    let first: Pid<unknown> | undefined;
    for (let i = 0; i < LENGTH / 4; i++) {
      last = runtime.spawn(body, last);
      first ??= last;
    }
    runtime.run();
    runtime.exit(first as Pid<unknown>, "boom");
    runtime.run();
    expect(told).toBe(LENGTH / 4);
    expectEmpty();
  });
});

describe("5,000 timers", () => {
  test("due at once all fire, in one go", () => {
    const { runtime, advance, expectEmpty } = rig();
    const seen: number[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      for (let i = 0; i < 5000; i++) seen.push(yield* self.receive());
    });
    runtime.run();
    for (let i = 0; i < 5000; i++) runtime.sendAfter(pid, i, 10);
    advance(9);
    expect(seen).toEqual([]);
    advance(1);
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    expectEmpty();
  });

  test("due at once, for a mailbox that only takes two, kill its process once; those for others arrive", () => {
    const { runtime, reports, advance, core } = rig();
    const pid = runtime.spawnOpt(idle, { mailbox: { limit: 2 } });
    runtime.run();
    for (let i = 0; i < 10_000; i++) runtime.monitor(pid);
    for (let i = 0; i < 5000; i++) runtime.sendAfter(i % 100 === 0 ? pid : runtime.self(), i, 5);
    advance(5);
    expectIntact(runtime);
    expect(runtime.isAlive(pid)).toBe(false);
    expect(reports.map(({ kind }) => kind)).toEqual(["overflow"]);
    const messages = runtime.processInfo(runtime.self(), "messages") as unknown[];
    expect(messages.filter((message) => typeof message === "number")).toHaveLength(4950);
    expect(messages.filter(Array.isArray)).toHaveLength(10_000);
    expect([core.timersInUse(), core.edgesInUse()]).toEqual([0, 0]);
  });

  test("due at once: what the logger does meanwhile does not get into their way", () => {
    let logged = 0;
    const { runtime, advance } = rig({
      logger: () => {
        logged++;
        for (let i = 0; i < 50; i++) runtime.sendAfter(runtime.self(), "later", 100);
        runtime.spawn(() => {});
        runtime.send(runtime.self(), "from the logger");
      },
    });
    const pid = runtime.spawnOpt(idle, { mailbox: { limit: 2 } });
    runtime.run();
    for (let i = 0; i < 50; i++) runtime.sendAfter(i < 10 ? pid : runtime.self(), i, 5);
    advance(5);
    expect(logged).toBe(1);
    const early = runtime.processInfo(runtime.self(), "messages") as unknown[];
    expect(early.filter((message) => typeof message === "number")).toEqual(
      Array.from({ length: 40 }, (_, i) => i + 10),
    );
    expect(early.filter((message) => message === "later")).toEqual([]);
    expect(early.filter((message) => message === "from the logger")).toHaveLength(1);
    advance(100);
    expect(runtime.processInfo(runtime.self(), "messages")?.filter((message) => message === "later")).toHaveLength(50);
    expectIntact(runtime);
  });

  test("due at once in a fresh runtime, whose memory grows meanwhile, all arrive", () => {
    for (const count of [2, 10, 1000, 5000]) {
      const { runtime, advance } = rig();
      for (let i = 0; i < count; i++) runtime.sendAfter(runtime.self(), i, 5);
      advance(5);
      expect(runtime.processInfo(runtime.self(), "messages")).toEqual(Array.from({ length: count }, (_, i) => i));
    }
  });
});
