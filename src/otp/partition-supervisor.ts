import { current, inspect, type Op, type Self } from "../kernel.ts";
import { type AnyPid, type Child, type ChildSpec, childSpec, type Shutdown, type Started } from "./child-spec.ts";
import { failedCall } from "./gen.ts";
import { checkName, isPid, isVia, type ServerName, type Via, whereis } from "./name.ts";
import { type Acting, type Steps, settle } from "./operation.ts";
import type { ServerOptions } from "./server-start.ts";
import { Supervisor } from "./supervisor.ts";
import { supervisorChild } from "./supervisor-client.ts";
import type { Strategy, SupervisorFlags } from "./supervisor-flags.ts";
import type { ChildCounts, ChildEntry } from "./supervisor-server.ts";

const WHAT = "PartitionSupervisor";

/** What the partitions of one supervisor are; the supervisor itself keeps it up to date. */
interface Table {
  readonly partitions: number;
  readonly pids: (AnyPid | undefined)[];
}

/** The table of each supervisor that was ever started here. */
const tables = /* @__PURE__ */ new WeakMap<AnyPid, Table>();

/** How partitions are supervised. */
export interface PartitionSupervisorOptions extends Omit<SupervisorFlags, "strategy">, ServerOptions {
  /** By which the partitions are reached. */
  readonly name: ServerName;
  /** What each partition is; or makes that of its number, which counts from 0. */
  readonly childSpec: Child | ((partition: number) => Child);
  /** How many there are. Default: one for each scheduler, of which a runtime has one. */
  readonly partitions?: number;
  /** Default `"one_for_one"`. */
  readonly strategy?: Exclude<Strategy, "simple_one_for_one">;
  /**
   * Makes the arguments of a partition's `child`, or of `start` when `childSpec` is a spec already, from those that are given with
   * `childSpec`. Source: `:with_arguments`.
   */
  readonly withArguments?: (args: any[], partition: number) => readonly unknown[];
}

/** What a partition supervisor says of itself as a child of another supervisor. */
export interface PartitionSupervisorChildOptions extends PartitionSupervisorOptions {
  /** Default: its name. */
  readonly id?: unknown;
  readonly restart?: ChildSpec["restart"];
  /** Default Infinity. */
  readonly shutdown?: Shutdown;
  readonly significant?: boolean;
}

function wrong(expected: string, got: unknown): TypeError {
  return new TypeError(`${WHAT}: expected ${expected}, got ${inspect(got)}`);
}

/** The specs of all partitions, and the function that starts their supervisor. */
function prepare(given: PartitionSupervisorOptions): (options: ServerOptions) => Op<AnyPid> {
  if (typeof given !== "object" || given === null) throw wrong("options", given);
  const { childSpec: child, partitions = 1, strategy = "one_for_one", withArguments = same } = given;
  checkName(given.name, WHAT);
  if (child === undefined) throw wrong("a child as childSpec", child);
  if (!Number.isInteger(partitions) || partitions < 1) throw wrong("a whole number above 0 as partitions", partitions);
  if (typeof withArguments !== "function")
    throw wrong("a function of arguments and partition as withArguments", withArguments);
  const children = Array.from({ length: partitions }, (_, partition) => partitionOf(child, withArguments, partition));
  const initial = Supervisor.init(children, { ...given, strategy });
  const init = () => {
    tables.set((current() as Self).pid, { partitions, pids: [] });
    return initial;
  };
  return (options) => Supervisor.startLink({ name: WHAT, init }, [], options);
}

const same = (args: unknown[]): unknown[] => args;

function partitionOf(
  child: PartitionSupervisorOptions["childSpec"],
  withArguments: (args: unknown[], partition: number) => readonly unknown[],
  partition: number,
): ChildSpec {
  const given = isMaker(child) ? child(partition) : child;
  const [module, ...args] = Array.isArray(given) ? (given as unknown[]) : [given];
  const isModule = typeof (module as { child?: unknown } | null)?.child === "function";
  // A module on its own is given an empty list, as by any supervisor.
  const own = isModule && !Array.isArray(given) ? [[]] : args;
  const made = withArguments(own, partition);
  if (!Array.isArray(made)) throw wrong("an array from withArguments", made);
  const spec = childSpec((isModule ? [module, ...made] : given) as Child);
  return {
    ...spec,
    id: partition,
    *start(): Steps<Started> {
      const self = current() as Self;
      const started: Started = yield* settle(isModule ? spec.start() : spec.start(...made), self);
      const pid: unknown = Array.isArray(started) ? started[0] : started;
      const table = tables.get(self.pid);
      if (isPid(pid) && table !== undefined) table.pids[partition] = pid;
      return started;
    },
  };
}

