import { instrument } from "beamlet/telemetry";
import { expect, test } from "vitest";
import { GenServer, type Pid, type Runtime, reply, type Self, Supervisor } from "../../src/index.ts";
import { briefly } from "../otp/support/inside.ts";
import { idle, ownRuntime, thrown } from "../semantics/support/own-runtime.ts";
import { measure } from "./support/measured.ts";

function* sleeper(self: Self<unknown>): Generator<unknown, void, unknown> {
  yield* idle(self);
}

function* taker(self: Self<unknown>): Generator<unknown, void, unknown> {
  for (;;) yield* self.receive();
}

/** `count` processes that never take a message, each with `length` of them. */
function withMail(runtime: Runtime, count: number, length: number): void {
  for (let i = 0; i < count; i++) {
    const pid = runtime.spawn(sleeper);
    for (let j = 0; j < length; j++) runtime.send(pid, j);
  }
  runtime.run();
}

test("the number of living processes is counted, and of those that could run", async () => {
  const { runtime } = ownRuntime();
  const { only } = measure(runtime);
  expect(await only("beamlet.process.count")).toBe(1);
  const pids = Array.from({ length: 10 }, () => runtime.spawn(sleeper));
  expect(await only("beamlet.process.count")).toBe(11);
  expect(await only("beamlet.run_queue.length")).toBe(10);
  runtime.run();
  expect(await only("beamlet.run_queue.length")).toBe(0);
  expect(await only("beamlet.timer.count")).toBe(0);
  for (const pid of pids.slice(0, 4)) runtime.exit(pid, "kill");
  runtime.run();
  expect(await only("beamlet.process.count")).toBe(7);
});

test("the lengths of mailboxes are told by their percentiles", async () => {
  const { runtime } = ownRuntime();
  const { collect } = measure(runtime);
  // The main process's mailbox is empty, too.
  withMail(runtime, 49, 0);
  withMail(runtime, 41, 3);
  withMail(runtime, 8, 20);
  withMail(runtime, 1, 5000);
  const metrics = await collect();
  const lengths = ["p50", "p90", "p99", "max"].map((q) => metrics.get(`beamlet.mailbox.length.${q}`)?.points[0]?.value);
  expect(lengths).toEqual([0, 3, 20, 5000]);
});

test("a message in hand is in the mailbox of its process", async () => {
  const { runtime } = ownRuntime();
  const { only } = measure(runtime);
  const pid = runtime.spawn(taker);
  runtime.run();
  runtime.send(pid, "hello");
  expect(runtime.processInfo(pid, "messageQueueLen")).toBe(1);
  expect(await only("beamlet.mailbox.length.max")).toBe(1);
});

test("of 100,000 mailboxes some are looked at, and tell of all", async () => {
  const { runtime } = ownRuntime();
  const { collect } = measure(runtime);
  for (let i = 0; i < 100_000; i++) {
    const pid = runtime.spawn(sleeper);
    for (let j = 0; j < i % 10; j++) runtime.send(pid, j);
  }
  runtime.run();
  const metrics = await collect();
  const lengths = ["p50", "p90", "p99", "max"].map((q) => metrics.get(`beamlet.mailbox.length.${q}`)?.points[0]?.value);
  // An even spread sees each of ten lengths about equally often.
  expect([4, 5]).toContain(lengths[0]);
  expect([8, 9]).toContain(lengths[1]);
  expect(lengths.slice(2)).toEqual([9, 9]);
});

