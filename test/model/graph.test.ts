import fc from "fast-check";
import { expect, test } from "vitest";
import * as layout from "../../assembly/layout.ts";
import { type Core, instantiate } from "../../src/core.ts";
import { announce, options, patience, seed } from "./random.ts";

const FILE = "test/model/graph.test.ts";
announce(FILE);

const { EDGE_ALIAS, EDGE_ALIAS_DEMONITOR, EDGE_ALIAS_REPLY, EDGE_MONITOR, REASON_KILL, REASON_NORMAL } = layout;
const MOST = 40;
const KINDS = [
  EDGE_MONITOR,
  EDGE_ALIAS,
  EDGE_ALIAS | EDGE_ALIAS_REPLY,
  EDGE_MONITOR | EDGE_ALIAS,
  EDGE_MONITOR | EDGE_ALIAS | EDGE_ALIAS_DEMONITOR,
  EDGE_MONITOR | EDGE_ALIAS | EDGE_ALIAS_REPLY,
];

interface Tenant {
  readonly slot: number;
  readonly generation: number;
  priority: number;
  trapping: boolean;
  messages: number;
}

interface Edge {
  readonly index: number;
  readonly generation: number;
  readonly owner: Tenant;
  target: Tenant | undefined;
  kind: number;
}

/** What a call makes known, in no order. */
type Events = string[];

/** Processes, links, monitors and run queues as sets and arrays. */
class Model {
  readonly living: Tenant[] = [];
  /** Who has been here: the last of them are kept. */
  gone: Tenant[] = [];
  readonly links: Set<Tenant>[] = [];
  edges: Edge[] = [];
  endedEdges: Edge[] = [];
  /** Of the edge that was made last. */
  generation = 0;
  /** By priority; the longest waiting first. */
  readonly queues: Tenant[][] = [[], [], [], []];
  /** Normal ones that ran while a low one waited. */
  passed = 0;
  events: Events = [];

  linked(a: Tenant): Tenant[] {
    return this.links.filter((link) => link.has(a)).map((link) => [...link].find((each) => each !== a) as Tenant);
  }

  link(a: Tenant, b: Tenant): void {
    if (!this.linked(a).includes(b)) this.links.push(new Set([a, b]));
  }

  unlink(a: Tenant, b: Tenant): boolean {
    const at = this.links.findIndex((link) => link.has(a) && link.has(b));
    if (at >= 0) this.links.splice(at, 1);
    return at >= 0;
  }

  release(edge: Edge): void {
    this.edges = this.edges.filter((each) => each !== edge);
    this.endedEdges = [edge, ...this.endedEdges].slice(0, 30);
  }

  endMonitor(edge: Edge): void {
    edge.target = undefined;
    if (edge.kind & EDGE_ALIAS && !(edge.kind & (EDGE_ALIAS_DEMONITOR | EDGE_ALIAS_REPLY))) edge.kind &= ~EDGE_MONITOR;
    else this.release(edge);
  }

  signal(from: Tenant, to: Tenant, reason: number): void {
    if (reason === REASON_KILL) this.die(to, layout.REASON_OTHER, true);
    else if (to.trapping) this.tell(to, `EXIT ${to.slot} ${from.slot}`);
    else if (reason !== REASON_NORMAL || from === to) this.die(to, reason, true);
  }

  private tell(to: Tenant, event: string): void {
    to.messages++;
    this.events.push(event);
  }

  /** A process ends, and whoever ends with it. */
  die(tenant: Tenant, reason: number, bySignal: boolean): void {
    if (!this.living.includes(tenant)) return;
    this.living.splice(this.living.indexOf(tenant), 1);
    this.gone = [tenant, ...this.gone].slice(0, 30);
    for (const queue of this.queues) if (queue.includes(tenant)) queue.splice(queue.indexOf(tenant), 1);
    if (bySignal) this.events.push(`DEAD ${tenant.slot}`);
    const linked = this.linked(tenant);
    for (const other of linked) this.unlink(tenant, other);
    for (const edge of this.edges.filter(({ target }) => target === tenant)) {
      // An owner that dies in the same cascade may still get it or not: what it got is gone with it.
      this.tell(edge.owner, `DOWN ${edge.owner.slot} ${edge.index}`);
      this.endMonitor(edge);
    }
    for (const edge of this.edges.filter(({ owner }) => owner === tenant)) {
      this.events.push(`RELEASED ${edge.index}`);
      this.release(edge);
    }
    for (const other of linked) {
      if (!this.living.includes(other)) continue;
      if (other.trapping) this.tell(other, `EXIT ${other.slot} ${tenant.slot}`);
      else if (reason !== REASON_NORMAL) this.die(other, reason, true);
    }
  }

