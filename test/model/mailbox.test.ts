import fc from "fast-check";
import { expect, test } from "vitest";
import * as layout from "../../assembly/layout.ts";
import { type Core, instantiate } from "../../src/core.ts";
import { announce, options, patience, seed } from "./random.ts";

const FILE = "test/model/mailbox.test.ts";
announce(FILE);

/** A message as the core knows it: where it lies, and how it has been tagged. */
interface Message {
  readonly number: number;
  /** Counts arrivals in its mailbox. */
  readonly at: number;
  /** What a tag table would look for; the core learns it only by and by. */
  readonly tag: number;
  /** As the core has been told. */
  told: number;
}

/** A mailbox as an array. */
class Box {
  messages: Message[] = [];
  arrivals = 0;
  /** A receive goes on at the first message that arrived then or later. */
  save = 0;
  /** A message is gone that may have been where it would go on: then it may begin at the oldest. */
  mayBeginAnew = false;
  limit = 0;
  overflow = 0;

  candidate(): Message | undefined {
    const found = this.messages.find(({ at }) => at >= this.save);
    if (this.messages.length > 0) this.save = found?.at ?? this.arrivals;
    return found;
  }

  /** A bare receive takes it: the next one begins at the oldest. */
  remove(message: Message): void {
    this.pick(message);
    this.save = 0;
  }

  /** A selective receive takes it: the next one may go on there. */
  pick(message: Message): void {
    this.drop(message);
    this.save = message.at;
    this.mayBeginAnew = false;
  }

  /** Somebody takes it out of the mailbox, whoever looks at what meanwhile. */
  drop(message: Message): void {
    this.messages.splice(this.messages.indexOf(message), 1);
    this.mayBeginAnew = true;
  }

  /** A receive begins. The core's answer decides, where two are right. */
  begin(restart: boolean, answer: number): Message | undefined {
    if (restart) this.save = 0;
    const anew = this.messages[0];
    if (this.mayBeginAnew && answer === numberOf(anew)) this.save = 0;
    this.mayBeginAnew = false;
    const found = this.candidate();
    expect(answer).toBe(numberOf(found));
    return found;
  }
}

interface Model {
  readonly boxes: Map<number, Box>;
  /** Tags that are interned. */
  known: number;
}

interface Real {
  readonly core: Core;
}

/** Strings that messages carry; those up to `known` are interned. */
const TAGS = 12;

const numberOf = (message: Message | undefined) => message?.number ?? layout.EMPTY;

/** How the facade tells the core a tag. */
const toldAs = (tag: number, known: number) => (tag <= known ? tag : layout.UNKNOWN - known);

/** Gives a process a slice with a full budget. */
function begin({ core }: Real, slot: number): void {
  core.park(slot);
  core.giveWay(slot);
  for (;;) {
    const answer = core.next(0);
    const next = answer > 0 ? answer & (layout.HAS_MAIL - 1) : answer;
    if (next === slot) return;
    if (next > 0) core.park(next);
    else expect(next).toBe(layout.CHECK_CLOCK);
  }
}

/** All invariants hold, all boxes hold the same in the same order, and no two messages lie in one place. */
function agree({ boxes }: Model, { core }: Real): void {
  expect(core.check()).toBe(0);
  const numbers = new Set<number>();
  let living = 0;
  for (const [slot, box] of boxes) {
    const found: number[] = [];
    for (let number = core.walk(slot, 1); number >= 0; number = core.walk(slot, 0)) found.push(number);
    expect(found).toEqual(box.messages.map(({ number }) => number));
    expect(core.read(slot, layout.PROCESS_COUNT)).toBe(found.length);
    for (const number of found) numbers.add(number);
    living += found.length;
  }
  expect(numbers.size).toBe(living);
  // A segment without a living message is given back at once.
  expect(core.segmentsInUse()).toBeGreaterThanOrEqual(living / layout.SEGMENT_SLOTS);
  expect(core.segmentsInUse()).toBeLessThanOrEqual(living);
}

/** Takes all that is left out of a mailbox. */
function empty(box: Box, slot: number, core: Core): void {
  for (const message of [...box.messages, undefined]) expect(core.drop(slot)).toBe(numberOf(message));
}

/** A command for the box that `which` chooses. */
class On implements fc.Command<Model, Real> {
  readonly name: string;
  readonly which: number;
  readonly act: (box: Box, slot: number, model: Model, real: Real) => void;

  constructor(name: string, which: number, act: On["act"]) {
    this.name = name;
    this.which = which;
    this.act = act;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    const slots = [...model.boxes.keys()];
    const slot = slots[this.which % slots.length] as number;
    this.act(model.boxes.get(slot) as Box, slot, model, real);
    const { core } = real;
    // Its slice is over. One that waits stays so, for the next message to wake it.
    if ((core.read(slot, layout.PROCESS_STATE) & 255) === layout.RUNNING) core.park(slot);
    agree(model, real);
  }

  toString(): string {
    return `${this.name}@${this.which}`;
  }
}

