import { expect, onTestFinished } from "vitest";
import {
  createRuntime,
  type ExitError,
  type Pid,
  type ProcessFunctions,
  type Report,
  type Runtime,
  type RuntimeOptions,
  type Self,
} from "../../../src/index.ts";

/** A runtime of one test's own. Nothing but the test moves its clock. */
export interface OwnRuntime {
  readonly runtime: Runtime;
  /** What was reported, oldest first. */
  readonly reports: Report[];
  /** The abnormal ends of main processes. */
  readonly mainExits: { readonly reason: unknown; readonly pid: Pid<never> }[];
  /** Lets `ms` pass, and then runs whatever can run. */
  pass(ms: number): void;
}

/** After the test, all invariants of the core must hold: whatever it did, and whether or not it looked for damage. */
export function ownRuntime(options: RuntimeOptions = {}): OwnRuntime {
  let time = 0;
  const reports: Report[] = [];
  const mainExits: { reason: unknown; pid: Pid<never> }[] = [];
  const runtime = createRuntime({
    clock: () => time,
    logger: (report) => reports.push(report),
    onMainExit: (error: ExitError, pid) => mainExits.push({ reason: error.reason, pid }),
    ...options,
  });
  onTestFinished(() => {
    const broken = (runtime as unknown as { check(): number }).check();
    expect(broken, "the first broken invariant of the core").toBe(0);
  });
  const pass = (ms: number) => {
    time += ms;
    runtime.run();
  };
  return { runtime, reports, mainExits, pass };
}

/** Runs processes and the reactions to settled promises in turn: async bodies get as far as they can. */
export async function settle(runtime: Runtime): Promise<void> {
  for (let round = 0; round < 10; round++) {
    runtime.run();
    for (let i = 0; i < 20; i++) await null;
  }
}

/** A body that takes no message: it waits for a signal to end it. */
export function* idle(self: ProcessFunctions): Generator<unknown, void, unknown> {
  yield* self.sleep(Number.POSITIVE_INFINITY);
}

/** The same, but it keeps the exit signals that it is sent. */
export function* trapping(self: Self<unknown>): Generator<unknown, void, unknown> {
  self.trapExit = true;
  yield* idle(self);
}

/** A promise, and the function that fulfils it. */
export function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void; refuse: (error: unknown) => void } {
  let open!: (value: T) => void;
  let refuse!: (error: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    refuse = reject;
  });
  return { promise, open, refuse };
}

/** What `promise` was rejected with; throws when it was not. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`expected a rejection, but the promise was fulfilled with ${String(value)}`);
}

/** What `call` threw; throws when it did not. */
export function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("expected an error, but nothing was thrown");
}
