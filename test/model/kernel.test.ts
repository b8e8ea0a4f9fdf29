import fc from "fast-check";
import { expect, test } from "vitest";
import type { Model } from "./kernel.ts";
import { type Deed, type DeedName, Stage } from "./puppets.ts";
import { announce, asyncOptions, patience, seed } from "./random.ts";

const FILE = "test/model/kernel.test.ts";
announce(FILE);

const WEIGHTS: Record<
  Exclude<DeedName, "spawn" | "poll" | "exit" | "throw" | "return" | "receive" | "sleep">,
  number
> = {
  send: 12,
  sendName: 3,
  sendAlias: 4,
  link: 6,
  unlink: 2,
  monitor: 6,
  demonitor: 3,
  alias: 2,
  unalias: 1,
  trap: 4,
  signal: 3,
  register: 3,
  unregister: 1,
  sendAfter: 3,
  startTimer: 1,
  cancelTimer: 1,
  readTimer: 1,
};

const number = fc.nat(9999);
const numbers = fc.tuple(number, number, number, number);
const deed = (name: DeedName) => numbers.map((n): Deed => ({ name, n }));
const weighted = Object.entries(WEIGHTS).map(([name, weight]) => ({ weight, arbitrary: deed(name as DeedName) }));
const spawn = fc
  .tuple(numbers, fc.array(fc.oneof(...weighted), { maxLength: 2 }))
  .map(([n, first]): Deed => ({ name: "spawn", n, first }));
const brief = fc.oneof(
  ...weighted,
  { weight: 8, arbitrary: spawn },
  { weight: 4, arbitrary: deed("poll") },
  ...(["exit", "throw", "return"] as const).map((name) => ({ weight: 1, arbitrary: deed(name) })),
);
/** What a process does in one go; it waits last, if at all: whoever is woken then does nothing else. */
const deeds = fc
  .tuple(
    fc.array(brief, { minLength: 1, maxLength: 4 }),
    fc.option(fc.oneof({ weight: 4, arbitrary: deed("receive") }, { weight: 1, arbitrary: deed("sleep") }), {
      freq: 2,
    }),
  )
  .map(([brief, last]) => (last === null ? brief : [...brief, last]));

class Command implements fc.AsyncCommand<object, Stage> {
  readonly name: string;
  readonly run: (model: object, stage: Stage) => Promise<void>;

  constructor(name: string, run: (stage: Stage) => Promise<void>) {
    this.name = name;
    this.run = (_, stage) => run(stage);
  }

  check(): boolean {
    return true;
  }

  toString(): string {
    return this.name;
  }
}

const show = ({ name, n, first = [] }: Deed): string => `${name}(${[...n, ...first.map(show)].join()})`;
const act = fc
  .tuple(number, deeds, fc.option(fc.oneof(...weighted, spawn), { freq: 5 }))
  .map(
    ([who, deeds, before]) =>
      new Command(`${before === null ? "" : `${show(before)}, then `}${who}: ${deeds.map(show).join(" ")}`, (stage) =>
        stage.act(who, deeds, before ?? undefined),
      ),
  );
const advance = fc.nat(400).map((ms) => new Command(`advance(${ms})`, (stage) => stage.advance(ms)));

const property = (change: (stage: Stage) => void = () => {}) =>
  fc.asyncProperty(
    fc.commands([act, act, act, act, act, act, advance], { maxCommands: 80, size: "max" }),
    async (commands) => {
      const stage = new Stage();
      change(stage);
      // Somebody to begin with.
      for (const n of [1, 2, 4, 7]) await stage.act(0, [{ name: "spawn", n: [n, 1, 1, 1] }]);
      await fc.asyncModelRun(() => ({ model: {}, real: stage }), commands);
      await stage.end();
    },
  );

test("processes do what a plain model of them says; no message is lost, and nothing of the dead is kept", {
  timeout: patience,
}, async () => {
  await fc.assert(property(), asyncOptions(FILE, 120));
});

// What would these tests be worth if they took anything for right?
const mutations: [string, (model: Model) => void][] = [
  [
    "lets a normal exit kill those who are linked",
    (model) => {
      const { die } = model;
      model.die = (person, reason, group) => {
        const linked = [...person.links];
        die.call(model, person, reason, group);
        for (const other of linked) if (!other.trapsExit) die.call(model, other, reason, group);
      };
    },
  ],
  [
    "hands the youngest message out first",
    (model) => {
      model.candidates = (person, tags) => {
        const fitting = person.mailbox.filter(({ tag }) => tags === undefined || tags.includes(tag));
        return fitting.slice(-1);
      };
    },
  ],
  [
    "keeps the names of the dead",
    (model) => {
      const { die } = model;
      model.die = (person, reason, group) => {
        const { name } = person;
        person.name = undefined;
        die.call(model, person, reason, group);
        if (name !== undefined) person.name = name;
      };
    },
  ],
  [
    "lets a kill be trapped",
    (model) => {
      const { signal } = model;
      model.signal = (from, to, reason) =>
        signal.call(model, from, to, to.trapsExit && reason === `"kill"` ? `"killed"` : reason);
    },
  ],
  [
    "forgets to tell who monitors",
    (model) => {
      const { tell } = model;
      model.tell = (to, term, tag, group, ref) => {
        if (tag !== "DOWN" || term.endsWith(`"noproc"`)) tell.call(model, to, term, tag, group, ref);
      };
    },
  ],
  [
    "lets a timer survive its target",
    (model) => {
      const { die } = model;
      model.die = (person, reason, group) => {
        const { timers } = model;
        die.call(model, person, reason, group);
        model.timers = timers;
      };
    },
  ],
  [
    "leaves a demonitored alias active",
    (model) => {
      const { demonitor } = model;
      model.demonitor = (owner, ref, flush) => {
        const { alias } = ref;
        const existed = demonitor.call(model, owner, ref, flush);
        ref.alias = alias;
        return existed;
      };
    },
  ],
];

test.each(mutations)("a kernel that %s would be noticed", async (_, mutate) => {
  const details = await fc.check(
    property(({ model }) => mutate(model)),
    { seed, numRuns: 500, endOnFailure: true },
  );
  expect(details.failed).toBe(true);
});