  get pick(): Tenant | undefined {
    for (const priority of [layout.PRIORITY_MAX, layout.PRIORITY_HIGH]) {
      const first = this.queues[priority]?.[0];
      if (first !== undefined) return first;
    }
    return undefined;
  }
}

interface Real {
  readonly core: Core;
}

const stateOf = (core: Core, slot: number) => core.read(slot, layout.PROCESS_STATE) & 255;
const isAlive = (core: Core, slot: number, generation: number) =>
  core.read(slot, layout.PROCESS_GENERATION) === generation &&
  stateOf(core, slot) !== layout.FREE &&
  stateOf(core, slot) !== layout.ZOMBIE;

/** Reads what the core tells, until it has no more to tell. */
function settle(core: Core, first: number): { events: Events; dead: number[] } {
  const told: number[][] = [];
  for (let count = first; count > 0; count = core.resume()) {
    const memory = new Int32Array(core.memory.buffer);
    for (let i = 0; i < count; i++) {
      const at = (layout.OUTBOX + i * layout.EVENT_BYTES) >> 2;
      told.push([...memory.slice(at, at + 4)]);
    }
  }
  // Whose mailbox a message's number belongs to.
  const owners = new Map<number, number>();
  for (let slot = 1; slot <= core.slots(); slot++) {
    if (stateOf(core, slot) === layout.FREE) continue;
    for (let number = core.walk(slot, 1); number >= 0; number = core.walk(slot, 0)) owners.set(number, slot);
  }
  const dead: number[] = [];
  const events = told.map(([kind, a, b, c]) => {
    if (kind === layout.EVENT_DEAD) {
      dead.push(a as number);
      return `DEAD ${a}`;
    }
    if (kind === layout.EVENT_DOOMED) return `DOOMED ${a}`;
    if (kind === layout.EVENT_EXIT || kind === layout.EVENT_DOWN) expect(owners.get(a as number)).toBe(c);
    if (kind === layout.EVENT_EXIT) return `EXIT ${c} ${b}`;
    if (kind === layout.EVENT_DOWN) return `DOWN ${c} ${b}`;
    if (kind === layout.EVENT_RELEASED) return `RELEASED ${a}`;
    throw new Error(`an event of kind ${kind}`);
  });
  return { events, dead };
}

function bury(core: Core, slot: number): void {
  while (core.drop(slot) >= 0);
  core.bury(slot);
}

/** The core's events are the model's; the dead are buried. */
function compare(model: Model, core: Core, first: number, dying: readonly Tenant[]): void {
  const { events, dead } = settle(core, first);
  // Of those who die in this cascade, who is told what before depends on the order, which nobody promises.
  const ends = new Set([...dying.map(({ slot }) => slot), ...dead]);
  const endsOf = (event: string) => {
    const [kind, slot] = event.split(" ");
    return (kind === "EXIT" || kind === "DOWN") && ends.has(Number(slot));
  };
  const settled = (all: Events) => all.filter((event) => !endsOf(event) && !event.startsWith("RELEASED")).sort();
  expect(settled(events)).toEqual(settled(model.events));
  // An edge whose owner dies is released, whether its monitor has fired on the way or not.
  const fired = new Set(events.filter((event) => event.startsWith("DOWN")).map((event) => event.split(" ")[2]));
  const released = events.filter((event) => event.startsWith("RELEASED")).map((event) => event.split(" ")[1]);
  for (const event of model.events) {
    const [kind, index] = event.split(" ");
    if (kind === "RELEASED") expect(fired.has(index) || released.includes(index)).toBe(true);
  }
  expect(new Set(released).size).toBe(released.length);
  model.events = [];
  for (const slot of dead) {
    expect(core.grave()).toBe(slot);
    while (core.drop(slot) >= 0);
  }
  expect(core.grave()).toBe(layout.EMPTY);
}

