import { ExitError, UsageError } from "./errors.ts";
import { inspect } from "./inspect.ts";
import type { Process } from "./process.ts";
import type { Op, Suspend } from "./types.ts";
import type { World } from "./world.ts";

/**
 * What an operation that waits yields. JavaScriptCore's `yield*` wraps the value anew, so it is the value that is known by identity.
 * Not frozen, so that to the engine it is of the same shape as the results of operations that are done.
 */
export const SUSPENDED: IteratorResult<Suspend, never> = {
  done: false,
  value: {} as Suspend,
};

/** What tells it apart. */
export const SUSPENSION: Suspend = SUSPENDED.value as Suspend;

export type Step<T> = IteratorResult<Suspend, T>;

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
    const { process } = this;
    if (process.inHand != null) process.world.putBack(process);
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
    this.unstarted = false;
    const { refusal } = this.process;
    return (refusal === undefined ? this.promise() : Promise.reject<T>(refusal)).then(onFulfilled, onRejected);
  }

  protected promise(): Promise<T> {
    return new Promise<T>((resolve, reject) => this.process.wait(this as Operation<unknown>, resolve as never, reject));
  }
}

function misuse(process: Process): UsageError {
  const { current } = process.world;
  if (current === undefined) return new UsageError(`yield* works in the body of ${process}, while it runs`);
  return new UsageError(`${current} used the self of ${process}: a process can only receive for itself`);
}

/**
 * The bare receive of all generator bodies of a runtime. It has no state of its own between `receive()` and `yield*`, which are
 * one expression, so that the commonest operation allocates nothing.
 */
export class SharedReceive extends Operation<unknown> {
  private readonly world: World;
  // Nothing has to be undone here, and a generator that stands here is closed faster when there is nothing to call.
  override return: never = undefined as never;
  /** What `yield*` reads at once and nobody else sees. */
  private readonly taken: { done: true; value: unknown } = { done: true, value: undefined };

  constructor(main: Process) {
    super(main);
    this.world = main.world;
    this.unstarted = false;
  }

  override [Symbol.iterator](): Iterator<Suspend, unknown, unknown> {
    this.unstarted = false;
    const { current, receiver } = this.world;
    if (current === undefined || (receiver !== undefined && current !== receiver))
      throw misuse(receiver ?? this.process);
    if (current.isDead) throw new ExitError(current.reason);
    return this;
  }

  next(): Step<unknown> {
    const { world, taken } = this;
    const process = world.current as Process;
    const inHand = process.inHand;
    if (inHand !== undefined && inHand !== null) {
      process.inHand = undefined;
      taken.value = inHand;
      return taken;
    }
    taken.value = undefined;
    if (!world.hasMail) {
      process.inHand = world.opens;
      return SUSPENDED;
    }
    const number = world.reading.take(process.slot);
    if (number < 0) return SUSPENDED;
    const { values } = world;
    taken.value = values[number];
    values[number] = undefined;
    return taken;
  }

  protected override promise(): Promise<unknown> {
    // Kept over a slice, or awaited in a generator body.
    return Promise.reject(new UsageError("a generator body waits with yield*, not with await"));
  }
}

/** A bare receive of one process. */
export class BareReceive extends Operation<unknown> {
  next(): Step<unknown> {
    const message = this.process.takeOldest();
    return message === SUSPENDED ? SUSPENDED : { done: true, value: message };
  }
}

/** Gets a new promise's function to the constructor of a class that extends `Promise`: as long as that hands it over, it has no `this`. */
const keep = (resolve: (outcome: unknown) => void): void => {
  kept = resolve;
};
let kept: (outcome: unknown) => void;

/**
 * A bare receive of an async body, and the very promise that `await` waits for. For any other thenable `await` makes a promise of
 * its own, with two functions, and calls `then` a microtask later.
 *
 * It begins when somebody asks for its outcome. `await` asks a promise for its constructor, and so do `then` and `Promise.resolve`:
 * by that it knows.
 */
export class AwaitedReceive extends Promise<unknown> implements Op<unknown> {
  readonly process: Process;
  /** Undefined once it has begun. */
  private outcome: ((outcome: unknown) => void) | undefined;
  declare unstarted: Error | boolean;

  constructor(process: Process) {
    super(keep);
    this.process = process;
    this.outcome = kept;
  }

  /** The same for `yield*`, and as a clause's result. */
  get operation(): BareReceive {
    // On the prototype it is false: only in development has each its own.
    if (this.unstarted) this.unstarted = false;
    return new BareReceive(this.process);
  }

  [Symbol.iterator](): Iterator<Suspend, unknown, unknown> {
    return this.operation[Symbol.iterator]();
  }

  static {
    const { prototype } = AwaitedReceive;
    prototype.unstarted = false;
    Object.defineProperty(prototype, "constructor", {
      get(this: AwaitedReceive) {
        const { outcome } = this;
        if (outcome !== undefined) {
          this.outcome = undefined;
          if (this.unstarted) this.unstarted = false;
          this.process.waitForAny(outcome);
        }
        return Promise;
      },
    });
  }
}

/** Rejects a promise of which only the function that resolves it was kept, and with nobody's rejection unhandled for a moment. */
export function reject(outcome: (outcome: unknown) => void, error: unknown): void {
  // biome-ignore lint/suspicious/noThenProperty: that is how
  outcome({ then: (_: unknown, reject: (error: unknown) => void) => reject(error) });
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
      if (this.ms !== Number.POSITIVE_INFINITY) world.setTimeout(this.process, this.ms, world.now());
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
  if (value instanceof Operation || value instanceof AwaitedReceive) {
    // One mistake, one message.
    value.unstarted = false;
    return new TypeError("yielded an operation: write yield* (with the star)");
  }
  return new TypeError(
    `yielded ${inspect(value)}, which is no operation: a body waits with yield* receive(), sleep(ms) or until(promise)`,
  );
}
