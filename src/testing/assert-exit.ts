import { after, current, ExitError, inspect, matches, type Op, on, P, type Pid, type Shape } from "../kernel.ts";
import { ownOperation } from "../otp/operation.ts";
import { checkTimeout } from "../otp/timeout.ts";
import { type Acting, actingOf, checkOptions, checkPid, selfOf } from "./acting.ts";
import { AssertionError, Site } from "./assertion-error.ts";
import { patternText } from "./pattern-text.ts";

/** Options of `assertExit`. Where there are options, a number alone is the timeout. */
export interface AssertExitOptions extends Acting {
  /** ms; default 100. */
  readonly timeout?: number | "infinity";
}

const TIMEOUT = 100;

/**
 * Waits until a process has ended, and gives its reason; a process that ended before still tells it.
 *
 * *Throws* `AssertionError` when it lives on, or has ended with a reason that does not match the pattern; `TypeError` for what is no pid.
 *
 * @example
 * yield* assertExit(worker, ["shutdown", P._]);
 */
export function assertExit(pid: Pid<never>, reason: Shape = P._, options?: AssertExitOptions | number): Op<unknown> {
  const checked = checkPid(pid, "assertExit");
  const given = typeof options === "number" ? { timeout: options } : options;
  const { timeout = TIMEOUT, ...acting } = checkOptions(given, ["timeout", "as"], "assertExit");
  const ms = checkTimeout(timeout, "assertExit");
  // Monitored by the runtime's main process where nobody else acts: that of the process, whichever it is.
  const actor = actingOf(
    acting.as === undefined && current() === undefined ? { as: selfOf(checked).runtime } : acting,
    "assertExit",
  );
  const site = new Site(assertExit);
  return ownOperation(function* (): Generator<Op<unknown>, unknown, any> {
    const { runtime } = selfOf(checked);
    if (runtime.isAlive(checked)) {
      const ref = actor.monitor(checked);
      const self = actor as unknown as { receive: (...clauses: unknown[]) => Op<unknown> };
      const isDown: unknown = yield self.receive(
        on(["DOWN", ref, P._, P._, P._], () => true),
        after(ms, () => false),
      );
      if (isDown !== true) {
        actor.demonitor(ref, { flush: true });
        const { status, messageQueueLen: waiting } = runtime.processInfo(checked) ?? {};
        throw site.blame(
          new AssertionError(
            `Assertion failed, ${checked} has not exited after ${ms}ms: it is ${status}, with ${waiting} ${waiting === 1 ? "message" : "messages"} in its mailbox`,
          ),
        );
      }
    }
    const ended = exitReason(checked);
    if (matches(reason, ended)) return ended;
    const shown = patternText(reason);
    const error = new AssertionError(
      `Assertion failed, ${checked} has exited with another reason\n  pattern: ${shown}\n  reason: ${inspect(ended)}`,
      shown,
    );
    error.cause = ended;
    throw site.blame(error);
  });
}

/** Why a process that is dead has ended. */
export function exitReason(pid: Pid<never>): unknown {
  // Who asks for the signal of a dead process gets one that is aborted.
  const { reason } = selfOf(pid).signal;
  return reason instanceof ExitError ? reason.reason : undefined;
}
