import {
  after,
  createRuntime,
  ExitError,
  type Op,
  on,
  P,
  type Pid,
  type Ref,
  type Runtime,
  type Self,
} from "../../src/index.ts";
import { coreOf } from "../inside.ts";
import { type Mail, Model, type Person, type Reference, type Timer } from "./kernel.ts";

// The same things are done in a runtime and in the model, one after the other, by processes that do as they are told. Each result is
// compared at once, everything else after each command.

/** Something a process does; the numbers choose with whom and how, among what there is by then. */
export interface Deed {
  readonly name: DeedName;
  readonly n: readonly [number, number, number, number];
  /** Of a spawn: what the new process does in its first slice. */
  readonly first?: readonly Deed[];
}

// biome-ignore lint/suspicious/noExplicitAny: puppets are sent every kind of message
type Loose = Self<any>;
/** What acts for a process: its self, or for the main process the runtime. */
type Functions = Pick<Runtime, Exclude<keyof Self, "pid" | "signal" | "runtime" | "trapExit" | "priority">>;

const NAMES = ["x", "y", "z"];
const TAGS = ["a", "b", "c"];
const REASONS = ["normal", "boom", "kill", "shutdown"];
const OVERFLOWS = ["exit", "dropNewest", "dropOldest"] as const;
const ALIAS_MODES = [undefined, "explicitUnalias", "demonitor", "replyDemonitor"] as const;
const TIMEOUT = Symbol("timeout");

/** What a puppet has to do next: wait for an operation, or end. */
type Next =
  | { readonly wait: Op<unknown>; readonly took: (value: unknown) => void }
  | { readonly error: unknown }
  | { readonly returns: true }
  | undefined;

