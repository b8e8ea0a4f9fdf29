import type { AnyPid, FullSpec } from "./child-spec.ts";

/** A child of a supervisor. It has a pid, or is being restarted, or neither. */
export class Child {
  readonly spec: FullSpec;
  /** The process, while the supervisor takes it to be alive. */
  pid: AnyPid | undefined = undefined;
  /** Its restart has failed, and is to be tried again. */
  isRestarting = false;

  constructor(spec: FullSpec) {
    this.spec = spec;
  }
}

/**
 * The children of a supervisor, in the order in which they are started.
 *
 * A Map keeps that order, and finds a child by its id; the other one finds it by its pid. Who has a pid is in both.
 */
export class Children {
  private readonly byId = new Map<unknown, Child>();
  private readonly byPid = new Map<AnyPid, Child>();

  get(id: unknown): Child | undefined {
    return this.byId.get(id);
  }

  withPid(pid: AnyPid): Child | undefined {
    return this.byPid.get(pid);
  }

  get size(): number {
    return this.byId.size;
  }

  /** The oldest first. */
  values(): Iterable<Child> {
    return this.byId.values();
  }

  /** A child and those that come after it. */
  from(child: Child): Child[] {
    const all = [...this.byId.values()];
    return all.slice(all.indexOf(child));
  }

  add(child: Child): void {
    this.byId.set(child.spec.id, child);
    if (child.pid !== undefined) this.byPid.set(child.pid, child);
  }

  remove(child: Child): void {
    this.setPid(child, undefined);
    this.byId.delete(child.spec.id);
  }

  setPid(child: Child, pid: AnyPid | undefined): void {
    if (child.pid !== undefined) this.byPid.delete(child.pid);
    child.pid = pid;
    child.isRestarting = false;
    if (pid !== undefined) this.byPid.set(pid, child);
  }

  setRestarting(child: Child): void {
    this.setPid(child, undefined);
    child.isRestarting = true;
  }

  /** It runs no more: a temporary child is forgotten, of the others the spec stays. */
  ended(child: Child): void {
    if (child.spec.restart === "temporary") this.remove(child);
    else this.setPid(child, undefined);
  }
}