const which = fc.nat(2);
const tag = fc.integer({ min: 1, max: TAGS });

function arrive(box: Box, number: number, tag: number): void {
  box.messages.push({ number, at: box.arrivals++, tag, told: layout.UNTAGGED });
}

const send = (count: number) => (which: number, tags: number[]) =>
  new On(`send(${count})`, which, (box, slot, _, { core }) => {
    for (let i = 0; i < count; i++) {
      const full = box.limit !== 0 && box.messages.length >= box.limit;
      const number = core.send(slot, core.read(slot, layout.PROCESS_GENERATION), 0);
      if (full) expect(number).toBe(layout.FULL_EXIT - box.overflow);
      else arrive(box, number, tags[i % tags.length] as number);
    }
  });

// A selective receive by tags, to its end. What the core shows must be worth a look; what it takes must be the oldest that fits.
const receiveByTags = fc.tuple(which, fc.boolean(), fc.uniqueArray(tag, { minLength: 1, maxLength: 4 })).map(
  ([at, restart, drawn]) =>
    new On(`receive(${restart}, [${drawn}])`, at, (box, slot, model, real) => {
      begin(real, slot);
      // Tags are interned when a table with them is first used: one more at a time.
      const wanted = [...new Set(drawn.map((tag) => (tag % Math.min(TAGS, model.known + 1)) + 1))];
      model.known = Math.max(model.known, ...wanted);
      new Int32Array(real.core.memory.buffer).set(wanted, layout.TAGSET >> 2);
      let found = box.begin(restart, real.core.candidate(slot, restart ? 1 : 0));
      const fitting = box.messages.find(({ at, tag }) => at >= box.save && wanted.includes(tag));
      while (found !== undefined && !wanted.includes(found.tag)) {
        found.told = toldAs(found.tag, model.known);
        const before: Message = found;
        found = box.messages.find(({ at, told }) => {
          if (at <= before.at) return false;
          const outdated = told <= layout.UNKNOWN && told > layout.UNKNOWN - model.known;
          return told === layout.UNTAGGED || outdated || wanted.includes(told);
        });
        box.save = found?.at ?? box.arrivals;
        expect(real.core.passTagged(slot, before.told, wanted.length, model.known)).toBe(numberOf(found));
      }
      expect(found).toBe(fitting);
      if (found === undefined) {
        real.core.wait(slot);
      } else {
        box.pick(found);
        expect(real.core.pick(slot)).toBe(1);
      }
    }),
);

// Those that take many messages come more seldom than those that bring some: a receive must have something to pass over.
const commands: fc.Arbitrary<On>[] = [
  fc
    .tuple(which, fc.array(tag, { minLength: 1 }), fc.integer({ min: 1, max: 40 }))
    .map(([at, tags, n]) => send(n)(at, tags)),
  fc.tuple(which, fc.array(tag, { minLength: 1 })).map(([at, tags]) => send(1)(at, tags)),
  // A message of the system: no bound stops it.
  fc
    .tuple(which, tag)
    .map(([at, tag]) => new On("deliver", at, (box, slot, _, { core }) => arrive(box, core.deliver(slot), tag))),
  // Bare receives, as many as a slice allows and one more. What may be read ahead is, as far as `reads` goes.
  fc.tuple(which, fc.integer({ min: 1, max: layout.SLICE + 1 }), fc.nat(layout.SEGMENT_SLOTS)).map(
    ([at, count, reads]) =>
      new On(`take(${count}, ${reads})`, at, (box, slot, _, { core }) => {
        begin({ core }, slot);
        for (let i = 0; i < count; i++) {
          const oldest = box.messages[0];
          const answer = core.take(slot);
          if (oldest === undefined || i === layout.SLICE) {
            expect(answer).toBe(oldest === undefined ? layout.EMPTY : layout.YIELD);
            return;
          }
          expect(answer & layout.NUMBER_MASK).toBe(oldest.number);
          box.remove(oldest);
          const ahead = answer >> layout.NUMBER_BITS;
          expect(ahead).toBeLessThan(Math.min(layout.SEGMENT_SLOTS, layout.SLICE - i));
          if (box.limit !== 0) expect(ahead).toBe(0);
          const read = box.messages.slice(0, Math.min(ahead, reads));
          expect(read.map(({ number }) => number)).toEqual(read.map((_, k) => oldest.number + 1 + k));
          if (read.length > 0) core.settle(slot, read.length);
          for (const message of read) box.remove(message);
          i += read.length;
        }
      }),
  ),
  // A selective receive by predicate: from the start, or where the last one stopped; it looks at `looks` messages, and takes the last.
  fc.tuple(which, fc.boolean(), fc.nat(30), fc.boolean()).map(
    ([at, restart, looks, taken]) =>
      new On(`receive(${restart}, ${looks}, ${taken})`, at, (box, slot, _, real) => {
        begin(real, slot);
        let found = box.begin(restart, real.core.candidate(slot, restart ? 1 : 0));
        for (let i = 0; i < looks && found !== undefined; i++) {
          // As many as follow each other by number may be passed over at once.
          const { number } = found;
          const run = real.core.run(slot);
          const count = 1 + (i % run);
          const passed = box.messages.filter((each) => each.number >= number && each.number < number + count);
          box.save = Math.max(...passed.map(({ at }) => at)) + 1;
          found = box.candidate();
          expect(real.core.pass(slot, count === run && taken ? 0 : count)).toBe(numberOf(found));
        }
        if (found === undefined) {
          real.core.wait(slot);
        } else if (taken) {
          box.pick(found);
          expect(real.core.pick(slot)).toBe(1);
        }
      }),
  ),
  ...Array(4).fill(receiveByTags),
  // As `demonitor` with flush does.
  fc.tuple(which, fc.nat(30)).map(
    ([at, steps]) =>
      new On(`flush(${steps})`, at, (box, slot, _, { core }) => {
        const message = box.messages[steps];
        let number = core.walk(slot, 1);
        for (let i = 0; i < steps && number >= 0; i++) number = core.walk(slot, 0);
        expect(number).toBe(numberOf(message));
        if (message === undefined) return;
        core.removeAtCursor(slot);
        box.drop(message);
      }),
  ),
  // As a bound that drops the oldest does.
  fc.tuple(which, fc.integer({ min: 1, max: 60 })).map(
    ([at, count]) =>
      new On(`drop(${count})`, at, (box, slot, _, { core }) => {
        for (let i = 0; i < count; i++) {
          const oldest = box.messages[0];
          expect(core.drop(slot)).toBe(numberOf(oldest));
          if (oldest === undefined) return;
          box.drop(oldest);
        }
      }),
  ),
  fc.tuple(which, fc.nat(20), fc.nat(2)).map(
    ([at, limit, overflow]) =>
      new On(`bound(${limit}, ${overflow})`, at, (box, slot, _, { core }) => {
        core.bound(slot, limit, overflow);
        box.limit = limit;
        box.overflow = overflow;
      }),
  ),
  which.map(
    (at) =>
      new On("abandon", at, (box, slot, _, { core }) => {
        core.abandon(slot);
        box.save = 0;
      }),
  ),
  // The process ends, another one begins.
  which.map(
    (at) =>
      new On("end", at, (box, slot, { boxes }, { core }) => {
        empty(box, slot, core);
        expect(core.end(slot, layout.REASON_OTHER)).toBe(0);
        core.bury(slot);
        boxes.delete(slot);
        boxes.set(core.spawn(layout.PRIORITY_NORMAL, 1), new Box());
      }),
  ),
];

