import {
  EDGE_ALIAS,
  EDGE_ALIAS_DEMONITOR,
  EDGE_ALIAS_REPLY,
  EDGE_MONITOR,
  EVENT_ARRIVED,
  EVENT_BYTES,
  EVENT_DEAD,
  EVENT_DOOMED,
  EVENT_DOWN,
  EVENT_EXIT,
  EVENT_RELEASED,
  EVENT_TIMER,
  EVENT_TIMER_GONE,
  NO_MEMORY,
  OUTBOX,
  PROCESS_COUNT,
  REASON_KILL,
} from "../assembly/layout.ts";
import { GENERATOR, LOOP } from "./body.ts";
import { ExitError, ForeignError, NoProcessError, noMemory } from "./errors.ts";
import { expectBoolean, expectOptions, wrong } from "./expect.ts";
import { inspect } from "./inspect.ts";
import { localTo } from "./local.ts";
import { ProcessId } from "./pid.ts";
import type { Process } from "./process.ts";
import { codeOf, isExit, reasonOf } from "./reason.ts";
import { Ref } from "./ref.ts";
import { Timer } from "./timers.ts";
import type { AliasMode, DemonitorOptions, MonitorOptions, NodeName } from "./types.ts";
import type { World } from "./world.ts";

/** The reference of a monitor: what its DOWN message will say. */
export class Monitor extends Ref {
  readonly object: ProcessId | NodeName;
  /** Most have that of the prototype. */
  declare tag: unknown;

  constructor(object: ProcessId | NodeName) {
    super();
    this.object = object;
  }
}

/** One for all who give none: engines make a new object each time of `{}`. */
const NO_OPTIONS = {};

/** Links, monitors, aliases and exits: the core keeps the graph and decides who dies, this carries the values. */
export class Signals {
  /** The running process, when a fatal signal has hit it: it dies when its slice ends. */
  doomed: Process | undefined = undefined;
  /** How many references have been made. */
  refs = 0;

  private readonly world: World;
  private readonly Alias: typeof Ref;
  private readonly Monitor: typeof Monitor;
  /** By index of the core's edge, while it is a monitor. */
  private readonly monitors: (Monitor | undefined)[] = [];
  private doom: unknown;
  /** Timers that fire when what the core has told is seen to. */
  private due: Timer[] | undefined = undefined;

  constructor(world: World) {
    this.world = world;
    this.Alias = localTo(world, Ref);
    this.Monitor = localTo(world, Monitor);
    this.Monitor.prototype.tag = "DOWN";
  }

  // ── Links ──

  link(from: Process, pid: unknown): true {
    const { world } = this;
    const to = world.checkPid(pid, "link");
    if (to === from) return true;
    if (!to.isDead) {
      this.connect(from.slot, to.slot, 0);
    } else if (world.isTrapping(from.slot)) {
      this.deliver(from, ["EXIT", to, "noproc"]);
    } else {
      throw new NoProcessError(to);
    }
    return true;
  }

  connect(a: number, b: number, fresh: number): void {
    if (this.world.core.link(a, b, fresh) === NO_MEMORY) throw noMemory();
  }

  unlink(from: Process, pid: unknown): true {
    const { world } = this;
    const to = world.checkPid(pid, "unlink");
    if (to !== from && !to.isDead) world.core.unlink(from.slot, to.slot);
    return true;
  }

  // ── Monitors and aliases ──

  monitor(from: Process, target: unknown, options: MonitorOptions = NO_OPTIONS): Ref {
    expectOptions(options, "monitor");
    const object = this.targetOf(target);
    const { node, names } = this.world;
    const isNamed = Array.isArray(object);
    const isFar = isNamed && object[1] !== node;
    const process = (isNamed ? (isFar ? undefined : names.get(object[0] as string)) : object) as Process | undefined;
    const alias = options.alias === undefined ? 0 : kindOf(options.alias, "replyDemonitor");
    const alive = process !== undefined && !process.isDead;
    // A monitor of oneself never fires; one of the dead has fired, and takes along the aliases that end with it.
    const slot = alive && process !== from ? process.slot : 0;
    const kind = slot !== 0 ? EDGE_MONITOR | alias : alive || alias === EDGE_ALIAS ? alias : 0;
    const ref = new this.Monitor(object);
    if ("tag" in options) ref.tag = options.tag;
    if (kind !== 0) this.create(ref, from, slot, kind);
    if (slot !== 0) this.monitors[ref.index] = ref;
    else if (!alive) this.deliver(from, downMessage(ref, isFar ? "noconnection" : "noproc"));
    return ref;
  }

  private create(ref: Ref, from: Process, target: number, kind: number): Ref {
    ref.index = this.world.core.createEdge(from.slot, target, kind, ref.generation);
    if (ref.index === NO_MEMORY) throw noMemory();
    return ref;
  }

