import {
  FULL_DROP_NEWEST,
  FULL_EXIT,
  HANDED,
  NO_MEMORY,
  NO_PROCESS,
  OWN_ALIAS,
  PRIORITY_LOW,
  PRIORITY_NORMAL,
  PROCESS_STATE,
  TAGSET,
  TRAP_EXIT,
} from "../assembly/layout.ts";
import { ASYNC } from "./body.ts";
import { type Core, instantiate } from "./core.ts";
import { ExitError, ForeignError, noMemory, UsageError } from "./errors.ts";
import { wrong } from "./expect.ts";
import { Handover } from "./handover.ts";
import * as host from "./host.ts";
import { inspect } from "./inspect.ts";
import type { Machine, MachineOptions } from "./machine.ts";
import { clone, freeze, type MessageMode } from "./message.ts";
import { Names } from "./names.ts";
import { SharedReceive } from "./operation.ts";
import { checkOptions, clockOf } from "./options.ts";
import { PID_BRAND, ProcessId } from "./pid.ts";
import { type NewProcess, type Process, processesOf } from "./process.ts";
import { ReadAhead } from "./read-ahead.ts";
import { Ref } from "./ref.ts";
import { consoleLogger, exitText } from "./report.ts";
import { Reporter } from "./reporter.ts";
import { Scheduler } from "./scheduler.ts";
import { isSystemMessage, Signals } from "./signals.ts";
import { Spawner } from "./spawner.ts";
import { Tags } from "./tags.ts";
import { Timers } from "./timers.ts";
import { Transit } from "./transit.ts";
import type { Pid, Priority, ProcessFlags, RuntimeOptions } from "./types.ts";

const PRIORITIES: readonly Priority[] = ["low", "normal", "high", "max"];

/**
 * A runtime: a core, and the JavaScript values that belong to its numbers.
 *
 * `values` stands beside the core's mailbox slots: a message's number is its place there. `table` stands beside the process
 * table: of a process that has not begun it holds only the pid, since many may be spawned before the first of them runs. Both hold something exactly where the core has something.
 */
export class World {
  readonly node: string;
  /** The core, for those who know what it has not been told yet: see `core`. */
  bareCore: Core;
  readonly values: unknown[] = [];
  readonly table: (Process | undefined)[] = [];
  readonly tags: Tags = new Tags();
  /** The class of its processes. */
  readonly Process: NewProcess;
  readonly names: Names;
  readonly handover: Handover;
  readonly reading: ReadAhead;
  readonly timers: Timers;
  readonly signals: Signals;
  readonly spawner: Spawner;
  readonly scheduler: Scheduler;
  readonly reporter: Reporter;
  readonly development: boolean;
  readonly maxProcesses: number;
  /** Pids of a slot's tenants print this far apart. */
  readonly slotSpan: number;
  /** ms since the runtime began. */
  readonly now: () => number;
  /** Whether host timers are armed for deadlines. */
  readonly usesHostTime: boolean;
  /** Whether time may begin when the clock is looked at next. One of the program's own may go on by leaps. */
  defers: boolean;

  /** The process whose code runs, if it is one that runs in slices. */
  current: Process | undefined = undefined;
  main: Process;
  /** The bare receive of generator bodies, and who asked for it last. */
  readonly shared: SharedReceive;
  receiver: Process | undefined = undefined;
  /** Whether the running process may have messages in its mailbox: without, its bare receive need not ask the core. */
  hasMail = false;
  /** What it has in hand once it waits in a bare receive: null, if it may be handed a message then. */
  opens: null | undefined = undefined;
  /** Messages that have gone from hand to hand, and the core has not been told: of who runs, and who will. */
  hidden = 0;
  /** How many want to see each message at the core: then none is handed over without it. */
  watchers = 0;
  /** Whether somebody has asked for reductions: from then on those are counted that the core does not see. */
  counted = false;
  /** Whether the slice has to be followed by something: messages in transit, a doomed process, graves. */
  hasAftermath = false;
  /** Messages of the running process to aliases of its own. */
  transit: Transit | undefined = undefined;
  /** The scheduler neither runs nor is armed: whoever makes a process runnable has to arm it. */
  isIdle = true;
  stopped = false;
  /** Set by the observer: told of each process, and answers where it was spawned, if that is to be noted. */
  declare spawned?: (process: Process, parent: Process | undefined) => Error | undefined;

