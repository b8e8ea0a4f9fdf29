import {
  current,
  defaultRuntime,
  type Op,
  type Pid,
  type ProcessFunctions,
  type Runtime,
  type Self,
  type Suspend,
  UsageError,
} from "../kernel.ts";

/** An option of all that acts for a process. */
export interface Acting {
  /**
   * Who acts. Default: the process whose slice runs; in the host's code, the main process of the default runtime. An async body passes its
   * `self` here after an `await`, and a program with a runtime of its own passes that.
   */
  readonly as?: Self<any> | Runtime;
}

/** Who acts: a process by its `self`, or the main process by its runtime. */
export type Actor = ProcessFunctions;

export function actorOf(options?: Acting): Actor {
  return options?.as ?? current() ?? defaultRuntime();
}

export function runtimeOf(actor: Actor): Runtime {
  return (actor as Self).runtime ?? (actor as Runtime);
}

/** The pid of who acts. */
export function pidOf(actor: Actor): Pid<any> {
  return (actor as Self).pid ?? (actor as Runtime).self();
}

/** What a generator body runs by `yield*`. */
export type Steps<T> = Generator<Suspend, T, unknown>;

/** What one of its steps gives. */
export type Step<T> = IteratorResult<Suspend, T>;

/** What all generators inherit from. The kernel runs a body's result of such a class as it runs any generator. */
export const Generating: new () => object = /* @__PURE__ */ (() => {
  function Generating(): void {}
  Generating.prototype = Object.getPrototypeOf(function* () {}.prototype);
  return Generating as never;
})();

/** A result that is still to be waited for. */
export type Waiting = Steps<unknown> | PromiseLike<unknown>;

/** Whether a callback's result is still to be waited for. */
export function isWaiting(value: unknown): value is Waiting {
  return (
    typeof value === "object" &&
    value !== null &&
    (typeof (value as PromiseLike<unknown>).then === "function" ||
      (typeof (value as Steps<unknown>).next === "function" && Symbol.iterator in value))
  );
}

/** Runs what a callback returned to its end, in the process `self`: a generator, an operation, a promise, or the plain result. */
export function* settle(value: unknown, self: Self<any>): Generator<Suspend, any, unknown> {
  return isWaiting(value) ? yield* stepsOf(value, self) : value;
}

/** What is to be yielded for what is still to be waited for. */
export function stepsOf(waiting: Waiting, self: Self<any>): Iterable<Suspend, unknown> {
  return Symbol.iterator in waiting ? waiting : self.until(waiting);
}

/** An operation that is begun anew each time it is yielded or awaited. */
abstract class Awaitable<T> implements Op<T> {
  abstract [Symbol.iterator](): Iterator<Suspend, T, unknown>;
  protected abstract promise(): Promise<T>;

  // biome-ignore lint/suspicious/noThenProperty: this is what makes `await operation` work
  then<R = T, E = never>(
    onFulfilled?: ((value: T) => R | PromiseLike<R>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.promise().then(onFulfilled, onRejected);
  }
}

/**
 * An operation made of steps.
 *
 * In a generator body they are the calling process's own. Awaited, in async bodies and in the host's code, they run in a short-lived
 * process: so any number of them may be under way at once, and nobody's mailbox is touched. What the caller itself has to do, such
 * as to link, `prepare` does for it, at once and before any step.
 */
export abstract class Procedure<T, C> extends Awaitable<T> {
  protected readonly actor: Actor | undefined;

  constructor(actor: Actor | undefined) {
    super();
    this.actor = actor;
  }

  protected abstract prepare(actor: Actor): C;
  protected abstract steps(self: Self<any>, prepared: C): Iterator<Suspend, T, unknown>;

  [Symbol.iterator](): Iterator<Suspend, T, unknown> {
    return this.begun();
  }

  protected begun(): Iterator<Suspend, T, unknown> {
    const self = current();
    if (self === undefined) throw new UsageError("yield* works in the body of a process, while it runs");
    return this.steps(self, this.prepare(self));
  }

  protected async promise(): Promise<T> {
    const actor = this.actor ?? actorOf();
    const waiter: Waiter<T, C> = { run: (self, prepared) => this.steps(self, prepared), prepared: undefined };
    // Spawned first, so that it runs before what `prepare` may spawn.
    const outcome = runtimeOf(actor).run(wait<T, C>, waiter);
    waiter.prepared = { value: this.prepare(actor) };
    const settled = await outcome;
    if ("error" in settled) throw settled.error;
    return settled.value;
  }
}

interface Waiter<T, C> {
  readonly run: (self: Self<any>, prepared: C) => Iterator<Suspend, T, unknown>;
  prepared: { readonly value: C } | undefined;
}

/** The body of the short-lived process. */
function* wait<T, C>(self: Self<any>, waiter: Waiter<T, C>): Generator<Suspend, { value: T } | { error: unknown }> {
  const { prepared } = waiter;
  // Not prepared: the promise has failed already.
  if (prepared === undefined) return { error: undefined };
  try {
    return { value: yield* { [Symbol.iterator]: () => waiter.run(self, prepared.value) } };
  } catch (error) {
    return { error };
  }
}

class StepsProcedure<T, C> extends Procedure<T, C> {
  private readonly made: (self: Self<any>, prepared: C) => Steps<T>;
  private readonly before: ((actor: Actor) => C) | undefined;

  constructor(
    actor: Actor | undefined,
    made: (self: Self<any>, prepared: C) => Steps<T>,
    before: ((actor: Actor) => C) | undefined,
  ) {
    super(actor);
    this.made = made;
    this.before = before;
  }

  protected override prepare(actor: Actor): C {
    return this.before?.(actor) as C;
  }

  protected override steps(self: Self<any>, prepared: C): Steps<T> {
    return this.made(self, prepared);
  }
}

/** Makes an operation of steps: see `Procedure`. */
export function operation<T, C = undefined>(
  actor: Actor | undefined,
  steps: (self: Self<any>, prepared: C) => Steps<T>,
  prepare?: (actor: Actor) => C,
): Op<T> {
  return new StepsProcedure(actor, steps, prepare);
}

/** The result of a callback, as an operation of whoever waits for it. */
type OwnSteps<T> = Generator<Op<unknown>, T, unknown>;

class OwnProcedure<T> extends Awaitable<T> {
  private readonly steps: () => OwnSteps<T>;

  constructor(steps: () => OwnSteps<T>) {
    super();
    this.steps = steps;
  }

  override *[Symbol.iterator](): Steps<T> {
    const steps = this.steps();
    try {
      let step = steps.next();
      while (!step.done) {
        let value: unknown;
        try {
          value = yield* step.value;
        } catch (error) {
          step = steps.throw(error);
          continue;
        }
        step = steps.next(value);
      }
      return step.value;
    } finally {
      // When the body is closed while it waits here.
      steps.return(undefined as T);
    }
  }

  protected async promise(): Promise<T> {
    const steps = this.steps();
    let step = steps.next();
    while (!step.done) {
      let value: unknown;
      try {
        value = await step.value;
      } catch (error) {
        step = steps.throw(error);
        continue;
      }
      step = steps.next(value);
    }
    return step.value;
  }
}

/**
 * An operation that works on the mailbox of whoever acts, also where it is awaited. Its steps `yield` operations, and are given
 * their results: the same steps serve `yield*` and `await`.
 */
export function ownOperation<T>(steps: () => OwnSteps<T>): Op<T> {
  return new OwnProcedure(steps);
}