/** Whether it makes children; classes may have a `child` of their own. */
function isMaker(child: PartitionSupervisorOptions["childSpec"]): child is (partition: number) => Child {
  return typeof child === "function" && !("child" in child);
}

function tableOf(name: ServerName, options?: Acting): Table {
  const supervisor = whereis(checkName(name, WHAT), options);
  const table = supervisor && tables.get(supervisor);
  if (table === undefined) throw failedCall("noproc", `${WHAT}.partitions`, name);
  return table;
}

/** Where a key is routed to. */
function route(key: unknown, partitions: number): number {
  if (typeof key === "number" && Number.isInteger(key)) return Math.abs(key) % partitions;
  // FNV-1a, over what equal keys have in common: their text.
  const text = typeof key === "string" ? key : inspect(key);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % partitions;
}

/**
 * Supervises several partitions of the same child, and finds the one that a key belongs to. Source: Elixir's `PartitionSupervisor`.
 */
export const PartitionSupervisor = {
  /**
   * Starts a supervisor with its partitions, and gives its pid.
   *
   * *Throws* `TypeError` for an option that is not what it should be; `ExitError`: `["already_started", pid]`, or why a partition did not
   * start. Source: `PartitionSupervisor.start_link/1`.
   */
  startLink(options: PartitionSupervisorOptions): Op<AnyPid> {
    return prepare(options)(options);
  },

  /** A partition supervisor, as a child of another supervisor. Source: `PartitionSupervisor.child_spec/1`. */
  child(options: PartitionSupervisorChildOptions): ChildSpec {
    const startIt = prepare(options);
    const { name } = options;
    return supervisorChild(isVia(name) ? name[2] : name, options, () => startIt(options));
  },

  /**
   * The name of the partition that a key is routed to, for whatever takes a server's name. Whole numbers are routed by their remainder,
   * all other keys by their text: equal keys go to the same partition, but which one that is may change with a version.
   */
  via(name: ServerName, key: unknown): Via {
    return ["via", PartitionSupervisor, [checkName(name, WHAT), key]];
  },

  /** How many partitions there are. *Throws* `ExitError`: `"noproc"`. Source: `PartitionSupervisor.partitions/1`. */
  partitions(name: ServerName, options?: Acting): number {
    return tableOf(name, options).partitions;
  },

  /** All partitions, the last one first, as `[partition, pid | "restarting" | undefined, type, modules]`. Source: `PartitionSupervisor.which_children/1`. */
  whichChildren(name: ServerName, options?: Acting): Op<ChildEntry[]> {
    return Supervisor.whichChildren(name, options);
  },

  /** How many partitions there are, and how many of them run. Source: `PartitionSupervisor.count_children/1`. */
  countChildren(name: ServerName, options?: Acting): Op<ChildCounts> {
    return Supervisor.countChildren(name, options);
  },

  /** Ends the supervisor and all partitions, and waits for that. See `GenServer.stop`. Source: `PartitionSupervisor.stop/3`. */
  stop(name: ServerName, reason?: unknown, timeout?: number, options?: Acting): Op<"ok"> {
    return Supervisor.stop(name, reason, timeout, options);
  },

  /** What `via` names. */
  whereisName([name, key]: readonly [name: ServerName, key: unknown], options?: Acting): AnyPid | undefined {
    const { partitions, pids } = tableOf(name, options);
    return pids[route(key, partitions)];
  },

  /** Refused: a partition has no name to give. */
  registerName(_key: readonly [name: ServerName, key: unknown], _pid: AnyPid): boolean {
    throw new Error(`${WHAT}.via names what runs already: it can't be given as the name of a process that starts`);
  },

  /** Refused: see above. */
  unregisterName(_key: readonly [name: ServerName, key: unknown]): void {
    throw new Error(`${WHAT}.via names a partition for as long as that runs: it can't be taken away`);
  },
} as const;
