import { after, type Op, on, P, type Runtime, type Self } from "../../../src/index.ts";

type AnySelf = Self<any>;

type Outcome<T> = { value: T } | { error: unknown } | undefined;
type Body<T> = (self: AnySelf) => Generator<any, T, any> | Op<T>;

/**
 * Runs a generator body in a process of its own, lets all others go as far as they can, and gives its result. The process stays until the
 * runtime ends: what is linked to it does not lose it.
 */
export function inside<T>(runtime: Runtime, body: Body<T>): T {
  return resultOf(begin(runtime, body).outcome());
}

/** The same, but the process ends with its body. */
export function briefly<T>(runtime: Runtime, body: Body<T>): T {
  return resultOf(begin(runtime, body, false).outcome());
}

function resultOf<T>(outcome: Outcome<T>): T {
  if (outcome === undefined) throw new Error("the body has not come to its end");
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

/** The same for a body that has something to wait for: `outcome()` is undefined until it has come to its end. */
export function begin<T>(runtime: Runtime, body: Body<T>, stays = true): { outcome: () => Outcome<T> } {
  let settled: Outcome<T>;
  runtime.spawn(function* (self: AnySelf) {
    try {
      settled = { value: (yield* body(self)) as T };
    } catch (error) {
      settled = { error };
    }
    if (stays) yield* self.sleep(Number.POSITIVE_INFINITY);
  });
  runtime.run();
  return { outcome: () => settled };
}

/** What an operation fails with; what it gives when it does not. */
export function* exitOf(operation: Op<unknown> | Generator<any, unknown, any>): Generator<any, unknown, any> {
  try {
    return yield* operation as Generator<any, unknown, any>;
  } catch (error) {
    return error;
  }
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

/** All messages that have arrived. */
export function* received(self: AnySelf): Generator<any, any[], any> {
  const messages: unknown[] = [];
  for (;;) {
    const message: unknown[] = yield* self.receive(
      on(P._, (each): unknown[] => [each]),
      after(0, (): unknown[] => []),
    );
    if (message.length === 0) return messages;
    messages.push(message[0]);
  }
}
