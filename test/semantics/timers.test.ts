import { expect, test } from "vitest";
import { ForeignError, type Ref, type Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "./support/own-runtime.ts";

test("sendAfter sends when the time is over: not a ms before, and then at the next turn", () => {
  const { runtime, pass } = ownRuntime();
  const mailbox = () => runtime.processInfo(runtime.self(), "messages");
  runtime.sendAfter(runtime.self(), "hello", 100);
  pass(99);
  expect(mailbox()).toEqual([]);
  pass(1);
  expect(mailbox()).toEqual(["hello"]);
  pass(1000);
  expect(mailbox()).toEqual(["hello"]);
});

test("a fraction of a ms is rounded up, whatever the time it begins at", () => {
  let time = 0;
  const { runtime } = ownRuntime({ clock: () => time });
  const mailbox = () => runtime.processInfo(runtime.self(), "messages") as unknown[];
  time = 0.9;
  runtime.sendAfter(runtime.self(), "a", 1);
  runtime.sendAfter(runtime.self(), "b", 0.2);
  for (const [now, count] of [
    [1.8, 0],
    [1.9, 0],
    [2, 2],
  ] as const) {
    time = now;
    runtime.run();
    expect(mailbox()).toHaveLength(count);
  }
});

test("0 sends at once, but not synchronously", () => {
  const { runtime } = ownRuntime();
  runtime.sendAfter(runtime.self(), "now", 0);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([]);
  runtime.run();
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual(["now"]);
});

test("timers fire in the order of their times, and of one time in the order in which they were set", () => {
  const { runtime, pass } = ownRuntime();
  const times = [5000, 3, 70_000, 3, 255, 256, 257, 1, 20_000_000, 3, 16_384, 0, 300];
  for (const [i, ms] of times.entries()) runtime.sendAfter(runtime.self(), [ms, i], ms);
  pass(20_000_000);
  const expected = times.map((ms, i) => [ms, i] as const).sort(([a, i], [b, j]) => a - b || i - j);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual(expected);
});

test("the order holds, too, when time comes in small steps", () => {
  const { runtime, pass } = ownRuntime();
  const times = Array.from({ length: 500 }, (_, i) => (i * 7919) % 1500);
  for (const [i, ms] of times.entries()) runtime.sendAfter(runtime.self(), [ms, i], ms);
  for (let now = 0; now <= 1500; now += 50) pass(50);
  const expected = times.map((ms, i) => [ms, i] as const).sort(([a, i], [b, j]) => a - b || i - j);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual(expected);
});

test("startTimer's message says which timer it was", () => {
  const { runtime, pass } = ownRuntime();
  const timer = runtime.startTimer(runtime.self(), ["any", "thing"], 10);
  pass(10);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([["timeout", timer, ["any", "thing"]]]);
});

test("cancelTimer gives the ms that were left, and nothing is sent; false when there was no such timer any more", () => {
  const { runtime, pass } = ownRuntime();
  const cancelled = runtime.sendAfter(runtime.self(), "never", 100);
  const fired = runtime.sendAfter(runtime.self(), "fired", 10);
  pass(30);
  expect(runtime.cancelTimer(cancelled)).toBe(70);
  expect(runtime.cancelTimer(cancelled)).toBe(false);
  expect(runtime.cancelTimer(fired)).toBe(false);
  pass(1000);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual(["fired"]);
});

test("readTimer tells the ms that are left, and false behind the end", () => {
  const { runtime, pass } = ownRuntime();
  const timer = runtime.sendAfter(runtime.self(), "hello", 100);
  expect(runtime.readTimer(timer)).toBe(100);
  pass(99);
  expect(runtime.readTimer(timer)).toBe(1);
  pass(1);
  expect(runtime.readTimer(timer)).toBe(false);
});

test("any process may cancel or read a timer", () => {
  const { runtime } = ownRuntime();
  const timer = runtime.sendAfter(runtime.self(), "never", 100);
  runtime.spawn(() => {
    expect(runtime.readTimer(timer)).toBe(100);
    expect(runtime.cancelTimer(timer)).toBe(100);
  });
  runtime.run();
  expect(runtime.readTimer(timer)).toBe(false);
});

test("a cancelled timer's reference never names a later timer", () => {
  const { runtime, pass } = ownRuntime();
  const old: Ref[] = [];
  for (let round = 0; round < 100; round++) {
    const timer = runtime.sendAfter(runtime.self(), round, 10);
    for (const stale of old) expect(runtime.cancelTimer(stale)).toBe(false);
    if (round % 2 === 0) runtime.cancelTimer(timer);
    else pass(10);
    old.push(timer);
  }
  expect(runtime.processInfo(runtime.self(), "messageQueueLen")).toBe(50);
});

test("a timer may be longer than the 2^31 ms of the host's: a month, ten years, a thousand", () => {
  const { runtime, pass } = ownRuntime();
  const year = 365.25 * 24 * 3600 * 1000;
  const times = [2 ** 31, 2 ** 31 + 1, 2 ** 32, 10 * year, 1000 * year];
  for (const ms of times) runtime.sendAfter(runtime.self(), ms, ms);
  const mailbox = () => runtime.processInfo(runtime.self(), "messages");
  let now = 0;
  for (const [i, ms] of times.entries()) {
    pass(ms - 1 - now);
    expect(mailbox()).toEqual(times.slice(0, i));
    pass(1);
    expect(mailbox()).toEqual(times.slice(0, i + 1));
    now = ms;
  }
});

test("a timer for a pid ends with that process; for the dead it is over before it begins", () => {
  const { runtime, pass } = ownRuntime();
  const target = runtime.spawn(idle);
  const timer = runtime.sendAfter(target, "never", 100);
  runtime.exit(target, "kill");
  expect(runtime.readTimer(timer)).toBe(false);
  const late = runtime.sendAfter(target, "never", 100);
  expect([runtime.readTimer(late), runtime.cancelTimer(late)]).toEqual([false, false]);
  pass(100);
});

test("but not with the process that set it", () => {
  const { runtime, pass } = ownRuntime();
  const target = runtime.spawn(idle);
  runtime.spawn(() => {
    runtime.sendAfter(target, "from the grave", 100);
  });
  runtime.run();
  pass(100);
  expect(runtime.processInfo(target, "messages")).toEqual(["from the grave"]);
});

test("a timer for a name looks it up when it fires; nobody there, nothing happens", () => {
  const { runtime, pass, reports } = ownRuntime();
  runtime.sendAfter("name", "to whom it may concern", 100);
  runtime.sendAfter("nobody", "lost", 100);
  pass(50);
  const pid = runtime.spawnOpt(idle, { name: "name" });
  pass(50);
  expect(runtime.processInfo(pid, "messages")).toEqual(["to whom it may concern"]);
  expect(reports).toEqual([]);
});

test("a time that is none is refused: negative, NaN, Infinity, no number", () => {
  const { runtime } = ownRuntime();
  for (const start of [runtime.sendAfter.bind(runtime), runtime.startTimer.bind(runtime)]) {
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(thrown(() => start(runtime.self(), "x", ms))).toBeInstanceOf(RangeError);
    }
    for (const ms of ["5", undefined, null, 5n]) {
      expect(thrown(() => start(runtime.self(), "x", ms as never))).toBeInstanceOf(TypeError);
    }
    expect(thrown(() => start(5 as never, "x", 1))).toBeInstanceOf(TypeError);
  }
});