function agree(model: Model, { core }: Real): void {
  expect(core.check()).toBe(0);
  const { living, gone, edges, endedEdges, queues } = model;
  expect(core.edgesInUse()).toBe(model.links.length + edges.length);
  expect(core.processes()).toBeGreaterThanOrEqual(living.length);
  const list = (slot: number, list: number, kind: number) => {
    const found: number[] = [];
    for (let half = core.firstHalf(slot, list); half !== 0; half = core.nextHalf(half)) {
      if (core.halfEdgeKind(half) & kind) found.push(core.oppositeSlot(half));
    }
    return found.sort((a, b) => a - b);
  };
  const slots = (tenants: readonly (Tenant | undefined)[]) =>
    tenants.map((tenant) => tenant?.slot ?? 0).sort((a, b) => a - b);
  for (const tenant of living) {
    const { slot, generation } = tenant;
    expect(isAlive(core, slot, generation)).toBe(true);
    expect(list(slot, layout.LINKS, layout.EDGE_LINK)).toEqual(slots(model.linked(tenant)));
    const own = edges.filter(({ owner }) => owner === tenant);
    expect(list(slot, layout.MONITORS, EDGE_MONITOR | EDGE_ALIAS)).toEqual(slots(own.map(({ target }) => target)));
    expect(list(slot, layout.WATCHERS, EDGE_MONITOR)).toEqual(
      slots(edges.filter(({ target }) => target === tenant).map(({ owner }) => owner)),
    );
    expect(core.read(slot, layout.PROCESS_COUNT)).toBe(tenant.messages);
  }
  for (const { slot, generation } of gone) {
    expect(isAlive(core, slot, generation)).toBe(false);
    expect(core.send(slot, generation, 0)).toBe(layout.NO_PROCESS);
    expect(core.signal(1, slot, generation, REASON_KILL)).toBe(0);
  }
  for (const { index, generation, owner, kind } of edges)
    expect(core.edgeKind(owner.slot, index, generation)).toBe(kind);
  for (const { index, generation, owner } of endedEdges) {
    expect(core.edgeKind(owner.slot, index, generation)).toBe(0);
    expect(core.sendAlias(index, generation, 0, 0)).toBe(layout.NO_PROCESS);
  }
  expect(core.runnable()).toBeGreaterThanOrEqual(queues.flat().length);
}

class Step implements fc.Command<Model, Real> {
  readonly name: string;
  readonly act: (model: Model, core: Core) => void;

  constructor(name: string, act: Step["act"]) {
    this.name = name;
    this.act = act;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    this.act(model, real.core);
    agree(model, real);
  }

  toString(): string {
    return this.name;
  }
}

const nth = fc.nat(1000);
const priority = fc.integer({ min: layout.PRIORITY_LOW, max: layout.PRIORITY_MAX });
const reason = fc.constantFrom(layout.REASON_OTHER, REASON_NORMAL, REASON_KILL);

/** The process that a number chooses; the first one stays, so that there always is one. */
const chosen = <T>(all: readonly T[], n: number): T | undefined => all[n % Math.max(1, all.length)];

/** Something that two processes do, or one with itself. */
const between = (name: string, act: (a: Tenant, b: Tenant, model: Model, core: Core) => void) =>
  fc.tuple(nth, nth).map(
    ([m, n]) =>
      new Step(`${name}(${m}, ${n})`, (model, core) => {
        const a = chosen(model.living, m);
        const b = chosen(model.living, n);
        if (a !== undefined && b !== undefined) act(a, b, model, core);
      }),
  );

/** Ends a process as the facade does: its mailbox has been emptied. */
function end(model: Model, core: Core, tenant: Tenant, reason: number): void {
  while (core.drop(tenant.slot) >= 0);
  model.die(tenant, reason, false);
  compare(model, core, core.end(tenant.slot, reason), [tenant]);
  bury(core, tenant.slot);
}

const spawn = fc.tuple(priority, fc.boolean()).map(
  ([priority, parked]) =>
    new Step(`spawn(${priority}, ${parked})`, (model, core) => {
      const full = core.processes() >= MOST;
      const before = new Set(model.living.map(({ slot }) => slot));
      const slot = core.spawn(priority, parked ? 1 : 0);
      // The host's own processes may exceed the limit: a main process always finds a place.
      if (full && !parked) expect(slot).toBe(layout.NO_PROCESS);
      if (slot === layout.NO_PROCESS) return;
      expect(before.has(slot)).toBe(false);
      const generation = core.read(slot, layout.PROCESS_GENERATION);
      for (const other of model.gone) if (other.slot === slot) expect(generation).toBeGreaterThan(other.generation);
      const tenant = { slot, generation, priority, trapping: false, messages: 0 };
      model.living.push(tenant);
      if (!parked) model.queues[priority]?.push(tenant);
    }),
);

/** Processes come and go until one gets the slot of somebody who is gone. */
const succeed = new Step("succeed", (model, core) => {
  for (let i = 0; i < 2 * layout.FREE_RESERVE && model.gone.length > 0; i++) {
    const slot = core.spawn(layout.PRIORITY_NORMAL, 1);
    if (slot === layout.NO_PROCESS) return;
    const generation = core.read(slot, layout.PROCESS_GENERATION);
    if (model.gone.some((other) => other.slot === slot)) {
      model.living.push({ slot, generation, priority: layout.PRIORITY_NORMAL, trapping: false, messages: 0 });
      return;
    }
    core.end(slot, REASON_NORMAL);
    core.bury(slot);
  }
});

