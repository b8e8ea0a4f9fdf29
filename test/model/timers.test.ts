import fc from "fast-check";
import { expect, test } from "vitest";
import * as layout from "../../assembly/layout.ts";
import { type Core, instantiate } from "../../src/core.ts";
import { announce, options, patience, seed } from "./random.ts";

const FILE = "test/model/timers.test.ts";
announce(FILE);

interface Timer {
  readonly index: number;
  readonly deadline: number;
}

/** The wheel as a list: what is set, and what time it is. */
interface Model {
  time: number;
  timers: Timer[];
  /** By slot: when the receive of that process times out. */
  timeouts: Map<number, number>;
  timedOut: Set<number>;
}

interface Real {
  readonly core: Core;
}

const MORE = 2 ** 30;
const FLAGS = 8;

const isTimedOut = (core: Core, slot: number) =>
  ((core.read(slot, layout.PROCESS_STATE) >> FLAGS) & layout.TIMED_OUT) !== 0;

const CHUNK = 1024;
const TIMER_BYTES = 48;

function deadlineOf({ memory }: Core, index: number): number {
  const view = new DataView(memory.buffer);
  const chunk = view.getUint32(layout.TIMER_DIRECTORY + Math.floor(index / CHUNK) * 4, true);
  return Number(view.getBigInt64(chunk + (index % CHUNK) * TIMER_BYTES + layout.TIMER_DEADLINE, true));
}

function agree(model: Model, { core }: Real): void {
  expect(core.check()).toBe(0);
  expect(core.timersInUse()).toBe(model.timers.length + model.timeouts.size);
  for (const { index, deadline } of model.timers) expect(deadlineOf(core, index)).toBe(deadline);
  expect(new Set(model.timers.map(({ index }) => index)).size).toBe(model.timers.length);
  for (const slot of [1, 2, 3]) expect(isTimedOut(core, slot)).toBe(model.timedOut.has(slot));
  const deadlines = [...model.timers.map(({ deadline }) => deadline), ...model.timeouts.values()];
  const next = core.nextDeadline();
  if (deadlines.length === 0) expect(next).toBe(-1);
  else expect(next).toBeLessThanOrEqual(Math.max(model.time, Math.min(...deadlines)));
}

/** Takes everybody who can run out of the run queue. */
function park(core: Core): void {
  for (let slot = core.next(0); slot !== layout.EMPTY; slot = core.next(0)) if (slot > 0) core.park(slot);
}

/** Lets time pass in steps of at most `work`, and looks at all that fires. */
function advance(model: Model, { core }: Real, to: number, work: number): void {
  // When the clock went back, what is due waits until it is there again.
  const due = model.timers.filter(({ deadline }) => deadline <= to);
  const timeouts = [...model.timeouts].filter(([, deadline]) => deadline <= to);
  const now = Math.max(model.time, to);
  // What lies in a coarse bucket moves down, a level at a time; beyond the last level it comes round once in 8.9 years.
  const turns = Math.ceil((now - model.time) / (64 * 2 ** 32)) + 1;
  const bound = (model.timers.length + model.timeouts.size) * 7 * turns + 1;
  let done = 0;
  let last = Number.NEGATIVE_INFINITY;
  const fired: Timer[] = [];
  for (;;) {
    const answer = core.advance(to, work);
    const events = answer & (MORE - 1);
    expect(events).toBeLessThanOrEqual(work);
    const memory = new Int32Array(core.memory.buffer);
    for (let i = 0; i < events; i++) {
      const at = (layout.OUTBOX + i * layout.EVENT_BYTES) >> 2;
      expect(memory[at]).toBe(layout.EVENT_TIMER);
      const timer = due.find(({ index }) => index === memory[at + 1]);
      if (timer === undefined) throw new Error(`timer ${memory[at + 1]} fired, which is not due at ${now}`);
      // In order of deadline.
      expect(timer.deadline).toBeGreaterThanOrEqual(last);
      last = timer.deadline;
      fired.push(timer);
      due.splice(due.indexOf(timer), 1);
    }
    if (events > 0) expect(core.resume()).toBe(0);
    expect(core.check()).toBe(0);
    if (answer < MORE) break;
    done += work;
    expect(done).toBeLessThanOrEqual(bound);
  }
  expect(due).toEqual([]);
  model.time = now;
  model.timers = model.timers.filter((timer) => !fired.includes(timer));
  for (const [slot] of timeouts) {
    model.timeouts.delete(slot);
    model.timedOut.add(slot);
  }
  park(core);
}

class Step implements fc.Command<Model, Real> {
  readonly name: string;
  readonly act: (model: Model, real: Real) => void;

  constructor(name: string, act: Step["act"]) {
    this.name = name;
    this.act = act;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    this.act(model, real);
    agree(model, real);
  }

  toString(): string {
    return this.name;
  }
}

/** Times of all sizes, and those where levels of the wheel begin. */
const span = fc.oneof(
  { weight: 3, arbitrary: fc.nat(300) },
  { weight: 2, arbitrary: fc.nat(20_000) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(45), fc.integer({ min: -2, max: 2 }))
      .map(([bits, more]) => Math.max(0, 2 ** bits + more)),
  },
  { weight: 1, arbitrary: fc.tuple(fc.nat(64), fc.nat(37), fc.nat(2)).map(([n, bits, more]) => n * 2 ** bits + more) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 2 ** 45, noNaN: true }).map(Math.floor) },
);
const work = fc.oneof(fc.constant(4096), fc.integer({ min: 1, max: 5 }));
const slot = fc.integer({ min: 1, max: 3 });
const nth = fc.nat(1000);

