import { NUMBER_MASK, YIELD } from "../assembly/layout.ts";
import { ASYNC, CLOSED, ENGINE, START } from "./body.ts";
import { ExitError, UsageError } from "./errors.ts";
import { wrong } from "./expect.ts";
import { plain, read } from "./inspect.ts";
import { AwaitedReceive, BareReceive, type Operation, reject, Sleep, SUSPENDED, Until } from "./operation.ts";
import { checkTimeout } from "./pattern.ts";
import { ProcessId } from "./pid.ts";
import { receiveByTable, receiveOf } from "./receive.ts";
import type { Ref } from "./ref.ts";
import type {
  AliasMode,
  DemonitorOptions,
  Inheritance,
  MonitorOptions,
  Op,
  Pid,
  Priority,
  ProcessFlags,
} from "./types.ts";
import type { World } from "./world.ts";

/** A wait of an async body that its death ends. */
export interface Pending {
  reject(reason: unknown): void;
}

type Forgettable = Pick<Operation<unknown>, "unstarted">;

/** `ripe`: whoever meant to await it at once would have begun. */
interface Made {
  readonly operation: Forgettable;
  ripe: boolean;
}

interface Waiting extends Pending {
  readonly operation: Operation<unknown>;
  resolve(value: unknown): void;
}

export type NewProcess = new (slot: number, generation: number, kind: number, body: unknown, task: unknown) => Process;

/** What few processes have, so that the others need not carry it. */
interface Extra {
  name?: string | undefined;
  /** Itself, when others have it as well: see `Inheritance`. */
  dictionary?: Map<unknown, unknown> | undefined;
  controller?: AbortController;
  /** Who waits for the body's result: `run`. */
  result?: { resolve(value: unknown): void; reject(error: ExitError): void };
  /** Waits other than the receive: sleeps and host promises of an async body. */
  pending?: Set<Pending>;
  /** Operations that have been made and, when last looked at, neither yielded nor awaited. */
  made?: Made[];
  /** Where it was spawned. */
  site?: Error | undefined;
}

/**
 * One process as its own body sees it: the `self` it is given. What it does for others lies in the core under `slot`.
 *
 * `task` is what its kind asks for: START: the arguments, as `packed` made them; GENERATOR and ENGINE: the generator; LOOP: the state; ASYNC: the receive that
 * waits, if one does; of a bare one what tells its outcome. It is private to the object as well: whoever compares two pids property by property, as
 * test frameworks do, would find the generator, and go through it.
 */
export class Process extends ProcessId {
  // On the prototype of the runtime's own class, as `runtime` is.
  declare world: World;
  /** Negative once it is dead: then it does nothing any more, though it may not be closed yet. */
  declare kind: number;
  declare body: unknown;
  declare task: unknown;
  /** The message that its slice begins with, when it waited in a bare receive: older than all in its mailbox, where it never was. Null: see `Handover`. */
  declare inHand: unknown;
  declare private extra: Extra | undefined;

  /** One object is both: with two, an idle process would weigh a tenth more. */
  get pid(): this {
    return this;
  }

  get isDead(): boolean {
    return this.kind < 0;
  }

  /** From now on nothing of it acts. */
  die(reason: unknown): void {
    this.kind = ~this.kind;
    this.inHand = undefined;
    this.body = reason;
  }

  /** Whether nothing but its mailbox has to be closed when its body returns. */
  get isPlain(): boolean {
    return this.extra === undefined && (this.kind !== ASYNC || this.task === undefined);
  }

  /** The extra, made on first use, and its own from then on. */
  get own(): Extra {
    const { extra } = this;
    if (extra === extra?.dictionary) this.extra = { dictionary: extra && new Map(extra as Inheritance) };
    return this.extra as Extra;
  }

  get name(): string | undefined {
    return this.extra?.name;
  }

  /** Why it died. */
  get reason(): unknown {
    return this.body;
  }

  get dictionary(): Map<unknown, unknown> | undefined {
    return this.extra?.dictionary;
  }

  get pending(): Set<Pending> {
    this.own.pending ??= new Set();
    return this.own.pending;
  }

  get site(): Error | undefined {
    return this.extra?.site;
  }

