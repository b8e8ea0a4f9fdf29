import { type AnyPid, type ChildSpec, Failed, type FullSpec, fullSpec } from "./child-spec.ts";
import { isWaiting, stepsOf } from "./operation.ts";
import { failureOf, pidOf, type Start } from "./supervisor-child.ts";
import { Child, Children } from "./supervisor-children.ts";
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

/** A supervisor of children that have ids: one_for_one, one_for_all and rest_for_one. */
export class TableServer extends SupervisorServer {
  private readonly children = new Children();

  protected withPid(pid: AnyPid): Child | undefined {
    return this.children.withPid(pid);
  }

  protected isKnown(child: Child): boolean {
    return this.children.get(child.spec.id) === child;
  }

  protected forget(child: Child): void {
    this.children.ended(child);
  }

  protected lastSignificant(): boolean {
    const isLeft = ({ pid, isRestarting, spec }: Child) => spec.significant && (pid !== undefined || isRestarting);
    return !this.children.all().some(isLeft);
  }

  *begin(specs: readonly FullSpec[]): Steps<readonly [] | readonly [reason: unknown]> {
    const ids = new Set<unknown>();
    for (const spec of specs) {
      const conflict = this.conflict(spec);
      if (conflict !== undefined) return [["start_spec", conflict]];
      if (ids.size === ids.add(spec.id).size) return [["start_spec", ["duplicate_child_name", spec.id]]];
      this.children.add(new Child(spec));
    }
    const failure = yield* this.startAll(this.children.all());
    if (failure === undefined) return [];
    yield* this.end();
    return [["shutdown", ["failed_to_start_child", failure.child.spec.id, failure.reason]]];
  }

  end(): Steps<void> {
    return this.endAll(this.children.all());
  }

  /** Starts children in their order, up to the first that fails. */
  private *startAll(list: readonly Child[]): Steps<{ readonly child: Child; readonly reason: unknown } | undefined> {
    const { children } = this;
    for (const child of list) {
      const { spec } = child;
      let start: Start;
      // As `run` does, which would be a generator more for each child.
      try {
        const given: unknown = spec.start();
        start = this.started(isWaiting(given) ? yield* stepsOf(given, this.self) : given, spec);
      } catch (error) {
        start = this.started(error, spec, failureOf);
      }
      if (start instanceof Failed) {
        this.report("start_error", start.reason, undefined, spec);
        return { child, reason: start.reason };
      }
      if (start === undefined) children.ended(child);
      else children.setPid(child, pidOf(start));
    }
    return undefined;
  }

  /** Ends children, the last one first. */
  private *endAll(list: readonly Child[]): Steps<void> {
    for (let i = list.length - 1; i >= 0; i--) {
      const child = list[i] as Child;
      const steps = this.shutDown(child);
      if (steps !== undefined) yield* steps;
      this.children.ended(child);
    }
  }

  protected *startAgain(child: Child): Steps<Child | undefined> {
    const { children, flags } = this;
    if (flags.strategy === "one_for_one") {
      const start = yield* this.run(child.spec);
      if (!(start instanceof Failed)) {
        children.setPid(child, pidOf(start));
        return undefined;
      }
      this.report("start_error", start.reason, child.pid, child.spec);
      children.setRestarting(child);
      return child;
    }
    const all = children.all();
    const list = flags.strategy === "one_for_all" ? all : all.slice(all.indexOf(child));
    children.ended(child);
    yield* this.endAll(list);
    const failure = yield* this.startAll(list.filter(({ spec }) => spec.restart !== "temporary"));
    if (failure !== undefined) children.setRestarting(failure.child);
    return failure?.child;
  }

  *start(given: unknown): Steps<Reply> {
    const { children } = this;
    let spec: FullSpec;
    try {
      spec = fullSpec(given as ChildSpec);
    } catch (error) {
      // Of a request that was sent by hand; `Supervisor.startChild` has looked before.
      return ["error", error];
    }
    const conflict = this.conflict(spec);
    if (conflict !== undefined) return ["error", conflict];
    const old = children.get(spec.id);
    if (old !== undefined) return ["error", old.pid === undefined ? "already_present" : ["already_started", old.pid]];
    const start = yield* this.run(spec);
    if (start instanceof Failed) return ["error", start.reason];
    if (start !== undefined || spec.restart !== "temporary") {
      const child = new Child(spec);
      children.add(child);
      children.setPid(child, pidOf(start));
    }
    return okOf(start);
  }

  *terminate(id: unknown): Steps<Reply> {
    const child = this.children.get(id);
    if (child === undefined) return NOT_FOUND;
    yield* this.shutDown(child) ?? [];
    this.children.ended(child);
    return "ok";
  }

  *restart(id: unknown): Steps<Reply> {
    const child = this.children.get(id);
    const refusal = refusalOf(child);
    if (refusal !== undefined) return refusal;
    const { spec } = child as Child;
    const start = yield* this.run(spec);
    if (start instanceof Failed) return ["error", start.reason];
    this.children.setPid(child as Child, pidOf(start));
    return okOf(start);
  }

  remove(id: unknown): Reply {
    const child = this.children.get(id);
    const refusal = refusalOf(child);
    if (refusal !== undefined) return refusal;
    this.children.remove(child as Child);
    return "ok";
  }

  spec(id: unknown): Reply {
    const child = this.children.get(id);
    return child === undefined ? NOT_FOUND : ["ok", child.spec];
  }

  list(): ChildEntry[] {
    return this.children
      .all()
      .map((child) => entryOf(child.spec.id, child))
      .reverse();
  }

  count(): ChildCounts {
    const { runtime } = this.self;
    const counts = { specs: this.children.size, active: 0, supervisors: 0, workers: 0 };
    for (const { pid, spec } of this.children.all()) {
      if (pid !== undefined && runtime.isAlive(pid)) counts.active++;
      counts[`${spec.type}s`]++;
    }
    return counts;
  }
}

/** Why a child can be neither restarted by hand nor deleted. */
function refusalOf(child: Child | undefined): Reply | undefined {
  if (child === undefined) return NOT_FOUND;
  if (child.isRestarting) return ["error", "restarting"];
  return child.pid === undefined ? undefined : ["error", "running"];
}