const commands: fc.Arbitrary<Step>[] = [
  fc.constant(succeed),
  spawn,
  spawn,
  spawn,
  between("link", (a, b, model, core) => {
    if (a === b) return;
    expect(core.link(a.slot, b.slot, 0)).toBe(1);
    model.link(a, b);
  }),
  between("link", (a, b, model, core) => {
    if (a === b) return;
    expect(core.link(a.slot, b.slot, 0)).toBe(1);
    model.link(a, b);
  }),
  between("unlink", (a, b, model, core) => {
    if (a !== b) expect(core.unlink(a.slot, b.slot)).toBe(model.unlink(a, b) ? 1 : 0);
  }),
  ...KINDS.map((kind) =>
    between(`edge ${kind}`, (owner, b, model, core) => {
      const target = kind & EDGE_MONITOR ? b : undefined;
      if (target === owner) return;
      const generation = ++model.generation;
      const index = core.createEdge(owner.slot, target?.slot ?? 0, kind, generation);
      model.edges.push({ index, generation, owner, target, kind });
    }),
  ),
  nth.map(
    (n) =>
      new Step(`demonitor(${n})`, (model, core) => {
        const edge = chosen(
          model.edges.filter(({ kind }) => kind & EDGE_MONITOR),
          n,
        );
        if (edge === undefined) return;
        core.demonitor(edge.index);
        model.endMonitor(edge);
      }),
  ),
  nth.map(
    (n) =>
      new Step(`unalias(${n})`, (model, core) => {
        const edge = chosen(
          model.edges.filter(({ kind }) => kind & EDGE_ALIAS),
          n,
        );
        if (edge === undefined) return;
        core.unalias(edge.index);
        if (edge.kind & EDGE_MONITOR) edge.kind = EDGE_MONITOR;
        else model.release(edge);
      }),
  ),
  nth.map(
    (n) =>
      new Step(`sendAlias(${n})`, (model, core) => {
        const edge = chosen(model.edges, n);
        if (edge === undefined) return;
        const number = core.sendAlias(edge.index, edge.generation, 0, 0);
        if (!(edge.kind & EDGE_ALIAS)) return expect(number).toBe(layout.NO_PROCESS);
        expect(number).toBeGreaterThanOrEqual(0);
        edge.owner.messages++;
        if (edge.kind & EDGE_ALIAS_REPLY) model.release(edge);
      }),
  ),
  fc.tuple(nth, fc.boolean()).map(
    ([n, on]) =>
      new Step(`trap(${n}, ${on})`, (model, core) => {
        const tenant = chosen(model.living, n);
        if (tenant === undefined) return;
        core.setTrapping(tenant.slot, on ? 1 : 0);
        tenant.trapping = on;
      }),
  ),
  fc.tuple(nth, priority).map(
    ([n, priority]) =>
      new Step(`priority(${n}, ${priority})`, (model, core) => {
        const tenant = chosen(model.living, n);
        if (tenant === undefined) return;
        core.setPriority(tenant.slot, priority);
        const queue = model.queues[tenant.priority] as Tenant[];
        if (priority !== tenant.priority && queue.includes(tenant)) {
          queue.splice(queue.indexOf(tenant), 1);
          model.queues[priority]?.push(tenant);
        }
        tenant.priority = priority;
      }),
  ),
  fc.tuple(nth, nth, reason).map(
    ([m, n, reason]) =>
      new Step(`signal(${m}, ${n}, ${reason})`, (model, core) => {
        const from = chosen(model.living, m);
        const to = chosen(model.living, n);
        if (from === undefined || to === undefined) return;
        model.signal(from, to, reason);
        compare(model, core, core.signal(from.slot, to.slot, to.generation, reason), []);
      }),
  ),
  fc.tuple(nth, fc.constantFrom(layout.REASON_OTHER, REASON_NORMAL)).map(
    ([n, reason]) =>
      new Step(`end(${n}, ${reason})`, (model, core) => {
        const tenant = chosen(model.living, n);
        if (tenant !== undefined) end(model, core, tenant, reason);
      }),
  ),
  // Turns: who runs parks, goes to the end of its queue, ends, or is hit by a signal while it runs.
  ...Array(2).fill(
    fc.array(fc.constantFrom("park", "giveWay", "end", "doom"), { minLength: 1, maxLength: 12 }).map(
      (turns) =>
        new Step(`turns(${turns})`, (model, core) => {
          for (const turn of turns) {
            let next = core.next(0);
            if (next === layout.CHECK_CLOCK) next = core.next(0);
            const hasMail = next > 0 && (next & layout.HAS_MAIL) !== 0;
            const slot = next > 0 ? next & (layout.HAS_MAIL - 1) : next;
            const waiting = model.queues.flat();
            if (slot === layout.EMPTY) {
              expect(waiting).toEqual([]);
              expect(core.processes()).toBe(model.living.length);
              continue;
            }
            const tenant = model.living.find((each) => each.slot === slot);
            if (tenant === undefined) throw new Error(`${slot} runs, and is not alive`);
            expect(hasMail).toBe(tenant.messages > 0);
            const queue = model.queues[tenant.priority] as Tenant[];
            // First come, first served; the urgent before the others, and the low ones not never.
            expect(queue[0]).toBe(tenant);
            if (model.pick !== undefined) expect(model.pick).toBe(tenant);
            if (tenant.priority === layout.PRIORITY_LOW) model.passed = 0;
            else if (
              tenant.priority === layout.PRIORITY_NORMAL &&
              (model.queues[layout.PRIORITY_LOW]?.length ?? 0) > 0
            ) {
              expect(++model.passed).toBeLessThanOrEqual(layout.LOW_SHARE);
            }
            queue.shift();
            if (turn === "end") {
              end(model, core, tenant, REASON_NORMAL);
            } else if (turn === "doom") {
              // It is on the stack: it ends when its slice does, and takes nothing any more.
              const events = core.signal(slot, slot, tenant.generation, REASON_KILL);
              expect(settle(core, events)).toEqual({ events: [`DOOMED ${slot}`], dead: [] });
              expect(core.signal(slot, slot, tenant.generation, REASON_KILL)).toBe(0);
              expect(isAlive(core, slot, tenant.generation)).toBe(true);
              expect(core.send(slot, tenant.generation, 0)).toBe(layout.NO_PROCESS);
              end(model, core, tenant, layout.REASON_OTHER);
            } else if (turn === "giveWay") {
              core.giveWay(slot);
              queue.push(tenant);
            } else {
              core.park(slot);
            }
          }
        }),
    ),
  ),
];