  /** The name of what it was spawned with. */
  get initialCall(): string {
    const { body } = this;
    return typeof body === "function" && !this.isDead
      ? plain(read(body, "displayName") ?? read(body, "name") ?? "")
      : "";
  }

  // ── What the body calls ──

  get signal(): AbortSignal {
    this.own.controller ??= new AbortController();
    if (this.isDead) this.own.controller.abort(new ExitError(this.reason));
    return this.own.controller.signal;
  }

  get trapExit(): boolean {
    return !this.isDead && this.world.isTrapping(this.slot);
  }

  set trapExit(on: boolean) {
    this.processFlag("trapExit", on);
  }

  get priority(): Priority {
    return this.world.priorityOf(this);
  }

  set priority(priority: Priority) {
    this.processFlag("priority", priority);
  }

  processFlag<K extends keyof ProcessFlags>(flag: K, value: ProcessFlags[K]): ProcessFlags[K] {
    return this.world.setFlag(this.acting(), flag, value);
  }

  receive(...given: unknown[]): Op<unknown> {
    if (given[0] === undefined && given[1] === undefined) return this.receiveOldest();
    return this.made(receiveOf(this, given));
  }

  private receiveOldest(): Op<unknown> {
    if (this.kind > ENGINE) return this.made(new AwaitedReceive(this));
    const { world } = this;
    // Somebody else's self: to be refused when it is yielded.
    if (world.current !== this) return new BareReceive(this);
    const { shared } = world;
    if (world.development) {
      if (shared.unstarted !== false) world.reporter.forgotten(world.receiver as Process, shared);
      shared.unstarted = world.reporter.note();
      world.receiver = this;
    }
    return shared;
  }

  receiveAll(cases: unknown, limit?: unknown): Operation<unknown> {
    return this.made(receiveByTable(this, cases, limit));
  }

  sleep(ms: number): Operation<void> {
    return this.made(new Sleep(this, checkTimeout(ms)));
  }

  until<T>(promise: PromiseLike<T>): Operation<T> {
    if (typeof (promise as PromiseLike<T> | undefined)?.then !== "function") {
      throw wrong("until", "a promise", promise);
    }
    return this.made(new Until(this, promise));
  }

  /** Watches for an operation that is made and forgotten. */
  private made<O extends Forgettable>(operation: O): O {
    const { world } = this;
    if (!world.development) return operation;
    this.checkForgotten(false);
    operation.unstarted = world.reporter.note();
    const made: Made = { operation, ripe: this.kind <= ENGINE };
    this.own.made ??= [];
    this.own.made.push(made);
    // An awaited operation begins some microtasks later, and Promise.all is given several before the first begins.
    if (!made.ripe) ripen(made, MICROTASKS);
    return operation;
  }

  /** Warns of operations that were made before and have not been started: another one follows them, or the body ends. */
  checkForgotten(ended: boolean): void {
    const { world, extra } = this;
    if (extra?.made !== undefined && extra.made.length > 0) {
      extra.made = extra.made.filter(({ operation, ripe }) => {
        if (operation.unstarted === false) return false;
        if (!ripe && !ended) return true;
        world.reporter.forgotten(this, operation);
        return false;
      });
    }
    if (world.receiver === this && world.shared.unstarted !== false) world.reporter.forgotten(this, world.shared);
  }

  // biome-ignore lint/suspicious/noExplicitAny: World.spawn tells its overloads apart
  spawn(...args: any[]): ProcessId {
    return this.world.spawner.spawn(args);
  }

  // biome-ignore lint/suspicious/noExplicitAny: World.spawn tells its overloads apart
  spawnLink(...args: any[]): ProcessId {
    return this.world.spawner.spawnLink(this.acting(), args);
  }

  // biome-ignore lint/suspicious/noExplicitAny: World.spawn tells its overloads apart
  spawnMonitor(...args: any[]): [ProcessId, Ref] {
    return this.world.spawner.spawnMonitor(this.acting(), args);
  }

  // biome-ignore lint/suspicious/noExplicitAny: World.spawn tells its overloads apart
  spawnOpt(...args: any[]): ProcessId | [ProcessId, Ref] {
    return this.world.spawner.spawnOpt(this.acting(), args);
  }

  send(to: unknown, message: unknown): unknown {
    return this.world.send(to, message);
  }

