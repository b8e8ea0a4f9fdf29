import {
  consoleLogger,
  createRuntime,
  current,
  type ExitError,
  exitText,
  type Pid,
  type Report,
  type Runtime,
  type RuntimeOptions,
  UsageError,
} from "../kernel.ts";
import type { Machine } from "../machine.ts";
import { checkOptions, wrong } from "./acting.ts";
import { afterTest, type TestContext } from "./after-test.ts";
import { AssertionError } from "./assertion-error.ts";

/** Options of `testRuntime`. */
export interface TestRuntimeOptions extends Omit<RuntimeOptions, "clock"> {
  /** The test after which the runtime is stopped. Without it, `await using` does that, or `stop`. */
  readonly context?: TestContext;
  /**
   * - `"host"`, the default: time passes as it does;
   * - `"manual"`: time passes when the test calls `pass`;
   * - `"virtual"`: whenever all processes wait, time leaps to the next deadline. What the host does meanwhile, as for a promise that a process waits
   *   for, takes no time then.
   */
  readonly clock?: "host" | "manual" | "virtual";
}

/** A runtime of a test's own. */
export interface TestRuntime extends Runtime {
  /** What was reported, oldest first, unless `captureLog` has kept it. */
  readonly reports: readonly Report[];
  /**
   * Lets `ms` pass by a clock that is moved by hand: whatever is due runs in order, each at its time; async bodies get as far as they can.
   *
   * *Throws*, by rejecting: `UsageError` inside a process, and when the clock is another one; `RangeError` for what is no time.
   */
  pass(ms: number): Promise<void>;
}

const KEYS = ["context", "clock", "node", "logger", "maxProcesses", "messages", "onMainExit", "development"];
const CLOCKS = ["host", "manual", "virtual"];

/**
 * A runtime of a test's own. All of its processes end with it.
 *
 * Reports go to the console, as ever, and are kept. A main process that ends by a linked crash fails the test where the runtime is stopped.
 *
 * *Throws* `TypeError` for an option that is none, and as `createRuntime` does.
 *
 * @example
 * await using runtime = testRuntime({ clock: "manual" });
 * const server = await startSupervised(Cache.child(), { as: runtime });
 * await runtime.pass(60_000);
 */
export function testRuntime(options?: TestRuntimeOptions): TestRuntime {
  const given = checkOptions(options, KEYS, "testRuntime");
  const { context, clock = "host", logger = consoleLogger, ...rest } = given;
  if (!CLOCKS.includes(clock)) throw wrong("testRuntime", `${CLOCKS.join(" or ")} as clock`, clock);
  const reports: Report[] = [];
  const ends: [ExitError, Pid<never>][] = [];
  const time = new Time(clock === "virtual");
  const runtime = createRuntime({
    onMainExit: (error, pid) => ends.push([error, pid]),
    ...rest,
    ...(clock !== "host" && { clock: time.read }),
    logger: (report) => {
      reports.push(report);
      logger(report);
    },
  });
  time.runtime = runtime as Machine;
  const stop = runtime.stop.bind(runtime);
  const own: Pick<TestRuntime, "reports" | "pass" | "stop"> = {
    reports,
    pass: async (ms) => {
      if (clock !== "manual")
        throw new UsageError(`pass: expected a runtime with clock "manual", this one has "${clock}"`);
      await time.pass(ms);
    },
    stop: async (reason) => {
      await stop(reason);
      const [end] = ends.splice(0);
      if (end !== undefined) throw new AssertionError(exitText(end[1], end[0].reason));
    },
  };
  const made = Object.assign(runtime, own);
  if (context !== undefined) afterTest(context, () => made.stop(), "testRuntime");
  return made;
}

/** Microtasks that an async body may take until its next operation. */
const MICROTASKS = 20;
/** Turns of processes and promises that are enough for both to come to rest, as a rule. */
const ROUNDS = 10;

/** The time of a runtime whose clock the test moves, or nobody. */
class Time {
  runtime: Machine | undefined = undefined;
  private now = 0;
  private readonly isVirtual: boolean;
  private isWatched = false;

  constructor(isVirtual: boolean) {
    this.isVirtual = isVirtual;
  }

  readonly read = (): number => {
    // It is asked when a deadline is set, and that is when somebody may come to wait for it.
    if (this.isVirtual && !this.isWatched && this.runtime !== undefined) this.watch();
    return this.now;
  };

  /** When the host has served what it had: leaps to the next deadline, if everybody waits. */
  private watch(): void {
    this.isWatched = true;
    task(() => {
      const { core } = this.runtime as Machine;
      if (core.runnable() === 0) {
        const next = core.nextDeadline();
        if (next < 0) {
          this.isWatched = false;
          return;
        }
        this.now = Math.max(this.now, next);
        this.runtime?.run();
      }
      this.watch();
    });
  }

  async pass(ms: number): Promise<void> {
    if (typeof ms !== "number" || !(ms >= 0 && ms < Number.POSITIVE_INFINITY)) {
      const Wrong = typeof ms === "number" ? RangeError : TypeError;
      throw new Wrong(`pass: expected ms (0 or more), got ${ms}`);
    }
    if (current() !== undefined) throw new UsageError("pass: called inside a process, for which time stands still");
    const { core } = this.runtime as Machine;
    const end = this.now + ms;
    for (;;) {
      await this.settle();
      const next = core.nextDeadline();
      if (next < 0 || next > end) break;
      this.now = Math.max(this.now, next);
    }
    this.now = end;
    await this.settle();
  }

  private async settle(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      this.runtime?.run();
      for (let i = 0; i < MICROTASKS; i++) await undefined;
    }
  }
}

interface Host {
  readonly setImmediate?: (callback: () => void) => unknown;
}

/** Has the host call when it has served what waits: its I/O, and the turns of runtimes. */
function task(callback: () => void): void {
  const { setImmediate } = globalThis as unknown as Host;
  if (setImmediate !== undefined) {
    setImmediate(callback);
    return;
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    callback();
  };
  port2.postMessage(0);
}
