import { after, inspect, on, P, type Self, type Suspend } from "../kernel.ts";
import { type AnyPid, Failed, type FullSpec, isPid, wrong } from "./child-spec.ts";
import { settle } from "./operation.ts";
import { isOrderly } from "./otp-report.ts";
import { isFailedStart } from "./proc-lib.ts";
import { isFailure, reasonOf } from "./server-process.ts";

/** What a start function came to: a pid, perhaps with information for who asked, nothing by `ignore`, or a failure. */
export type Start = AnyPid | readonly [pid: AnyPid, info: unknown] | undefined | Failed;

/**
 * Runs a start function in the supervisor. A start that failed is the reason it failed with; one that threw is `["EXIT", what it threw]`, as
 * OTP's `catch` has it.
 */
export function* startChild(
  self: Self<unknown>,
  { id, start }: FullSpec,
  args: readonly unknown[] = [],
): Generator<Suspend, Start, unknown> {
  let started: unknown;
  try {
    started = yield* settle(start(...args), self);
  } catch (error) {
    if (isFailedStart(error)) return new Failed(error.reason);
    if (isFailure(error)) return new Failed(["EXIT", reasonOf(error)]);
    // As in Erlang, what is thrown and no error stands for what is returned.
    started = error;
  }
  if (isPid(started)) return started;
  if (started === "ignore") return undefined;
  if (Array.isArray(started) && started.length === 2 && isPid(started[0])) return started as [AnyPid, unknown];
  return new Failed(wrong(`a pid or "ignore" from start of child ${inspect(id)}`, started));
}

/** The pid of a start that did not fail; undefined when it was ignored. */
export function pidOf(start: Exclude<Start, Failed>): AnyPid | undefined {
  return Array.isArray(start) ? (start[0] as AnyPid) : (start as AnyPid | undefined);
}

/** Whether a child ended as its supervisor wanted it: else the shutdown is reported. */
export function isExpected(reason: unknown, { shutdown, restart }: FullSpec): boolean {
  if (reason === (shutdown === "brutal_kill" ? "killed" : "shutdown")) return true;
  return restart !== "permanent" && isOrderly(reason);
}

/** The first exit signal of a shutdown. */
export function signalOf({ shutdown }: FullSpec): "kill" | "shutdown" {
  return shutdown === "brutal_kill" ? "kill" : "shutdown";
}

/** Ends a child, and gives the reason it ended with. Monitored: the child may have removed its link. */
export function* shutDown(self: Self<unknown>, pid: AnyPid, spec: FullSpec): Generator<Suspend, unknown, unknown> {
  const ref = self.monitor(pid);
  const down = on(["DOWN", ref, P._, P._, P._], (message): readonly unknown[] => message);
  self.exit(pid, signalOf(spec));
  const { shutdown } = spec;
  const patience = shutdown === "brutal_kill" ? Number.POSITIVE_INFINITY : shutdown;
  let message = yield* self.receive(
    down,
    after(patience, () => undefined),
  );
  if (message === undefined) {
    self.exit(pid, "kill");
    message = yield* self.receive(down);
  }
  return yield* unlinkFlush(self, pid, message[4]);
}

/** Removes the link to a process that has ended. The reason of its EXIT message, if that has come; it is more than a monitor can tell of the dead. */
export function* unlinkFlush(self: Self<unknown>, pid: AnyPid, reason: unknown): Generator<Suspend, unknown, unknown> {
  self.unlink(pid);
  return yield* self.receive(
    on(["EXIT", pid, P._], (message): unknown => message[2]),
    after(0, () => reason),
  );
}
