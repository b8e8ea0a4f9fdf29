import { inspect, NameError, NoProcessError, type Pid, type Runtime } from "../kernel.ts";
import { type Acting, actorOf, runtimeOf } from "./operation.ts";

/** What `lookup` gives for one registration: who, and with which value. */
export type Registered<V> = readonly [pid: Pid<any>, value: V];

/** One registration. */
export class Entry {
  readonly key: unknown;
  /** What stands for the key in a Map: see `keyOf`. */
  readonly id: unknown;
  /** Never changed, but replaced: it is handed out. */
  pair: Registered<unknown>;

  constructor(key: unknown, id: unknown, pair: Registered<unknown>) {
    this.key = key;
    this.id = id;
    this.pair = pair;
  }
}

/**
 * What one partition process answers for: the entries of the processes that are linked to it, by key and by process. The unique keys
 * of a registry are all in the first one, whoever has them.
 *
 * An entry is in `processes` from its registration until its process's end is handled or it is unregistered, and in `unique` or
 * `duplicate` unless another process has taken the key of a dead one.
 */
export class Partition {
  readonly owner: Pid<any>;
  readonly unique: Map<unknown, Entry> = new Map();
  readonly duplicate: Map<unknown, Set<Entry>> = new Map();
  readonly processes: Map<Pid<never>, Set<Entry>> = new Map();
  /** How many entries `duplicate` has. */
  duplicates = 0;

  constructor(owner: Pid<any>) {
    this.owner = owner;
  }
}

/** All that a registry knows. */
export class Table {
  readonly name: string;
  readonly runtime: Runtime;
  readonly isUnique: boolean;
  readonly listeners: readonly string[];
  /** By what stands for the key. */
  readonly meta: Map<unknown, unknown>;
  /** Each as its process has made it, when that has started last. */
  readonly partitions: Partition[] = [];
  private readonly count: number;

  constructor(
    name: string,
    runtime: Runtime,
    isUnique: boolean,
    count: number,
    listeners: readonly string[],
    meta: Map<unknown, unknown>,
  ) {
    this.name = name;
    this.runtime = runtime;
    this.isUnique = isUnique;
    this.count = count;
    this.listeners = listeners;
    this.meta = meta;
  }

  /** The partition whose process the process is linked to, if it has an entry. */
  partitionOf(pid: Pid<never>): Partition {
    // From the number in `#PID<0.N.0>`.
    const index = this.count === 1 ? 0 : Number.parseInt(`${pid}`.slice(7), 10) % this.count;
    return this.partitions[index] as Partition;
  }

  /** The entry of a unique key. */
  holder(id: unknown): Entry | undefined {
    // If the partition has ended and is not there again yet, who traps exits is still found. To ask for that, too, takes time each time.
    const entry = this.partitions[0]?.unique.get(id);
    return entry !== undefined && this.runtime.isAlive(entry.pair[0]) ? entry : undefined;
  }

  /** The living processes under a key in one partition. */
  pairsIn(partition: Partition | undefined, id: unknown): Registered<unknown>[] {
    const { runtime } = this;
    const found: Registered<unknown>[] = [];
    const entries = partition?.duplicate.get(id);
    // A table ends with its process, and not when the next one is there.
    if (entries === undefined || !runtime.isAlive((partition as Partition).owner)) return found;
    for (const { pair } of entries) if (runtime.isAlive(pair[0])) found.push(pair);
    return found;
  }

  /** The living processes under a key. */
  pairs(id: unknown): Registered<unknown>[] {
    const { partitions } = this;
    if (this.isUnique) {
      const entry = this.holder(id);
      return entry === undefined ? [] : [entry.pair];
    }
    if (partitions.length === 1) return this.pairsIn(partitions[0], id);
    return partitions.flatMap((partition) => this.pairsIn(partition, id));
  }

  /** All entries of living processes. */
  all(): Entry[] {
    const { partitions, runtime } = this;
    return partitions
      .filter(({ owner }) => runtime.isAlive(owner))
      .flatMap(({ processes }) =>
        [...processes].flatMap(([pid, entries]) => (runtime.isAlive(pid) ? [...entries] : [])),
      );
  }

