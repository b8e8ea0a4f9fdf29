import { current, type Op, type Self } from "../kernel.ts";
import type { Callbacks } from "./callbacks.ts";
import { type AnyPid, type Child, type ChildSpec, fullSpec, oneOf, type Shutdown, wrong } from "./child-spec.ts";
import { CHILD_KEYS, START_KEYS, takeOptions } from "./define.ts";
import { DynamicServer } from "./dynamic-server.ts";
import { GenServer } from "./gen-server.ts";
import type { Server } from "./name.ts";
import { type Acting, type Steps, settle } from "./operation.ts";
import { Ignore, type NoReply, Stop } from "./result.ts";
import { type ServerOptions, startServer } from "./server-start.ts";
import { handleCall, handleInfo, next, terminate } from "./supervisor-callbacks.ts";
import { ask, supervisorChild } from "./supervisor-client.ts";
import { fullFlags, type SupervisorFlags } from "./supervisor-flags.ts";
import { noteSupervisor } from "./supervisor-roots.ts";
import { type ChildCounts, type ChildEntry, TryAgain } from "./supervisor-server.ts";

const WHAT = "DynamicSupervisor";

/** How a dynamic supervisor supervises. */
export interface DynamicSupervisorFlags {
  /** There is but one: who ends concerns no other. */
  readonly strategy?: "one_for_one";
  /** Restarts, within `maxSeconds`, that are not yet too many. Default 3. */
  readonly maxRestarts?: number;
  /** Default 5. */
  readonly maxSeconds?: number;
  /** How many children there may be, those that are being restarted included. Default Infinity. */
  readonly maxChildren?: number;
  /** What every child's `start` is called with. Default nothing. */
  readonly extraArguments?: readonly unknown[];
  /** Has each start of a child reported, as a report of level `info` and kind `progress`. Default false. */
  readonly progress?: boolean;
}

/** Options of a dynamic supervisor that is started. */
export interface DynamicSupervisorOptions extends DynamicSupervisorFlags, ServerOptions {}

/** What a dynamic supervisor says of itself as a child of another supervisor. */
export interface DynamicSupervisorChildOptions extends ServerOptions {
  /** Default: its name as a process, or that of its module. */
  readonly id?: unknown;
  readonly restart?: ChildSpec["restart"];
  /** Default Infinity. */
  readonly shutdown?: Shutdown;
  readonly significant?: boolean;
}

/** What `DynamicSupervisor.init` gives: flags that have been checked. */
export class DynamicSupervisorInit {
  readonly flags: Required<SupervisorFlags>;
  readonly limits: Pick<Required<DynamicSupervisorFlags>, "maxChildren" | "extraArguments">;

  constructor(flags: DynamicSupervisorInit["flags"], limits: DynamicSupervisorInit["limits"]) {
    this.flags = flags;
    this.limits = limits;
  }
}

/** A dynamic supervisor as a module. Source: Elixir's `DynamicSupervisor` behaviour. */
export interface DynamicSupervisorModule<A extends readonly any[] = any[]> {
  /** What it is called in reports, and as a child; default `"DynamicSupervisor"`. */
  readonly name?: string;
  readonly init: (
    ...args: A
  ) =>
    | DynamicSupervisorInit
    | Ignore
    | Generator<any, DynamicSupervisorInit | Ignore, any>
    | PromiseLike<DynamicSupervisorInit | Ignore>;
}

/** What `DynamicSupervisor.define` makes. */
export interface DefinedDynamicSupervisor<A extends readonly unknown[]> extends DynamicSupervisorModule<A> {
  /** Starts the supervisor: `init`'s arguments, then options. See `DynamicSupervisor.startLink`. */
  startLink(...args: [...A, options?: ServerOptions]): Op<AnyPid>;
  /** The supervisor as a child: `init`'s arguments, then options. Source: Elixir's `child_spec/1`. */
  child(...args: [...A, options?: DynamicSupervisorChildOptions]): ChildSpec;
}

const callbacks: Callbacks<DynamicServer> = {
  name: WHAT,
  handleCall,
  handleInfo,
  terminate,

  *init(name: unknown, module: string, initial: () => unknown): Steps<DynamicServer | Stop | Ignore> {
    const self = current() as Self<unknown>;
    self.trapExit = true;
    const given: unknown = yield* settle(initial(), self);
    if (given instanceof Ignore) return given;
    if (!(given instanceof DynamicSupervisorInit)) return new Stop(["bad_return", [module, "init", given]], [], []);
    noteSupervisor(self);
    return new DynamicServer(self, name, module, given.flags, given.limits);
  },

  *handleCast(message: unknown, server): Steps<NoReply<DynamicServer> | Stop<DynamicServer>> {
    return next(server, !(message instanceof TryAgain) || (yield* server.tryAgain(message)));
  },

  formatStatus: (status) => ({
    ...status,
    state: { ...status.state.flags, ...status.state.limits, ...status.state.count() },
  }),
};