/** Compares two texts; what differs is thrown. */
function same(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: expected ${String(expected)}, got ${String(actual)}`);
}

function textOf(reason: unknown): string {
  return reason instanceof Error ? `Error(${reason.message})` : JSON.stringify(reason);
}

/** What a call says: its result, or the name of its error. */
function attempt(call: () => unknown): string {
  try {
    return String(call());
  } catch (error) {
    return (error as Error).name;
  }
}

/** A process of the runtime and its counterpart. */
interface Puppet {
  person: Person;
  readonly first: readonly Deed[];
  self: Loose | undefined;
  closed: number;
  /** Hands over what it has to do. */
  give: ((deeds: readonly Deed[]) => void) | undefined;
}

export class Stage {
  readonly model = new Model();
  readonly runtime: Runtime;
  private readonly pids: Pid<unknown>[] = [];
  private readonly puppets: (Puppet | undefined)[] = [];
  private readonly ids = new Map<unknown, number>();
  private readonly references: { readonly ref: Ref; readonly reference: Reference }[] = [];
  private readonly timers: { readonly ref: Ref; readonly timer: Timer }[] = [];
  private readonly mainExits: string[] = [];
  private readonly overflows: (number | undefined)[] = [];
  private crashes = 0;
  private reported = 0;
  private messages = 0;
  /** The first thing that differed. */
  private failure: unknown;

  constructor(wrap: (runtime: Runtime) => Runtime = (runtime) => runtime) {
    this.runtime = wrap(
      createRuntime({
        clock: () => this.model.now,
        development: false,
        logger: ({ kind, pid }) => {
          if (kind === "overflow") this.overflows.push(this.ids.get(pid));
          else this.reported++;
        },
        onMainExit: ({ reason }) => this.mainExits.push(textOf(reason)),
      }),
    );
    this.know(this.model.main, this.runtime.self());
  }

  private know(person: Person, pid: Pid<unknown>): void {
    this.pids[person.id] = pid;
    this.ids.set(pid, person.id);
  }

  private pidOf(person: Person): Pid<unknown> {
    // A main process that follows another one has not been seen before.
    const { main } = this.runtime as unknown as { main: { pid: Pid<unknown> } };
    if (person === this.model.main) this.know(person, main.pid);
    return this.pids[person.id] as Pid<unknown>;
  }

  // ── What commands do ──

  /** The `which`th living process does something; before it comes to that, the main process may do something else. */
  async act(which: number, deeds: readonly Deed[], before?: Deed): Promise<void> {
    const { model } = this;
    const idle = model.living.filter(({ wait }) => wait === undefined);
    const person = idle[which % idle.length] as Person;
    if (person === model.main) {
      await this.actAsMain(deeds[0] as Deed);
    } else {
      this.puppets[person.id]?.give?.(deeds);
      if (before !== undefined) await this.actAsMain(before);
    }
    await this.settle();
    this.compare();
  }

  private async actAsMain(deed: Deed): Promise<void> {
    const { main } = this.model;
    // Whatever was handed over has not been begun: nobody runs before this one waits.
    const next = this.perform(this.runtime, main, deed);
    if (next === undefined || !("wait" in next)) return;
    const value = next.wait.then((value) => value);
    await this.settle();
    next.took(await value);
  }

  /** Time passes, from deadline to deadline. */
  async advance(ms: number): Promise<void> {
    const { model } = this;
    const end = model.now + ms;
    for (let deadline = model.deadline; deadline <= end; deadline = model.deadline) {
      model.advance(deadline);
      await this.settle();
      this.compare();
      // Whose time has come has gone on.
      for (const person of model.living)
        if (person.wait?.deadline === deadline) throw new Error(`${person.id} slept too long`);
    }
    model.advance(end);
    await this.settle();
    this.compare();
  }

  /** Runs until nobody moves. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      this.runtime.run();
      for (let tick = 0; tick < 12; tick++) await undefined;
    }
    if (this.failure !== undefined) throw this.failure;
  }

  // ── Puppets ──

  private post(puppet: Puppet): Promise<readonly Deed[]> {
    return new Promise((resolve) => {
      puppet.give = (deeds) => {
        puppet.give = undefined;
        resolve(deeds);
      };
    });
  }

  private readonly generatorBody = function* (self: Loose, stage: Stage, puppet: Puppet) {
    puppet.self = self;
    try {
      stage.begin(self, puppet);
      for (;;) {
        const deeds = yield* self.until(stage.post(puppet));
        stage.model.running = puppet.person;
        for (const deed of deeds) {
          const next = stage.perform(self, puppet.person, deed);
          if (next === undefined) continue;
          if ("returns" in next) return;
          if ("error" in next) throw next.error;
          next.took(yield* next.wait);
        }
        stage.endSlice(puppet.person);
      }
    } finally {
      puppet.closed++;
    }
  };

  private readonly asyncBody = async (self: Loose, stage: Stage, puppet: Puppet) => {
    puppet.self = self;
    stage.begin(self, puppet);
    for (;;) {
      const deeds = await stage.post(puppet);
      if (!puppet.person.isAlive) return stage.haunt(self, puppet.person);
      for (const deed of deeds) {
        const next = stage.perform(self, puppet.person, deed);
        if (next !== undefined && "returns" in next) return;
        if (next !== undefined && "error" in next) throw next.error;
        if (next !== undefined) next.took(await next.wait);
        if (!puppet.person.isAlive) return;
      }
    }
  };

  /** The first slice of a process. An async body's is one like any other's; only later does its code run outside of slices. */
  private begin(self: Loose, puppet: Puppet): void {
    this.model.running = puppet.person;
    for (const deed of puppet.first) this.perform(self, puppet.person, deed);
    this.endSlice(puppet.person);
  }

  /** The code of an async body that goes on after the end of its process can do nothing any more. */
  private haunt(self: Loose, person: Person): void {
    const deeds = [
      () => self.link(this.pidOf(this.model.main)),
      () => self.alias(),
      () => self.exit(this.pidOf(person), "boom"),
    ];
    for (const deed of deeds) {
      if (attempt(deed) !== "ExitError") this.failure ??= new Error(`${person.id} is dead, and acts: ${deed}`);
    }
  }

  /** A process waits: the signal that has hit it meanwhile takes effect. */
  private endSlice(person: Person): void {
    const { model } = this;
    if (model.running !== person) return;
    model.running = undefined;
    if (person.doom !== undefined) model.die(person, person.doom.reason);
  }

  /** A process ends by itself; the signal that has hit it before was first. */
  private finish(person: Person, reason: string): void {
    this.model.running = undefined;
    this.model.die(person, person.doom?.reason ?? reason);
  }

  /** The promise of an async body takes microtasks to tell its end. Nobody may run meanwhile: he would find it alive, or not. */
  private mayEnd(person: Person): boolean {
    if (person.kind !== "async") return person.kind !== "main";
    return this.model.living.every((other) => {
      const { wait } = other;
      const puppet = this.puppets[other.id];
      const isUnborn = puppet !== undefined && puppet.self === undefined;
      const isWoken = wait !== undefined && !wait.sleeps && this.model.candidates(other, wait.tags).length > 0;
      return !isUnborn && !isWoken;
    });
  }

  /** Does something, in the runtime and in the model. What differs is kept for `settle`: a body can't be failed by it. */
  private perform(functions: Functions, person: Person, deed: Deed): Next {
    try {
      if (deed.name === "spawn") this.spawn(functions, person, deed);
      else return this.deeds[deed.name].call(this, functions, person, ...deed.n) as Next;
    } catch (error) {
      this.failure ??= new Error(`${deed.name}(${deed.n}) by ${person.id}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    return undefined;
  }

  /** An operation has given a process something. */
  private took(person: Person, value: unknown, looksFor?: readonly string[]): void {
    const { model } = this;
    try {
      const { wait } = person;
      person.wait = undefined;
      if (wait !== undefined && person.kind === "generator") model.running = person;
      const tags = wait === undefined ? looksFor : wait.tags;
      if (wait?.sleeps)
        return same("the end of a sleep", wait.deadline !== undefined && wait.deadline <= model.now, true);
      const candidates = model.candidates(person, tags);
      if (value === TIMEOUT) {
        same("messages at a timeout", candidates.map(({ term }) => term).join(), "");
        if (wait !== undefined)
          same("a timeout in time", wait.deadline !== undefined && wait.deadline <= model.now, true);
        return;
      }
      const term = this.termOf(value);
      const mail = candidates.find((each) => each.term === term);
      if (mail === undefined)
        throw new Error(`took ${term}, expected one of ${candidates.map((each) => each.term).join(", ") || "none"}`);
      model.take(person, mail);
    } catch (error) {
      this.failure ??= new Error(`${person.id} took ${String(value)}: ${(error as Error).message}`, { cause: error });
    }
  }

  // ── What there is to choose from ──

  /** Mostly somebody alive. */
  private somebody(n: number): Person {
    const { living, people } = this.model;
    const from = n % 5 === 0 || living.length === 0 ? people : living;
    return from[Math.floor(n / 5) % from.length] as Person;
  }

  /** Deadlines are all different, so that their order is known. */
  private later(n: number): number {
    const { model } = this;
    const taken = new Set([...model.timers, ...model.living.map(({ wait }) => wait)].map((each) => each?.deadline));
    let ms = 1 + (n % 3 === 0 ? n % 40 : n % 1000);
    while (taken.has(model.now + ms)) ms++;
    return ms;
  }

  private message(n: number): { value: unknown[]; term: string; tag: string } {
    const tag = TAGS[n % TAGS.length] as string;
    const id = ++this.messages;
    return { value: [tag, id], term: `${tag} ${id}`, tag };
  }

  private receive(functions: Functions, person: Person, n: number, m: number, ms: number | undefined): Next {
    const { model } = this;
    const all = [...TAGS, "EXIT", "DOWN", "timeout"];
    const tags = n % 4 === 0 ? undefined : all.filter((_, i) => (m >> i) & 1);
    // A clause runs when the message is taken; the promise of an async body tells it only later.
    const found = (message: unknown) => this.took(person, message, tags);
    const expired = () => this.took(person, TIMEOUT, tags);
    const receive = (...args: unknown[]) =>
      (functions.receive as (...args: unknown[]) => Op<unknown>).call(functions, ...args);
    let wait: Op<unknown>;
    const isBare = tags === undefined && ms === undefined && person.kind === "generator";
    if (isBare) {
      wait = receive();
    } else if (n % 4 === 1) {
      const table = Object.fromEntries((tags ?? all).map((tag) => [tag, found]));
      wait = ms === undefined ? receive(table) : receive(table, { after: ms, then: expired });
    } else {
      const fits = on(
        P.when((message: unknown[]) => tags === undefined || tags.includes(message[0] as string)),
        found,
      );
      wait = ms === undefined ? receive(fits) : receive(fits, after(ms, expired));
    }
    const atOnce = ms === 0 || model.candidates(person, tags).length > 0;
    if (person.doom !== undefined) this.endSlice(person);
    else if (!atOnce) {
      person.wait = { tags, deadline: ms === undefined ? undefined : model.now + ms, sleeps: false };
      this.endSlice(person);
    }
    return { wait, took: isBare ? found : () => {} };
  }

  // ── Deeds ──

  private spawn(functions: Functions, person: Person, { n: [n, m, k, l], first = [] }: Deed): void {
    const { model } = this;
    const kind = n & 4 ? "async" : "generator";
    const name = m % 4 === 0 ? NAMES[l % NAMES.length] : undefined;
    const limit = k % 2 === 0 ? 1 + (l % 3) : 0;
    const overflow = OVERFLOWS[l % 3] as (typeof OVERFLOWS)[number];
    const puppet = { person: undefined as never as Person, first, self: undefined, closed: 0, give: undefined };
    const options = {
      args: [this, puppet],
      link: (n & 1) !== 0,
      monitor: (n & 2) !== 0,
      ...(name === undefined ? {} : { name }),
      ...(limit === 0 ? {} : { mailbox: { limit, overflow } }),
    };
    let spawned: unknown;
    const body = kind === "async" ? this.asyncBody : this.generatorBody;
    const result = attempt(() => {
      spawned = functions.spawnOpt(body as never, options as never);
      return "spawned";
    });
    if (name !== undefined && model.names.has(name)) return same("result", result, "NameError");
    same("result", result, "spawned");
    const child = model.person(kind);
    puppet.person = child;
    this.puppets[child.id] = puppet;
    child.limit = limit;
    child.overflow = overflow;
    if (name !== undefined) model.register(child, name);
    const [pid, ref] = (options.monitor ? spawned : [spawned]) as [Pid<unknown>, Ref | undefined];
    this.know(child, pid);
    if (options.link) model.link(person, child);
    if (ref !== undefined) this.keep(ref, model.monitor(person, child, undefined));
  }

  /** Each returns what its process has to do next. */
  private readonly deeds: Record<
    Exclude<DeedName, "spawn">,
    (this: Stage, functions: Functions, person: Person, ...n: Deed["n"]) => unknown
  > = {
    send(functions, _, n, m) {
      const to = this.somebody(n);
      const { value, term, tag } = this.message(m);
      same("result", functions.send(this.pidOf(to), value), value);
      this.model.send(to, term, tag);
    },
    sendName(functions, _, n, m) {
      const name = NAMES[n % NAMES.length] as string;
      const { value, term, tag } = this.message(m);
      const to = this.model.names.get(name);
      same(
        "result",
        attempt(() => functions.send(name, value) === value),
        to === undefined ? "NameError" : "true",
      );
      if (to !== undefined) this.model.send(to, term, tag);
    },
    sendAlias(functions, person, n, m) {
      // One's own are in transit until one looks: that has its own tests.
      const others = this.references.filter(({ reference }) => reference.owner !== person);
      if (others.length === 0) return;
      const { ref, reference } = others[n % others.length] as (typeof others)[0];
      const { value, term, tag } = this.message(m);
      same("result", functions.send(ref, value), value);
      this.model.sendAlias(reference, term, tag);
    },
    link(functions, person, n) {
      const to = this.somebody(n);
      same(
        "result",
        attempt(() => functions.link(this.pidOf(to))),
        this.model.link(person, to),
      );
    },
    unlink(functions, person, n) {
      const to = this.somebody(n);
      same("result", functions.unlink(this.pidOf(to)), true);
      this.model.unlink(person, to);
    },
    monitor(functions, person, n, m, k) {
      const to = k % 4 === 0 ? (NAMES[n % NAMES.length] as string) : this.somebody(n);
      const target = typeof to === "string" ? this.model.names.get(to) : to;
      const alias = target === person ? undefined : ALIAS_MODES[m % ALIAS_MODES.length];
      const ref = functions.monitor(typeof to === "string" ? to : this.pidOf(to), alias === undefined ? {} : { alias });
      this.keep(ref, this.model.monitor(person, to, alias));
    },
    demonitor(functions, person, n, m) {
      const found = this.references[n % Math.max(1, this.references.length)];
      if (found === undefined) return;
      const flush = m % 2 === 0;
      const existed = functions.demonitor(found.ref, { flush, info: true });
      same("result", existed, this.model.demonitor(person, found.reference, flush));
    },
    alias(functions, person, n) {
      const mode = n % 2 === 0 ? "explicitUnalias" : "reply";
      const ref = functions.alias({ mode });
      const reference: Reference = { id: this.model.nextId(), owner: person, object: "", alias: mode };
      this.model.references.push(reference);
      this.keep(ref, reference);
    },
    unalias(functions, person, n) {
      const found = this.references[n % Math.max(1, this.references.length)];
      if (found !== undefined)
        same("result", functions.unalias(found.ref), this.model.unalias(person, found.reference));
    },
    trap(functions, person, n) {
      same("result", functions.processFlag("trapExit", n % 3 !== 0), person.trapsExit);
      person.trapsExit = n % 3 !== 0;
    },
    signal(functions, person, n, m) {
      const to = this.somebody(n);
      const reason = REASONS[m % REASONS.length] as string;
      const before = person.doom;
      const result = attempt(() => functions.exit(this.pidOf(to), reason));
      this.model.signal(person, to, textOf(reason));
      const isOver = to === person && (before !== undefined || person.doom !== undefined || !person.isAlive);
      same("result", result, isOver ? "ExitError" : "true");
    },
    exit(_, person, n) {
      if (!this.mayEnd(person)) return;
      const reason = REASONS[n % REASONS.length] as string;
      this.finish(person, textOf(reason));
      return { error: new ExitError(reason) };
    },
    throw(_, person, n) {
      if (!this.mayEnd(person)) return;
      if (person.doom === undefined) this.crashes++;
      const error = n % 2 === 0 ? new Error("boom") : "boom";
      this.finish(person, textOf(typeof error === "string" ? ["nocatch", error] : error));
      return { error };
    },
    return(_, person) {
      if (!this.mayEnd(person)) return;
      this.finish(person, `"normal"`);
      return { returns: true };
    },
    register(_, __, n, m) {
      const person = this.somebody(n);
      const name = NAMES[m % NAMES.length] as string;
      same(
        "result",
        attempt(() => this.runtime.register(this.pidOf(person), name)),
        this.model.register(person, name),
      );
    },
    unregister(_, __, n) {
      const name = NAMES[n % NAMES.length] as string;
      same(
        "result",
        attempt(() => this.runtime.unregister(name)),
        this.model.unregister(name),
      );
    },
    sendAfter(_, __, n, m, k) {
      const to = k % 4 === 0 ? (NAMES[n % NAMES.length] as string) : this.somebody(n);
      const { value, term, tag } = this.message(m);
      const ms = this.later(m + k);
      const ref = this.runtime.sendAfter(typeof to === "string" ? to : this.pidOf(to), value, ms);
      this.keepTimer(ref, this.model.setTimer(to, term, tag, ms));
    },
    startTimer(_, __, n, m, k) {
      const to = this.somebody(n);
      const { value, term } = this.message(m);
      const ms = this.later(m + k);
      const ref = this.runtime.startTimer(this.pidOf(to), value, ms);
      const timer = this.model.setTimer(to, `timeout ${term}`, "timeout", ms);
      this.keepTimer(ref, timer);
    },
    cancelTimer(_, __, n) {
      const found = this.timers[n % Math.max(1, this.timers.length)];
      if (found !== undefined) same("result", this.runtime.cancelTimer(found.ref), this.model.cancel(found.timer));
    },
    readTimer(_, __, n) {
      const found = this.timers[n % Math.max(1, this.timers.length)];
      if (found !== undefined) same("result", this.runtime.readTimer(found.ref), this.model.left(found.timer));
    },
    poll(functions, person, n, m) {
      return this.receive(functions, person, n, m, 0);
    },
    receive(functions, person, n, m, k) {
      return this.receive(
        functions,
        person,
        n,
        m,
        person.kind === "main" ? 0 : k % 3 === 0 ? this.later(k) : undefined,
      );
    },
    sleep(functions, person, n) {
      if (person.kind === "main") return;
      const ms = this.later(n);
      const wait = functions.sleep(ms);
      if (person.doom === undefined) person.wait = { tags: undefined, deadline: this.model.now + ms, sleeps: true };
      this.endSlice(person);
      // It may have been killed before its promise could tell it that it woke.
      return { wait, took: () => person.isAlive && this.took(person, undefined) };
    },
  };

  private keep(ref: Ref, reference: Reference): void {
    this.references.push({ ref, reference });
    this.ids.set(ref, reference.id);
  }

  private keepTimer(ref: Ref, timer: Timer): void {
    this.timers.push({ ref, timer });
    this.ids.set(ref, timer.id);
  }

  // ── Comparing ──

  /** A message of the runtime in the model's words. */
  private termOf(message: unknown): string {
    const parts = message as unknown[];
    const id = (value: unknown) => this.ids.get(value);
    if (parts[0] === "EXIT") return `EXIT ${id(parts[1])} ${textOf(parts[2])}`;
    if (parts[0] === "DOWN") {
      const object = Array.isArray(parts[3]) ? parts[3][0] : id(parts[3]);
      return `DOWN ${id(parts[1])} ${object} ${textOf(parts[4])}`;
    }
    if (parts[0] === "timeout") return `timeout ${(parts[2] as unknown[]).join(" ")}`;
    return parts.join(" ");
  }

  /** All that can be seen of the runtime is as the model says. */
  compare(): void {
    const { model, runtime, puppets } = this;
    const core = coreOf(runtime);
    const { values } = runtime as unknown as { values: unknown[] };
    same("the first broken invariant", core.check(), 0);
    this.pidOf(model.main);
    const { living } = model;
    const list = (all: Iterable<unknown>) => [...all].map(String).sort().join();
    const idOf = (pid: unknown) => this.ids.get(pid);
    same("the living", list(runtime.processes().map(idOf)), list(living.map(({ id }) => id)));
    same("processes of the core", core.processes(), living.length);
    same("names", list(runtime.registered()), list(model.names.keys()));
    for (const [name, person] of model.names) same(`who is ${name}`, idOf(runtime.whereis(name)), person.id);

    let messages = 0;
    for (const person of living) {
      const info = runtime.processInfo(this.pidOf(person));
      if (info === undefined) throw new Error(`${person.id} has no info`);
      this.compareMailbox(person, info.messages);
      messages += person.mailbox.length;
      const { id } = person;
      same(`links of ${id}`, list(info.links.map(idOf)), list([...person.links].map((other) => other.id)));
      const own = model.references.filter((ref) => ref.owner === person && ref.target !== undefined);
      const watched = info.monitors.map((object) => (Array.isArray(object) ? object[0] : idOf(object)));
      same(`monitors of ${id}`, list(watched), list(own.map(({ object }) => object)));
      const watching = model.references.filter((ref) => ref.target === person).map((ref) => ref.owner.id);
      same(`who monitors ${id}`, list(info.monitoredBy.map(idOf)), list(watching));
      same(`trapExit of ${id}`, info.trapExit, person.trapsExit);
      same(`the name of ${id}`, info.registeredName, person.name);
      const waiting = person.wait;
      if (waiting !== undefined && !waiting.sleeps && model.candidates(person, waiting.tags).length > 0) {
        throw new Error(`${id} waits for a message that it has`);
      }
    }
    for (const person of model.people) {
      if (person.isAlive) continue;
      const { id, kind, reason } = person;
      same(`whether ${id} is alive`, runtime.isAlive(this.pidOf(person)), false);
      same(`the info of ${id}`, runtime.processInfo(this.pidOf(person)), undefined);
      const puppet = puppets[id];
      if (puppet?.self === undefined) continue;
      if (reason !== `"normal"`)
        same(`the reason of ${id}`, textOf((puppet.self.signal.reason as ExitError).reason), reason);
      if (kind === "generator") same(`how often ${id} was closed`, puppet.closed, 1);
    }

    // Nothing is lost, and nothing is kept.
    const kept = model.living.flatMap(({ mailbox }) => mailbox.filter(({ isSystem }) => !isSystem)).length;
    same("messages received, kept and dropped", model.received + kept + model.dropped, model.sent);
    same("values", values.filter((value) => value !== undefined).length, messages);
    const edges = model.references.filter(({ target, alias }) => target !== undefined || alias !== undefined).length;
    const links = living.reduce((sum, person) => sum + person.links.size, 0) / 2;
    same("edges", core.edgesInUse(), edges + links);
    const deadlines = living.filter(({ wait }) => wait?.deadline !== undefined).length;
    same("timers", core.timersInUse(), model.timers.length + deadlines);
    if (messages === 0) same("segments", core.segmentsInUse(), 0);
    same("ends of the main process", list(this.mainExits), list(model.mainExits));
    same("reported overflows", list(this.overflows), list(model.overflows));
    same("reported crashes", this.reported, this.crashes);
  }

  /** The messages are the same, group by group. Within a group the runtime's order becomes the model's. */
  private compareMailbox(person: Person, messages: readonly unknown[]): void {
    const { mailbox } = person;
    const terms = messages.map((message) => this.termOf(message));
    const sorted: Mail[] = [];
    for (let at = 0; at < mailbox.length; ) {
      const { group } = mailbox[at] as Mail;
      let end = at;
      while (mailbox[end]?.group === group) end++;
      const members = mailbox.slice(at, end);
      for (const term of terms.slice(at, end)) {
        const found = members.findIndex((mail) => mail.term === term);
        if (found >= 0) sorted.push(...members.splice(found, 1));
      }
      at = end;
    }
    same(
      `the mailbox of ${person.id}`,
      terms.join(),
      (sorted.length === mailbox.length ? sorted : mailbox).map(({ term }) => term).join(),
    );
    person.mailbox = sorted;
  }

  /** Everybody ends, and nothing is left. */
  async end(): Promise<void> {
    const { model, runtime } = this;
    for (const person of model.living) {
      if (person === model.main || !person.isAlive) continue;
      runtime.exit(this.pidOf(person), "kill");
      model.signal(model.main, person, `"kill"`);
      await this.settle();
    }
    this.compare();
    await runtime.stop();
    await this.settle();
    const core = coreOf(runtime);
    const { values } = runtime as unknown as { values: unknown[] };
    for (const left of ["check", "processes", "edgesInUse", "timersInUse", "segmentsInUse"] as const)
      same(left, core[left](), 0);
    same("values", values.filter((value) => value !== undefined).length, 0);
  }
}

export type DeedName =
  | "spawn"
  | "send"
  | "sendName"
  | "sendAlias"
  | "link"
  | "unlink"
  | "monitor"
  | "demonitor"
  | "alias"
  | "unalias"
  | "trap"
  | "signal"
  | "exit"
  | "throw"
  | "return"
  | "register"
  | "unregister"
  | "sendAfter"
  | "startTimer"
  | "cancelTimer"
  | "readTimer"
  | "poll"
  | "receive"
  | "sleep";
