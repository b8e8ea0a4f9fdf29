import type { Op, ProcessFunctions, Suspend } from "../index.ts";

type Steps = Iterator<Suspend, unknown, unknown>;

/** What can wait for a promise. */
export type Waiter = Pick<ProcessFunctions, "until">;

/** Whether what a callback has returned is still to be waited for: a generator, an operation or a promise. */
export function isWaiting(value: unknown): value is Generator<Suspend, unknown, unknown> | PromiseLike<unknown> {
  if (typeof value !== "object" || value === null) return false;
  const { then, next } = value as { then?: unknown; next?: unknown };
  return typeof then === "function" || (typeof next === "function" && Symbol.iterator in value);
}

/** Waits for what a callback has returned; whatever of that runs in the process is run by `enter`. */
export function* waitFor(
  value: Generator<Suspend, unknown, unknown> | PromiseLike<unknown>,
  self: Waiter,
  enter: <T>(run: () => T) => T,
): Generator<Suspend, unknown, unknown> {
  const steps: Steps = enter(() =>
    (Symbol.iterator in value ? value : (self.until(value) as Op<unknown>))[Symbol.iterator](),
  );
  return yield* {
    [Symbol.iterator]: (): Steps => ({
      next: (given) => enter(() => steps.next(given)),
      // A generator that is closed or thrown into runs its `finally` blocks.
      return: (given) => enter(() => steps.return?.(given) ?? { done: true, value: given }),
      throw: (error) =>
        enter(() => {
          if (steps.throw !== undefined) return steps.throw(error);
          throw error;
        }),
    }),
  };
}
