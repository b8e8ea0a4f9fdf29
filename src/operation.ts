import { PROCESS_STATE, TIMED_OUT, YIELD } from "../assembly/layout.ts";
import { isGenerator, isThenable } from "./body.ts";
import { ExitError, UsageError } from "./errors.ts";
import { inspect } from "./inspect.ts";
import type { Process } from "./process.ts";
import { tagOf } from "./tags.ts";
import type { Op, Suspend } from "./types.ts";

/** What an operation that waits yields. JavaScriptCore's `yield*` wraps the value anew, so it is the value that is known by identity. */
export const SUSPENDED: IteratorResult<Suspend, never> = Object.freeze({
  done: false,
  value: Object.freeze({ toString: () => "an operation that waits" }) as unknown as Suspend,
});

type Step<T> = IteratorResult<Suspend, T>;

/**
 * An operation that may have to wait, of one process.
 *
 * It is an iterator: `next` does what can be done now, and says SUSPENDED when the process has to wait; the scheduler calls it
 * again when the process is woken. A generator body runs it by `yield*`; for an async body, and for the host, `then` does.
 */
export abstract class Operation<T> implements Op<T> {
  readonly process: Process;
  /** Where the program made it, while it has not been yielded or awaited; true when nobody noted where. */
  unstarted: Error | boolean = true;

  constructor(process: Process) {
    this.process = process;
  }

  abstract next(): Step<T>;

  [Symbol.iterator](): Iterator<Suspend, T, unknown> {
    this.start();
    const { process } = this;
    if (process.world.current !== process) throw misuse(process);
    if (process.isDead) throw new ExitError(process.reason);
    return this;
  }

  /** It is yielded or awaited, perhaps again: it begins from the beginning. */
  start(): void {
    this.unstarted = false;
  }

  /** The generator was closed while it stood here. */
  return(value: T): Step<T> {
    this.abandon();
    return { done: true, value };
  }

  /** Undoes what waiting has set up. */
  protected abandon(): void {
    this.process.world.core.abandon(this.process.slot);
  }

  // biome-ignore lint/suspicious/noThenProperty: this is what makes `await operation` work
  then<R = T, E = never>(
    onFulfilled?: ((value: T) => R | PromiseLike<R>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    this.start();
    const { refusal } = this.process;
    return (refusal === undefined ? this.promise() : Promise.reject<T>(refusal)).then(onFulfilled, onRejected);
  }

  protected promise(): Promise<T> {
    return new Promise<T>((resolve, reject) => this.process.wait(this as Operation<unknown>, resolve as never, reject));
  }
}

function misuse(process: Process): UsageError {
  const { current } = process.world;
  if (current === undefined) return new UsageError(`yield* works in the body of ${process.pid}, while it runs`);
  return new UsageError(`${current.pid} used the self of ${process.pid}: a process can only receive for itself`);
}

/**
 * The bare receive of all generator bodies of a runtime. It has no state of its own between `receive()` and `yield*`, which are
 * one expression, so that the commonest operation allocates nothing.
 */
export class SharedReceive extends Operation<unknown> {
  override [Symbol.iterator](): Iterator<Suspend, unknown, unknown> {
    this.start();
    const world = this.process.world;
    if (world.current !== world.receiver) throw misuse(world.receiver ?? this.process);
    if (world.current?.isDead) throw new ExitError(world.current.reason);
    return this;
  }

  next(): Step<unknown> {
    const world = this.process.world;
    if (world.transit !== undefined) world.transit.reached(world.core.walk(world.currentSlot, 1));
    const value = world.core.take(world.currentSlot);
    if (value < 0) return SUSPENDED;
    return { done: true, value: world.takeValue(value) };
  }

  protected override abandon(): void {}