  /** The entries of a process, if it is alive. */
  of(pid: Pid<never>): Entry[] {
    const { owner, processes } = this.partitionOf(pid);
    const entries = processes.get(pid);
    return entries !== undefined && this.runtime.isAlive(pid) && this.runtime.isAlive(owner) ? [...entries] : [];
  }

  /** The entries of a process under a key. */
  ofKey(pid: Pid<never>, id: unknown): Entry[] {
    return this.of(pid).filter((entry) => entry.id === id);
  }

  /** Constant but for the number of partitions; entries of dead processes count until their partitions know. */
  get size(): number {
    return this.partitions.reduce((sum, { unique, duplicates }) => sum + unique.size + duplicates, 0);
  }

  add(pid: Pid<never>, entry: Entry): void {
    const partition = this.partitionOf(pid);
    const theirs = partition.processes.get(pid);
    if (theirs === undefined) partition.processes.set(pid, new Set([entry]));
    else theirs.add(entry);
    const { id } = entry;
    if (this.isUnique) {
      (this.partitions[0] as Partition).unique.set(id, entry);
      return;
    }
    partition.duplicates++;
    const same = partition.duplicate.get(id);
    if (same === undefined) partition.duplicate.set(id, new Set([entry]));
    else same.add(entry);
  }

  remove(pid: Pid<never>, entries: Iterable<Entry>): void {
    const partition = this.partitionOf(pid);
    const theirs = partition.processes.get(pid);
    for (const entry of entries) {
      this.removeKey(partition, entry);
      theirs?.delete(entry);
    }
    if (theirs?.size === 0) partition.processes.delete(pid);
  }

  private removeKey(partition: Partition, entry: Entry): void {
    const { id } = entry;
    if (this.isUnique) {
      const { unique } = this.partitions[0] as Partition;
      if (unique.get(id) === entry) unique.delete(id);
      return;
    }
    const same = partition.duplicate.get(id);
    if (!same?.delete(entry)) return;
    partition.duplicates--;
    if (same.size === 0) partition.duplicate.delete(id);
  }

  /** What a partition does when a process that it is linked to has ended. */
  bury(pid: Pid<never>): void {
    const entries = this.partitionOf(pid).processes.get(pid);
    if (entries !== undefined) this.remove(pid, [...entries]);
  }

  /** Tells the listeners. */
  tell(message: unknown): void {
    for (const listener of this.listeners) this.runtime.send(listener, message);
  }

  /** The partition of a process that is to register; throws while that is down. */
  livingPartitionOf(pid: Pid<never>): Partition {
    const partition = this.partitionOf(pid);
    if (!this.runtime.isAlive(partition.owner)) throw new NoProcessError(partition.owner);
    return partition;
  }
}

/** By the registry's supervisor: a table is gone when that is. */
const tables = /* @__PURE__ */ new WeakMap<Pid<never>, Table>();

/** The one that was last asked for: in most programs one is asked far more often than the others. */
const last: { pid: Pid<any> | undefined; table: Table | undefined } = { pid: undefined, table: undefined };

export function keepTable(supervisor: Pid<never>, table: Table): void {
  tables.set(supervisor, table);
}

/** The table of a registry. *Throws* `NameError` when there is no such registry. */
export function tableOf(registry: string, options: Acting | undefined): Table {
  const pid = runtimeOf(actorOf(options)).whereis(registry);
  if (pid !== undefined) {
    if (pid === last.pid) return last.table as Table;
    const table = tables.get(pid);
    if (table !== undefined) {
      last.pid = pid;
      last.table = table;
      return table;
    }
  }
  throw new NameError(
    registry,
    `unknown registry: ${inspect(registry)}. It was not started in this runtime, or has ended; host code with a runtime of its own passes { as: runtime }`,
  );
}

export function expected(what: string, got: unknown): TypeError {
  return new TypeError(`Registry: expected ${what}, got ${inspect(got)}`);
}
