import { inspect, type Pid, type Self, type Suspend } from "../kernel.ts";
import { type AnyPid, Failed, type FullSpec } from "./child-spec.ts";
import { isWaiting, stepsOf } from "./operation.ts";
import { isOrderly } from "./otp-report.ts";
import { endAtOnce, ending, failureOf, isExpected, pidOf, type Start, startOf } from "./supervisor-child.ts";
import type { Child } from "./supervisor-children.ts";
import { conflict, type FullFlags } from "./supervisor-flags.ts";
import { Intensity } from "./supervisor-intensity.ts";
import { type SupervisorContext, type SupervisorIdentity, SupervisorReport } from "./supervisor-report.ts";

export type Steps<T> = Generator<Suspend, T, unknown>;

/** What a supervisor replies, as Erlang's does. */
export type Reply = "ok" | readonly ["ok", ...unknown[]] | readonly ["error", reason: unknown] | object;

const NO_ARGS: readonly unknown[] = [];

export const NOT_FOUND = ["error", "not_found"] as const;

/** How many children a supervisor has. Source: `Supervisor.count_children/1`. */
export interface ChildCounts {
  /** Child specs. */
  readonly specs: number;
  /** Processes that are alive. */
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

/** A child as `whichChildren` shows it. */
export type ChildEntry = readonly [
  id: unknown,
  child: Pid<any> | "restarting" | undefined,
  type: "worker" | "supervisor",
  modules: readonly unknown[] | "dynamic",
];

export function entryOf(id: unknown, { pid, isRestarting, spec }: Child): ChildEntry {
  return [id, isRestarting ? "restarting" : pid, spec.type, spec.modules];
}

/** What supervisors of all strategies have in common. After OTP 25's `supervisor`. */
export abstract class SupervisorServer implements SupervisorIdentity {
  readonly self: Self<unknown>;
  readonly name: unknown;
  readonly module: string;
  readonly flags: FullFlags;
  private readonly intensity: Intensity;

  constructor(self: Self<unknown>, name: unknown, module: string, flags: FullFlags) {
    this.self = self;
    this.name = name;
    this.module = module;
    this.flags = flags;
    this.intensity = new Intensity(flags.maxRestarts, flags.maxSeconds);
  }

  get pid(): AnyPid {
    return this.self.pid;
  }

  /** The child that has a pid and is taken to be alive. */
  protected abstract withPid(pid: AnyPid): Child | undefined;
  protected abstract isKnown(child: Child): boolean;
  /** It runs no more, and is not to be restarted. */
  protected abstract forget(child: Child): void;
  /** Whether no significant child is left. */
  protected abstract lastSignificant(): boolean;
  /** Starts a child that has ended, with those that the strategy adds. The one whose start failed, if one did. */
  protected abstract startAgain(child: Child): Steps<Child | undefined>;

  /** Starts the children that a supervisor begins with. The reason to stop with, in an array, when one fails. */
  abstract begin(specs: readonly FullSpec[]): Steps<readonly [] | readonly [reason: unknown]>;
  abstract end(): Steps<void>;

  abstract start(given: unknown): Steps<Reply>;
  abstract terminate(id: unknown): Steps<Reply>;
  abstract restart(id: unknown): Steps<Reply>;
  abstract remove(id: unknown): Reply;
  abstract spec(id: unknown): Reply;
  abstract list(): ChildEntry[];
  abstract count(): ChildCounts;

  *handleCall(request: unknown): Steps<Reply> {
    const [what, arg] = (Array.isArray(request) ? request : [request]) as [unknown, unknown];
    switch (what) {
      case "start_child":
        return yield* this.start(arg);
      case "terminate_child":
        return yield* this.terminate(arg);
      case "restart_child":
        return yield* this.restart(arg);
      case "delete_child":
        return this.remove(arg);
      case "get_childspec":
        return this.spec(arg);
      case "which_children":
        return this.list();
      case "count_children":
        return this.count();
    }
    return ["error", ["unknown_request", request]];
  }

