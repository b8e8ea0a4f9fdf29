import { after, on } from "../kernel.ts";
import { type AnyPid, Failed, type FullSpec } from "./child-spec.ts";
import { isPid } from "./name.ts";
import { isExpected, pidOf, signalOf, unlinkFlush } from "./supervisor-child.ts";
import { Child } from "./supervisor-children.ts";
import {
  type ChildCounts,
  type ChildEntry,
  entryOf,
  NOT_FOUND,
  okOf,
  type Reply,
  type Steps,
  SupervisorServer,
} from "./supervisor-server.ts";

const REFUSED = ["error", "simple_one_for_one"] as const;

/** Erlang's word for it. */
class FunctionClauseError extends Error {
  override readonly name = "FunctionClauseError";
}

/** A child with the arguments that its start function gets. */
class DynamicChild extends Child {
  readonly args: readonly unknown[];

  constructor(spec: FullSpec, args: readonly unknown[]) {
    super(spec);
    this.args = args;
  }
}

/** A supervisor of children that are all made from one spec, and known by their pids: simple_one_for_one. */
export class SimpleServer extends SupervisorServer {
  private template!: FullSpec;
  /** By pid; one that is being restarted keeps its place under the last pid it had. */
  private readonly children = new Map<AnyPid | undefined, DynamicChild>();
  private restarting = 0;

  protected withPid(pid: AnyPid): Child | undefined {
    const child = this.children.get(pid);
    return child?.isRestarting ? undefined : child;
  }

  protected isKnown(child: Child): boolean {
    return this.children.get(child.pid) === child;
  }

  protected forget(child: Child): void {
    this.children.delete(child.pid);
    if (child.isRestarting) this.restarting--;
  }

  protected lastSignificant(): boolean {
    return this.children.size === 0;
  }

  *begin(specs: readonly FullSpec[]): Steps<readonly [] | readonly [reason: unknown]> {
    if (specs.length !== 1) return [["bad_start_spec", specs]];
    const spec = specs[0] as FullSpec;
    const conflict = this.conflict(spec);
    if (conflict !== undefined) return [["start_spec", conflict]];
    this.template = spec;
    return [];
  }

  private add(pid: AnyPid | undefined, args: readonly unknown[]): void {
    const child = new DynamicChild(this.template, args);
    child.pid = pid;
    this.children.set(pid, child);
  }

  *start(extra: unknown): Steps<Reply> {
    const args = Array.isArray(extra) ? extra : [];
    const start = yield* this.run(this.template, args);
    if (start instanceof Failed) return ["error", start.reason];
    if (start !== undefined) this.add(pidOf(start), args);
    return okOf(start);
  }

  protected *startAgain(child: Child): Steps<Child | undefined> {
    const { args, spec } = child as DynamicChild;
    this.forget(child);
    const start = yield* this.run(spec, args);
    if (!(start instanceof Failed)) {
      this.add(pidOf(start), args);
      return undefined;
    }
    child.isRestarting = true;
    this.restarting++;
    this.children.set(child.pid, child as DynamicChild);
    this.report("start_error", start.reason, child.pid, spec);
    return child;
  }

  *terminate(pid: unknown): Steps<Reply> {
    if (!isPid(pid)) return REFUSED;
    const child = this.children.get(pid);
    if (child === undefined) return this.self.runtime.isAlive(pid) ? NOT_FOUND : "ok";
    if (!child.isRestarting) yield* this.shutDown(child) ?? [];
    this.forget(child);
    return "ok";
  }

  *restart(): Steps<Reply> {
    return REFUSED;
  }

  remove(): Reply {
    return REFUSED;
  }

  spec(pid: unknown): Reply {
    return this.children.has(pid as AnyPid) ? ["ok", this.template] : NOT_FOUND;
  }

  list(): ChildEntry[] {
    return Array.from(this.children.values(), (child) => entryOf(undefined, child));
  }

  count(): ChildCounts {
    const { size } = this.children;
    const counts = { specs: 1, active: size - this.restarting, supervisors: 0, workers: 0 };
    counts[`${this.template.type}s`] = size;
    return counts;
  }

  /** All at once, as their order tells nothing. One report for all that ended of the same reason. */
  *end(): Steps<void> {
    const { self, template } = this;
    const { shutdown } = template;
    // OTP 25 does so, too: a child whose restart was ignored stays in its table without a pid, and that it can't shut down.
    if (this.children.has(undefined)) throw new FunctionClauseError("no clause to end a child that has no pid");
    const left = new Map<unknown, AnyPid>();
    for (const { pid, isRestarting } of this.children.values()) {
      if (pid === undefined || isRestarting) continue;
      left.set(self.monitor(pid), pid);
      self.exit(pid, signalOf(template));
    }
    const isTimed = typeof shutdown === "number" && shutdown !== Number.POSITIVE_INFINITY;
    const deadline = isTimed ? self.runtime.now() + shutdown : Number.POSITIVE_INFINITY;
    const down = on(
      (message: readonly unknown[]) => message[0] === "DOWN" && left.has(message[1]),
      (message): readonly unknown[] => message,
    );
    const failures = new Map<unknown, number>();
    let isKilled = false;
    while (left.size > 0) {
      const ms = isKilled ? Number.POSITIVE_INFINITY : Math.max(0, deadline - self.runtime.now());
      const message = yield* self.receive(
        down,
        after(ms, () => undefined),
      );
      if (message === undefined) {
        isKilled = true;
        for (const pid of left.values()) self.exit(pid, "kill");
        continue;
      }
      left.delete(message[1]);
      const reason = yield* unlinkFlush(self, message[3] as AnyPid, message[4]);
      if (!isExpected(reason, template)) failures.set(reason, (failures.get(reason) ?? 0) + 1);
    }
    for (const [reason, count] of failures) this.report("shutdown_error", reason, count, template);
  }
}
