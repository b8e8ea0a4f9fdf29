import { current, type Op, type Pid, type Self } from "../kernel.ts";
import type { Callbacks } from "./callbacks.ts";
import { type Child, type ChildSpec, childSpec, type FullSpec, fullSpec, type Shutdown, wrong } from "./child-spec.ts";
import { CHILD_KEYS, START_KEYS, takeOptions } from "./define.ts";
import { GenServer } from "./gen-server.ts";
import type { Server } from "./name.ts";
import { type Acting, type Steps, settle } from "./operation.ts";
import { Ignore, type NoReply, Stop } from "./result.ts";
import { type ServerOptions, startServer } from "./server-start.ts";
import { handleCall, handleInfo, next, terminate } from "./supervisor-callbacks.ts";
import { ask, supervisorChild } from "./supervisor-client.ts";
import { type FullFlags, fullFlags, type SupervisorFlags } from "./supervisor-flags.ts";
import { noteSupervisor } from "./supervisor-roots.ts";
import { type ChildCounts, type ChildEntry, type SupervisorServer, TryAgain } from "./supervisor-server.ts";
import { SimpleServer } from "./supervisor-simple.ts";
import { TableServer } from "./supervisor-table.ts";

/** What a supervisor begins with: what `Supervisor.init` gives. */
export class SupervisorInit {
  readonly children: readonly FullSpec[];
  readonly flags: FullFlags;

  constructor(children: readonly FullSpec[], flags: FullFlags) {
    this.children = children;
    this.flags = flags;
  }
}

/** Options of a supervisor that is started with its children. */
export interface SupervisorOptions extends SupervisorFlags, ServerOptions {}

/** A supervisor as a module: its `init` gives what `Supervisor.init` makes. Source: Elixir's `Supervisor` behaviour. */
export interface SupervisorModule<A extends readonly any[] = any[]> {
  /** What it is called in reports, and as a child; default `"Supervisor"`. */
  readonly name?: string;
  readonly init: (
    ...args: A
  ) => SupervisorInit | Ignore | Generator<any, SupervisorInit | Ignore, any> | PromiseLike<SupervisorInit | Ignore>;
}

/** What a supervisor that is a child of another one says of itself. */
export interface SupervisorChildOptions extends ServerOptions {
  /** Default: its name as a process, or that of its module. */
  readonly id?: unknown;
  readonly restart?: ChildSpec["restart"];
  readonly shutdown?: Shutdown;
  readonly significant?: boolean;
}

/** What `Supervisor.define` makes. */
export interface DefinedSupervisor<A extends readonly unknown[]> extends SupervisorModule<A> {
  /** Starts the supervisor: `init`'s arguments, then options. See `Supervisor.startLink`. */
  startLink(...args: [...A, options?: ServerOptions]): Op<Pid<any>>;
  /** The supervisor as a child: `init`'s arguments, then options. Source: Elixir's `child_spec/1`. */
  child(...args: [...A, options?: SupervisorChildOptions]): ChildSpec;
}

const callbacks: Callbacks<SupervisorServer> = {
  name: "Supervisor",
  handleCall,
  handleInfo,
  terminate,

  *init(name: unknown, module: string, initial: () => unknown): Steps<SupervisorServer | Stop | Ignore> {
    const self = current() as Self<unknown>;
    self.trapExit = true;
    const given: unknown = yield* settle(initial(), self);
    if (given instanceof Ignore) return given;
    if (!(given instanceof SupervisorInit)) return new Stop(["bad_return", [module, "init", given]], [], []);
    const { children, flags } = given;
    const Strategy = flags.strategy === "simple_one_for_one" ? SimpleServer : TableServer;
    const server = new Strategy(self, name, module, flags);
    const failure = yield* server.begin(children);
    if (failure.length > 0) return new Stop(failure[0], [], []);
    noteSupervisor(self);
    return server;
  },

  *handleCast(message: unknown, server): Steps<NoReply<SupervisorServer> | Stop<SupervisorServer>> {
    if (message instanceof TryAgain) return next(server, yield* server.tryAgain(message));
    server.unexpected(message);
    return next(server, true);
  },

  formatStatus: (status) => ({ ...status, state: { ...status.state.flags, ...status.state.count() } }),
};

function start(initial: () => unknown, module: string, options: ServerOptions): Op<Pid<any>> {
  return startServer("startLink", callbacks, [options.name, module, initial], options);
}

/** What a supervisor is to begin with. *Throws* `TypeError` for a child or an option that is none. */
function init(children: readonly Child[], flags: SupervisorFlags): SupervisorInit {
  if (!Array.isArray(children)) throw wrong("an array of children", children);
  return new SupervisorInit(children.map(fullSpec), fullFlags(flags));
}

function startLink(children: readonly Child[], options: SupervisorOptions): Op<Pid<any>>;
function startLink<A extends readonly unknown[]>(
  module: SupervisorModule<A>,
  args: A,
  options?: ServerOptions,
): Op<Pid<any>>;
function startLink(
  first: readonly Child[] | SupervisorModule,
  second: unknown,
  third: ServerOptions = {},
): Op<Pid<any>> {
  if (Array.isArray(first)) {
    const initial = init(first, second as SupervisorOptions);
    return start(() => initial, "Supervisor.Default", second as SupervisorOptions);
  }
  const { init: initOf, name = "Supervisor" } = first as SupervisorModule;
  if (typeof initOf !== "function") throw wrong("an array of children, or a module with init", first);
  if (!Array.isArray(second)) throw wrong("an array of init's arguments", second);
  return start(() => initOf(...second), name, third);
}