/** What a dynamic supervisor is to be like. *Throws* `TypeError` for a flag that is not what it should be. */
function init(flags: DynamicSupervisorFlags = {}): DynamicSupervisorInit {
  if (typeof flags !== "object" || flags === null) throw wrong("options", flags, WHAT);
  const { maxChildren = Number.POSITIVE_INFINITY, extraArguments = [], strategy } = flags;
  if (typeof maxChildren !== "number" || !(maxChildren >= 0))
    throw wrong("a number of 0 or more as maxChildren", maxChildren, WHAT);
  if (!Array.isArray(extraArguments)) throw wrong("an array as extraArguments", extraArguments, WHAT);
  const full = fullFlags({ ...flags, strategy: oneOf(["one_for_one"], strategy, "strategy") });
  return new DynamicSupervisorInit({ ...full, autoShutdown: "never" }, { maxChildren, extraArguments });
}

function start(initial: () => unknown, module: string, options: ServerOptions): Op<AnyPid> {
  return startServer("startLink", callbacks, [options.name, module, initial], options);
}

function startLink(options?: DynamicSupervisorOptions): Op<AnyPid>;
function startLink<A extends readonly unknown[]>(
  module: DynamicSupervisorModule<A>,
  args: A,
  options?: ServerOptions,
): Op<AnyPid>;
function startLink(
  first: DynamicSupervisorOptions | DynamicSupervisorModule = {},
  args?: unknown,
  options: ServerOptions = {},
): Op<AnyPid> {
  if (!("init" in first)) {
    const initial = init(first);
    return start(() => initial, "Supervisor.Default", first);
  }
  const { init: initOf, name = WHAT } = first;
  if (typeof initOf !== "function") throw wrong("a function as init", initOf, WHAT);
  if (!Array.isArray(args)) throw wrong("an array of init's arguments", args, WHAT);
  return start(() => initOf(...args), name, options);
}

/**
 * A supervisor of children that come and go: it begins with none, knows them by their pids, and ends them all at once. Source: Elixir's
 * `DynamicSupervisor`.
 */
export const DynamicSupervisor = {
  /**
   * Starts a supervisor that is linked to whoever starts it: `startLink(options)`; or a module's, with an array of the arguments of its
   * `init`: `startLink(module, args, options)`.
   *
   * *Throws* `TypeError` for an option that is none; `ExitError`: `["already_started", pid]`, or why `init` failed. Source:
   * `DynamicSupervisor.start_link/1,3`.
   */
  startLink: startLink as typeof startLink,
  /** What a module's `init` gives. *Throws* `TypeError` for a flag that is none. Source: `DynamicSupervisor.init/1`. */
  init: init as typeof init,

  /** A dynamic supervisor as an object, with the arguments of its `init`. Source: Elixir's `use DynamicSupervisor`. */
  define<A extends readonly unknown[]>(
    module: DynamicSupervisorModule<A> & Pick<ChildSpec, "restart" | "shutdown" | "significant">,
  ): DefinedDynamicSupervisor<A> {
    const { name = WHAT, init, ...defaults } = module;
    if (typeof init !== "function") throw wrong("a function as init", init, `${WHAT}.define`);
    const started = (args: readonly unknown[], options: ServerOptions) => startLink({ name, init }, args as A, options);
    return {
      name,
      init,
      startLink: (...given) => started(given, takeOptions(given, init.length, START_KEYS)),
      child: (...given) => {
        const options = takeOptions(given, init.length, CHILD_KEYS);
        return supervisorChild(name, options, () => started(given, options), defaults);
      },
    };
  },

  /** A dynamic supervisor, as a child of another supervisor. Source: `DynamicSupervisor.child_spec/1`. */
  child(options: DynamicSupervisorFlags & DynamicSupervisorChildOptions = {}): ChildSpec {
    const initial = init(options);
    return supervisorChild(WHAT, options, () => start(() => initial, "Supervisor.Default", options));
  },

  /**
   * Starts a child and supervises it: gives its pid, `[pid, info]` when its `start` does, or undefined when it is ignored. Its `id` may
   * be another's.
   *
   * *Throws* `TypeError` for what is no child; `ExitError`: `"max_children"`, or why the start failed. Source: `DynamicSupervisor.start_child/2`.
   */
  startChild(supervisor: Server, child: Child, options?: Acting): Op<AnyPid | undefined> {
    return ask(supervisor, ["start_child", { ...fullSpec(child), id: undefined }], `${WHAT}.startChild`, options);
  },

  /**
   * Ends a child, which is then forgotten.
   *
   * *Throws* `ExitError`: `"not_found"`. Source: `DynamicSupervisor.terminate_child/2`.
   */
  terminateChild(supervisor: Server, pid: AnyPid, options?: Acting): Op<"ok"> {
    return ask(supervisor, ["terminate_child", pid], `${WHAT}.terminateChild`, options);
  },

  /**
   * All children, as `[undefined, pid | "restarting", type, modules]`. With millions of them it is a big array.
   *
   * Source: `DynamicSupervisor.which_children/1`.
   */
  whichChildren(supervisor: Server, options?: Acting): Op<ChildEntry[]> {
    return ask(supervisor, "which_children", `${WHAT}.whichChildren`, options);
  },

  /** How many children there are. Source: `DynamicSupervisor.count_children/1`. */
  countChildren(supervisor: Server, options?: Acting): Op<ChildCounts> {
    return ask(supervisor, "count_children", `${WHAT}.countChildren`, options);
  },

  /** Ends a supervisor and all its children, and waits for that. See `GenServer.stop`. Source: `DynamicSupervisor.stop/3`. */
  stop(supervisor: Server, reason?: unknown, timeout?: number, options?: Acting): Op<"ok"> {
    return GenServer.stop(supervisor, reason, timeout, options);
  },
} as const;
