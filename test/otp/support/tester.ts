import { onTestFinished } from "vitest";
import type { Pid, Report, Runtime, Self } from "../../../src/index.ts";
import { ownRuntime } from "../../semantics/support/own-runtime.ts";

type Anyone = Self<any>;
export type Steps<T> = Generator<any, T, any>;
/** What `yield*` takes: steps, or an operation. */
export type Doing<T> = { [Symbol.iterator](): Iterator<any, T, any> };

/** A process that does what a test asks for, step by step, and a runtime of its own. */
export interface Tester {
  readonly runtime: Runtime;
  readonly reports: Report[];
  /** Lets `ms` pass, and then runs whatever can run. */
  pass(ms: number): void;
  /** The process itself: what it starts by `startLink` is linked to it, and stays. */
  readonly self: Anyone;
  /** Has the process take `steps`, which may not wait for the test, and gives their result. */
  perform<T>(steps: (self: Anyone) => Doing<T>): T;
}

/** A process that traps exits, as the process of an ExUnit test does that says so. */
export function tester(): Tester {
  const { runtime, reports, pass } = ownRuntime();
  let process: Anyone | undefined;
  const pid = runtime.spawn(function* (self: Anyone) {
    process = self;
    self.trapExit = true;
    for (;;) yield* self.receive({ steps: ([, run]: readonly ["steps", () => Steps<void>]) => run() });
  });
  runtime.run();
  const self = process as unknown as Anyone;
  onTestFinished(() => {
    if (!runtime.isAlive(pid)) return;
    runtime.exit(pid, "kill");
    runtime.run();
  });
  return {
    runtime,
    reports,
    pass,
    self,
    perform<T>(steps: (self: Anyone) => Doing<T>): T {
      let outcome: { value: T } | { error: unknown } | undefined;
      runtime.send(pid, [
        "steps",
        function* () {
          try {
            outcome = { value: yield* steps(self) };
          } catch (error) {
            outcome = { error };
          }
        },
      ]);
      runtime.run();
      if (outcome === undefined) throw new Error("the steps have not come to their end");
      if ("error" in outcome) throw outcome.error;
      return outcome.value;
    },
  };
}

/** Ends a process with an exit signal, and waits until everything that follows has happened. */
export function kill({ runtime }: Tester, pid: Pid<never>, reason: unknown): void {
  runtime.spawn((self: Anyone) => self.exit(pid, reason));
  runtime.run();
}

/** The reason of each process's end, as a monitor tells it. */
export function reasonsOf({ perform, runtime }: Tester, pids: readonly Pid<never>[], steps: () => void): unknown[] {
  const reasons = new Map<Pid<never>, unknown>();
  const watcher = runtime.spawn(function* (self: Anyone) {
    for (const pid of pids) self.monitor(pid);
    for (;;) {
      yield* self.receive({
        DOWN: (message: readonly unknown[]) => void reasons.set(message[3] as Pid<never>, message[4]),
      });
    }
  });
  runtime.run();
  steps();
  runtime.run();
  runtime.exit(watcher, "kill");
  perform(function* () {});
  return pids.map((pid) => reasons.get(pid));
}