  /** What a DOWN message will name: the pid, or the name with its node. */
  private targetOf(target: unknown): ProcessId | NodeName {
    const { world } = this;
    if (typeof target === "string") return [target, world.node];
    if (
      Array.isArray(target) &&
      target.length === 2 &&
      typeof target[0] === "string" &&
      typeof target[1] === "string"
    ) {
      return [target[0], target[1]];
    }
    return world.checkPid(target, "monitor");
  }

  demonitor(from: Process, ref: unknown, options: DemonitorOptions = NO_OPTIONS): boolean {
    const { world } = this;
    expectOptions(options, "demonitor");
    expectBoolean(options.flush, "demonitor", "flush");
    expectBoolean(options.info, "demonitor", "info");
    const { index, generation } = this.checkRef(ref, "demonitor");
    const existed = (world.core.edgeKind(from.slot, index, generation) & EDGE_MONITOR) !== 0;
    if (existed) {
      this.endMonitor(index);
      if (world.core.edgeKind(from.slot, index, generation) === 0) world.transit?.revoke(ref as Ref);
    } else if (options.flush === true) {
      this.flush(from, ref as Ref);
    }
    return options.info !== true || existed;
  }

  endMonitor(index: number): void {
    this.monitors[index] = undefined;
    this.world.core.demonitor(index);
  }

  /** Removes the message of a monitor. */
  private flush(process: Process, ref: Ref): void {
    this.world.remove(
      process.slot,
      (message) => Array.isArray(message) && message.length === 5 && message[1] === ref && message[2] === "process",
    );
  }

  alias(from: Process, options: { readonly mode?: AliasMode } = NO_OPTIONS): Ref {
    expectOptions(options, "alias");
    return this.create(new this.Alias(), from, 0, kindOf(options.mode ?? "explicitUnalias", "reply"));
  }

  unalias(from: Process, ref: unknown): boolean {
    const { core } = this.world;
    const { index, generation } = this.checkRef(ref, "unalias");
    const active = (core.edgeKind(from.slot, index, generation) & EDGE_ALIAS) !== 0;
    if (active) {
      core.unalias(index);
      this.world.transit?.revoke(ref as Ref);
    }
    return active;
  }

  private checkRef(ref: unknown, what: string): Ref {
    if (!(ref instanceof Ref) || ref instanceof Timer) throw wrong(what, "the reference of a monitor or alias", ref);
    if (ref.runtime !== (this.world as unknown)) throw new ForeignError(`${what}: ${ref} belongs to another runtime`);
    return ref;
  }

  /** What a living monitor watches. */
  objectOf(index: number): ProcessId | NodeName {
    return (this.monitors[index] as Monitor).object;
  }

  /** A message of the system: no bound stops it. */
  private deliver(to: Process, message: unknown): void {
    const number = this.world.core.deliver(to.slot);
    this.world.hasMail = true;
    if (number === NO_MEMORY) throw noMemory();
    this.world.values[number] = message;
    this.world.scheduler.notice();
  }

  // ── Exits ──

  /** `exit(pid, reason)`. */
  exit(from: Process, pid: unknown, reason: unknown): true {
    const to = this.world.checkPid(pid, "exit");
    this.send(from, to, reason);
    // What follows an exit signal to oneself is not done.
    if (to === from && (this.doomed === from || from.isDead)) throw new ExitError(reason);
    return true;
  }

  send(from: Process, to: ProcessId, reason: unknown): void {
    this.kill(from, to, codeOf(reason), reason === "kill" ? "killed" : reason);
  }

  private kill({ slot }: Process, to: ProcessId, code: number, reason: unknown): void {
    this.settle(this.world.core.signal(slot, to.slot, to.generation, code), reason);
  }

  /** A message more than a mailbox's bound: its process dies, whether it traps exits or not. */
  overflow(process: Process): void {
    const { core, reporter } = this.world;
    const reason = ["mailboxOverflow", core.read(process.slot, PROCESS_COUNT)];
    const described = reporter.describe(process);
    this.kill(process, process, REASON_KILL, reason);
    reporter.ended("overflow", described, reason);
  }

  /** A body returned. */
  finish(process: Process, value: unknown): void {
    if (this.doomed === process) return;
    const { world } = this;
    if (world.development) process.checkForgotten(true);
    const { slot } = process;
    if (process.isPlain && world.core.endQuietly(slot) !== 0) {
      process.forget();
      world.table[slot] = undefined;
      return;
    }
    this.ended(process, "normal", value);
  }

  /** A body threw. */
  fail(process: Process, thrown: unknown): void {
    const { world } = this;
    if (this.doomed === process || process.isDead) return;
    const reason = reasonOf(thrown);
    const described = world.reporter.describe(process);
    this.ended(process, reason);
    if (!isExit(thrown)) world.reporter.ended("crash", described, reason);
  }

  /** Its body is over, and so is its generator: nothing of that is left to close. */
  private ended(process: Process, reason: unknown, value?: unknown): void {
    if (process.kind === GENERATOR) process.kind = LOOP;
    this.end(process, reason, value);
  }