  /** A message that is no call. False when the supervisor is to shut down, true to go on. */
  *handle(message: unknown): Steps<boolean> {
    const [tag, pid, reason] = (Array.isArray(message) ? message : []) as [unknown, AnyPid, unknown];
    if (tag !== "EXIT") this.unexpected(message);
    const child = tag === "EXIT" ? this.withPid(pid) : undefined;
    return child === undefined || (yield* this.exited(child, reason));
  }

  unexpected(message: unknown): void {
    const text = `Supervisor received unexpected message: ${inspect(message)}`;
    this.self.runtime.log({ level: "error", kind: "supervisor", time: new Date(), pid: this.pid, text });
  }

  private *exited(child: Child, reason: unknown): Steps<boolean> {
    const { restart, significant } = child.spec;
    const isFailure = restart === "permanent" || !isOrderly(reason);
    if (isFailure) this.report("child_terminated", reason, child.pid, child.spec);
    if (isFailure && restart !== "temporary") return yield* this.countAndRestart(child);
    this.forget(child);
    const { autoShutdown } = this.flags;
    if (!significant || autoShutdown === "never") return true;
    return autoShutdown === "all_significant" && !this.lastSignificant();
  }

  private *countAndRestart(child: Child): Steps<boolean> {
    const { self } = this;
    if (!this.intensity.add(self.runtime.now())) {
      this.report("shutdown", "reached_max_restart_intensity", child.pid, child.spec);
      this.forget(child);
      return false;
    }
    const failed = yield* this.startAgain(child);
    // By a message, so that others are served in between.
    if (failed !== undefined) self.send(self.pid, ["$gen_cast", new TryAgain(failed)]);
    return true;
  }

  /** A restart that failed is tried again, unless somebody has done something about it. */
  *tryAgain({ child }: TryAgain): Steps<boolean> {
    return !child.isRestarting || !this.isKnown(child) || (yield* this.countAndRestart(child));
  }

  /** Runs a start function; the failure of what was known before is reported. */
  protected *run(spec: FullSpec, args: readonly unknown[] = NO_ARGS): Steps<Start> {
    try {
      const given: unknown = spec.start(...args);
      return this.started(isWaiting(given) ? yield* stepsOf(given, this.self) : given, spec);
    } catch (error) {
      return this.started(error, spec, failureOf);
    }
  }

  /** What a start function gave, or threw. */
  protected started(given: unknown, spec: FullSpec, read: typeof startOf = startOf): Start {
    const start = read(given, spec.id, this.self.runtime);
    if (this.flags.progress && start !== undefined && !(start instanceof Failed))
      this.report("progress", undefined, pidOf(start), spec);
    return start;
  }

  /** Ends the process of a child. What is to be waited for, if anything. */
  protected shutDown({ pid, spec }: Child): Steps<void> | undefined {
    return pid === undefined || endAtOnce(this.self, pid, spec) ? undefined : this.ended(pid, spec);
  }

  private *ended(pid: AnyPid, spec: FullSpec): Steps<void> {
    const reason = yield* ending(this.self, pid, spec);
    if (!isExpected(reason, spec)) this.report("shutdown_error", reason, pid, spec);
  }

  protected report(
    context: SupervisorContext,
    reason: unknown,
    child: AnyPid | number | undefined,
    spec: FullSpec,
  ): void {
    this.self.runtime.log(new SupervisorReport(this, context, reason, child, spec));
  }

  /** What is against a spec, beyond what its fields are: OTP's reason. */
  protected conflict(spec: FullSpec): unknown {
    return conflict(spec, this.flags);
  }
}

/** A supervisor's message to itself. */
export class TryAgain {
  readonly child: Child;

  constructor(child: Child) {
    this.child = child;
  }
}

/** `{ok, Pid}`, `{ok, Pid, Info}` or `{ok, undefined}`. */
export function okOf(start: Exclude<Start, Failed>): readonly ["ok", ...unknown[]] {
  return Array.isArray(start) ? ["ok", ...start] : ["ok", start];
}