  link(pid: Pid<never>): true {
    return this.world.signals.link(this.acting(), pid);
  }

  unlink(pid: Pid<never>): true {
    return this.world.signals.unlink(this.acting(), pid);
  }

  monitor(target: unknown, options?: MonitorOptions): Ref {
    return this.world.signals.monitor(this.acting(), target, options);
  }

  demonitor(ref: Ref, options?: DemonitorOptions): boolean {
    return this.world.signals.demonitor(this.acting(), ref, options);
  }

  alias(options?: { readonly mode?: AliasMode }): Ref {
    return this.world.signals.alias(this.acting(), options);
  }

  unalias(ref: Ref): boolean {
    return this.world.signals.unalias(this.acting(), ref);
  }

  exit(...args: [reason: unknown] | [pid: Pid<never>, reason: unknown]): true {
    if (args.length < 2) throw new ExitError(args[0]);
    // A finally block of a killed process may still end others, as it may send and spawn.
    const closing = this.isDead && this.world.current === this;
    return this.world.signals.exit(closing ? this : this.acting(), args[0], args[1]);
  }

  put(key: unknown, value: unknown): unknown {
    const old = this.get(key);
    const { own } = this;
    own.dictionary ??= new Map();
    own.dictionary.set(key, value);
    return old;
  }

  get(key: unknown): unknown {
    return this.acting().dictionary?.get(key);
  }

  erase(key: unknown): unknown {
    const old = this.get(key);
    this.own.dictionary?.delete(key);
    return old;
  }

  inherit(inheritance: Inheritance): void {
    if (this.extra) this.extra.dictionary = new Map(inheritance);
    else this.extra = inheritance;
  }

  /** This process, when it is the one whose code runs. Between its awaits an async body's code can't be told from the host's. */
  private acting(): this {
    if (this.isDead) throw new ExitError(this.reason);
    const { current } = this.world;
    if (current === this || (current === undefined && this.kind === ASYNC)) return this;
    throw new UsageError(
      current === undefined
        ? `the self of ${this} was used outside of its slices`
        : `${current} used the self of ${this}: a process can only act for itself`,
    );
  }

  /** An async body that waits for nothing of ours: its code runs, or waits for a promise of the host. */
  get isBusy(): boolean {
    return this.kind === ASYNC && this.task === undefined && !this.extra?.pending?.size;
  }

  // ── What the scheduler calls ──

  /** Why an operation of this process can't be awaited here; undefined when it can. */
  get refusal(): Error | undefined {
    const { current } = this.world;
    if (this.isDead) return stackless(this.reason);
    if (current !== undefined && current !== this) return new UsageError(`${current} used the self of ${this}`);
    // Until its body has returned, nobody knows whether it is an async one.
    if (this.kind === ASYNC || (this.kind === START && current === this)) return undefined;
    return new UsageError(`${this} has no async body: a generator body waits with yield*, not with await`);
  }

  /** Runs an operation of an async body. */
  wait(operation: Operation<unknown>, resolve: (value: unknown) => void, reject: (reason: unknown) => void): void {
    const { busy } = this;
    if (busy !== undefined) return reject(busy);
    // Who waits before its body has returned has an async body, or will get an error: see `Scheduler.start`.
    this.kind = ASYNC;
    operation.start();
    this.task = { operation, resolve, reject } satisfies Waiting;
    this.goOn();
    this.world.scheduler.notice();
  }

  /** The same for a bare receive, of which nothing has to be kept but what tells its outcome. */
  waitForAny(outcome: (outcome: unknown) => void): void {
    const refusal = this.refusal ?? this.busy;
    if (refusal !== undefined) return reject(outcome, refusal);
    this.kind = ASYNC;
    this.task = outcome;
    this.goOn();
  }

  private get busy(): Error | undefined {
    if (this.task === undefined) return undefined;
    return new UsageError(`${this} is in another receive`);
  }

  /** Lets the receive of an async body go on. */
  goOn(): void {
    const { world, task } = this;
    if (task === undefined) return;
    const outer = world.current;
    world.current = this;
    try {
      if (typeof task === "function") {
        const message = this.takeOldest();
        if (message === SUSPENDED) return;
        this.task = undefined;
        task(message);
      } else {
        const step = (task as Waiting).operation.next();
        if (step === SUSPENDED) return;
        this.task = undefined;
        (task as Waiting).resolve(step.value);
      }
    } catch (error) {
      this.task = undefined;
      (task as Waiting).reject(error);
    } finally {
      world.current = outer;
    }
    world.scheduler.resolved = true;
  }