const property = (make: () => Core) =>
  fc.property(fc.commands(commands, { maxCommands: 120, size: "max" }), (commands) => {
    const core = make();
    const boxes = new Map<number, Box>();
    for (let i = 0; i < 3; i++) boxes.set(core.spawn(layout.PRIORITY_NORMAL, 1), new Box());
    const model = { boxes, known: 0 };
    fc.modelRun(() => ({ model, real: { core } }), commands);
    for (const [slot, box] of boxes) empty(box, slot, core);
    expect(core.segmentsInUse()).toBe(0);
    expect(core.check()).toBe(0);
  });

test("a mailbox keeps its messages in order, finds the oldest that fits, and gives back what it does not need", {
  timeout: patience,
}, () => {
  fc.assert(
    property(() => instantiate(100)),
    options(FILE, 150),
  );
});

// What would these tests be worth if they took anything for right?
test.each<[string, (core: Core) => Partial<Core>]>([
  [
    "passes over two messages at once",
    (core) => ({ pass: (slot) => (core.pass(slot, 1) < 0 ? layout.EMPTY : core.pass(slot, 1)) }),
  ],
  [
    "never looks again at a tag that was unknown",
    (core) => ({ passTagged: (slot, tag, size) => core.passTagged(slot, tag, size, 0) }),
  ],
  [
    "knows only the first tag of a table",
    (core) => ({ passTagged: (slot, tag, _, known) => core.passTagged(slot, tag, 1, known) }),
  ],
  ["begins each receive anew", (core) => ({ candidate: (slot) => core.candidate(slot, 1) })],
  [
    "takes the oldest message, whatever a receive has looked at",
    (core) => ({ pick: (slot) => (core.drop(slot) < 0 ? 0 : 1) }),
  ],
  [
    "drops another message than it says",
    (core) => ({
      drop: (slot) => {
        core.walk(slot, 1);
        return core.walk(slot, 0);
      },
    }),
  ],
  [
    "has no bound",
    (core) => ({
      send: (slot, generation) =>
        core.read(slot, layout.PROCESS_GENERATION) === generation ? core.deliver(slot) : layout.NO_PROCESS,
    }),
  ],
])("a mailbox that %s would be noticed", (_, mutate) => {
  const mutant = () => {
    const core = instantiate(100);
    return { ...core, ...mutate(core) };
  };
  expect(fc.check(property(mutant), { seed, numRuns: 2000, endOnFailure: true }).failed).toBe(true);
});
