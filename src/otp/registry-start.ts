import { current, type Op, type Pid, type Self } from "../kernel.ts";
import type { StatusParts } from "./callbacks.ts";
import type { ChildSpec } from "./child-spec.ts";
import { keyOf } from "./key.ts";
import type { Acting } from "./operation.ts";
import { expected, keepTable, Partition, Table } from "./registry-table.ts";
import { noReply, ok, reply } from "./result.ts";
import { startServer } from "./server-start.ts";
import { Supervisor } from "./supervisor.ts";

/** Options of `Registry.startLink`. Source: Elixir's `Registry.start_link/1`. */
export interface RegistryOptions<N extends string = string> extends Acting {
  /** Whether a key is one process's at most, or any number may register under it, and each of them several times. */
  readonly keys: "unique" | "duplicate";
  /** The name of the registry, and of its supervisor. */
  readonly name: N;
  /** How many processes look after those that are registered; default 1. More do not make it faster on one thread. */
  readonly partitions?: number;
  /** Names of processes that are told of registrations: `["register", registry, key, pid, value]`, `["unregister", registry, key, pid]`. */
  readonly listeners?: readonly string[];
  /** What `meta` gives at first. */
  readonly meta?: Readonly<Record<string, unknown>> | ReadonlyMap<unknown, unknown>;
}

/** A partition's process: all it does is to see that entries vanish with their process. */
const partition = {
  name: "Registry.Partition",

  init(table: Table, index: number) {
    const self = current() as Self;
    self.trapExit = true;
    table.partitions[index] = new Partition(self.pid);
    return ok(table);
  },

  /** When `"sync"` is answered, all ends that were known before have been handled. */
  handleCall(_request: unknown, _from: unknown, table: Table) {
    return reply("ok", table);
  },

  handleInfo(message: unknown, table: Table) {
    if (Array.isArray(message) && message[0] === "EXIT") table.bury(message[1]);
    return noReply(table);
  },

  /** Reports and `sys.getStatus` show the registry's name, and not all that is registered. */
  formatStatus(status: StatusParts<Table>) {
    return { ...status, state: status.state.name };
  },
};

/**
 * Starts a registry, as a supervisor of its partitions. Gives the supervisor's pid.
 *
 * *Throws* `TypeError` for a wrong option; `ExitError` with `["already_started", pid]` when the name is taken.
 * Source: Elixir's `Registry.start_link/1`.
 */
export function startLink(options: RegistryOptions): Op<Pid<any>> {
  if (typeof options !== "object" || options === null) throw expected("options", options);
  const { keys, name, partitions = 1, listeners = [], meta = {} } = options;
  if (keys !== "unique" && keys !== "duplicate") throw expected(`"unique" or "duplicate" as keys`, keys);
  if (typeof name !== "string" || name === "") throw expected("a string as name", name);
  if (!Number.isSafeInteger(partitions) || partitions < 1) {
    throw expected("a positive integer as partitions", partitions);
  }
  if (!Array.isArray(listeners) || listeners.some((listener) => typeof listener !== "string")) {
    throw expected("an array of names of processes as listeners", listeners);
  }
  if (typeof meta !== "object" || meta === null) throw expected("an object or a Map as meta", meta);
  const given = new Map<unknown, unknown>();
  for (const [key, value] of meta instanceof Map ? meta : Object.entries(meta))
    given.set(keyOf(key, "Registry"), value);

  const isUnique = keys === "unique";
  let table: Table;
  const child = (index: number): ChildSpec => ({
    id: `${name}.PIDPartition${index}`,
    start: () => {
      const { pid, runtime } = current() as Self;
      if (index === 0) {
        // Once: a restarted partition finds the table where it was.
        table ??= new Table(name, runtime, isUnique, partitions, listeners, given);
        keepTable(pid, table);
      }
      return startServer("startLink", partition, [table, index], { name: `${name}.PIDPartition${index}` });
    },
  });
  // A unique key and its process may be in different partitions: what one has lost, the others can't bury.
  const strategy = isUnique ? "one_for_all" : "one_for_one";
  return Supervisor.startLink(
    Array.from({ length: partitions }, (_, index) => child(index)),
    { name, strategy, ...(options.as && { as: options.as }) },
  );
}

/** A child specification of a registry, whose id is its name. Source: Elixir's `Registry.child_spec/1`. */
export function child(options: RegistryOptions): ChildSpec {
  return { id: options?.name ?? "Registry", start: () => startLink(options), type: "supervisor" };
}
