import type { AnyPid, FullSpec } from "./child-spec.ts";

/** A child of a supervisor. It has a pid, or is being restarted, or neither. */
export class Child {
  readonly spec: FullSpec;
  /** The process, while the supervisor takes it to be alive. */
  pid: AnyPid | undefined = undefined;
  /** Its restart has failed, and is to be tried again. */
  isRestarting = false;
  /** Its neighbours in the order in which children are started. */
  older: Child | undefined = undefined;
  younger: Child | undefined = undefined;

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
  size = 0;
  oldest: Child | undefined;
  private youngest: Child | undefined;
  private byId: Map<unknown, Child> | undefined;
  private byPid: Map<AnyPid, Child> | undefined;

  get(id: unknown): Child | undefined {
    this.byId ??= new Map(this.from(this.oldest).map((child) => [child.spec.id, child]));
    return this.byId.get(id);
  }

  withPid(pid: AnyPid): Child | undefined {
    if (this.byPid === undefined) {
      this.byPid = new Map();
      for (const child of this.from(this.oldest)) if (child.pid !== undefined) this.byPid.set(child.pid, child);
    }
    return this.byPid.get(pid);
  }

  /** A child and those that are younger. */
  from(first: Child | undefined): Child[] {
    const found: Child[] = [];
    for (let child = first; child !== undefined; child = child.younger) found.push(child);
    return found;
  }

  /** Adds one that is the youngest then. */
  add(child: Child): void {
    child.older = this.youngest;
    if (this.youngest === undefined) this.oldest = child;
    else this.youngest.younger = child;
    this.youngest = child;
    this.size++;
    this.byId?.set(child.spec.id, child);
  }

  remove(child: Child): void {
    this.setPid(child, undefined);
    const { older, younger } = child;
    if (older === undefined) this.oldest = younger;
    else older.younger = younger;
    if (younger === undefined) this.youngest = older;
    else younger.older = older;
    this.size--;
    this.byId?.delete(child.spec.id);
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