test("messages are counted once each: to pids, names, aliases, by timers and from the host", async () => {
  const { runtime, pass } = ownRuntime();
  const { only } = measure(runtime);
  const pid = runtime.spawn(taker);
  runtime.register(pid, "taker");
  runtime.run();
  expect(await only("beamlet.message.sent")).toBe(0);
  runtime.send(pid, 1);
  runtime.send("taker", 2);
  runtime.send(pid, undefined);
  expect(await only("beamlet.message.sent")).toBe(3);
  runtime.sendAfter(pid, 4, 10);
  pass(10);
  expect(await only("beamlet.message.sent")).toBe(4);
  runtime.spawn(function* (self: Self<string>) {
    // Once to itself, once from another process.
    const own = self.alias();
    self.send(own, "own");
    yield* self.receive();
    self.spawn(function* (other: Self<never>) {
      other.send(own, "other");
    });
    yield* self.receive();
    self.unalias(own);
    self.send(own, "to nobody");
  });
  runtime.run();
  expect(await only("beamlet.message.sent")).toBe(6);
  runtime.exit(pid, "kill");
  runtime.run();
  runtime.send(pid, "to the dead");
  expect(await only("beamlet.message.sent")).toBe(6);
});

test("messages are counted that a full mailbox does not take", async () => {
  const { runtime } = ownRuntime();
  const { only } = measure(runtime);
  for (const overflow of ["dropNewest", "dropOldest", "exit"] as const) {
    const pid = runtime.spawnOpt(idle, { mailbox: { limit: 2, overflow } });
    for (let i = 0; i < 5; i++) runtime.send(pid, i);
  }
  // Who dies of the third gets no more.
  expect(await only("beamlet.message.sent")).toBe(13);
});

test("reductions rise as processInfo's do, and never fall when processes end", async () => {
  const { runtime } = ownRuntime();
  const { only } = measure(runtime);
  const pid = runtime.spawn(taker);
  runtime.run();
  const [before, own] = [await only("beamlet.process.reductions"), runtime.processInfo(pid, "reductions") ?? 0];
  expect(before).toBeGreaterThan(0);
  // More than the ticks between two looks at the clock, in one slice and in many.
  const sender = runtime.spawn(function* (self: Self<never>) {
    for (let i = 0; i < 10_000; i++) {
      self.send(pid, i);
      if (i % 3 === 0) yield* self.sleep(0);
    }
  });
  runtime.run();
  expect(runtime.isAlive(sender)).toBe(false);
  const taken = (runtime.processInfo(pid, "reductions") ?? 0) - own;
  const after = await only("beamlet.process.reductions");
  // The sender's 10,000 sends and 3,335 slices at least; what is left of the budgets of running slices counts in the next.
  expect(after - before).toBeGreaterThan(taken + 13_300);
  expect(after - before).toBeLessThan(taken + 13_300 + 7_000);
  runtime.exit(pid, "kill");
  runtime.run();
  expect(await only("beamlet.process.reductions")).toBeGreaterThanOrEqual(after);
});

test("rates are monotonic sums, states are not, and all have the units of UCUM", async () => {
  const { runtime } = ownRuntime();
  const metrics = await measure(runtime).collect();
  const shapes = [...metrics].map(([name, { unit, isMonotonic }]) => [name, unit, isMonotonic]);
  expect(Object.fromEntries(shapes.map(([name, ...shape]) => [name, shape]))).toEqual({
    "beamlet.process.count": ["{process}", false],
    "beamlet.run_queue.length": ["{process}", false],
    "beamlet.timer.count": ["{timer}", false],
    "beamlet.memory.linear": ["By", false],
    "beamlet.message.sent": ["{message}", true],
    "beamlet.process.reductions": ["{reduction}", true],
    "beamlet.mailbox.length.p50": ["{message}", undefined],
    "beamlet.mailbox.length.p90": ["{message}", undefined],
    "beamlet.mailbox.length.p99": ["{message}", undefined],
    "beamlet.mailbox.length.max": ["{message}", undefined],
  });
});

const Crasher = GenServer.define({
  name: "Crasher",
  init: () => 0,
  calls: { get: (count) => reply(count, count) },
  casts: {
    crash: (): never => {
      throw new RangeError("out of range");
    },
  },
});