/**
 * A process that starts other processes, restarts them when they end, and ends them when it ends. Source: Elixir's `Supervisor`, OTP's
 * `supervisor`.
 */
export const Supervisor = {
  /**
   * Starts a supervisor that is linked to whoever starts it, and its children in their order: `startLink(children, options)`; or a module's, with an
   * array of the arguments of its `init`: `startLink(module, args, options)`. When a child fails to start, those that did are ended again.
   *
   * *Throws* `TypeError` for a child or an option that is none; `ExitError`: `["shutdown", ["failed_to_start_child", id, reason]]`,
   * `["start_spec", ["duplicate_child_name", id]]`, `["already_started", pid]`. Source: `Supervisor.start_link/2,3`.
   */
  startLink: startLink as typeof startLink,
  init: init as typeof init,
  childSpec: childSpec as typeof childSpec,

  /** A supervisor as an object, with the arguments of its `init`. Source: Elixir's `use Supervisor`. */
  define<A extends readonly unknown[]>(
    module: SupervisorModule<A> & Pick<ChildSpec, "restart" | "shutdown" | "significant">,
  ): DefinedSupervisor<A> {
    const { name = "Supervisor", init, ...defaults } = module;
    if (typeof init !== "function") throw wrong("a function as init", init, "Supervisor.define");
    const named = init.length;
    const started = (args: readonly unknown[], options: ServerOptions) => startLink({ name, init }, args as A, options);
    return {
      name,
      init,
      startLink: (...given) => started(given, takeOptions(given, named, START_KEYS)),
      child: (...given) => {
        const options = takeOptions(given, named, CHILD_KEYS);
        return supervisorChild(name, options, () => started(given, options), defaults);
      },
    };
  },

  /** A supervisor of these children, as a child of another one. */
  child(children: readonly Child[], options: SupervisorOptions & SupervisorChildOptions): ChildSpec {
    const initial = init(children, options);
    return supervisorChild("Supervisor", options, () => start(() => initial, "Supervisor.Default", options));
  },

  /**
   * Adds a child and starts it; gives its pid, or undefined when it is ignored. Of a `simple_one_for_one` supervisor, `child` is an array
   * of the arguments of `start`.
   *
   * *Throws* `TypeError` for what is no child; `ExitError`, with why the start failed, `["already_started", pid]`, or `"already_present"`.
   * Source: `Supervisor.start_child/2`.
   */
  startChild(supervisor: Server, child: Child | readonly unknown[], options?: Acting): Op<Pid<any> | undefined> {
    const isChild = !Array.isArray(child) || typeof (child[0] as { child?: unknown } | undefined)?.child === "function";
    return ask(
      supervisor,
      ["start_child", isChild ? fullSpec(child as Child) : child],
      "Supervisor.startChild",
      options,
    );
  },

  /**
   * Ends a child; its spec stays, unless it is temporary.
   *
   * *Throws* `ExitError`: `"not_found"`. Source: `Supervisor.terminate_child/2`.
   */
  terminateChild(supervisor: Server, id: unknown, options?: Acting): Op<"ok"> {
    return ask(supervisor, ["terminate_child", id], "Supervisor.terminateChild", options);
  },

  /**
   * Starts a child that is not running.
   *
   * *Throws* `ExitError`: `"not_found"`, `"running"`, `"restarting"`, or why the start failed. Source: `Supervisor.restart_child/2`.
   */
  restartChild(supervisor: Server, id: unknown, options?: Acting): Op<Pid<any> | undefined> {
    return ask(supervisor, ["restart_child", id], "Supervisor.restartChild", options);
  },

  /**
   * Forgets a child that is not running.
   *
   * *Throws* `ExitError`: `"not_found"`, `"running"`, `"restarting"`. Source: `Supervisor.delete_child/2`.
   */
  deleteChild(supervisor: Server, id: unknown, options?: Acting): Op<"ok"> {
    return ask(supervisor, ["delete_child", id], "Supervisor.deleteChild", options);
  },

  /** The spec of a child, with its defaults. *Throws* `ExitError`: `"not_found"`. Source: OTP's `supervisor:get_childspec/2`. */
  getChildSpec(supervisor: Server, id: unknown, options?: Acting): Op<ChildSpec> {
    return ask(supervisor, ["get_childspec", id], "Supervisor.getChildSpec", options);
  },

  /** All children, the youngest first, as `[id, pid | "restarting" | undefined, type, modules]`. Source: `Supervisor.which_children/1`. */
  whichChildren(supervisor: Server, options?: Acting): Op<ChildEntry[]> {
    return ask(supervisor, "which_children", "Supervisor.whichChildren", options);
  },

  /** How many children there are. Source: `Supervisor.count_children/1`. */
  countChildren(supervisor: Server, options?: Acting): Op<ChildCounts> {
    return ask(supervisor, "count_children", "Supervisor.countChildren", options);
  },

  /** Ends a supervisor and all its children, and waits for that. See `GenServer.stop`. Source: `Supervisor.stop/3`. */
  stop(supervisor: Server, reason?: unknown, timeout?: number, options?: Acting): Op<"ok"> {
    return GenServer.stop(supervisor, reason, timeout, options);
  },
} as const;
