import { expect, test } from "vitest";
import type { Overflow, Self } from "../../src/index.ts";
import { idle, ownRuntime, trapping } from "./support/own-runtime.ts";

function bounded(limit: number, overflow?: Overflow) {
  return { mailbox: overflow === undefined ? { limit } : { limit, overflow } };
}

test("exit, the default: the message that is one too many ends the process, with [mailboxOverflow, limit]", () => {
  const { runtime, reports } = ownRuntime();
  for (const options of [bounded(3), bounded(3, "exit")]) {
    const pid = runtime.spawnOpt(idle, options);
    const ref = runtime.monitor(pid);
    for (let n = 0; n < 3; n++) runtime.send(pid, n);
    expect(runtime.isAlive(pid)).toBe(true);
    expect(runtime.send(pid, "one too many")).toBe("one too many");
    expect(runtime.isAlive(pid)).toBe(false);
    expect(runtime.send(pid, "to the dead")).toBe("to the dead");
    expect(runtime.processInfo(runtime.self(), "messages")?.at(-1)).toEqual([
      ...["DOWN", ref, "process", pid],
      ["mailboxOverflow", 3],
    ]);
  }
  expect(reports.map(({ kind, level, reason }) => [kind, level, reason])).toEqual([
    ["overflow", "error", ["mailboxOverflow", 3]],
    ["overflow", "error", ["mailboxOverflow", 3]],
  ]);
});

test("that cannot be trapped, and is an abnormal end to linked processes", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawnOpt(trapping, bounded(1));
  const friend = runtime.spawn(function* (self: Self<unknown>) {
    self.link(pid);
    yield* idle(self);
  });
  const witness = runtime.spawn(function* (self: Self<unknown>) {
    self.link(pid);
    yield* trapping(self);
  });
  runtime.run();
  runtime.send(pid, 1);
  runtime.send(pid, 2);
  expect([runtime.isAlive(pid), runtime.isAlive(friend)]).toEqual([false, false]);
  expect(runtime.processInfo(witness, "messages")).toEqual([["EXIT", pid, ["mailboxOverflow", 1]]]);
});

test("the sender goes on, even when it is the process itself, until its slice is over", () => {
  const { runtime, reports } = ownRuntime();
  const log: unknown[] = [];
  const [pid, ref] = runtime.spawnOpt(
    function* (self: Self<number>) {
      for (let n = 0; n < 5; n++) log.push(self.send(self.pid, n));
      yield* self.receive();
      log.push("not reached");
    },
    { ...bounded(2), monitor: true },
  );
  runtime.run();
  expect(log).toEqual([0, 1, 2, 3, 4]);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([
    ["DOWN", ref, "process", pid, ["mailboxOverflow", 2]],
  ]);
  expect(reports.map(({ kind }) => kind)).toEqual(["overflow"]);
});

test("dropNewest: the message that is one too many is lost, silently", () => {
  const { runtime, reports } = ownRuntime();
  const pid = runtime.spawnOpt(idle, bounded(3, "dropNewest"));
  for (let n = 0; n < 6; n++) expect(runtime.send(pid, n)).toBe(n);
  expect(runtime.processInfo(pid, "messages")).toEqual([0, 1, 2]);
  expect(reports).toEqual([]);
});

test("dropOldest: the oldest makes room for it", () => {
  const { runtime, reports } = ownRuntime();
  const pid = runtime.spawnOpt(idle, bounded(3, "dropOldest"));
  for (let n = 0; n < 100; n++) runtime.send(pid, n);
  expect(runtime.processInfo(pid, "messages")).toEqual([97, 98, 99]);
  expect(reports).toEqual([]);
});

test("the bound is on what waits, not on what passes through", () => {
  for (const overflow of ["exit", "dropNewest", "dropOldest"] as const) {
    const { runtime } = ownRuntime();
    let taken = 0;
    const pid = runtime.spawnOpt(
      function* (self: Self<number>) {
        for (;;) {
          yield* self.receive();
          taken++;
        }
      },
      bounded(2, overflow),
    );
    for (let n = 0; n < 100; n++) {
      runtime.send(pid, n);
      runtime.send(pid, n);
      runtime.run();
    }
    expect(taken).toBe(200);
    expect(runtime.isAlive(pid)).toBe(true);
  }
});