  /** The slice of a process that a fatal signal hit while it ran is over. */
  executeDoomed(): void {
    const process = this.doomed as Process;
    const { doom } = this;
    this.doomed = undefined;
    this.doom = undefined;
    this.end(process, doom);
  }

  /** A process ends by itself: living → ZOMBIE → FREE. */
  private end(process: Process, reason: unknown, value?: unknown): void {
    const { world } = this;
    const { slot } = process;
    process.die(reason);
    world.names.release(process);
    this.empty(slot);
    this.settle(world.core.end(slot, codeOf(reason)), reason);
    process.close(value);
    world.table[slot] = undefined;
    world.core.bury(slot);
  }

  /** Closes what was killed, before any other process runs: ZOMBIE → FREE. Closing runs finally blocks, which may kill others. */
  bury(): void {
    const { bareCore: core, table } = this.world;
    for (let slot = core.grave(); slot > 0; slot = core.grave()) {
      (table[slot] as Process).close(undefined);
      table[slot] = undefined;
    }
  }

  private empty(slot: number): void {
    const { world } = this;
    world.reading.settle();
    for (let number = world.core.drop(slot); number >= 0; number = world.core.drop(slot))
      world.values[number] = undefined;
  }

  /**
   * Does what the core wrote into its outbox; `reason` is what its signals carry. First all that has to be so before anybody looks;
   * then timers fire, and the host is told.
   */
  settle(events: number, reason: unknown): void {
    if (events === 0) return;
    const { world } = this;
    world.hasMail = true;
    this.settleAll(events, reason);
    world.scheduler.notice();
    const { due } = this;
    if (due !== undefined) {
      this.due = undefined;
      for (const timer of due) world.timers.fire(timer);
    }
    if (world.main.isDead) world.mainExited();
  }

  // One loop, and nothing behind it: the engine throws away the code that it made for a loop when an outer one goes on, or what has never run yet.
  private settleAll(events: number, reason: unknown): void {
    const { world } = this;
    let at = OUTBOX >> 2;
    let end = at + events * (EVENT_BYTES >> 2);
    while (at < end) {
      const words = world.memory();
      world.close(words[at + 3] as number);
      this.settleOne(words[at] as number, words[at + 1] as number, words[at + 2] as number, reason);
      at += EVENT_BYTES >> 2;
      if (at === end) {
        at = OUTBOX >> 2;
        end = at + world.core.resume() * (EVENT_BYTES >> 2);
      }
    }
  }

  private settleOne(kind: number, a: number, b: number, reason: unknown): void {
    const { world } = this;
    switch (kind) {
      case EVENT_DEAD: {
        // What is seen of it is gone now, its finally blocks run before anybody else does.
        const process = world.table[a] as Process;
        process.die(reason);
        world.hasAftermath = true;
        world.names.release(process);
        if (b > 0) this.empty(a);
        return;
      }
      case EVENT_DOOMED:
        // It takes nothing any more.
        world.reading.settle();
        this.doomed = world.table[a];
        world.hasAftermath = true;
        this.doom = reason;
        return;
      case EVENT_EXIT:
        world.values[a] = ["EXIT", world.table[b], reason];
        return;
      case EVENT_DOWN:
        world.values[a] = downMessage(this.monitors[b] as Monitor, reason);
        this.monitors[b] = undefined;
        return;
      case EVENT_RELEASED:
        this.monitors[a] = undefined;
        return;
      case EVENT_TIMER:
        this.due ??= [];
        this.due.push(world.timers.take(a));
        return;
      case EVENT_TIMER_GONE:
        world.timers.take(a);
        return;
      case EVENT_ARRIVED:
        world.values[b] = world.values[a];
        world.values[a] = undefined;
        return;
    }
  }
}

/** Whether a message has the shape of an EXIT or DOWN message, whoever made it. */
export function isSystemMessage(message: unknown): boolean {
  if (!Array.isArray(message)) return false;
  if (message.length === 3) return message[0] === "EXIT" && message[1] instanceof ProcessId;
  return message.length === 5 && message[2] === "process" && message[1] instanceof Monitor;
}

function downMessage(ref: Monitor, reason: unknown): unknown[] {
  return [ref.tag, ref, "process", ref.object, reason];
}

/** By comparisons: a look into a Map takes longer than the rest of making an alias. */
function kindOf(mode: unknown, reply: AliasMode | "replyDemonitor"): number {
  if (mode === reply) return EDGE_ALIAS | EDGE_ALIAS_REPLY;
  if (mode === "explicitUnalias") return EDGE_ALIAS;
  const demonitor = reply === "reply" ? "" : "demonitor, ";
  if (mode === "demonitor" && demonitor !== "") return EDGE_ALIAS | EDGE_ALIAS_DEMONITOR;
  throw new TypeError(`expected an alias mode (explicitUnalias, ${demonitor}${reply}), got ${inspect(mode)}`);
}