function set(model: Model, core: Core, target: number, deadline: number): void {
  const index = core.setTimer(target, deadline);
  model.timers.push({ index, deadline: Math.max(deadline, model.time) });
}

const commands: fc.Arbitrary<Step>[] = [
  fc.tuple(fc.array(span, { minLength: 1, maxLength: 20 }), fc.nat(3)).map(
    ([spans, target]) =>
      new Step(`set([${spans}], ${target})`, (model, { core }) => {
        for (const ms of spans) set(model, core, target, model.time + ms);
      }),
  ),
  // A deadline that has passed already: due now.
  span.map((ms) => new Step(`set(-${ms})`, (model, { core }) => set(model, core, 0, Math.max(0, model.time - ms)))),
  nth.map(
    (n) =>
      new Step(`cancel(${n})`, (model, { core }) => {
        const [timer] = model.timers.splice(n % Math.max(1, model.timers.length), 1);
        if (timer !== undefined) core.cancelTimer(timer.index);
      }),
  ),
  fc.tuple(slot, span).map(
    ([slot, ms]) =>
      new Step(`timeout(${slot}, ${ms})`, (model, { core }) => {
        expect(core.setTimeout(slot, model.time + ms)).toBe(0);
        model.timeouts.set(slot, model.time + ms);
        model.timedOut.delete(slot);
      }),
  ),
  slot.map(
    (slot) =>
      new Step(`clear(${slot})`, (model, { core }) => {
        core.clearTimeout(slot);
        model.timeouts.delete(slot);
        model.timedOut.delete(slot);
      }),
  ),
  ...Array(3).fill(
    fc
      .tuple(span, work)
      .map(
        ([ms, work]) =>
          new Step(`advance(${ms}, ${work})`, (model, real) => advance(model, real, model.time + ms, work)),
      ),
  ),
  // The clock goes back: nothing happens.
  fc
    .tuple(span, work)
    .map(
      ([ms, work]) =>
        new Step(`advance(-${ms}, ${work})`, (model, real) => advance(model, real, model.time - ms, work)),
    ),
  // From deadline to deadline, as the host's timer does.
  fc.integer({ min: 1, max: 8 }).map(
    (times) =>
      new Step(`wake(${times})`, (model, real) => {
        for (let i = 0; i < times; i++) {
          const next = real.core.nextDeadline();
          if (next >= 0) advance(model, real, next, 4096);
        }
      }),
  ),
];

const property = (make: () => Core) =>
  fc.property(fc.commands(commands, { maxCommands: 60, size: "max" }), (commands) => {
    const core = make();
    for (let i = 0; i < 3; i++) core.spawn(layout.PRIORITY_NORMAL, 1);
    const model: Model = { time: 0, timers: [], timeouts: new Map(), timedOut: new Set() };
    fc.modelRun(() => ({ model, real: { core } }), commands);
    advance(model, { core }, model.time + 2 ** 46, 4096);
    agree(model, { core });
    expect(core.timersInUse()).toBe(0);
  });

test("timers fire when they are due, in order, whatever time does, and each step does a bounded amount of work", {
  timeout: patience,
}, () => {
  fc.assert(
    property(() => instantiate(100)),
    options(FILE, 150),
  );
});

test("10,000 timers of all sizes, most of them due at once or in one coarse bucket, fire in order", () => {
  const { core } = { core: instantiate(100) };
  const model: Model = { time: 0, timers: [], timeouts: new Map(), timedOut: new Set() };
  for (let i = 0; i < 10_000; i++)
    set(model, core, 0, [2 ** 40, 2 ** 40 + (i % 100), 5 + (i % 3), 70_000 + i][i % 4] as number);
  for (const [time, work] of [
    [5, 100],
    [70_000, 7],
    [2 ** 40, 500],
    [2 ** 40 + 100, 4096],
  ] as const) {
    const expected = model.timers.filter(({ deadline }) => deadline > time);
    let calls = 0;
    for (;;) {
      const answer = core.advance(time, work);
      expect(answer & (MORE - 1)).toBeLessThanOrEqual(Math.min(work, layout.OUTBOX_CAPACITY));
      core.resume();
      if (answer < MORE) break;
      calls++;
    }
    // Each timer moves eight times at most: seven levels, and out.
    expect(calls).toBeLessThanOrEqual(80_000 / work);
    expect(core.timersInUse()).toBe(expected.length);
    expect(core.check()).toBe(0);
    model.timers = expected;
  }
  expect(core.timersInUse()).toBe(0);
});

// What would these tests be worth if they took anything for right?
test.each<[string, (core: Core) => Partial<Core>]>([
  ["is a ms late", (core) => ({ setTimer: (slot, deadline) => core.setTimer(slot, deadline + 1) })],
  [
    "forgets what lies more than 139 years ahead",
    (core) => ({ setTimer: (slot, deadline) => core.setTimer(slot, Math.min(deadline, 2 ** 42)) }),
  ],
  ["lets time stand still", (core) => ({ advance: (now, work) => core.advance(now - 1, work) })],
  ["does all its work at once", (core) => ({ advance: (now) => core.advance(now, 4096) })],
  ["keeps a timer that was cancelled", () => ({ cancelTimer: () => {} })],
  [
    "tells a deadline too late",
    (core) => ({ nextDeadline: () => core.nextDeadline() + (core.nextDeadline() < 0 ? 0 : 1) }),
  ],
])("a wheel that %s would be noticed", (_, mutate) => {
  const mutant = () => {
    const core = instantiate(100);
    return { ...core, ...mutate(core) };
  };
  expect(fc.check(property(mutant), { seed, numRuns: 1000, endOnFailure: true }).failed).toBe(true);
});
