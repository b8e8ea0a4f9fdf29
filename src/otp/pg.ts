import { after, inspect, type Op, on, P, type Pid, type Ref, type Runtime, type Self } from "../kernel.ts";
import type { ChildSpec } from "./child-spec.ts";
import { call } from "./gen.ts";
import { keyOf } from "./key.ts";
import { type Acting, actorOf, operation, ownOperation, pidOf, runtimeOf, type Steps } from "./operation.ts";
import { type Scope, scopeServer, scopes } from "./pg-scope.ts";
import { startServer } from "./server-start.ts";

/** Options of what is done with groups. */
export interface PgOptions extends Acting {
  /** The scope of the group; default `"pg"`. */
  readonly scope?: string;
}

/**
 * What who monitors groups gets: processes have joined a group, or left it. One that has joined twice leaves twice.
 * Source: OTP's `pg:monitor_scope/1`.
 */
export type GroupChange = readonly [ref: Ref, change: "join" | "leave", group: unknown, pids: readonly Pid<any>[]];

function scopeOf(options: PgOptions | undefined): string {
  const { scope = "pg" } = options ?? {};
  if (typeof scope === "string" && scope !== "") return scope;
  throw new TypeError(`pg: expected a string as scope, got ${inspect(scope)}`);
}

/** What can be read of a scope at once; undefined when it does not run. */
function read(options: PgOptions | undefined): { readonly runtime: Runtime; readonly scope: Scope | undefined } {
  const runtime = runtimeOf(actorOf(options));
  const pid = runtime.whereis(scopeOf(options));
  return { runtime, scope: pid && scopes.get(pid) };
}

function ask(request: unknown, options: PgOptions | undefined, what: string): Op<never> {
  return call(
    scopeOf(options),
    request,
    { timeout: Number.POSITIVE_INFINITY, ...(options?.as && { as: options.as }) },
    `pg.${what}`,
  ) as Op<never>;
}

/** Starts a scope, without a link. Its name is its process's. Source: OTP's `pg:start/1`. */
function start(scope = "pg", options?: Acting): Op<Pid<any>> {
  return startServer("start", scopeServer, [], { ...options, name: scopeOf({ scope }) });
}

/** Starts a scope, linked to the calling process. Source: OTP's `pg:start_link/1`. */
function startLink(scope = "pg", options?: Acting): Op<Pid<any>> {
  return startServer("startLink", scopeServer, [], { ...options, name: scopeOf({ scope }) });
}

/** A child specification of a scope, whose id is its name. */
function child(scope = "pg"): ChildSpec {
  return { id: scope, start: () => startLink(scope) };
}

/** The pids, when all of them are of this runtime; else throws. */
function members(pids: Pid<any> | readonly Pid<any>[], options: PgOptions | undefined): readonly Pid<any>[] {
  const runtime = runtimeOf(actorOf(options));
  const all = Array.isArray(pids) ? [...pids] : [pids as Pid<any>];
  for (const pid of all) runtime.isAlive(pid);
  return all;
}

/**
 * Makes processes members of a group, which is made when it has none: once more each time. They need not be the caller's own, and leave when they
 * end.
 *
 * *Throws* `ExitError` with `"noproc"` when the scope does not run; `TypeError` for what is no pid of this runtime. Source: OTP's `pg:join/3`.
 */
function join(group: unknown, pids: Pid<any> | readonly Pid<any>[], options?: PgOptions): Op<"ok"> {
  return ask(["join", keyOf(group, "pg.join"), group, members(pids, options)], options, "join");
}

/**
 * Takes processes out of a group, once each. `"not_joined"` when none of them was in it.
 *
 * *Throws* as `pg.join` does. Source: OTP's `pg:leave/3`.
 */
function leave(group: unknown, pids: Pid<any> | readonly Pid<any>[], options?: PgOptions): Op<"ok" | "not_joined"> {
  return ask(["leave", keyOf(group, "pg.leave"), members(pids, options)], options, "leave");
}

/** The members of a group, each as often as it has joined; none when there is no such group, or scope. Source: OTP's `pg:get_members/2`. */
function getMembers(group: unknown, options?: PgOptions): Pid<any>[] {
  const { runtime, scope } = read(options);
  const found = scope?.groups.get(keyOf(group, "pg.getMembers"));
  return found === undefined ? [] : found.members.filter((pid) => runtime.isAlive(pid));
}

/**
 * The groups that have members.
 *
 * *Throws* `TypeError` when the scope does not run. Source: OTP's `pg:which_groups/1`.
 */
function whichGroups(options?: PgOptions): unknown[] {
  const { scope } = read(options);
  if (scope === undefined) throw new TypeError(`pg: the scope ${inspect(scopeOf(options))} does not run`);
  return Array.from(scope.groups.values(), ({ name }) => name);
}

/**
 * Has the calling process told of all changes in a scope, as `GroupChange`s with this reference. Gives the groups as they are now, too.
 *
 * *Throws* `ExitError` with `"noproc"` when the scope does not run. Source: OTP's `pg:monitor_scope/1`.
 */
function monitorScope(options?: PgOptions): Op<[ref: Ref, groups: Map<unknown, Pid<any>[]>]> {
  return watch(["monitor_scope"], options, "monitorScope");
}

/** Has the calling process told of all changes of a group. Gives its members as they are now, too. Source: OTP's `pg:monitor/2`. */
function monitor(group: unknown, options?: PgOptions): Op<[ref: Ref, members: Pid<any>[]]> {
  return watch(["monitor", keyOf(group, "pg.monitor")], options, "monitor");
}

function watch(request: readonly unknown[], options: PgOptions | undefined, what: string): Op<never> {
  const scope = scopeOf(options);
  // Awaited, the call is made by a process of its own: it is not the one that is to be told.
  return operation(
    options?.as,
    function* (_self, caller: Pid<any>): Steps<never> {
      return yield* ask([...request, caller], { scope }, what);
    },
    pidOf,
  );
}

/**
 * Ends what `monitorScope` or `monitor` began, and removes its messages that have arrived already. False when there was nothing to end.
 *
 * *Throws* `ExitError` with `"noproc"` when the scope does not run. Source: OTP's `pg:demonitor/2`.
 */
function demonitor(ref: Ref, options?: PgOptions): Op<"ok" | false> {
  const actor = actorOf(options) as Self;
  return ownOperation(function* () {
    if ((yield ask(["demonitor", ref], options, "demonitor")) !== "ok") return false;
    const flush = () =>
      actor.receive(
        on([ref, P.or("join", "leave"), P._, P._], () => true),
        after(0, () => false),
      );
    while (yield flush());
    return "ok" as const;
  });
}

/**
 * Named groups of processes, kept by a scope, of which there may be several. Who sends to a group sends to its members. Source: OTP's `pg`, on
 * one node: all members are local.
 *
 * @example
 * yield* pg.startLink();
 * yield* pg.join("workers", self.pid);
 * for (const worker of pg.getMembers("workers")) send(worker, "work");
 */
export const pg = {
  start: start as typeof start,
  startLink: startLink as typeof startLink,
  child: child as typeof child,
  join: join as typeof join,
  leave: leave as typeof leave,
  getMembers: getMembers as typeof getMembers,
  /** `getMembers`, of this node. */
  getLocalMembers: getMembers as typeof getMembers,
  whichGroups: whichGroups as typeof whichGroups,
  /** `whichGroups`, of this node. */
  whichLocalGroups: whichGroups as typeof whichGroups,
  monitorScope: monitorScope as typeof monitorScope,
  monitor: monitor as typeof monitor,
  demonitor: demonitor as typeof demonitor,
};
