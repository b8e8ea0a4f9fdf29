import { ExitError, formatExit, type Self, type Suspend } from "../kernel.ts";
import { checkOptions, wrong } from "./acting.ts";
import { AssertionError, Site } from "./assertion-error.ts";
import { supervisorEnded } from "./start-supervised.ts";
import { type TestRuntimeOptions, testRuntime } from "./test-runtime.ts";

/** Options of `inProcess`: those of its runtime. The body can't move a clock by hand, so there is none. */
export interface InProcessOptions extends Omit<TestRuntimeOptions, "clock" | "context"> {
  /** Default `"host"`; `"virtual"`: time leaps to the next deadline whenever all processes wait. */
  readonly clock?: "host" | "virtual";
}

/**
 * Makes a test whose body is a process, in a runtime of its own: something to hand to any framework's `test`, whose arguments the body gets behind
 * `self`.
 *
 * The test fails with what the body throws, or when an exit signal ends it. After it, the children of its supervisor are ended, and then all other
 * processes. As in ExUnit, each test is a process.
 *
 * *Throws* `TypeError` for what is no function, and for an option that is none.
 *
 * @example
 * test("a counter counts", inProcess(function* (self) {
 *   const counter = yield* startSupervised(Counter.child(10));
 *   send(counter, ["val", self.pid]);
 *   yield* assertReceive(10);
 * }));
 */
export function inProcess<A extends readonly unknown[]>(
  body: (self: Self<any>, ...args: A) => unknown,
  options?: InProcessOptions,
): (...args: A) => Promise<void> {
  if (typeof body !== "function") throw wrong("inProcess", "a function", body);
  const keys = ["clock", "node", "logger", "maxProcesses", "messages", "onMainExit", "development"];
  const given = checkOptions(options, keys, "inProcess");
  if (given.clock !== undefined && !["host", "virtual"].includes(given.clock))
    throw wrong("inProcess", `"host" or "virtual" as clock`, given.clock);
  const site = new Site(inProcess);
  // Frameworks count parameters, and some look at what the first one takes apart.
  return async (...args) => {
    const runtime = testRuntime(given);
    let pid: Self<any>["pid"] | undefined;
    let failure: { readonly error: unknown } | undefined;
    // What the body throws is the test's failure, and no crash to be reported.
    const fail = (error: unknown) => {
      if (error instanceof ExitError && error.call === undefined) throw error;
      failure = { error };
    };
    try {
      await runtime.run((self: Self<any>): any => {
        pid = self.pid;
        let made: unknown;
        try {
          made = body(self, ...args);
        } catch (error) {
          return fail(error);
        }
        if (isGenerator(made)) return guarded(made, fail);
        return isThenable(made) ? made.then(undefined, fail) : undefined;
      });
    } catch (error) {
      failure = { error: error instanceof ExitError ? site.blame(exited(error)) : error };
    }
    if (pid !== undefined) await supervisorEnded(pid);
    try {
      await runtime.stop();
    } catch (error) {
      failure ??= { error };
    }
    if (failure !== undefined) throw failure.error;
  };
}

function* guarded(
  made: Generator<Suspend, unknown, unknown>,
  fail: (error: unknown) => void,
): Generator<Suspend, void, unknown> {
  try {
    yield* made;
  } catch (error) {
    fail(error);
  }
}

/** The test's process was ended otherwise than by what its body threw. */
function exited({ reason }: ExitError): AssertionError {
  const error = new AssertionError(`the test's process exited with reason: ${formatExit(reason)}`);
  error.cause = reason;
  return error;
}

function isGenerator(made: unknown): made is Generator<Suspend, unknown, unknown> {
  return typeof made === "object" && made !== null && Symbol.iterator in made && "next" in made;
}

function isThenable(made: unknown): made is PromiseLike<unknown> {
  return typeof (made as { then?: unknown } | null | undefined)?.then === "function";
}