  private readonly mode: MessageMode;
  /** Whether messages are handed over as they are: asked at each send, where a comparison of strings is slow. */
  private readonly shares: boolean;
  private readonly onMainExit: (error: ExitError, pid: Pid<never>) => void;
  /** Counts messages that were taken otherwise than by a bare receive. */
  taken = 0;
  private view: Int32Array;

  constructor(options: RuntimeOptions = {}) {
    const limit = checkOptions(options);
    this.node = options.node ?? "nonode@nohost";
    this.maxProcesses = limit;
    this.slotSpan = limit < 9_900_000 ? 10 ** 7 : 10 ** 8;
    this.mode = options.messages ?? "share";
    this.shares = this.mode === "share";
    this.onMainExit = options.onMainExit ?? tellMainExit;
    this.development = options.development ?? host.isDevelopment();
    this.now = clockOf(options.clock);
    this.defers = this.usesHostTime = options.clock === undefined;
    const core = (options as MachineOptions).core?.(this as unknown as Machine, limit) ?? instantiate(limit);
    this.bareCore = core;
    this.view = new Int32Array(core.memory.buffer);
    this.Process = processesOf(this);
    this.names = new Names(this);
    this.handover = new Handover(this);
    this.reading = new ReadAhead(this);
    this.timers = new Timers(this);
    this.signals = new Signals(this);
    this.spawner = new Spawner(this);
    this.scheduler = new Scheduler(this);
    this.reporter = new Reporter(this, options.logger ?? consoleLogger);
    this.main = this.createMain();
    this.shared = new SharedReceive(this.main);
  }

  /** The host program as a process. */
  createMain(): Process {
    return this.spawner.createMain();
  }

  /** The process that acts: the one whose code runs, or the main process. */
  get acting(): Process {
    return this.current ?? this.main;
  }

  /** The core, which knows of all that has been handed over. */
  get core(): Core {
    return this.hidden > 0 ? this.handover.surface() : this.bareCore;
  }

  // Whoever puts another one there has got the one that was there, so that nothing is hidden.
  set core(core: Core) {
    this.bareCore = core;
  }

  // ── Core memory ──

  /** All of the core's memory. Not to be kept over a call: the memory may have grown, which detaches it. */
  memory(): Int32Array {
    if (this.view.length === 0) this.view = new Int32Array(this.bareCore.memory.buffer);
    return this.view;
  }

  writeTags(tags: readonly number[]): void {
    this.memory().set(tags, TAGSET >> 2);
  }

  takeValue(number: number): unknown {
    const { values } = this;
    this.taken++;
    const value = values[number];
    values[number] = undefined;
    return value;
  }

  // ── Messages ──

  send<T>(to: unknown, message: T): T {
    const handed = this.shares ? message : this.prepare(message);
    // Not by `instanceof`, which would walk along the prototypes.
    if ((to as Process | undefined)?.world === this) this.sendTo(to as Process, handed);
    else this.sendNamed(to, handed);
    return message;
  }

  /** The message as the receiver gets it. */
  prepare<T>(message: T): T {
    return this.shares ? message : this.mode === "freeze" ? freeze(message) : clone(message);
  }

  /** Gives a message as it is to a process. */
  sendTo(to: Process, message: unknown): void {
    // Nothing in hand is `undefined`, and null of who is open.
    const hands = message == null ? 0 : 1;
    if (to.inHand === null && this.handover.add(to, message, hands)) return;
    const number = this.core.send(to.slot, to.generation, hands);
    if (number >= 0) {
      this.keep(number, message);
      if (to === this.current) this.hasMail = true;
    } else if (number === HANDED) {
      this.hand(to, message);
    } else if (number !== NO_PROCESS) {
      this.overflow(to, number, message);
    }
  }

