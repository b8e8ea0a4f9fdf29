import { expect, onTestFinished, test, vi } from "vitest";
import { schedule } from "../../src/host.ts";
import { after, createRuntime, type Ref, type Runtime, type Self } from "../../src/index.ts";
import { gate } from "../semantics/support/own-runtime.ts";

/** A turn of the host. */
const turn = () => new Promise<void>(schedule);

/** A runtime by the host's time, which stands still but for `work`. */
function hostRuntime(): { runtime: Runtime; work: (ms: number) => void; looks: () => number } {
  let time = 1000;
  const now = vi.spyOn(performance, "now").mockImplementation(() => time);
  const runtime = createRuntime();
  onTestFinished(async () => {
    await runtime.stop();
    now.mockRestore();
  });
  return {
    runtime,
    work: (ms) => {
      time += ms;
    },
    looks: () => now.mock.calls.length,
  };
}

/** Runs `body` in a slice of a process that then keeps what it is sent. Gives a function that runs whoever can run, and tells what has come. */
function inSlice(runtime: Runtime, body: (self: Self<unknown>) => void): () => unknown[] {
  const kept: unknown[] = [];
  runtime.spawn(function* (self: Self<unknown>) {
    body(self);
    for (;;) kept.push(yield* self.receive());
  });
  return () => {
    runtime.run();
    return kept;
  };
}

test("a timer that is cancelled in the slice that set it had all of its time left, and sends nothing", () => {
  const { runtime, work } = hostRuntime();
  const told: unknown[] = [];
  const kept = inSlice(runtime, (self) => {
    for (let i = 0; i < 3; i++) {
      const timer = runtime.sendAfter(self.pid, i, 50);
      told.push(
        runtime.readTimer(timer),
        runtime.cancelTimer(timer),
        runtime.cancelTimer(timer),
        runtime.readTimer(timer),
      );
    }
  });
  kept();
  work(100);
  expect(kept()).toEqual([]);
  expect(told).toEqual([50, 50, false, false, 50, 50, false, false, 50, 50, false, false]);
});

test("of timers that are set and cancelled one after the other in a slice, few take a look at the clock", () => {
  const { runtime, looks } = hostRuntime();
  const took: number[] = [];
  inSlice(runtime, (self) => {
    runtime.cancelTimer(runtime.sendAfter(self.pid, "x", 50));
    const before = looks();
    for (let i = 0; i < 10_000; i++) runtime.cancelTimer(runtime.sendAfter(self.pid, "x", 50));
    took.push(looks() - before);
  })();
  expect(took[0]).toBeLessThan(30);
});

test("the first timer since the scheduler looked at the clock begins where it is set, however long its process works behind that", () => {
  const { runtime, work } = hostRuntime();
  let slices = 0;
  const kept = inSlice(runtime, (self) => {
    slices++;
    runtime.sendAfter(self.pid, "tick", 100);
    work(30);
  });
  expect(kept()).toEqual([]);
  work(69);
  expect(kept()).toEqual([]);
  work(1);
  expect(kept()).toEqual(["tick"]);
  expect(slices).toBe(1);
});

test("so do those behind it, as long as none is cancelled: they fire in the order of their times, as in Erlang", () => {
  const { runtime, work } = hostRuntime();
  const kept = inSlice(runtime, (self) => {
    runtime.sendAfter(self.pid, "last", 100);
    runtime.sendAfter(self.pid, "second", 70);
    work(30);
    runtime.startTimer(self.pid, "first", 20);
    work(10);
  });
  kept();
  work(10);
  expect(kept()).toEqual([["timeout", expect.anything(), "first"]]);
  work(20);
  expect(kept()).toEqual([["timeout", expect.anything(), "first"], "second"]);
  work(29);
  expect(kept()).toHaveLength(2);
  work(1);
  expect(kept()).toEqual([["timeout", expect.anything(), "first"], "second", "last"]);
});

test("one that is set right behind one that was cancelled begins when the clock is looked at next: late by the work until then, never early", () => {
  const { runtime, work } = hostRuntime();
  const kept = inSlice(runtime, (self) => {
    runtime.cancelTimer(runtime.sendAfter(self.pid, "never", 100));
    runtime.sendAfter(self.pid, "late", 100);
    work(30);
  });
  kept();
  work(99);
  expect(kept()).toEqual([]);
  work(1);
  expect(kept()).toEqual(["late"]);
});

test("the next one that is set behind that one has both begin at once", () => {
  const { runtime, work } = hostRuntime();
  const kept = inSlice(runtime, (self) => {
    runtime.cancelTimer(runtime.sendAfter(self.pid, "never", 100));
    runtime.sendAfter(self.pid, "second", 100);
    runtime.sendAfter(self.pid, "first", 90);
    work(30);
  });
  kept();
  work(60);
  expect(kept()).toEqual(["first"]);
  work(10);
  expect(kept()).toEqual(["first", "second"]);
});

