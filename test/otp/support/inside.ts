import type { Op, Runtime, Self } from "../../../src/index.ts";

type AnySelf = Self<any>;

/**
 * Runs a generator body in a process of its own, lets all others go as far as they can, and gives its result. The process stays until the
 * runtime ends: what is linked to it does not lose it.
 */
export function inside<T>(runtime: Runtime, body: (self: AnySelf) => Generator<any, T, any>): T {
  const { outcome } = begin(runtime, body);
  const settled = outcome();
  if (settled === undefined) throw new Error("the body has not come to its end");
  if ("error" in settled) throw settled.error;
  return settled.value;
}

/** The same for a body that has something to wait for: `outcome()` is undefined until it has come to its end. */
export function begin<T>(
  runtime: Runtime,
  body: (self: AnySelf) => Generator<any, T, any>,
): { outcome: () => { value: T } | { error: unknown } | undefined } {
  let settled: { value: T } | { error: unknown } | undefined;
  runtime.spawn(function* (self: AnySelf) {
    try {
      settled = { value: yield* body(self) };
    } catch (error) {
      settled = { error };
    }
    yield* self.sleep(Number.POSITIVE_INFINITY);
  });
  runtime.run();
  return { outcome: () => settled };
}

/** What an operation throws; throws when it does not. */
export function* caught(start: () => Op<unknown>): Generator<any, unknown, any> {
  let value: unknown;
  try {
    value = yield* start();
  } catch (error) {
    return error;
  }
  throw new Error(`expected an error, got ${String(value)}`);
}
