import { describe, expect, test } from "vitest";
import { createRuntime, inspect, type Runtime } from "../../src/index.ts";
import { expectIntact, type Loose, rig, thrownBy } from "./rig.ts";

const DAY = 86_400_000;
const YEAR = 366 * DAY;

function* idle(self: Loose) {
  yield* self.receive({ end: () => {} });
}

const mailbox = (runtime: Runtime) => runtime.processInfo(runtime.self(), "messages");

describe("a time that setTimeout could not wait for", () => {
  const times = [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32, 50 * DAY, YEAR, 9 * YEAR, 1000 * YEAR, 2 ** 45];

  test.each(times)("of %d ms: a timer fires then, and no sooner", (ms) => {
    const { runtime, core, advance } = rig();
    const timer = runtime.sendAfter(runtime.self(), "due", ms);
    expect(runtime.readTimer(timer)).toBe(ms);
    advance(ms - 1);
    expect(mailbox(runtime)).toEqual([]);
    expect(runtime.readTimer(timer)).toBe(1);
    expectIntact(runtime);
    advance(1);
    expect(mailbox(runtime)).toEqual(["due"]);
    expect(runtime.readTimer(timer)).toBe(false);
    expect(core.timersInUse()).toBe(0);
  });

  test.each(times)("of %d ms: a timer can be cancelled on the way, and says what was left", (ms) => {
    const { runtime, core, advance } = rig();
    const timer = runtime.sendAfter(runtime.self(), "due", ms);
    advance(Math.floor(ms / 3));
    expect(runtime.cancelTimer(timer)).toBe(ms - Math.floor(ms / 3));
    expect(runtime.cancelTimer(timer)).toBe(false);
    expect(core.timersInUse()).toBe(0);
    advance(ms);
    expect(mailbox(runtime)).toEqual([]);
  });

  test.each(times)("of %d ms: a sleep and a receive wait that long", (ms) => {
    const { runtime, advance, expectEmpty } = rig();
    const seen: string[] = [];
    runtime.spawn(function* (self: Loose) {
      yield* self.sleep(ms);
      seen.push("slept");
    });
    runtime.spawn(function* (self: Loose) {
      yield* self.receive({}, { after: ms, then: () => {} });
      seen.push("received nothing");
    });
    runtime.run();
    // In steps of all sizes.
    let now = 0;
    for (let step = 1; now + step < ms; step *= 2) {
      advance(step);
      now += step;
      expect(seen).toEqual([]);
    }
    advance(ms - 1 - now);
    expect(seen).toEqual([]);
    advance(1);
    expect(seen.sort()).toEqual(["received nothing", "slept"]);
    expectEmpty();
  });

  test.each([2 ** 53, 1e300, Number.MAX_VALUE])("beyond all times, %d ms: waits like one that never comes", (ms) => {
    const { runtime, core, advance, expectEmpty } = rig();
    const pid = runtime.spawn(function* (self: Loose) {
      yield* self.sleep(ms);
    });
    const timer = runtime.sendAfter(pid, "due", ms);
    runtime.run();
    advance(1000 * YEAR);
    expectIntact(runtime);
    expect(runtime.isAlive(pid)).toBe(true);
    expect(runtime.readTimer(timer)).toBeGreaterThan(2 ** 45);
    runtime.exit(pid, "kill");
    expect(core.timersInUse()).toBe(0);
    expectEmpty();
  });

  test("is waited for by the host's timer in pieces: it is armed for no longer than the host can", async () => {
    // The host's own clock and timers. Nothing is waited for: only what is armed is looked at.
    const delays: number[] = [];
    const { setTimeout: original } = globalThis;
    globalThis.setTimeout = ((callback: () => void, ms: number) => {
      delays.push(ms);
      return original(callback, ms);
    }) as typeof setTimeout;
    try {
      const runtime = createRuntime();
      runtime.sendAfter(runtime.self(), "due", 2 ** 40);
      runtime.run();
      await runtime.stop();
    } finally {
      globalThis.setTimeout = original;
    }
    for (const ms of delays) expect(ms).toBeLessThanOrEqual(2 ** 31 - 1);
  });
});