  /** Puts what a process has in hand in front of its mailbox: it asks for another message than the oldest. */
  putBack(process: Process): void {
    const { core, values } = this;
    const { slot } = process;
    const messages = [process.inHand];
    process.inHand = undefined;
    for (let number = core.drop(slot); number >= 0; number = core.drop(slot)) messages.push(this.takeValue(number));
    for (const message of messages) values[core.deliver(slot)] = message;
  }

  private hand(to: Process, message: unknown): void {
    to.inHand = message;
    if (this.isIdle) this.scheduler.arm();
  }

  /** Something is put into its mailbox: it may be handed nothing before. */
  close(slot: number): void {
    const process = this.table[slot];
    if (process !== undefined) process.inHand ??= undefined;
  }

  private keep(number: number, message: unknown): void {
    this.values[number] = message;
    if (this.isIdle) this.scheduler.arm();
  }

  private sendNamed(to: unknown, message: unknown): void {
    if (to instanceof Ref) return this.sendAlias(to, message);
    if (typeof to === "string") return this.sendTo(this.names.find(to), message);
    if (Array.isArray(to) && to.length === 2 && typeof to[0] === "string" && typeof to[1] === "string") {
      // To a node that is not there a message is lost silently, and so it is to a name that is not known there.
      const process = to[1] === this.node ? this.names.get(to[0]) : undefined;
      if (process !== undefined) this.sendTo(process, message);
      return;
    }
    throw this.notDestination(to);
  }

  private notDestination(to: unknown): Error {
    return isForeignPid(to) ? this.foreign(to) : wrong("send", "a pid, a name, [name, node] or an alias", to);
  }

  private sendAlias(alias: Ref, message: unknown): void {
    if (alias.runtime !== (this as unknown)) throw new ForeignError(`${alias} belongs to another runtime`);
    const { core, current } = this;
    const sender = current === undefined || current.kind === ASYNC || current.isDead ? 0 : current.slot;
    // It asks the core in each slice, perhaps: to be handed a message would save nothing.
    this.opens = undefined;
    if (message == null) this.close(core.ownerOf(alias.index));
    let number = core.sendAlias(alias.index, alias.generation, message == null ? 0 : 1, sender);
    if (number < HANDED) return this.hand(this.table[HANDED - number] as Process, message);
    if (number === OWN_ALIAS) {
      const process = current as Process;
      number = core.send(process.slot, process.generation, 0);
      if (number >= 0) {
        this.transit ??= new Transit(this, process);
        this.transit.add(number, alias);
        this.hasAftermath = this.hasMail = true;
      }
    }
    if (number >= 0) this.keep(number, message);
    else if (number !== NO_PROCESS)
      this.overflow(this.table[this.core.ownerOf(alias.index)] as Process, number, message, alias);
  }

  /** A message met a full mailbox. */
  private overflow(to: Process, answer: number, message: unknown, alias?: Ref): void {
    if (answer === NO_MEMORY) throw noMemory();
    if (answer === FULL_DROP_NEWEST) return;
    if (answer === FULL_EXIT) return this.signals.overflow(to);
    // What is dropped must not be a message that its alias could still take back: its number may be another's next.
    this.transit?.takeIn();
    this.dropOldest(to.slot);
    this.keep(this.core.deliver(to.slot), message);
    if (alias !== undefined) this.core.replied(alias.index, alias.generation);
  }

  /** Drops the oldest message that some process sent: the system's own messages are never dropped. */
  private dropOldest(slot: number): void {
    this.remove(slot, (message) => !isSystemMessage(message));
  }

  /** Takes the oldest message of which `test` is true out of a mailbox. Whether there was one. */
  remove(slot: number, test: (message: unknown, number: number) => boolean): boolean {
    this.reading.settle();
    const { core, values } = this;
    for (let number = core.walk(slot, 1); number >= 0; number = core.walk(slot, 0)) {
      if (!test(values[number], number)) continue;
      core.removeAtCursor(slot);
      this.takeValue(number);
      return true;
    }
    return false;
  }

  /** The process, if it is one of this runtime's. */
  checkPid(value: unknown, what: string): Process {
    // Not by `instanceof`: see `send`.
    if ((value as Process | null | undefined)?.world === this) return value as Process;
    if (isForeignPid(value)) throw this.foreign(value);
    throw wrong(what, "a pid", value);
  }

