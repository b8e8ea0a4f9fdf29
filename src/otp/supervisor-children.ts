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
 * The children of a supervisor that have ids, in the order in which they are started.
 *
 * Who finds one by its id or by its pid has a table made, which is kept from then on. Most supervisors of many children are never asked
 * for one, and 100,000 entries that stay take the garbage collector longer than the children's starts.
 */
export class Children {
  private list: Child[] = [];
  /** Those in the list that are no children any more: they leave it together, as each would move all that are younger. */
  private readonly removed = new Set<Child>();
  private byId: Map<unknown, Child> | undefined;
  private byPid: Map<AnyPid, Child> | undefined;

  get size(): number {
    return this.list.length - this.removed.size;
  }

  /** The oldest first. */
  all(): readonly Child[] {
    const { removed } = this;
    if (removed.size > 0) this.list = this.list.filter((child) => !removed.has(child));
    removed.clear();
    return this.list;
  }

  get(id: unknown): Child | undefined {
    this.byId ??= new Map(this.all().map((child) => [child.spec.id, child]));
    return this.byId.get(id);
  }

  withPid(pid: AnyPid): Child | undefined {
    if (this.byPid === undefined) {
      this.byPid = new Map();
      for (const child of this.all()) if (child.pid !== undefined) this.byPid.set(child.pid, child);
    }
    return this.byPid.get(pid);
  }

  /** Adds one that is the youngest then. */
  add(child: Child): void {
    this.list.push(child);
    this.byId?.set(child.spec.id, child);
  }

  remove(child: Child): void {
    this.setPid(child, undefined);
    this.byId?.delete(child.spec.id);
    this.removed.add(child);
    if (this.removed.size > this.list.length / 2) this.all();
  }

  setPid(child: Child, pid: AnyPid | undefined): void {
    const { byPid } = this;
    if (byPid !== undefined) {
      if (child.pid !== undefined) byPid.delete(child.pid);
      if (pid !== undefined) byPid.set(pid, child);
    }
    child.pid = pid;
    child.isRestarting = false;
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