describe("fractions of a ms", () => {
  test("are waited for in full: nothing comes early", () => {
    let now = 0.3;
    const runtime = createRuntime({ clock: () => now });
    runtime.sendAfter(runtime.self(), "due", 0.5);
    const seen: number[] = [];
    for (let i = 0; i < 30; i++) {
      now += 0.1;
      runtime.run();
      if (mailbox(runtime)?.length === 1) seen.push(now - 0.3);
    }
    expect(seen.length).toBeGreaterThan(0);
    expect(seen[0]).toBeGreaterThanOrEqual(0.5);
  });
});

describe("a clock of the program's own", () => {
  test("may go back, or stand still: nothing fires early, twice, or never", () => {
    let now = 1000;
    const runtime = createRuntime({ clock: () => now });
    for (const ms of [10, 20, 300, 20_000]) runtime.sendAfter(runtime.self(), ms, ms);
    const at = (time: number) => {
      now = 1000 + time;
      runtime.run();
      expectIntact(runtime);
      return mailbox(runtime);
    };
    expect(at(15)).toEqual([10]);
    expect(at(-500)).toEqual([10]);
    runtime.sendAfter(runtime.self(), "set in the past", 5);
    expect(at(-495)).toContain(10);
    expect(at(15)).toEqual([10, "set in the past"]);
    expect(at(20)).toEqual([10, "set in the past", 20]);
    expect(at(0)).toEqual([10, "set in the past", 20]);
    expect(at(30_000)).toEqual([10, "set in the past", 20, 300, 20_000]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, undefined, "5", 5n])(
    "that says %s all at once: the call that asks throws an error that names the clock; right again, all goes on",
    (wrong) => {
      let now: unknown = 0;
      const runtime = createRuntime({ clock: () => now as number });
      const pid = runtime.spawn(function* (self: Loose) {
        yield* self.sleep(10);
      });
      runtime.run();
      now = wrong;
      for (const call of [
        () => runtime.run(),
        () => runtime.sendAfter(pid, "message", 5),
        () => runtime.startTimer("name", "message", 5),
      ]) {
        const error = thrownBy(call);
        expect(error.message).toContain("clock");
        expect(error.message).toContain(inspect(wrong));
      }
      expectIntact(runtime);
      now = 10;
      runtime.run();
      expect(runtime.isAlive(pid)).toBe(false);
      expectIntact(runtime);
    },
  );

  test("that throws: the call that asks throws its error; right again, all goes on", () => {
    let broken = false;
    let now = 0;
    const runtime = createRuntime({
      clock: () => {
        if (broken) throw new Error("no time");
        return now;
      },
    });
    const pid = runtime.spawn(function* (self: Loose) {
      yield* self.sleep(10);
    });
    runtime.run();
    broken = true;
    expect(() => runtime.run()).toThrow("no time");
    expect(() => runtime.sendAfter(pid, "message", 5)).toThrow("no time");
    broken = false;
    now = 10;
    runtime.run();
    expect(runtime.isAlive(pid)).toBe(false);
    expectIntact(runtime);
  });

  test("that jumps by years fires all that is due, in the order of their times", () => {
    const { runtime, advance } = rig();
    const times = Array.from({ length: 2000 }, (_, i) => Math.floor(1.013 ** i) + i);
    const order = [...times].sort((a, b) => (a % 97) - (b % 97));
    for (const ms of order) runtime.sendAfter(runtime.self(), ms, ms);
    advance(1000 * YEAR);
    expectIntact(runtime);
    expect(mailbox(runtime)).toEqual(times);
  });
});

describe("a timer for a name", () => {
  test("finds who has the name when it fires, and is nothing when nobody has", () => {
    const { runtime, advance, core } = rig();
    const pids = [1, 2].map(() => runtime.spawn(idle));
    runtime.run();
    runtime.sendAfter("later", "message", 10);
    runtime.startTimer("never", "message", 10);
    const [first, second] = pids as [(typeof pids)[0], (typeof pids)[0]];
    runtime.register(first, "later");
    runtime.unregister("later");
    runtime.register(second, "later");
    advance(10);
    expect(pids.map((pid) => runtime.processInfo(pid, "messages"))).toEqual([[], ["message"]]);
    expect(core.timersInUse()).toBe(0);
  });
});
