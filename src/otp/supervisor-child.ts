import { after, inspect, on, P, type Runtime, type Self, type Suspend } from "../kernel.ts";
import { type AnyPid, Failed, type FullSpec, wrong } from "./child-spec.ts";
import { isPid, runtimeFor } from "./name.ts";
import { isOrderly } from "./otp-report.ts";
import { isFailedStart } from "./proc-lib.ts";
import { isFailure, reasonOf } from "./server-process.ts";

/** What a start function came to: a pid, perhaps with information for who asked, nothing by `ignore`, or a failure. */
export type Start = AnyPid | readonly [pid: AnyPid, info: unknown] | undefined | Failed;

/** What a start function gave. A pid of another runtime is none that could be ended. */
export function startOf(started: unknown, id: unknown, runtime: Runtime): Start {
  if (isOwn(started, runtime)) return started;
  if (started === "ignore") return undefined;
  if (Array.isArray(started) && started.length === 2 && isOwn(started[0], runtime)) return started as [AnyPid, unknown];
  return new Failed(wrong(`a pid or "ignore" from start of child ${inspect(id)}`, started));
}

function isOwn(pid: unknown, runtime: Runtime): pid is AnyPid {
  return isPid(pid) && runtimeFor(pid) === runtime;
}

/** What a start function threw: a start that failed is the reason it failed with, any other error `["EXIT", error]`, as OTP's `catch` has it. */
export function failureOf(thrown: unknown, id: unknown, runtime: Runtime): Start {
  if (isFailedStart(thrown)) return new Failed(thrown.reason);
  if (isFailure(thrown)) return new Failed(["EXIT", reasonOf(thrown)]);
  // As in Erlang, what is thrown and no error stands for what is returned.
  return startOf(thrown, id, runtime);
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

const reasonOfExit = (message: readonly unknown[]): unknown => message[2];
const whole = (message: readonly unknown[]): readonly unknown[] => message;
const nothing = (): undefined => undefined;

/** Tells a child to end. Whether it has, for no other reason: who does not trap exits does so at once, and needs no monitor. */
export function endAtOnce(self: Self<unknown>, pid: AnyPid, spec: FullSpec): boolean {
  const { runtime } = self;
  if (!runtime.isAlive(pid)) return false;
  // Without a link there is no EXIT message to look for.
  self.unlink(pid);
  self.exit(pid, signalOf(spec));
  if (!runtime.isAlive(pid)) return true;
  self.link(pid);
  return false;
}

/** Waits for the end of a child that was told to, and gives the reason it ended with. */
export function* ending(self: Self<unknown>, pid: AnyPid, spec: FullSpec): Generator<Suspend, unknown, unknown> {
  let reason: unknown = "noproc";
  if (self.runtime.isAlive(pid)) {
    const ref = self.monitor(pid);
    const down = on(["DOWN", ref, P._, P._, P._], whole);
    const { shutdown } = spec;
    let message =
      typeof shutdown === "number" && shutdown < Number.POSITIVE_INFINITY
        ? yield* self.receive(down, after(shutdown, nothing))
        : yield* self.receive(down);
    if (message === undefined) {
      self.exit(pid, "kill");
      message = yield* self.receive(down);
    }
    reason = message[4];
  }
  return yield* unlinkFlush(self, pid, reason);
}

/** Removes what is left of the link to a process that has ended. The reason of its EXIT message, if that has come: a monitor of the dead tells none. */
export function unlinkFlush(self: Self<unknown>, pid: AnyPid, reason: unknown): Generator<Suspend, unknown, unknown> {
  self.unlink(pid);
  return self.receive(
    on(["EXIT", pid, P._], reasonOfExit),
    after(0, () => reason),
  ) as never;
}
