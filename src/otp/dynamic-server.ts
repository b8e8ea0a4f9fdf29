import { after, inspect, on, P, type Self } from "../kernel.ts";
import { type AnyPid, Failed, type FullSpec } from "./child-spec.ts";
import { isPid } from "./name.ts";
import { isOrderly } from "./otp-report.ts";
import { pidOf, signalOf } from "./supervisor-child.ts";
import { Child } from "./supervisor-children.ts";
import type { FullFlags } from "./supervisor-flags.ts";
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

type Message = readonly unknown[];

const same = (message: Message): Message => message;

/** What a dynamic supervisor has besides what all supervisors have. */
interface Limits {
  readonly maxChildren: number;
  readonly extraArguments: readonly unknown[];
}

/** A supervisor of children that are known by their pids, each with a spec of its own. After Elixir 1.14's `DynamicSupervisor`. */
export class DynamicServer extends SupervisorServer {
  readonly limits: Limits;
  /** By pid; one that is being restarted stays under the last pid it had. */
  private readonly children = new Map<AnyPid, Child>();

  constructor(self: Self<unknown>, name: unknown, module: string, flags: FullFlags, limits: Limits) {
    super(self, name, module, flags);
    this.limits = limits;
  }

  protected withPid(pid: AnyPid): Child | undefined {
    const child = this.children.get(pid);
    return child?.isRestarting ? undefined : child;
  }

  protected isKnown(child: Child): boolean {
    return this.children.get(child.pid as AnyPid) === child;
  }

  protected forget(child: Child): void {
    this.children.delete(child.pid as AnyPid);
  }

  protected lastSignificant(): boolean {
    return false;
  }

  *begin(): Steps<readonly []> {
    return [];
  }

  *start(spec: unknown): Steps<Reply> {
    const { maxChildren, extraArguments } = this.limits;
    if (this.children.size >= maxChildren) return ["error", "max_children"];
    const start = yield* this.run(spec as FullSpec, extraArguments);
    if (start instanceof Failed) return ["error", reasonOf(start)];
    if (start !== undefined) this.add(new Child(spec as FullSpec), pidOf(start) as AnyPid);
    return okOf(start);
  }

  private add(child: Child, pid: AnyPid): void {
    child.pid = pid;
    child.isRestarting = false;
    this.children.set(pid, child);
  }

  protected *startAgain(child: Child): Steps<Child | undefined> {
    const { spec } = child;
    const start = yield* this.run(spec, this.limits.extraArguments);
    if (start instanceof Failed) {
      this.report("start_error", reasonOf(start), undefined, spec);
      child.isRestarting = true;
      return child;
    }
    this.forget(child);
    const pid = pidOf(start);
    if (pid !== undefined) this.add(child, pid);
    return undefined;
  }

  *terminate(pid: unknown): Steps<Reply> {
    const child = isPid(pid) ? this.children.get(pid) : undefined;
    if (child === undefined) return NOT_FOUND;
    yield* this.endAll([child]);
    this.forget(child);
    return "ok";
  }

  *restart(): Steps<Reply> {
    return NOT_FOUND;
  }

  remove(): Reply {
    return NOT_FOUND;
  }

  spec(pid: unknown): Reply {
    const child = this.children.get(pid as AnyPid);
    return child === undefined ? NOT_FOUND : ["ok", child.spec];
  }

  list(): ChildEntry[] {
    return Array.from(this.children.values(), (child) => entryOf(undefined, child));
  }

  count(): ChildCounts {
    const counts = { specs: this.children.size, active: 0, supervisors: 0, workers: 0 };
    for (const { isRestarting, spec } of this.children.values()) {
      if (!isRestarting) counts.active++;
      counts[`${spec.type}s`]++;
    }
    return counts;
  }

  end(): Steps<void> {
    return this.endAll(this.children.values());
  }

  /**
   * Ends children all at once, since their order tells nothing; each has the time of its own spec.
   *
   * They are monitored and no longer linked, so the only EXIT messages are of those that had ended before. Looking for one behind each
   * DOWN message would mean to look through all of the others each time.
   */
  private *endAll(children: Iterable<Child>): Steps<void> {
    const self = this.self as Self<any>;
    const now = self.runtime.now();
    const left = new Map<AnyPid, Child>();
    const deadlines = new Map<number, AnyPid[]>();
    for (const child of children) {
      const { pid, isRestarting, spec } = child;
      if (isRestarting || pid === undefined) continue;
      self.monitor(pid);
      self.unlink(pid);
      left.set(pid, child);
      self.exit(pid, signalOf(spec));
      const { shutdown } = spec;
      if (shutdown === "brutal_kill" || shutdown === Number.POSITIVE_INFINITY) continue;
      const others = deadlines.get(now + shutdown);
      if (others === undefined) deadlines.set(now + shutdown, [pid]);
      else others.push(pid);
    }
    const times = [...deadlines.keys()].sort((a, b) => a - b);
    while (left.size > 0) {
      const [time = Number.POSITIVE_INFINITY] = times;
      // biome-ignore lint/suspicious/noThenProperty: receive's word for what follows
      const patience = { after: Math.max(0, time - self.runtime.now()), then: () => undefined };
      const message = (yield* self.receive({ DOWN: same }, patience)) as Message | undefined;
      if (message === undefined) {
        for (const pid of deadlines.get(times.shift() as number) as AnyPid[]) self.exit(pid, "kill");
        continue;
      }
      const pid = message[3] as AnyPid;
      const child = left.get(pid);
      if (child === undefined) continue;
      left.delete(pid);
      let [, , , , reason] = message;
      let isExpected = isWanted(reason, child.spec);
      if (reason === "noproc") {
        const early = on(["EXIT", pid, P._], (exit: Message): Message => exit);
        const exit = (yield* self.receive(
          early,
          after(0, () => undefined),
        )) as Message | undefined;
        if (exit !== undefined) {
          reason = exit[2];
          isExpected = reason === "normal" && child.spec.restart !== "permanent";
        }
      }
      if (!isExpected) this.report("shutdown_error", reason, pid, child.spec);
    }
  }

  override unexpected(message: unknown): void {
    const { self } = this;
    const text = `DynamicSupervisor received unexpected message: ${inspect(message)}`;
    self.runtime.log({ level: "error", kind: "event", time: new Date(), pid: self.pid, text });
  }
}

/** Whether a child that was told to end did so for that reason. */
function isWanted(reason: unknown, { shutdown, restart }: FullSpec): boolean {
  if (shutdown === "brutal_kill") return reason === "killed";
  if (reason === "normal") return restart !== "permanent";
  return isOrderly(reason);
}

/** What a start failed with: Elixir does not tell what was thrown from what was returned as an error. */
function reasonOf({ reason }: Failed): unknown {
  return Array.isArray(reason) && reason[0] === "EXIT" && reason.length === 2 ? reason[1] : reason;
}