/** A core whose slots have all been used before, so that they are used again. */
function used(): Core {
  const core = instantiate(MOST);
  for (let i = 0; i <= layout.FREE_RESERVE; i++) {
    const slot = core.spawn(layout.PRIORITY_NORMAL, 1);
    core.end(slot, REASON_NORMAL);
    core.bury(slot);
  }
  return core;
}

const property = (make: () => Core) =>
  fc.property(fc.commands(commands, { maxCommands: 100, size: "max" }), (commands) => {
    const core = make();
    const model = new Model();
    fc.modelRun(() => ({ model, real: { core } }), commands);
    for (const tenant of [...model.living]) if (model.living.includes(tenant)) end(model, core, tenant, REASON_NORMAL);
    while (core.next(0) !== layout.EMPTY);
    expect([core.processes(), core.edgesInUse(), core.segmentsInUse(), core.check()]).toEqual([0, 0, 0, 0]);
  });

test("processes, links, monitors, aliases, exits and turns are what a plain model says; nothing is left of the dead", {
  timeout: patience,
}, () => {
  fc.assert(property(used), options(FILE, 100));
});

// What would these tests be worth if they took anything for right?
test.each<[string, (core: Core) => Partial<Core>]>([
  ["links twice", (core) => ({ link: (a, b) => core.link(a, b, 1) })],
  [
    "lets a normal signal kill",
    (core) => ({ signal: (from, to, g, reason) => core.signal(from, to, g, reason || layout.REASON_OTHER) }),
  ],
  ["takes every end for an abnormal one", (core) => ({ end: (slot) => core.end(slot, layout.REASON_OTHER) })],
  ["keeps aliases that end with their monitors", (core) => ({ demonitor: (index) => core.unalias(index) })],
  [
    "does not know one tenant from the next",
    (core) => ({ send: (slot, _, hands) => core.send(slot, core.read(slot, layout.PROCESS_GENERATION), hands) }),
  ],
  ["never buries the killed", () => ({ grave: () => layout.EMPTY })],
  ["forgets who waits for his turn", (core) => ({ giveWay: (slot) => core.park(slot) })],
])("a core that %s would be noticed", (_, mutate) => {
  const mutant = () => {
    const core = used();
    return { ...core, ...mutate(core) };
  };
  expect(fc.check(property(mutant), { seed, numRuns: 1000, endOnFailure: true }).failed).toBe(true);
});