  private foreign(pid: unknown): ForeignError {
    const other = pid instanceof ProcessId ? "another runtime" : "another copy of the package beamlet";
    return new ForeignError(`${pid} belongs to ${other}`);
  }

  // ── Flags ──

  isTrapping(slot: number): boolean {
    return (this.core.read(slot, PROCESS_STATE) & (TRAP_EXIT << 8)) !== 0;
  }

  priorityOf(process: Process): Priority {
    return PRIORITIES[(this.core.read(process.slot, PROCESS_STATE) >> 16) & 255] as Priority;
  }

  checkPriority(priority: unknown): number {
    const level = PRIORITIES.indexOf(priority as Priority);
    if (level < PRIORITY_LOW)
      throw new RangeError(`expected a priority (low, normal, high or max), got ${inspect(priority)}`);
    // From now on the core says who is next.
    if (level !== PRIORITY_NORMAL) this.watchers++;
    return level;
  }

  setFlag<K extends keyof ProcessFlags>(process: Process, flag: K, value: ProcessFlags[K]): ProcessFlags[K] {
    const { core } = this;
    if (flag === "trapExit") {
      if (typeof value !== "boolean") throw wrong("trapExit", "true or false", value);
      const old = this.isTrapping(process.slot);
      core.setTrapping(process.slot, value ? 1 : 0);
      return old as ProcessFlags[K];
    }
    if (flag !== "priority") throw wrong("processFlag", '"trapExit" or "priority"', flag);
    const level = this.checkPriority(value);
    const old = this.priorityOf(process);
    core.setPriority(process.slot, level);
    return old as ProcessFlags[K];
  }

  // ── Time ──

  /** The deadline of what is due in `ms`: whole ms of the core's clock, never early. */
  deadline(ms: number, now: number): number {
    return Math.ceil(now + Math.min(ms, 2 ** 52));
  }

  setTimeout(process: Process, ms: number, now: number): void {
    if (this.core.setTimeout(process.slot, this.deadline(ms, now)) === NO_MEMORY) throw noMemory();
  }

  /** A host promise that a process waited for has settled. */
  unpark(process: Process): void {
    if (process.isDead) return;
    this.core.giveWay(process.slot);
    this.scheduler.notice();
  }

  /** Runs the host's own code: whatever process runs now, it is not that one's. */
  asHost(call: () => void): void {
    const { current } = this;
    this.current = undefined;
    try {
      call();
    } finally {
      this.current = current;
    }
  }

  // ── The end ──

  /** The main process died of a signal: another one takes its place, as a shell's evaluator is started again. */
  mainExited(): void {
    if (this.stopped) return;
    const process = this.main;
    this.main = this.createMain();
    try {
      this.asHost(() => this.onMainExit(new ExitError(process.reason), process));
    } catch (error) {
      this.reporter.ended("crash", this.reporter.describe(process), error);
    }
  }

  end(reason: unknown): void {
    if (this.stopped) return;
    if (this.scheduler.isRunning) throw new UsageError("stop: a process can't stop its runtime from within");
    // From now on nothing new begins: neither processes, from finally blocks, nor another main process.
    this.stopped = true;
    // Youngest first, so that what was started in order ends in reverse order.
    for (const fatal of [reason, "kill"]) {
      for (let slot = this.table.length; slot > 0; slot--) {
        const process = this.table[slot];
        if (process !== undefined && process !== this.main) this.signals.send(this.main, process, fatal);
      }
      this.scheduler.run();
    }
    this.signals.send(this.main, this.main, "kill");
    this.signals.bury();
    this.timers.stop();
  }

  checkRunning(): void {
    if (this.stopped) throw new UsageError("the runtime was stopped");
  }

  /** The number of the core's first broken invariant, 0 when all hold. For tests: walks everything. */
  check(): number {
    return this.core.check();
  }
}

function isForeignPid(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as { [PID_BRAND]?: unknown })[PID_BRAND] === true;
}

function tellMainExit(error: ExitError, pid: Pid<never>): void {
  console.error(`${exitText(pid, error.reason)}\n`);
  host.fail();
}