  /** The oldest message; SUSPENDED when there is none, or the slice is used up. */
  takeOldest(): unknown {
    const { inHand, world } = this;
    if (inHand != null) {
      this.inHand = undefined;
      return inHand;
    }
    world.reading.settle();
    const number = world.core.take(this.slot);
    if (number >= 0) return world.takeValue(number & NUMBER_MASK);
    if (number === YIELD) world.scheduler.notice();
    return SUSPENDED;
  }

  /** Its body has returned, and it is plain. */
  forget(): void {
    this.kind = CLOSED;
    this.body = "normal";
    // Pids outlive their processes; what those held must not.
    this.task = undefined;
    this.inHand = undefined;
  }

  /**
   * After its death, in its own name: closes the generator, ends the waits, aborts the signal, tells `run` the outcome. Nothing here may
   * throw.
   */
  close(value: unknown): void {
    const { task, extra, reason } = this;
    const kind = ~this.kind;
    this.kind = CLOSED;
    // Pids outlive their processes; what those held must not.
    this.task = undefined;
    if (kind <= ENGINE) this.closeGenerator(task as Generator<unknown>);
    if (kind === ASYNC && task !== undefined) {
      if (typeof task === "function") reject(task as never, stackless(reason));
      else (task as Waiting).reject(stackless(reason));
    }
    if (extra === undefined) return;
    if (extra.pending !== undefined) for (const pending of extra.pending) pending.reject(stackless(reason));
    extra.pending?.clear();
    extra.controller?.abort(new ExitError(reason));
    if (extra.site) extra.site = undefined;
    if (reason === "normal") extra.result?.resolve(value);
    else extra.result?.reject(reason instanceof ExitError ? reason : new ExitError(reason));
  }

  // A method, and no function: that would be written as a closure into the place that calls it, made anew each time.
  private closeGenerator(generator: Generator<unknown>): void {
    const { world } = this;
    const outer = world.current;
    world.current = this;
    try {
      let step = generator.return(undefined);
      // Nothing can be waited for any more: what a finally block waits for fails.
      for (let i = 0; !step.done && i < PATIENCE; i++) step = generator.throw(new ExitError(this.reason));
      if (!step.done) world.reporter.warn(this, "a finally block went on waiting after its process was killed");
    } catch (error) {
      if (!(error instanceof ExitError)) world.reporter.ended("crash", world.reporter.describe(this), error);
    } finally {
      world.current = outer;
    }
  }
}

/** A generator that waits again and again in its finally blocks is left where it is. */
const PATIENCE = 100;

/** An awaited operation has begun after so many. */
const MICROTASKS = 5;

function ripen(made: Made, microtasks: number): void {
  if (microtasks === 0) made.ripe = true;
  else queueMicrotask(() => ripen(made, microtasks - 1));
}

/** An error for waits that end: a stack would show the scheduler, not where the process waits. */
function stackless(reason: unknown): ExitError {
  const error = new ExitError(reason);
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** The class of one runtime's processes. Not a subclass: V8 does not inline the call of a parent's constructor when that has private fields. */
export function processesOf(world: World): NewProcess {
  class Local {
    declare slot: number;
    declare generation: number;
    declare kind: number;
    declare body: unknown;
    #task: unknown;
    declare inHand: unknown;
    declare extra: undefined;

    constructor(slot: number, generation: number, kind: number, body: unknown, task: unknown) {
      this.slot = slot;
      this.generation = generation;
      this.inHand = undefined;
      this.extra = undefined;
      // Test frameworks look at what stands last first, and then at no more of two pids than that.
      this.kind = kind;
      this.body = body;
      this.#task = task;
    }

    get task(): unknown {
      return this.#task;
    }

    set task(task: unknown) {
      this.#task = task;
    }
  }
  const prototype = Local.prototype as unknown as Process;
  Object.setPrototypeOf(prototype, Process.prototype);
  Object.defineProperty(prototype, "runtime", { value: world });
  prototype.world = world;
  return Local as unknown as NewProcess;
}