test("what is no timer's reference is refused, and so is another runtime's", () => {
  const { runtime } = ownRuntime();
  const other = ownRuntime().runtime;
  const timer = other.sendAfter(other.self(), "x", 10);
  for (const use of [runtime.cancelTimer.bind(runtime), runtime.readTimer.bind(runtime)]) {
    for (const ref of [5, undefined, runtime.alias()]) expect(thrown(() => use(ref as Ref))).toBeInstanceOf(TypeError);
    expect(thrown(() => use(timer))).toBeInstanceOf(ForeignError);
  }
  expect(other.readTimer(timer)).toBe(10);
});

test("100,000 timers, set and half of them cancelled: the others fire, each once and in order", () => {
  const { runtime, pass } = ownRuntime();
  const expected: number[] = [];
  const timers = Array.from({ length: 100_000 }, (_, i) => {
    const ms = (i * 48_271) % 100_003;
    return [ms, runtime.sendAfter(runtime.self(), ms, ms)] as const;
  });
  for (const [i, [ms, timer]] of timers.entries()) {
    if (i % 2 === 0) runtime.cancelTimer(timer);
    else expected.push(ms);
  }
  pass(100_003);
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual(expected.sort((a, b) => a - b));
});

test("a process that sends itself ticks runs as often as it has asked for", () => {
  const { runtime, pass } = ownRuntime();
  let ticks = 0;
  runtime.spawn(function* (self: Self<"tick">) {
    for (;;) {
      runtime.sendAfter(self.pid, "tick", 10);
      yield* self.receive({
        tick: () => {
          ticks++;
        },
      });
    }
  });
  runtime.run();
  for (let i = 0; i < 10; i++) pass(10);
  expect(ticks).toBe(10);
});