  protected override promise(): Promise<unknown> {
    // Kept over a slice, or awaited in a generator body.
    return Promise.reject(new UsageError("a generator body waits with yield*, not with await"));
  }
}

/** A bare receive of one process. */
export class BareReceive extends Operation<unknown> {
  next(): Step<unknown> {
    const { world, slot } = this.process;
    const value = world.core.take(slot);
    return value < 0 ? SUSPENDED : { done: true, value: world.takeValue(value) };
  }
}

/** What follows a receive that takes too long. */
export interface Limit {
  readonly after: number;
  readonly then: () => unknown;
}

/** A receive that looks for a message: the oldest one for which `select` gives a clause. */
abstract class SelectiveReceive extends Operation<unknown> {
  private readonly limit: Limit | undefined;
  private begun = false;
  /** What the clause returned, when that takes time itself. */
  private inner: Iterator<Suspend, unknown, unknown> | undefined;

  constructor(process: Process, limit: Limit | undefined) {
    super(process);
    this.limit = limit;
  }

  override start(): void {
    super.start();
    this.begun = false;
    this.inner = undefined;
  }

  /** Runs the clause that takes `message`: its result in a box; undefined when none does. */
  protected abstract select(message: unknown): (() => unknown) | undefined;

  /** Passes over a message that no clause takes; the number of the next one worth a look, or EMPTY. */
  protected abstract pass(message: unknown): number;

  next(): Step<unknown> {
    if (this.inner !== undefined) return this.goOn(this.inner);
    const { world, slot } = this.process;
    const { core } = world;
    let value = core.candidate(slot, this.begun ? 0 : 1);
    const timed = this.begun;
    this.begun = true;
    while (value >= 0) {
      if (world.transit?.reached(value)) {
        value = core.candidate(slot, 1);
        continue;
      }
      const message = world.values[value];
      const clause = this.select(message);
      if (clause !== undefined) {
        if (core.pick(slot) === 0) {
          value = core.candidate(slot, 1);
          continue;
        }
        world.takeValue(value);
        if (timed && this.limit !== undefined) core.clearTimeout(slot);
        return this.finish(clause());
      }
      value = this.pass(message);
    }
    if (value === YIELD) {
      if (!timed) this.setLimit();
      return SUSPENDED;
    }
    return this.block(timed);
  }

  private setLimit(): void {
    const { limit } = this;
    if (limit === undefined || limit.after === Number.POSITIVE_INFINITY) return;
    this.process.world.setTimeout(this.process, limit.after);
  }

  private block(timed: boolean): Step<unknown> {
    const { limit, process } = this;
    const { core } = process.world;
    if (limit !== undefined && limit.after !== Number.POSITIVE_INFINITY) {
      if (limit.after === 0 || (timed && (core.read(process.slot, PROCESS_STATE) & (TIMED_OUT << 8)) !== 0)) {
        core.abandon(process.slot);
        return this.finish(limit.then());
      }
      if (!timed) this.setLimit();
    }
    core.wait(process.slot);
    return SUSPENDED;
  }

  private finish(result: unknown): Step<unknown> {
    if (result instanceof Operation) this.inner = result;
    else if (isGenerator(result)) this.inner = result as Iterator<Suspend, unknown, unknown>;
    else if (isThenable(result)) this.inner = new Until(this.process, result);
    else return { done: true, value: result };
    if (this.inner instanceof Operation) this.inner.start();
    return this.goOn(this.inner);
  }

  private goOn(inner: Iterator<Suspend, unknown, unknown>): Step<unknown> {
    const step = inner.next();
    if (step.done) return step;
    if (step.value === SUSPENDED.value) return SUSPENDED;
    throw badYield(step.value);
  }

  override return(value: unknown): Step<unknown> {
    if (this.inner !== undefined) this.inner.return?.(value);
    else this.abandon();
    return { done: true, value };
  }
}

export type Cases = Record<string, (message: unknown) => unknown>;

/** A receive by tag table. What is passed over is tagged once; later scans do not leave the core. */
export class TableReceive extends SelectiveReceive {
  private readonly cases: Cases;
  /** Its keys' numbers; empty when there are too many for the core to search for. */
  private tags: Int32Array | undefined;

  constructor(process: Process, cases: Cases, limit: Limit | undefined) {
    super(process, limit);
    this.cases = cases;
  }

  protected select(message: unknown): (() => unknown) | undefined {
    const { cases } = this;
    const tag = tagOf(message);
    // A message tagged "toString" or "__proto__" has no clause in {}.
    const clause = cases[tag !== undefined && Object.hasOwn(cases, tag) ? tag : "_"];
    if (clause === undefined) return undefined;
    if (typeof clause !== "function") {
      throw new TypeError(`receive: expected a function for the tag ${inspect(tag)}, got ${inspect(clause)}`);
    }
    return () => clause.call(cases, message);
  }

