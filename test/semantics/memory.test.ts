import { expect, test } from "vitest";
import { loop, type Pid, type Runtime, type Self } from "../../src/index.ts";
import { coreOf } from "../inside.ts";
import { idle, ownRuntime } from "./support/own-runtime.ts";

/** What a runtime holds besides its main process. */
function held(runtime: Runtime) {
  const core = coreOf(runtime);
  const { values } = runtime as unknown as { values: readonly unknown[] };
  return {
    segments: core.segmentsInUse(),
    edges: core.edgesInUse(),
    timers: core.timersInUse(),
    values: values.filter((value) => value !== undefined).length,
    processes: runtime.processes().length - 1,
  };
}

const NOTHING = { segments: 0, edges: 0, timers: 0, values: 0, processes: 0 };

function bytes(runtime: Runtime): number {
  return coreOf(runtime).memory.buffer.byteLength;
}

test("when processes have ended nothing of theirs is kept: messages, links, monitors, aliases, timers", () => {
  const { runtime } = ownRuntime();
  const body = function* (self: Self<unknown>, other: Pid<unknown> | undefined) {
    if (other !== undefined) {
      self.link(other);
      self.monitor(other);
    }
    self.alias();
    runtime.sendAfter(self.pid, "late", 1000);
    for (let n = 0; n < 20; n++) self.send(self.pid, { n });
    yield* self.receive({ never: () => undefined } as never, {
      after: 1000,
      then: () => undefined,
    });
  };
  const pids: Pid<unknown>[] = [];
  for (let n = 0; n < 1000; n++) pids.push(runtime.spawn(body, pids[n - 1]));
  runtime.run();
  expect(held(runtime).processes).toBe(1000);
  expect(held(runtime).values).toBe(20_000);
  runtime.exit(pids[500] as Pid<unknown>, "boom");
  runtime.run();
  expect(held(runtime)).toEqual(NOTHING);
});

test("messages that have been taken are not kept, and a mailbox that is emptied gives its memory back", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    for (;;) yield* self.receive();
  });
  for (let n = 0; n < 10_000; n++) runtime.send(pid, { n });
  expect(held(runtime).segments).toBeGreaterThan(1000);
  runtime.run();
  expect(held(runtime)).toEqual({ ...NOTHING, processes: 1 });
});

test("what a selective receive leaves behind it costs what it holds, and no more", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<"noise" | "pick">) {
    for (;;) yield* self.receive({ pick: () => undefined });
  });
  // One in a hundred stays: the segments between them are given back.
  for (let n = 0; n < 10_000; n++) runtime.send(pid, n % 100 === 0 ? "noise" : "pick");
  runtime.run();
  expect(runtime.processInfo(pid, "messageQueueLen")).toBe(100);
  expect(held(runtime)).toMatchObject({ values: 100 });
  expect(held(runtime).segments).toBeLessThanOrEqual(101);
});

test("memory that was given back is used again: ten times the work needs no more of it", () => {
  const { runtime } = ownRuntime();
  const work = () => {
    const hub = runtime.spawn(idle);
    for (let n = 0; n < 2000; n++) {
      const pid = runtime.spawn(function* (self: Self<unknown>) {
        self.link(hub);
        self.monitor(hub);
        yield* self.sleep(1000);
      });
      for (let i = 0; i < 10; i++) runtime.send(pid, i);
    }
    runtime.run();
    runtime.exit(hub, "kill");
    runtime.run();
    expect(held(runtime)).toEqual(NOTHING);
  };
  work();
  work();
  const after = bytes(runtime);
  for (let round = 0; round < 8; round++) work();
  expect(bytes(runtime)).toBe(after);
});

test("100,000 processes one after the other use a handful of slots, and no memory", () => {
  const { runtime } = ownRuntime();
  const live = (count: number) => {
    for (let n = 0; n < count; n++) {
      runtime.spawn(() => undefined);
      if (n % 100 === 0) runtime.run();
    }
    runtime.run();
  };
  live(10_000);
  const after = bytes(runtime);
  live(90_000);
  expect(bytes(runtime)).toBe(after);
  expect(held(runtime)).toEqual(NOTHING);
});

test("a state that is held by a loop holds for as many messages as come: no stack, no memory", () => {
  const { runtime } = ownRuntime();
  let last = 0;
  const counter = runtime.spawn(
    loop(0, (count: number, _message: "inc") => {
      last = count + 1;
      return last;
    }),
  );
  const rounds = (count: number) => {
    for (let n = 0; n < count; n++) {
      runtime.send(counter, "inc");
      if (n % 1000 === 0) runtime.run();
    }
    runtime.run();
  };
  rounds(10_000);
  const after = bytes(runtime);
  rounds(190_000);
  expect(last).toBe(200_000);
  expect(bytes(runtime)).toBe(after);
});

test("timers that are set and cancelled leave nothing", () => {
  const { runtime } = ownRuntime();
  for (let n = 0; n < 10_000; n++) runtime.cancelTimer(runtime.sendAfter(runtime.self(), { n }, n));
  expect(held(runtime)).toEqual(NOTHING);
});
