import { current, inspect, type Pid, type Ref, type Self } from "../kernel.ts";
import type { Callbacks, StatusParts } from "./callbacks.ts";
import { noReply, type Reply, reply } from "./result.ts";

type Member = Pid<any>;

interface Group {
  /** As it was first called. */
  readonly name: unknown;
  readonly members: Member[];
}

/** Who watches all groups, or one: by what stands for it. */
interface Watcher {
  readonly pid: Member;
  readonly group: readonly [] | readonly [id: unknown];
}

/** Marks the end of a watcher, and not of a member. */
const WATCHER = "pg_watcher";

/** What a scope's process knows; all may read it. A group is there while it has members. */
export class Scope {
  private readonly self: Self;
  /** By what stands for the name: see `keyOf`. */
  readonly groups: Map<unknown, Group> = new Map();
  /** What each member's monitor is, and how often it is in which group. */
  private readonly members = new Map<Member, { readonly ref: Ref; readonly groups: unknown[] }>();
  private readonly watchers = new Map<Ref, Watcher>();

  constructor(self: Self) {
    this.self = self;
  }

  join(id: unknown, name: unknown, pids: readonly Member[]): void {
    if (pids.length === 0) return;
    let group = this.groups.get(id);
    if (group === undefined) {
      group = { name, members: [] };
      this.groups.set(id, group);
    }
    for (const pid of pids) {
      group.members.push(pid);
      const member = this.members.get(pid);
      if (member === undefined) this.members.set(pid, { ref: this.self.monitor(pid), groups: [id] });
      else member.groups.push(id);
    }
    this.tell("join", id, group, pids);
  }

  /** Takes out those that are in the group. Whether any was. */
  leave(id: unknown, pids: readonly Member[]): boolean {
    const left = pids.filter((pid) => {
      const member = this.members.get(pid);
      const at = member === undefined ? -1 : member.groups.indexOf(id);
      if (member === undefined || at < 0) return false;
      member.groups.splice(at, 1);
      if (member.groups.length === 0) {
        this.self.demonitor(member.ref, { flush: true });
        this.members.delete(pid);
      }
      return true;
    });
    if (left.length > 0) this.remove(id, left);
    return left.length > 0;
  }

  /** A member has ended. */
  bury(pid: Member): void {
    const member = this.members.get(pid);
    this.members.delete(pid);
    for (const id of member?.groups ?? []) this.remove(id, [pid]);
  }

  private remove(id: unknown, pids: readonly Member[]): void {
    const group = this.groups.get(id) as Group;
    for (const pid of pids) group.members.splice(group.members.indexOf(pid), 1);
    if (group.members.length === 0) this.groups.delete(id);
    this.tell("leave", id, group, pids);
  }

  private tell(change: "join" | "leave", id: unknown, { name }: Group, pids: readonly Member[]): void {
    for (const [ref, { pid, group }] of this.watchers) {
      if (group.length === 0 || group[0] === id) this.self.send(pid, [ref, change, name, pids]);
    }
  }

  /** The groups as they are now: their names and members. */
  snapshot(): Map<unknown, Member[]> {
    return new Map(Array.from(this.groups.values(), ({ name, members }) => [name, [...members]]));
  }

  watch(pid: Member, group: Watcher["group"]): Ref {
    const ref = this.self.monitor(pid, { tag: WATCHER });
    this.watchers.set(ref, { pid, group });
    return ref;
  }

  unwatch(ref: Ref): boolean {
    if (!this.watchers.delete(ref)) return false;
    this.self.demonitor(ref, { flush: true });
    return true;
  }

  /** The monitor of a watcher has told that it ended. */
  forget(ref: Ref): void {
    this.watchers.delete(ref);
  }
}

/** By the scope's process: a scope is gone when that is. */
export const scopes: WeakMap<Pid<never>, Scope> = /* @__PURE__ */ new WeakMap();

type Request =
  | readonly ["join", id: unknown, name: unknown, pids: readonly Member[]]
  | readonly ["leave", id: unknown, pids: readonly Member[]]
  | readonly ["monitor_scope", watcher: Member]
  | readonly ["monitor", id: unknown, watcher: Member]
  | readonly ["demonitor", ref: Ref];

/** As in OTP, a scope ends of it. */
function nonsense(message: unknown): TypeError {
  return new TypeError(`pg: no such message: ${inspect(message)}`);
}

function answer(scope: Scope, request: Request): unknown {
  switch (request[0]) {
    case "join":
      scope.join(request[1], request[2], request[3]);
      return "ok";
    case "leave":
      return scope.leave(request[1], request[2]) ? "ok" : "not_joined";
    case "monitor_scope":
      return [scope.watch(request[1], []), scope.snapshot()];
    case "monitor":
      return [scope.watch(request[2], [request[1]]), [...(scope.groups.get(request[1])?.members ?? [])]];
    case "demonitor":
      return scope.unwatch(request[1]) && "ok";
    default:
      throw nonsense(request);
  }
}

/** The process of a scope. Source: OTP's `pg`. */
export const scopeServer: Callbacks<Scope> = {
  name: "pg",

  init() {
    const self = current() as Self;
    const scope = new Scope(self);
    scopes.set(self.pid, scope);
    return noReply(scope);
  },

  handleCall(request: Request, _from: unknown, scope: Scope): Reply<unknown, Scope> {
    return reply(answer(scope, request), scope);
  },

  handleInfo(message: unknown, scope: Scope) {
    const [tag, ref, , pid] = Array.isArray(message) ? message : [];
    if (tag === "DOWN") scope.bury(pid);
    else if (tag === WATCHER) scope.forget(ref);
    else throw nonsense(message);
    return noReply(scope);
  },

  formatStatus(status: StatusParts<Scope>) {
    return { ...status, state: status.state.snapshot() };
  },
};
