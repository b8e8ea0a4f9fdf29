import type { Op, Runtime, Self } from "../../src/index.ts";

/** Runs a generator body in a process of its own and gives its result; throws what it throws, and when it still waits. */
export function inside<T>(runtime: Runtime, body: (self: Self<any>) => Generator<any, T, any> | Op<T>): T {
  let outcome: { value: T } | { error: unknown } | undefined;
  runtime.spawn(function* (self: Self<any>) {
    try {
      outcome = { value: yield* body(self) as Generator<any, T, any> };
    } catch (error) {
      outcome = { error };
    }
  });
  runtime.run();
  if (outcome === undefined) throw new Error("the body has not come to its end");
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

/** What an operation fails with; what it gives when it does not. */
export function* exitOf(operation: Op<unknown> | Generator<any, unknown, any>): Generator<any, unknown, any> {
  try {
    return yield* operation as Generator<any, unknown, any>;
  } catch (error) {
    return error;
  }
}