test("of one time, they fire in the order in which they were set, whichever way they began", () => {
  const { runtime, work } = hostRuntime();
  const kept = inSlice(runtime, (self) => {
    runtime.register(self.pid, "keeper");
    for (let i = 0; i < 2500; i++) runtime.sendAfter(self.pid, i, 10);
  });
  kept();
  runtime.sendAfter("keeper", 2500, 10);
  work(20);
  expect(kept()).toEqual(Array.from({ length: 2501 }, (_, i) => i));
});

test("what waits for its time to begin can be read and cancelled by others, in any order", () => {
  const { runtime, work } = hostRuntime();
  const timers: Ref[] = [];
  const told: unknown[] = [];
  const kept = inSlice(runtime, (self) => {
    runtime.cancelTimer(runtime.sendAfter(self.pid, "never", 10));
    for (let i = 0; i < 5; i++) {
      timers.push(runtime.sendAfter(self.pid, i, 10));
      // Where others have theirs set and cancelled, too.
      runtime.cancelTimer(runtime.sendAfter(self.pid, "never", 10));
    }
  });
  inSlice(runtime, () => {
    for (const i of [2, 1, 4]) told.push(runtime.cancelTimer(timers[i] as Ref), runtime.cancelTimer(timers[i] as Ref));
    told.push(runtime.readTimer(timers[3] as Ref));
  });
  kept();
  work(10);
  expect(kept()).toEqual([0, 3]);
  expect(told).toEqual([10, false, 10, false, 10, false, 10]);
});

test("a timer ends with its target, also before its time has begun; one to a name does not", () => {
  const { runtime, work } = hostRuntime();
  const told: unknown[] = [];
  const kept = inSlice(runtime, (self) => {
    const target = runtime.spawn(function* (it: Self<never>) {
      yield* it.receive();
    });
    runtime.register(target, "target");
    runtime.sendAfter(self.pid, "first", 10);
    runtime.cancelTimer(runtime.sendAfter(self.pid, "cancelled", 10));
    const timer = runtime.sendAfter(target, "never", 10);
    runtime.cancelTimer(runtime.sendAfter(self.pid, "cancelled", 10));
    const named = runtime.sendAfter("target", "named", 10);
    runtime.exit(target, "kill");
    told.push(runtime.readTimer(timer), runtime.cancelTimer(timer), runtime.readTimer(named));
    runtime.register(self.pid, "target");
  });
  kept();
  work(10);
  expect(kept()).toEqual(["first", "named"]);
  expect(told).toEqual([false, false, 10]);
});

test("each timer of the host begins where it is set", () => {
  const { runtime, work } = hostRuntime();
  const kept = inSlice(runtime, (self) => runtime.register(self.pid, "keeper"));
  kept();
  for (const message of ["a", "b", "c"]) {
    runtime.sendAfter("keeper", message, 10);
    work(4);
  }
  expect(kept()).toEqual(["a"]);
  work(2);
  expect(kept()).toEqual(["a", "b"]);
  work(4);
  expect(kept()).toEqual(["a", "b", "c"]);
});

test("a reference prints the same before and after its time has begun", () => {
  const { runtime } = hostRuntime();
  const timers: Ref[] = [];
  const printed: string[] = [];
  inSlice(runtime, (self) => {
    for (let i = 0; i < 3; i++) {
      const timer = runtime.sendAfter(self.pid, i, 10);
      timers.push(timer);
      printed.push(String(timer));
    }
  })();
  expect(timers.map(String)).toEqual(printed);
  expect(new Set(printed).size).toBe(3);
});

test("no timer is left when the runtime has stopped", async () => {
  const { runtime } = hostRuntime();
  const timers: Ref[] = [];
  inSlice(runtime, (self) => {
    for (const to of [self.pid, "somebody", self.pid, "somebody"]) timers.push(runtime.sendAfter(to, "x", 10));
  })();
  await runtime.stop();
  expect(timers.map((timer) => runtime.cancelTimer(timer))).toEqual([false, false, false, false]);
});

test("a receive's time begins after run(), too, when what ran last has resolved a promise", async () => {
  const runtime = createRuntime();
  onTestFinished(() => runtime.stop());
  const asynchronous = runtime.spawn(async (self: Self<unknown>) => {
    for (;;) await self.receive();
  });
  const { promise, open } = gate<string>();
  const waiting = runtime.spawn(function* (self: Self<unknown>) {
    yield* self.receive();
    open(yield* self.receive(after(1, () => "timed out")));
  });
  runtime.run();
  // Until both are idle, and the scheduler with them.
  for (let i = 0; i < 5; i++) await turn();
  runtime.sendAfter(asynchronous, "go on", 1);
  runtime.sendAfter(waiting, "go on", 1);
  await turn();
  const end = performance.now() + 10;
  while (performance.now() < end);
  runtime.run();
  expect(await promise).toBe("timed out");
});