test("a crash is counted once, with what has crashed and why", async () => {
  const { runtime, reports } = ownRuntime();
  const { collect } = measure(runtime);
  runtime.spawn(function* boom() {
    throw new TypeError("boom");
  });
  runtime.spawn(function* quiet(self: Self<never>) {
    self.exit("bad");
  });
  const bounded = runtime.spawnOpt(sleeper, { mailbox: { limit: 1, overflow: "exit" } });
  runtime.send(bounded, 1);
  runtime.send(bounded, 2);
  briefly(runtime, function* () {
    const server = yield* Crasher.start();
    Crasher.cast.crash(server);
  });
  runtime.run();
  expect(reports.map(({ kind }) => kind)).toEqual(["overflow", "crash", "server"]);
  const points = (await collect()).get("beamlet.process.crashes")?.points;
  expect(points).toEqual([
    {
      value: 1,
      attributes: {
        "beamlet.report.kind": "overflow",
        "beamlet.process.kind": "sleeper",
        "error.type": "mailboxOverflow",
      },
    },
    {
      value: 1,
      attributes: { "beamlet.report.kind": "crash", "beamlet.process.kind": "boom", "error.type": "TypeError" },
    },
    {
      value: 1,
      attributes: { "beamlet.report.kind": "server", "beamlet.process.kind": "Crasher", "error.type": "RangeError" },
    },
  ]);
});

test("restarts are counted by supervisor; the one too many is none", async () => {
  const { runtime } = ownRuntime();
  const { collect } = measure(runtime);
  runtime.spawn(function* (self: Self<never>) {
    self.trapExit = true;
    yield* Supervisor.startLink(
      [
        Crasher.child({ name: "crasher" }),
        { id: "once", start: () => Crasher.startLink({ name: "once" }), restart: "temporary" },
      ],
      { strategy: "one_for_one", maxRestarts: 2, name: "top" },
    );
    yield* idle(self);
  });
  runtime.run();
  const restarts = async () => (await collect()).get("beamlet.supervisor.restarts")?.points ?? [];
  expect(await restarts()).toEqual([]);
  for (const name of ["crasher", "once", "crasher"]) {
    Crasher.cast.crash(runtime.whereis(name) as Pid<unknown>);
    runtime.run();
  }
  const two = [{ value: 2, attributes: { "beamlet.supervisor.name": "top" } }];
  expect(await restarts()).toEqual(two);
  Crasher.cast.crash(runtime.whereis("crasher") as Pid<unknown>);
  runtime.run();
  expect(runtime.whereis("top")).toBe(undefined);
  expect(await restarts()).toEqual(two);
});

test("attributes that are given stand on every metric", async () => {
  const { runtime } = ownRuntime();
  const { collect } = measure(runtime, { shard: 3 });
  runtime.spawn(function* () {
    throw new TypeError("boom");
  });
  runtime.run();
  for (const [name, { points }] of await collect()) {
    for (const { attributes } of points) expect(attributes, name).toMatchObject({ shard: 3 });
  }
});

test("a runtime that is no longer measured tells nothing more, and still reports and sends", async () => {
  const { runtime, reports } = ownRuntime();
  const { telemetry, collect } = measure(runtime);
  telemetry.stop();
  telemetry.stop();
  const pid = runtime.spawn(taker);
  runtime.send(pid, 1);
  runtime.spawn(function* () {
    throw new TypeError("boom");
  });
  runtime.run();
  expect(runtime.processInfo(pid, "messageQueueLen")).toBe(0);
  expect(reports).toHaveLength(1);
  const points = [...(await collect())].flatMap(([, metric]) => metric.points);
  expect(points).toEqual([]);
});

test("two runtimes are measured apart; one of them twice is a mistake", async () => {
  const [a, b] = [ownRuntime().runtime, ownRuntime().runtime];
  const [first, second] = [measure(a), measure(b)];
  for (let i = 0; i < 5; i++) a.spawn(sleeper);
  expect(await first.only("beamlet.process.count")).toBe(6);
  expect(await second.only("beamlet.process.count")).toBe(1);
  expect(thrown(() => instrument(a))).toMatchObject({
    name: "UsageError",
    message: "instrument: the runtime is measured already; stop that first",
  });
  expect(thrown(() => instrument({} as Runtime))).toMatchObject({
    name: "TypeError",
    message: "instrument: expected a runtime, got {}",
  });
  first.telemetry.stop();
  using _ = instrument(a);
});