test("a selective receive that waits is not disturbed by what is dropped around it", () => {
  for (const [overflow, left] of [
    ["dropNewest", ["noise 0", "noise 1"]],
    ["dropOldest", ["noise 9", "answer"]],
  ] as const) {
    const { runtime } = ownRuntime();
    const log: unknown[] = [];
    const pid = runtime.spawnOpt(
      function* (self: Self<string>) {
        log.push(yield* (self as Self<"answer">).receive({ answer: () => "answered" }));
        yield* idle(self);
      },
      bounded(2, overflow),
    );
    runtime.run();
    for (let n = 0; n < 10; n++) {
      runtime.send(pid, `noise ${n}`);
      runtime.run();
    }
    runtime.send(pid, "answer");
    if (overflow === "dropNewest") {
      expect(runtime.processInfo(pid, "messages")).toEqual(left);
      expect(log).toEqual([]);
    } else {
      expect(runtime.processInfo(pid, "messages")).toEqual(left);
      runtime.run();
      expect(log).toEqual(["answered"]);
    }
  }
});

test("EXIT and DOWN messages are not bounded, and are not dropped to make room", () => {
  for (const overflow of ["exit", "dropNewest", "dropOldest"] as const) {
    const { runtime } = ownRuntime();
    const children: unknown[] = [];
    const pid = runtime.spawnOpt(
      function* (self: Self<unknown>) {
        self.trapExit = true;
        for (let n = 0; n < 5; n++) children.push(self.spawnLink((child: Self) => child.exit("bye")));
        children.push(self.spawnMonitor(() => undefined)[0]);
        yield* idle(self);
      },
      bounded(1, overflow),
    );
    runtime.run();
    expect(runtime.processInfo(pid, "messageQueueLen")).toBe(6);
    runtime.send(pid, "ordinary");
    expect(runtime.isAlive(pid)).toBe(overflow !== "exit");
    if (overflow === "exit") continue;
    const messages = runtime.processInfo(pid, "messages") as unknown[][];
    expect(messages.slice(0, 6).map((message) => message[message[0] === "EXIT" ? 1 : 3])).toEqual(children);
    expect(messages.slice(6)).toEqual(overflow === "dropNewest" ? [] : ["ordinary"]);
  }
});

test("a message that only mentions a monitor's reference, or a pid, is dropped like any other", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawnOpt(idle, bounded(2, "dropOldest"));
  const ref = runtime.monitor(pid);
  for (let n = 0; n < 10; n++) runtime.send(pid, ["note", ref]);
  runtime.send(pid, ["EXITS", pid, "reason"]);
  runtime.send(pid, ["note", ref, "process", pid]);
  expect(runtime.processInfo(pid, "messages")).toEqual([
    ["EXITS", pid, "reason"],
    ["note", ref, "process", pid],
  ]);
});

test("50,000 of them above the bound are no trouble to a message that follows", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawnOpt(
    function* (self: Self<unknown>) {
      self.trapExit = true;
      for (let n = 0; n < 50_000; n++) self.spawnLink(() => undefined);
      yield* idle(self);
    },
    bounded(1, "dropOldest"),
  );
  runtime.run();
  runtime.send(pid, 1);
  runtime.send(pid, 2);
  const messages = runtime.processInfo(pid, "messages") as unknown[];
  expect(messages).toHaveLength(50_001);
  expect(messages.at(-1)).toBe(2);
});

test("what a timer or an alias sends meets the bound as well", () => {
  const { runtime, pass, reports } = ownRuntime();
  const pid = runtime.spawnOpt(
    function* (self: Self<unknown>) {
      const alias = self.alias();
      runtime.spawn(() => {
        for (let n = 0; n < 5; n++) runtime.send(alias, n);
      });
      yield* idle(self);
    },
    bounded(2, "dropOldest"),
  );
  runtime.run();
  expect(runtime.processInfo(pid, "messages")).toEqual([3, 4]);
  runtime.sendAfter(pid, "tick", 10);
  pass(10);
  expect(runtime.processInfo(pid, "messages")).toEqual([4, "tick"]);

  const strict = runtime.spawnOpt(idle, bounded(1));
  for (let n = 0; n < 3; n++) runtime.sendAfter(strict, n, 10);
  pass(10);
  expect(runtime.isAlive(strict)).toBe(false);
  expect(reports.map(({ kind }) => kind)).toEqual(["overflow"]);
});

test("a bound is a whole number of at least 1, and a policy one of the three", () => {
  const { runtime } = ownRuntime();
  for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", undefined]) {
    expect(() => runtime.spawnOpt(idle, { mailbox: { limit: limit as number } })).toThrow(RangeError);
  }
  expect(() => runtime.spawnOpt(idle, { mailbox: { limit: 1, overflow: "block" as never } })).toThrow(TypeError);
});