  protected pass(message: unknown): number {
    const { world, slot } = this.process;
    this.tags ??= world.tags.internKeys(this.cases);
    if (this.tags.length === 0) return world.core.pass(slot);
    world.writeTags(this.tags);
    return world.core.passTagged(slot, world.tags.numberOf(message), this.tags.length, world.tags.known);
  }
}

export interface Matcher {
  matches(message: unknown): boolean;
  then(message: unknown): unknown;
}

/** A receive by clauses: patterns, guards. */
export class ClauseReceive extends SelectiveReceive {
  private readonly clauses: readonly Matcher[];

  constructor(process: Process, clauses: readonly Matcher[], limit: Limit | undefined) {
    super(process, limit);
    this.clauses = clauses;
  }

  protected select(message: unknown): (() => unknown) | undefined {
    for (const clause of this.clauses) {
      if (clause.matches(message)) return () => clause.then(message);
    }
    return undefined;
  }

  protected pass(): number {
    return this.process.world.core.pass(this.process.slot);
  }
}

/** Waits for a time. */
export class Sleep extends Operation<void> {
  private readonly ms: number;
  private begun = false;

  constructor(process: Process, ms: number) {
    super(process);
    this.ms = ms;
  }

  override start(): void {
    super.start();
    this.begun = false;
  }

  next(): Step<void> {
    const { world, slot } = this.process;
    if (!this.begun) {
      this.begun = true;
      if (this.ms !== Number.POSITIVE_INFINITY) world.setTimeout(this.process, this.ms);
      world.core.park(slot);
      return SUSPENDED;
    }
    world.core.clearTimeout(slot);
    return { done: true, value: undefined };
  }

  protected override promise(): Promise<void> {
    // Not the process's one timeout: an async body may sleep in several places at once.
    return new Promise((resolve, reject) => this.process.world.timers.sleep(this.process, this.ms, resolve, reject));
  }
}

/** Waits for a host promise. The mailbox stays closed meanwhile: the process is parked. */
export class Until<T> extends Operation<T> {
  /** A promise in any case: other thenables may call back at once, twice, or throw. */
  private readonly awaited: Promise<T>;
  private state: "new" | "waiting" | "fulfilled" | "rejected" = "new";
  private outcome: unknown;

  constructor(process: Process, awaited: PromiseLike<T>) {
    super(process);
    // Even a promise may have a then of its own.
    this.awaited = new Promise((resolve) => resolve(awaited));
  }

  override start(): void {
    super.start();
    this.state = "new";
  }

  next(): Step<T> {
    const { process } = this;
    if (this.state === "new") {
      this.state = "waiting";
      const settle = (state: "fulfilled" | "rejected") => (outcome: unknown) => {
        this.state = state;
        this.outcome = outcome;
        process.world.unpark(process);
      };
      process.world.core.park(process.slot);
      this.awaited.then(settle("fulfilled"), settle("rejected"));
    }
    if (this.state === "rejected") throw this.outcome;
    return this.state === "fulfilled" ? { done: true, value: this.outcome as T } : SUSPENDED;
  }

  protected override promise(): Promise<T> {
    const { process } = this;
    return new Promise((resolve, reject) => {
      const given = { reject };
      process.pending.add(given);
      const settled = (settle: (outcome: never) => void) => (outcome: unknown) => {
        if (process.pending.delete(given)) settle(outcome as never);
      };
      this.awaited.then(settled(resolve as (outcome: never) => void), settled(reject as (outcome: never) => void));
    });
  }
}

/** The error of a body that yielded something else than an operation of its own. */
export function badYield(value: unknown): TypeError {
  if (value instanceof Operation) {
    // One mistake, one message.
    value.unstarted = false;
    return new TypeError("yielded an operation: write yield* (with the star)");
  }
  return new TypeError(
    `yielded ${inspect(value)}, which is no operation: a body waits with yield* receive(), sleep(ms) or until(promise)`,
  );
}
